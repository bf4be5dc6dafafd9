"""What figures weigh on their way to a browser: every page that has some, with what is stored."""

import base64
import json

import numpy as np
import pytest

from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.saliency.read import METRIC_TITLES
from core.protocols import PROTOCOLS
from core.registry import discover
from core.settings import Settings
from pages._ui.leaderboard.together import VIEWS as TOGETHER
from pages._ui.leaderboard.views import VIEWS as CLOSER

from .opening import opened

MODELS = Settings().models_dir
LIMIT, POINTS = 400_000, 3_000  # bytes of JSON a page, points a trace


def states():
    """Pages with figures in the states that hold most of them."""
    networks = [r.name for r in load_leaderboard(MODELS, "unseen-patients").rows
                if r.kind == "model" and r.metrics]  # fmt: skip
    two = {"model": networks[0], "beside": networks[1]}
    for view, compare in zip(CLOSER, [*TOGETHER, *TOGETHER], strict=False):
        yield "leaderboard", {"view": view, "compare": compare, **two}
    yield "leaderboard", {"protocol": "official", "view": "curves"}
    yield "leaderboard", {"about": "maps", "measure": next(iter(METRIC_TITLES))}
    for name in discover(MODELS)[0]:
        yield "model-cards", {"model": name}
    for protocol in PROTOCOLS:
        yield "cost", {"protocol": protocol}
    yield "dataset", {"by": "plane"}
    yield "headline", {}


def points(values):
    """Count values, written out or packed."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).size
    return len(values)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("page", "asked"), states(), ids=lambda value: str(value))
def test_the_figures_of_a_page_are_light(page, asked):
    app = opened(page, **asked)
    assert not app.exception
    specs = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert specs, "no figure on the page"
    weights = [len(spec.encode()) for spec in specs]
    assert sum(weights) < LIMIT, weights
    for spec in specs:
        for trace in json.loads(spec)["data"]:
            assert points(trace.get("x") or ()) <= POINTS, trace.get("name")
