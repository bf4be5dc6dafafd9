"""What is stored of how well the gate does is of this gate, and is what it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.cases import cases, read_bytes
from core.gate import Gate, look, read_gate
from core.gate.stored import FACTS_NAME, FOLDER, read_evaluation, read_facts
from core.imaging import read_image
from core.settings import PROJECT
from core.training.gate.kinds import DRAWN
from core.training.gate.material import Material
from core.training.gate.measure import made, row

MODELS = PROJECT / "models"
LIMIT = 2**20  # bytes: what is stored is small


@pytest.fixture(scope="module")
def gate() -> Gate:
    found = read_gate(MODELS)
    assert found is not None
    return found


def test_what_is_stored_is_small_and_of_one_gate() -> None:
    assert sum(file.stat().st_size for file in (MODELS / FOLDER).iterdir()) < LIMIT
    facts, evaluation = read_facts(MODELS), read_evaluation(MODELS)
    assert facts is not None and evaluation is not None
    assert facts.split_sha256 == evaluation.split_sha256
    assert facts.dataset_sha256 == evaluation.dataset_sha256


def test_a_table_of_another_gate_is_not_shown(tmp_path: Path) -> None:
    shutil.copytree(MODELS / FOLDER, tmp_path / FOLDER)
    file = tmp_path / FOLDER / FACTS_NAME
    facts = read_facts(tmp_path)
    assert facts is not None
    file.write_text(facts.model_copy(update={"threshold": facts.threshold + 1}).model_dump_json())
    assert read_evaluation(tmp_path) is None


def test_the_stored_table_is_what_it_does(gate: Gate) -> None:
    """Kinds that need neither photographs nor the dataset are made and counted again."""
    evaluation = read_evaluation(MODELS)
    assert evaluation is not None
    stored = {one.kind: one for one in evaluation.rows}
    for kind in DRAWN:
        said = [look(picture, 0.0, gate) for picture in made(kind, Material((), (), ()))]
        again = row(kind, "stop", "code", said)
        assert abs(again.stopped.value - stored[kind].stopped.value) <= 1 / again.n  # type: ignore[operator]
        assert again.n == stored[kind].n
    foreign = [one for one in evaluation.rows if one.aim == "stop"]
    assert sum(one.n for one in foreign if one.source == "code") >= 300
    assert len([one for one in foreign if one.source == "code"]) >= 15
    assert stored["photographs"].n >= 40


def test_unseen_scans_pass_as_often_as_is_stored(gate: Gate) -> None:
    evaluation = read_evaluation(MODELS)
    assert evaluation is not None
    said = [
        look(read_image(read_bytes(case), case.id).pixels, 0.0, gate)
        for case in list(cases().values())[::6]
    ]
    stopped = np.mean([not one.inside for one in said])
    assert abs(stopped - evaluation.distinct.stopped.value) < 0.025  # type: ignore[operator]
