"""What is asked of Cost: the prices, the share of tumours, how answers become decisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import streamlit as st

from core.errors import N_
from core.evaluate.board import cost
from core.evaluate.board.cost import Costs
from core.evaluate.board.leaderboard import load_leaderboard
from core.evaluate.board.priced import DECISIONS, Decision, PricedBoard
from core.evaluate.stored.schema import Images
from core.labels import NO_TUMOUR_INDEX
from core.protocols import UNSEEN
from core.settings import Settings
from pages._ui.base import derived, state
from pages._ui.base.grid import grid
from pages._ui.base.text import _
from pages._ui.figures import wording

WAYS: dict[Decision, str] = {  # to decide -> label
    "least": N_("Least expected cost"),
    "answer": N_("Most probable class"),
    "point": N_("No tumour only where ruled out"),
}
STEPS = (0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
NEVER, OWN = "never", "own"
PRICES = {  # key in the address -> label
    "missed": N_("A missed tumour"),
    "alarm": N_("A false alarm"),
    "type": N_("The wrong type of tumour"),
    "refer": N_("Referring a scan to a person"),
}
DEFAULTS: dict[str, str | float] = {
    "missed": 1, "alarm": 1, "type": 1, "refer": NEVER, "tumours": OWN,
}  # fmt: skip
EXAMPLES: dict[str, dict[str, str | float]] = {  # each adds one thing to the one before
    N_("Every mistake alike"): {},
    N_("A miss costs ten"): {"missed": 10},
    N_("… and scans may be referred"): {"missed": 10, "refer": 0.5},
    N_("… and 5 scans in 100 show a tumour"): {"missed": 10, "refer": 0.5, "tumours": 5},
}
KEYS = (*DEFAULTS, "decide", "images", "curve", "against")
_PERCENT = (1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95)


def choose() -> PricedBoard:
    """Ask for prices, the share of tumours, the decision and the images."""
    state.follow_link(KEYS)
    found = load_leaderboard(Settings().models_dir, UNSEEN)
    with st.container(border=True, key="cost-desk"):
        with st.container(horizontal=True, gap="small"):
            for i, (label, changes) in enumerate(EXAMPLES.items()):
                st.button(
                    _(label), key=f"example-{i}", on_click=_set, args=(DEFAULTS | changes,),
                    type="tertiary", icon=":material/tune:",
                )  # fmt: skip
        st.caption(_("Prices, in a unit of your choice; being right costs nothing."))
        with grid(4, min_column_width=230, gap="medium"):
            for key, label in PRICES.items():
                options = STEPS if key != "refer" else (*STEPS, NEVER)
                _slider(key, _(label), options, _price)
        with st.container(horizontal=True, gap="large"):
            images = wording.switch(
                "images",
                _("Images"),
                ("all", "distinct"),
                lambda key: _("All") if key == "all" else _("One per distinct picture"),
            )
            decision = wording.switch(
                "decide", _("Decided by"), DECISIONS, lambda key: _(WAYS[key])
            )
        samples = derived.samples(found, cast(Images, images))
        own = next((1 - cost.shares(s.y)[NO_TUMOUR_INDEX] for s in samples.values()), 0.5)
        every: list[str | float] = [*_PERCENT, OWN]
        steps = sorted(every, key=lambda v: 100 * own if v == OWN else float(v))
        _slider(
            "tumours",
            _("Scans of 100 that show a tumour"),
            steps,
            lambda v: _("{n} (as here)").format(n=f"{100 * own:.1f}") if v == OWN else str(v),
        )
    values = st.session_state
    refer = None if values["refer"] == NEVER else float(values["refer"])
    costs = Costs(float(values["missed"]), float(values["alarm"]), float(values["type"]), refer)
    share = None if values["tumours"] == OWN else values["tumours"] / 100
    return PricedBoard(
        found, cast(Images, images), costs, share, decision, samples
    )  # fmt: skip


def _set(values: dict[str, str | float]) -> None:
    """Set the sliders to an example."""
    for key, value in values.items():
        st.session_state[key] = value


def _slider(
    key: str, label: str, options: Sequence[str | float], words: Callable[[str | float], str]
) -> None:
    state.linked(key, options, DEFAULTS[key])
    st.select_slider(label, options, format_func=words, key=key)
    state.remember(key, DEFAULTS[key])


def _price(value: str | float) -> str:
    return _("never") if value == NEVER else f"{value:g}"
