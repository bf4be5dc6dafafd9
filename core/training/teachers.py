"""Finished networks whose answers another one learns from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import TrainingError
from core.logits import logits_of
from core.preprocess import FloatImage
from core.protocols import Protocol
from core.registry import load_model, read_spec
from core.training.architectures import build
from core.training.network import computing_in
from core.training.recipe import Precision


class Teachers:
    """The mean logits of finished networks for squares of any side.

    Distillation by the average of an ensemble: Hinton et al. 2015, arXiv:1503.02531.

    Parameters
    ----------
    folders : list of Path
        Model folders; each is verified as it would be for serving.
    protocol : {"official", "unseen-patients"}
        Of the run that they teach: who was trained under another one knows test pictures.
    precision : {"float32", "mixed_bfloat16"}
        What they compute in.

    Raises
    ------
    ModelError
        If a folder cannot be used.
    TrainingError
        If a network was trained under another protocol.
    """

    def __init__(
        self, folders: list[Path], protocol: Protocol, precision: Precision = "float32"
    ) -> None:
        self._networks = []
        specs = [read_spec(folder) for folder in folders]
        self.identities = tuple((spec.name, spec.manifest.weights_sha256) for spec in specs)
        for spec in specs:
            if spec.manifest.training.protocol != protocol:
                raise TrainingError(
                    "{name} was trained under {other}, so it knows pictures that {protocol} is "
                    "tested on and cannot teach such a run.",
                    name=spec.name,
                    other=spec.manifest.training.protocol,
                    protocol=protocol,
                )
            with computing_in(precision):
                network = build(spec.name, init="random")
            network.set_weights(load_model(spec).get_weights())
            self._networks.append((network, spec.manifest.preprocess.params.scaling))

    def __call__(self, squares: FloatImage) -> NDArray[np.float32]:
        """Logits (B, 4) of squares (B, S, S) float32 in [0, 1]."""
        answers = [logits_of(network, squares, scaling) for network, scaling in self._networks]
        return np.asarray(np.mean(answers, axis=0), np.float32)
