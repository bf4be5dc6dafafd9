"""Tumour or no tumour: cost and net benefit against the threshold."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.evaluate.board import net_benefit as core
from core.evaluate.board.net_benefit import THRESHOLDS, Sweep
from core.evaluate.board.priced import PricedBoard
from pages._ui.base import state
from pages._ui.base.text import _, plain, proportion
from pages._ui.cost.sentences import number
from pages._ui.figures import wording
from pages._ui.figures.show import show
from pages._ui.figures.thresholds import Swept, thresholds


def choose(asked: PricedBoard) -> dict[str, Sweep]:
    """Ask for one row and another beside it; returns the curves of both."""
    titles = {row.name: wording.row_title(row) for row in asked.rows}
    kinds = {row.name: row.kind for row in asked.rows}
    first = next((n for n in titles if kinds[n] != "control"), next(iter(titles)))
    control = next((n for n in titles if kinds[n] == "control"), first)
    one, two = st.columns(2, gap="medium")
    for place, key, label, default in (
        (one, "curve", _("Row"), first),
        (two, "against", _("Beside it"), control),
    ):
        with place:
            state.linked(key, list(titles), default)
            st.selectbox(label, list(titles), format_func=titles.__getitem__, key=key)
            state.remember(key, default)
    names = dict.fromkeys((st.session_state["curve"], st.session_state["against"]))
    return {
        name: core.sweep(
            asked.samples[name], asked.tumour_scores(name), asked.weights, asked.prevalence
        )
        for name in names
    }


def cost(asked: PricedBoard, rows: dict[str, Sweep]) -> None:
    """Draw what misses and false alarms cost at each threshold."""
    st.markdown(_("**What do misses and false alarms cost at each threshold?**"))
    costs = asked.costs
    lines = {_title(asked, name): swept.cost(costs) for name, swept in rows.items()}
    first, *_others = rows.values()
    tumours = float(first.tumours[0, 0])
    every, none = costs.false_alarm * (100 - tumours), costs.missed * tumours
    top = 1.15 * min(every, none) or 1.15 * max(every, none) or 1
    references = {
        _("every scan called a tumour"): np.full(len(THRESHOLDS), every),
        _("no scan called a tumour"): np.full(len(THRESHOLDS), none),
    }
    show(
        thresholds(
            _swept(asked, rows, lines), references, _("Cost per 100 scans"), (0, top),
            costs.threshold, _point(asked, rows),
        ),
        _("Cost of missed tumours and false alarms against the threshold"),
        "threshold-cost",
    )  # fmt: skip
    at = costs.threshold
    if at is None:
        st.caption(_("Misses and false alarms are free, so no threshold is better than another."))
        return
    name, curve = next(iter(lines.items()))
    here = _index(at)
    low, high = core.band(curve)
    st.caption(
        _(
            "At these prices a tumour is worth calling from a probability of {at} on (false alarm "
            "÷ (false alarm + miss)), if the probabilities are right. There, {name} costs {cost} "
            "({low} – {high}). Which type it is plays no part here."
        ).format(
            at=proportion(at),
            name=plain(name),
            cost=number(curve[0, here]),
            low=number(low[here]),
            high=number(high[here]),
        )
    )


def net_benefit(asked: PricedBoard, rows: dict[str, Sweep]) -> None:
    """Draw the decision curve beside calling all and calling none."""
    st.markdown(_("**Does asking the network help more than treating all scans alike?**"))
    lines = {_title(asked, name): swept.net_benefit for name, swept in rows.items()}
    first = next(iter(rows.values()))
    tumours = float(first.tumours[0, 0])
    references = {
        _("every scan called a tumour"): first.call_all,
        _("no scan called a tumour"): np.zeros(len(THRESHOLDS)),
    }
    show(
        thresholds(
            _swept(asked, rows, lines), references, _("Net benefit per 100 scans"),
            (-0.15 * tumours, 1.08 * tumours), asked.costs.threshold, _point(asked, rows),
        ),
        _("Net benefit against the threshold, beside calling every scan or none a tumour"),
        "threshold-benefit",
    )  # fmt: skip
    low, _high = core.band(next(iter(lines.values())))
    best = np.maximum(first.call_all, 0)
    better = THRESHOLDS[low > best]
    name = plain(next(iter(lines)))
    if len(better):
        words = _(
            "{name} is clearly better than both, its whole interval above them, at thresholds "
            "from {low} to {high}."
        ).format(name=name, low=proportion(better[0]), high=proportion(better[-1]))
    else:
        words = _("At no threshold is {name} clearly better than both.").format(name=name)
    st.caption(
        f"{words} "
        + _(
            "Net benefit counts the tumours found and takes off the false alarms, each at the "
            "worth that the threshold gives it: at 10\u202f%, nine false alarms weigh as much as "
            "one tumour."
        )
    )


def _swept(
    asked: PricedBoard, rows: dict[str, Sweep], lines: dict[str, NDArray[np.float64]]
) -> dict[str, Swept]:
    """Give each curve with its interval and what it was measured on."""
    found = {}
    for name, (title, curve) in zip(rows, lines.items(), strict=True):
        row = asked.board.row(name)
        of, n = wording.measured_on(row, asked.images), wording.images_of(row, asked.images)
        found[title] = Swept(curve[0], *core.band(curve), of, n)
    return found


def _point(asked: PricedBoard, rows: dict[str, Sweep]) -> float | None:
    """Probability of a tumour from which on the first row does not rule one out."""
    reassuring = asked.limits(next(iter(rows))).reassuring
    return None if reassuring is None else 1 - reassuring


def _index(threshold: float) -> int:
    return int(np.abs(THRESHOLDS - threshold).argmin())


def _title(asked: PricedBoard, name: str) -> str:
    return wording.row_title(asked.board.row(name))
