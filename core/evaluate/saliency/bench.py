"""Measure one saliency method on one model.

The class explained is the true one where a lesion is to be found, and the predicted one
where the question is what the prediction depends on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.cases import read_scan
from core.evaluate.saliency import sanity
from core.evaluate.saliency.localisation import localise
from core.evaluate.saliency.mu_fidelity import Subsets, subsets
from core.evaluate.saliency.sample import SAMPLES, ScanSample, Sizes, draw_sample
from core.evaluate.saliency.scorecard import judge
from core.evaluate.saliency.store import AGREEMENT
from core.explain.drawing import draw
from core.explain.explainer import Explainer, saliency
from core.explain.methods import METHODS
from core.explain.network import Network
from core.imaging import read_image
from core.inference import Classifier
from core.labels import class_index
from core.preprocess import FloatImage, Geometry, Scaling
from core.registry import ModelSpec

_SHIFT = "stability_shift"

Row = tuple[str, str, str, float]  # as in the file: image_sha256, method, metric, value
Maps = dict[int, FloatImage]  # by position in the sample


@dataclass(frozen=True)
class Bench:
    """One model with the scans it is measured on.

    Attributes
    ----------
    network : Network
    scaling : {"tf", "caffe", "torch"}
        Of its input.
    sample : ScanSample
    x : ndarray of float32, shape (N, S, S, 3)
        The scans, prepared for the network.
    geometries : tuple of Geometry
    seed : int
    """

    network: Network
    scaling: Scaling
    sample: ScanSample
    x: FloatImage = field(repr=False)
    geometries: tuple[Geometry, ...] = field(repr=False)
    seed: int

    @cached_property
    def logits(self) -> FloatImage:
        """Answers of the intact network, shape (N, 4)."""
        return self.network.logits(self.x)

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """Class that the intact network says, shape (N,)."""
        return np.asarray(self.logits.argmax(1))

    @cached_property
    def true(self) -> NDArray[np.intp]:
        """Class that the source says, shape (N,)."""
        return np.array([class_index(case.label) for case in self.sample.cases])

    @cached_property
    def destroyed(self) -> dict[str, Network]:
        """The network with its knowledge destroyed, by stage."""
        whole = self.network
        return {
            stage: Network(model, whole.cam_layer, self.scaling)
            for stage, model in sanity.cascade(whole.model, self.seed)
        }

    @cached_property
    def altered(self) -> dict[str, tuple[FloatImage, NDArray[np.bool_]]]:
        """Scans with noise, and shifted; and for which of them the answer is as before."""
        copies = {
            "stability_noise": sanity.noisy(self.network, self.x, self.seed),
            _SHIFT: sanity.shifted(self.network, self.x),
        }
        return {
            name: (x, self.network.logits(x).argmax(1) == self.predicted)
            for name, x in copies.items()
        }

    @cached_property
    def asked(self) -> dict[int, Subsets]:
        """What MuFidelity asks, by position: once for all methods."""
        judged = {i for method in METHODS.values() for i in self.sample.faithfulness(method)}
        return {
            i: subsets(self.network, self.x[i], int(self.predicted[i]), seed=self.seed)
            for i in sorted(judged)
        }

    def maps(
        self,
        method: str,
        at: Sequence[int],
        targets: NDArray[np.intp],
        x: FloatImage | None = None,
        network: Network | None = None,
    ) -> Maps:
        """Compute maps of the scans at some positions, each of its own class.

        Of other inputs (N, S, S, 3) or by another network where these are given.
        """
        if not at:
            return {}
        found = saliency(
            network or self.network,
            (self.x if x is None else x)[list(at)],
            method,
            [int(targets[i]) for i in at],
            seed=self.seed,
            samples=SAMPLES.get(method),
        )
        return dict(zip(at, found, strict=True))


def load_bench(spec: ModelSpec, sizes: Sizes, seed: int, data: Path | None = None) -> Bench:
    """Load a model and its scans: those that ship with the app, or a dataset's own files.

    Raises
    ------
    DataError
        If a file of the dataset is missing, or not the one that the networks were tested on.
    """
    explainer = Explainer(Classifier(spec, "tensorflow"))
    sample = draw_sample(sizes, seed)
    images = [read_image(read_scan(case, data), case.path) for case in sample.cases]
    prepared = [explainer.classifier.prepare(image.pixels) for image in images]
    x, geometries = zip(*prepared, strict=True)
    scaling = spec.manifest.preprocess.params.scaling
    return Bench(explainer.network, scaling, sample, np.concatenate(x), geometries, seed)


def pictured(bench: Bench, name: str) -> tuple[list[Row], Maps]:
    """Localise with one method, and test its faithfulness.

    Returns
    -------
    list of Row
    dict of int to ndarray
        Maps of the predicted class, by position, for the scans of faithfulness.
    """
    pointed = bench.sample.localisation(METHODS[name])
    judged = bench.sample.faithfulness(METHODS[name])
    of_true = bench.maps(name, pointed, bench.true)
    right = bench.true == bench.predicted
    others = [i for i in judged if i not in of_true or not right[i]]
    of_predicted = bench.maps(name, others, bench.predicted)
    of_predicted |= {i: of_true[i] for i in judged if i not in of_predicted}
    found = {i: _localisation(bench, i, of_true[i]) for i in pointed}
    for i in judged:
        found[i] = found.get(i, {}) | _faithfulness(bench, i, of_predicted[i])
    rows = [
        (bench.sample.cases[i].sha256, name, metric, value)
        for i, scores in found.items()
        for metric, value in scores.items()
    ]
    return rows, of_predicted


def disturbed(bench: Bench, name: str, maps: Maps) -> list[Row]:
    """Test the sanity and the stability of one method, given its maps of the intact scans."""
    at, size, rows = bench.sample.disturbed(METHODS[name]), bench.network.size, list[Row]()

    def compare(kind: str, i: int, pair: tuple[FloatImage, FloatImage]) -> None:
        found = asdict(sanity.similarity(*pair, len(pair[1]) if kind == _SHIFT else size))
        sha = bench.sample.cases[i].sha256
        rows.extend((sha, name, f"{kind}_{metric}", value) for metric, value in found.items())

    for stage, network in bench.destroyed.items():
        after = bench.maps(name, at, bench.predicted, network=network)
        for i in at:
            compare(f"sanity_{stage}", i, (maps[i], after[i]))
    for kind, (x, kept) in bench.altered.items():
        same = [i for i in at if kept[i]]
        after = bench.maps(name, same, bench.predicted, x)
        for i in same:
            pair = maps[i], after[i]
            compare(kind, i, sanity.overlap(*pair, size) if kind == _SHIFT else pair)
    return rows


def agreements(sample: ScanSample, size: int, maps: dict[str, Maps]) -> list[Row]:
    """Compare the methods' maps of the predicted class with each other, scan by scan.

    `size` is the side of the network's input, over which maps are compared.
    """
    rows: list[Row] = []
    for i, case in enumerate(sample.cases):
        names = [name for name in maps if i in maps[name]]
        if len(names) < 2:
            continue
        table = sanity.agreement([maps[name][i] for name in names], size)
        rows += [
            (case.sha256, first, AGREEMENT + second, float(table[a, b]))
            for a, first in enumerate(names)
            for b, second in enumerate(names)
            if a != b
        ]
    return rows


def _localisation(bench: Bench, i: int, values: FloatImage) -> dict[str, float]:
    outline = bench.sample.cases[i].lesion
    assert outline is not None
    heat, empty = draw(values, bench.geometries[i])
    return asdict(localise(heat, outline)) | {"empty": float(empty is not None)}


def _faithfulness(bench: Bench, i: int, values: FloatImage) -> dict[str, float]:
    found = judge(bench.network, bench.x[i], values, int(bench.predicted[i]), bench.asked[i])
    return {
        "deletion": found.curves.deletion_auc,
        "insertion": found.curves.insertion_auc,
        "average_drop": found.average_drop,
        "increase": found.increase,
        "mu_fidelity": found.mu_fidelity,
    }
