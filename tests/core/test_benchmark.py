"""What the stored benchmark decides is what the app does."""

import json

from core.architectures import ARCHITECTURES
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
