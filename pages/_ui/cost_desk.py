"""What is asked of Cost: the prices, the share of tumours, how answers become decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.errors import N_
from core.evaluate import cost
from core.evaluate.cost import NO_TUMOUR, Bill, Costs
from core.evaluate.leaderboard import Leaderboard, load_leaderboard
from core.evaluate.resample import Sample
from core.evaluate.rows import Row
from core.evaluate.schema import Images
from core.settings import Settings
from pages._ui import board, cache, state
from pages._ui.grid import grid
from pages._ui.text import _

Decision = Literal["least", "answer"]
DECISIONS: dict[Decision, str] = {
    "least": N_("Least expected cost"),
    "answer": N_("Most probable class"),
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
EXAMPLES = {  # each adds one thing to the one before
    N_("Every mistake alike"): {},
    N_("A miss costs ten"): {"missed": 10},
    N_("… and scans may be referred"): {"missed": 10, "refer": 0.5},
    N_("… and 5 scans in 100 show a tumour"): {"missed": 10, "refer": 0.5, "tumours": 5},
}
KEYS = (*DEFAULTS, "decide", "images", "curve", "against")
_PERCENT = (1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95)


@dataclass(frozen=True)
class Question:
    """The question that the page answers now.

    Attributes
    ----------
    board : Leaderboard
    images : {"all", "distinct"}
    costs : Costs
    prevalence : float or None
        Share of scans with a tumour; None for the images' own.
    decision : {"least", "answer"}
    samples : dict of str to Sample
        Stored answers of every measured row.
    """

    board: Leaderboard
    images: Images
    costs: Costs
    prevalence: float | None
    decision: Decision
    samples: dict[str, Sample]

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """How often each patient counts, the same for all rows."""
        return cost.draws(next(iter(self.samples.values())).count)

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Shares of the classes in the images."""
        return cost.shares(next(iter(self.samples.values())).y)

    @cached_property
    def decided(self) -> dict[Decision, dict[str, Bill]]:
        """What each row costs under either way to decide, least first."""
        return {decision: self._bills(decision) for decision in DECISIONS}

    @property
    def bills(self) -> dict[str, Bill]:
        """What each row costs as asked, least first."""
        return self.decided[self.decision]

    @property
    def rows(self) -> list[Row]:
        """Rows, least cost first."""
        return [self.board.row(name) for name in self.bills]

    @cached_property
    def alike(self) -> list[str]:
        """Rows by the number of mistakes in what they answer, whatever those cost."""
        answered = self.decided["answer"]
        return sorted(answered, key=lambda name: (answered[name].rates[0].sum(), name))

    def _bills(self, decision: Decision) -> dict[str, Bill]:
        bills = {}
        for name, sample in self.samples.items():
            actions = sample.probabilities.argmax(axis=1)
            if decision == "least" and self.board.row(name).kind != "control":
                actions = cost.decide(self.probabilities(name), self.costs)
            bills[name] = cost.bill(sample, actions, self.costs, self.weights, self.prevalence)
        return dict(sorted(bills.items(), key=lambda item: (item[1].total[0], item[0])))

    def probabilities(self, name: str) -> NDArray[np.float64]:
        """Stated probabilities of a row where tumours are as frequent as asked."""
        stated = self.samples[name].probabilities
        return cost.at_prevalence(stated, self.shares, self.prevalence)

    def tumour_scores(self, name: str) -> NDArray[np.float64]:
        """Probability of a tumour; for a control, which states none, its answer as 0 or 1."""
        if self.board.row(name).kind == "control":
            answers = self.samples[name].probabilities.argmax(axis=1)
            return (answers != NO_TUMOUR).astype(np.float64)
        return np.asarray(1 - self.probabilities(name)[:, NO_TUMOUR])


def choose() -> Question:
    """Ask for prices, the share of tumours, the decision and the images."""
    state.follow_link(KEYS)
    found = load_leaderboard(Settings().models_dir, board.SHIPPED)
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
            images = board.switch(
                "images",
                _("Images"),
                ("all", "distinct"),
                lambda key: _("All") if key == "all" else _("One per distinct picture"),
            )
            decision = board.switch(
                "decide", _("Decided by"), tuple(DECISIONS), lambda key: _(DECISIONS[key])
            )
        samples = cache.samples(found, cast(Images, images))
        own = next((1 - cost.shares(s.y)[NO_TUMOUR] for s in samples.values()), 0.5)
        steps = sorted([*_PERCENT, OWN], key=lambda v: 100 * own if v == OWN else v)
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
    return Question(
        found, cast(Images, images), costs, share, cast(Decision, decision), samples
    )  # fmt: skip


def _set(values: dict[str, str | float]) -> None:
    """Set the sliders to an example."""
    for key, value in values.items():
        st.session_state[key] = value


def _slider(key: str, label: str, options: Sequence, words) -> None:  # type: ignore[no-untyped-def]
    state.linked(key, options, DEFAULTS[key])
    st.select_slider(label, options, format_func=words, key=key)
    state.remember(key, DEFAULTS[key])


def _price(value: str | float) -> str:
    return _("never") if value == NEVER else f"{value:g}"
