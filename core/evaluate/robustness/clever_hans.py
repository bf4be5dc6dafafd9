"""What each network says of shipped scans before and after a shortcut is changed: stored.

The Clever-Hans lab counts answers that move when something beside the tumour changes
(`core.shortcuts`). The draw that the page opens with is asked by command, once for all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tqdm import tqdm

from core.cases import TABLE, read_bytes
from core.errors import DataError
from core.evaluate.robustness.provenance import Provenance, Strict
from core.evaluate.robustness.run import origin
from core.evaluate.stored.layout import evaluation_folder, unseen_folder
from core.files import read_as, sha256, write_text
from core.imaging import read_image
from core.inference import Classifier
from core.protocols import UNSEEN
from core.registry import ModelSpec
from core.shortcuts import SHORTCUTS, sample

NAME = "shortcuts.json"
SEED = 0
MOST = 64  # scans of each shortcut


class Said(Strict):
    """What a network said of one scan.

    Attributes
    ----------
    case : str
        Key of `core.cases`.
    before, after : str
        Classes: of the scan as it is, and with the shortcut changed.
    """

    case: str
    before: str
    after: str


class CleverHans(Strict):
    """A whole ``shortcuts.json``.

    Attributes
    ----------
    provenance : Provenance
        ``limit`` is the number of scans of each shortcut.
    seed : int
        Of the draw of scans.
    preprocess_version : int
        Of the squares that the network is asked with.
    answers : dict of str to tuple of Said
        By shortcut; the scans in the order of the draw.
    """

    schema_version: Literal[1]
    provenance: Provenance
    seed: int
    preprocess_version: int
    answers: dict[str, tuple[Said, ...]]


def measure_shortcuts(spec: ModelSpec, models_dir: Path, *, limit: int = MOST) -> CleverHans:
    """Ask a model about scans before and after each shortcut; store what it says.

    Parameters
    ----------
    spec : ModelSpec
    models_dir : Path
    limit : int
        Scans of each shortcut, at most.
    """
    classifier = Classifier(spec)
    before: dict[str, str] = {}
    answers: dict[str, tuple[Said, ...]] = {}
    for name, shortcut in SHORTCUTS.items():
        rows = []
        told = f"{name}, {spec.name}"
        for case in tqdm(sample(shortcut, limit, SEED), told, unit="scan", disable=None):
            image = read_image(read_bytes(case), case.path)
            if case.id not in before:
                before[case.id] = classifier.predict(image).class_name
            after = classifier.predict(shortcut.of(image)).class_name
            rows.append(Said(case=case.id, before=before[case.id], after=after))
        answers[name] = tuple(rows)
    found = CleverHans(
        schema_version=1,
        provenance=Provenance(
            **origin(spec, classifier.backend, limit),
            command=command(spec.name) + ("" if limit == MOST else f" --limit {limit}"),
        ),
        seed=SEED,
        preprocess_version=spec.manifest.preprocess.version,
        answers=answers,
    )
    folder = evaluation_folder(models_dir, spec.name, UNSEEN)
    write_text(folder / NAME, found.model_dump_json(indent=1) + "\n")
    return found


def read_shortcuts(spec: ModelSpec) -> CleverHans:
    """Read what is stored of a model's answers to shortcuts.

    Raises
    ------
    DataError
        If it is missing, has another shape, or is of other weights, scans or shortcuts.
    """
    file = unseen_folder(spec) / NAME
    found = read_as(
        CleverHans,
        file,
        DataError(
            "What {name} says of shortcuts has not been measured.",
            name=spec.name,
            command=command(spec.name),
        ),
    )
    of, manifest = found.provenance, spec.manifest
    scans = sha256(TABLE)
    theirs = of.name, of.weights_sha256, of.cases_sha256, found.preprocess_version, found.seed
    ours = spec.name, manifest.weights_sha256, scans, manifest.preprocess.version, SEED
    drawn = {
        name: [case.id for case in sample(shortcut, of.limit or MOST, SEED)]
        for name, shortcut in SHORTCUTS.items()
    }
    if theirs != ours or drawn != {n: [s.case for s in said] for n, said in found.answers.items()}:
        raise DataError(
            "What is stored of {name} and shortcuts is of other weights, scans or shortcuts than "
            "the app's.",
            name=spec.name,
            command=command(spec.name),
        )
    return found


def command(name: str) -> str:
    """Give the command that measures a network."""
    return f"python -m core evaluate-shortcuts --model {name}"
