"""Measures the gate on pictures that neither its network nor its threshold has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from core.dataset.collection import Dataset, dataset_sha256, split
from core.errors import DataError
from core.evaluate.figures.means import mean_over_groups
from core.evaluate.stored.provenance import package_versions
from core.figure import Figure
from core.gate import Gate, Glance, look, read_gate
from core.gate.stored import EVALUATION_NAME, FOLDER, Evaluation, Row, read_facts
from core.imaging import MRIImage, read_image
from core.labels import CLASS_NAMES
from core.preprocess import FloatImage
from core.protocols import UNSEEN
from core.training.gate.archives import Found, find, parts_of
from core.training.gate.kinds import KINDS
from core.training.gate.material import Material
from core.training.gate.variants import VARIANTS

Aim = Literal["stop", "pass"]
Source = Literal["code", "archives", "dataset", "elsewhere"]

EACH = 16  # pictures of a kind that are made by code
SEED = 1
TURNED = ("inverted", "upside_down", "sideways")  # scans still, so counted apart from the foreign
RELATIVES = frozenset(  # kinds of which the network learned against something similar
    [
        "disc",
        "noise",
        "noise_in_disc",
        "logo",
        "pattern",
        "window",
        "montage",
        "inverted",
        "upside_down",
        "sideways",
    ]
)
_COMMAND = "python -m core evaluate-gate --data DIR --foreign DIR"
_PACKAGES = ("numpy", "opencv-python-headless", "pillow", "pydicom")


class _Table:
    """Verdicts, gathered by kind."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.rows: list[Row] = []
        self.all: dict[str, list[Glance]] = {}

    def add(
        self,
        kind: str,
        aim: Aim,
        source: Source,
        pictures: Iterator[FloatImage | MRIImage],
        groups: list[str] | None = None,
    ) -> list[Glance]:
        said = [self._look(picture) for picture in pictures]
        if said:
            self.rows.append(row(kind, aim, source, said, groups))
            self.all[kind] = said
        return said

    def _look(self, picture: FloatImage | MRIImage) -> Glance:
        if isinstance(picture, MRIImage):
            return look(picture.pixels, picture.colour, self._gate)
        return look(np.ascontiguousarray(picture, np.float32), 0.0, self._gate)


def evaluate_gate(
    dataset: Dataset, foreign: Path, models_dir: Path, elsewhere: Path | None = None
) -> Evaluation:
    """Measure what the stored gate stops and what it lets pass, and store the table.

    Parameters
    ----------
    dataset : Dataset
    foreign : Path
        Folder of unpacked archives; see `core.training.gate.archives`.
    models_dir : Path
        ``_gate/evaluation.json`` in it is written.
    elsewhere : Path, optional
        Scans of other sources: a folder with ``labels.csv`` (path, label, group).

    Raises
    ------
    DataError
        If there is no gate, or nothing foreign.
    """
    gate, facts = read_gate(models_dir), read_facts(models_dir)
    if gate is None or facts is None:
        raise DataError("No gate is stored; fit it with python -m core fit-gate --data DIR.")
    found = find(foreign)
    photographs = [one for one in found if one.kind == "photographs"]
    if not photographs:
        raise DataError("{folder} holds no photographs to measure with.", folder=foreign)
    parts = split(dataset, UNSEEN)
    test = parts.test
    scans = [image.pixels for image in _read(dataset, test)]
    table = _Table(gate)
    passed = _archives(table, found)
    grey = [one.image.pixels for one in photographs]
    upright = [scans[i] for i in np.flatnonzero((test["label"] != "notumor").to_numpy())]
    material = Material(grey, scans, upright)
    for kind in KINDS:
        table.add(kind, "stop", "code", made(kind, material))
    outside = [v for k, said in table.all.items() if k not in TURNED for v in said]
    known, distinct = _known(table, test, scans)
    if elsewhere:
        _elsewhere(table, elsewhere)
    evaluation = Evaluation(
        weights_sha256=facts.weights_sha256,
        threshold=facts.threshold,
        foreign=row("all that is no brain MRI", "stop", "code", outside),
        known=known,
        distinct=distinct,
        rows=tuple(table.rows),
        passed=passed,
        dataset_sha256=dataset_sha256(dataset),
        split_sha256=parts.sha256,
        command=_COMMAND + (" --elsewhere DIR" if elsewhere else ""),
        packages=package_versions(_PACKAGES),
    )
    file = models_dir / FOLDER / EVALUATION_NAME
    file.write_text(evaluation.model_dump_json(indent=1) + "\n")
    return evaluation


