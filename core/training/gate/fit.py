"""Fits the gate: its network, and the limits of its rules; reads training and validation only.

Everything is drawn from ``unseen-patients``: the network learns from training pictures, from
relatives of them and from decoys. The threshold is the highest at which the whole gate, with all
its rules, stops no more than 2.5 % of the training files, each looked at by a network that was
taught without its patient (cross-fitting: one such network for each fold). Validation alone has 22
groups without a tumour, too few to say how the oddest scans in a hundred score. The test part,
photographs, real drawings and other body parts are not looked at here.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from core.dataset.collection import Dataset, Split, dataset_sha256, split
from core.evaluate.stored.provenance import package_versions
from core.gate import Gate, Glance, look
from core.gate.stored import FACTS_NAME, FOLDER, WEIGHTS_NAME, Facts
from core.gate.views import border, roundness, shrunk, views
from core.imaging import read_image
from core.preprocess import FloatImage
from core.protocols import UNSEEN
from core.training.gate.lessons import DECOYS, lesson
from core.training.gate.teach import SEED, Numbers, teach

STOPPED = 0.025  # share of scans that the gate may stop; it is to be 3 % at most of others
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
    validation = list(read(dataset, parts.validation.drop_duplicates("duplicate_group")))
    open_gate = Gate(
        weights={},
        threshold=-np.inf,
        turned_limit=TURNED_LIMIT,
        colour_limit=COLOUR_LIMIT,
        least_shades=LEAST_SHADES,
        roundest=max(map(roundness, validation)),
        dark_border=float(np.quantile([border(views(v)) for v in validation], DARK)),
    )
    looks = list(looks_apart(dataset, parts.train, open_gate))
    weights = taught(dataset, parts.train)
    gate = replace(open_gate, weights=weights, threshold=highest_threshold(looks))
    return store_gate(gate, dataset, parts, len(validation), models_dir)


def taught(dataset: Dataset, rows: pd.DataFrame) -> Numbers:
    """Teach a network what the scans in some rows look like, each picture once."""
    once = rows.drop_duplicates("duplicate_group")
    scans = [shrunk(pixels) for pixels in read(dataset, once)]
    return teach(lesson(scans, once["label"].to_numpy(str), np.random.default_rng(SEED)))


def looks_apart(dataset: Dataset, rows: pd.DataFrame, gate: Gate) -> Iterator[Glance]:
    """Look at the files of each fold with a network taught on the other folds.

    Parameters
    ----------
    dataset : Dataset
    rows : DataFrame
        Of two folds or more; no patient is in two of them.
    gate : Gate
        Its rules; its weights play no part.
    """
    for fold in sorted(rows["fold"].unique()):
        held_out = rows["fold"] == fold
        apart = replace(gate, weights=taught(dataset, rows[~held_out]))
        for pixels in read(dataset, rows[held_out]):
            yield look(pixels, 0.0, apart)


def highest_threshold(looks: Sequence[Glance]) -> float:
    """Find the highest threshold at which no more than `STOPPED` of the scans are stopped.

    Parameters
    ----------
    looks : sequence of Glance
        By a gate without a threshold; those that other rules stop count as stopped.
    """
    scores = sorted(one.score for one in looks if one.inside)
    stopped = len(looks) - len(scores)
    return scores[max(int(STOPPED * len(looks)) - stopped, 0)]


def store_gate(
    gate: Gate, dataset: Dataset, parts: Split, validation_pictures: int, models_dir: Path
) -> Facts:
    """Store a gate, and where it comes from."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **gate.weights)
    folder = models_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS_NAME).write_bytes(buffer.getvalue())
    facts = Facts(
        weights_sha256=hashlib.sha256(buffer.getvalue()).hexdigest(),
        threshold=gate.threshold,
        turned_limit=gate.turned_limit,
        stopped=STOPPED,
        stopped_of=len(parts.train),
        colour_limit=gate.colour_limit,
        least_shades=gate.least_shades,
        roundest=gate.roundest,
        dark_border=gate.dark_border,
        training_pictures=len(parts.train.drop_duplicates("duplicate_group")),
        validation_pictures=validation_pictures,
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
