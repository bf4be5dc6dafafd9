"""What the stored benchmark decides is what the app does."""

import json

from typer.testing import CliRunner

from core.architectures import ARCHITECTURES
from core.cli import app
from core.evaluate.stored.layout import benchmark_file
from core.inference import _OPENVINO_EARNS
from core.settings import PROJECT

STORED = json.loads(benchmark_file(PROJECT / "models").read_text())


def test_all_architectures_were_measured():
    assert {row["model"] for row in STORED["architectures"]} == set(ARCHITECTURES)


def test_openvino_serves_where_it_takes_a_tenth_less_time():
    earns = {
        ARCHITECTURES[row["model"]].title
        for row in STORED["architectures"]
        if row["milliseconds"]["openvino"] < 0.9 * row["milliseconds"]["tensorflow"]
    }
    assert earns == _OPENVINO_EARNS


def test_times_of_one_architecture_do_not_take_the_place_of_all(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    said = CliRunner().invoke(app, ["benchmark", "--model", "vgg16", "--save"])
    assert said.exit_code == 2 and "--save" in said.output
    assert not benchmark_file(tmp_path).exists()