def made(kind: str, material: Material) -> Iterator[FloatImage]:
    """Make the pictures of one kind, the same each time."""
    rng = np.random.default_rng([SEED, *kind.encode()])
    return (KINDS[kind](rng, material) for _ in range(EACH))


def row(
    kind: str, aim: Aim, source: Source, said: list[Glance], groups: list[str] | None = None
) -> Row:
    """Count one kind; without groups, each picture counts for itself."""
    stopped = np.array([not verdict.inside for verdict in said], float)
    names = groups if groups is not None else [str(i) for i in range(len(said))]
    _, index = np.unique(names, return_inverse=True)
    interval = mean_over_groups(stopped, index, proportion=True)
    reasons = Counter(verdict.reason for verdict in said if verdict.reason)
    return Row(
        kind=kind,
        aim=aim,
        source=source,
        relatives=kind in RELATIVES,
        n=len(said),
        stopped=Figure(**interval),
        reasons=dict(sorted(reasons.items())),
    )


def _archives(table: _Table, found: list[Found]) -> tuple[str, ...]:
    passed = []
    for kind in sorted({one.kind for one in found}):
        ours = [one for one in found if one.kind == kind]
        said = table.add(kind, "stop", "archives", (one.image for one in ours))
        passed += [f"{kind}: {o.name}" for o, v in zip(ours, said, strict=True) if v.inside]
        if kind == "photographs":
            table.add("photographs in grey", "stop", "archives", (o.image.pixels for o in ours))
            pieces = (piece for one in ours for piece in parts_of(one.image))
            table.add("parts of photographs in grey", "stop", "archives", pieces)
    return tuple(passed)


def _known(table: _Table, test: pd.DataFrame, scans: list[FloatImage]) -> tuple[Row, Row]:
    """Test scans as they are, class by class, and changed as people and files change them."""
    groups = test["group"].to_numpy(str)
    labels = test["label"].to_numpy(str)
    for name in CLASS_NAMES:
        ours = np.flatnonzero(labels == name)
        pictures = (scans[i] for i in ours)
        table.add(name, "pass", "dataset", pictures, groups[ours].tolist())
    together = [verdict for name in CLASS_NAMES for verdict in table.all[name]]
    order = np.concatenate([np.flatnonzero(labels == name) for name in CLASS_NAMES])
    one_each = np.flatnonzero((test["keep_one"] == 1).to_numpy())[::5]
    for kind, change in VARIANTS.items():
        rng = np.random.default_rng(SEED)
        changed = (change(rng, scans[i]) for i in one_each)
        table.add(kind, "pass", "dataset", changed, groups[one_each].tolist())
    once = np.flatnonzero((test["keep_one"] == 1).to_numpy()[order])
    return (
        row("test scans", "pass", "dataset", together, groups[order].tolist()),
        row(
            "distinct test scans", "pass", "dataset", [together[i] for i in once],
            groups[order][once].tolist(),
        ),
    )  # fmt: skip


def _elsewhere(table: _Table, folder: Path) -> None:
    labels = pd.read_csv(folder / "labels.csv", keep_default_na=False)
    for label, rows in labels.groupby("label"):
        files = [folder / path for path in rows["path"] if (folder / path).is_file()]
        names = [
            group or path for path, group in zip(rows["path"], rows["group"], strict=True)
            if (folder / path).is_file()
        ]  # fmt: skip
        pictures = (read_image(file.read_bytes(), file.name) for file in files)
        table.add(f"elsewhere: {label}", "pass", "elsewhere", pictures, names)


def _read(dataset: Dataset, rows: pd.DataFrame) -> Iterator[MRIImage]:
    for file in rows["file"]:
        path = dataset.root / file
        yield read_image(path.read_bytes(), path.name)
