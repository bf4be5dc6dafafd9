"""Fits the gate: its network, and the limits of its rules; reads training and validation only.

Everything is drawn from ``unseen-patients``: the network learns from training pictures, from
relatives of them and from decoys. The threshold keeps 98.5 % of the training files, each scored by
a network that was taught without its patient (cross-fitting: one such network for each fold): the
gate is to stop 3 % of scans at most, and half of that is left to its other rules. Validation alone
has 22 groups without a tumour, too few to say how the oddest scans in a hundred score. The test
part, photographs, real drawings and other body parts are not looked at here.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.dataset.collection import Dataset, Split, dataset_sha256, split
from core.evaluate.stored.provenance import package_versions
from core.gate.network import answer, score
from core.gate.stored import FACTS_NAME, FOLDER, WEIGHTS_NAME, Facts
from core.gate.views import border, roundness, shrunk, views
from core.imaging import read_image
from core.preprocess import FloatImage
from core.protocols import UNSEEN
from core.training.gate.lessons import DECOYS, lesson
from core.training.gate.teach import SEED, Numbers, teach

KEPT = 0.985  # share of training files over the threshold
DARK = 0.995  # share of validation pictures whose ground is dark enough
TURNED_LIMIT = -0.5  # turned must be the likelier: slices near the vertex tell little
COLOUR_LIMIT = 10 / 255  # of the first rule: twice what any picture of the dataset has
LEAST_SHADES = 16  # scans have 126 or more, some 40 when they are dimmed to three tenths
_COMMAND = "python -m core fit-gate --data DIR"
_PACKAGES = ("keras", "numpy", "opencv-python-headless", "tensorflow", "tensorflow-cpu")


def fit_gate(dataset: Dataset, models_dir: Path) -> Facts:
    """Fit the gate and store it under ``_gate/``.

    Parameters
    ----------
    dataset : Dataset
    models_dir : Path

    Returns
    -------
    Facts
        As written.
    """
    parts = split(dataset, UNSEEN)
    scores = np.concatenate([*scores_apart(dataset, parts.train)])
    threshold = float(np.quantile(scores, 1 - KEPT, method="lower"))
    return store_gate(dataset, parts, taught(dataset, parts.train), threshold, models_dir)


def taught(dataset: Dataset, rows: pd.DataFrame) -> Numbers:
    """Teach a network what the scans in some rows look like, each picture once."""
    once = rows.drop_duplicates("duplicate_group")
    scans = [shrunk(pixels) for pixels in read(dataset, once)]
    return teach(lesson(scans, once["label"].to_numpy(str), np.random.default_rng(SEED)))


def scores_apart(dataset: Dataset, rows: pd.DataFrame) -> Iterator[NDArray[np.float64]]:
    """Score the files of each fold by a network taught on the other folds.

    Parameters
    ----------
    dataset : Dataset
    rows : DataFrame
        Of two folds or more; no patient is in two of them.

    Yields
    ------
    ndarray of float64, shape (files of the fold,)
    """
    for fold in sorted(rows["fold"].unique()):
        held_out = rows["fold"] == fold
        weights = taught(dataset, rows[~held_out])
        seen = (views(pixels) for pixels in read(dataset, rows[held_out]))
        yield np.array([score(answer(both, weights)) for both in seen])


def store_gate(
    dataset: Dataset, parts: Split, weights: Numbers, threshold: float, models_dir: Path
) -> Facts:
    """Find the other limits on validation pictures, and store all with the weights."""
    validation = list(read(dataset, parts.validation.drop_duplicates("duplicate_group")))
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **weights)
    folder = models_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS_NAME).write_bytes(buffer.getvalue())
    facts = Facts(
        weights_sha256=hashlib.sha256(buffer.getvalue()).hexdigest(),
        threshold=threshold,
        turned_limit=TURNED_LIMIT,
        kept=KEPT,
        kept_of=len(parts.train),
        colour_limit=COLOUR_LIMIT,
        least_shades=LEAST_SHADES,
        roundest=max(map(roundness, validation)),
        dark_border=float(np.quantile([border(views(v)) for v in validation], DARK)),
        training_pictures=len(parts.train.drop_duplicates("duplicate_group")),
        validation_pictures=len(validation),
        decoys=DECOYS,
        seed=SEED,
        dataset_sha256=dataset_sha256(dataset),
        split_sha256=parts.sha256,
        command=_COMMAND,
        packages=package_versions(_PACKAGES),
    )
    (folder / FACTS_NAME).write_text(facts.model_dump_json(indent=1) + "\n")
    return facts


def read(dataset: Dataset, rows: pd.DataFrame) -> Iterator[FloatImage]:
    """Read pictures of the dataset as the app reads a file."""
    for file in rows["file"]:
        path = dataset.root / file
        yield read_image(path.read_bytes(), path.name).pixels
