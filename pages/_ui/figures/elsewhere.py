"""What is left on scans of other sources, and what ruling a tumour out asks for."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from core.errors import DataError
from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.evaluate.other.store import COMMAND, OtherSources, read_other
from core.evaluate.stored.schema import AtPoint, ImagesMetrics, Metrics
from core.figure import Figure
from core.labels import class_index
from core.protocols import UNSEEN
from core.settings import Settings
from pages._ui.base import components, developers
from pages._ui.base.text import _, proportion
from pages._ui.figures import wording
from pages._ui.figures.wording import with_span

_FREE = class_index("notumor")


def measured(metrics: Metrics | None) -> OtherSources | None:
    """Read what is stored of the served weights on scans of other sources, if it is theirs."""
    if metrics is None or metrics.provenance.protocol != UNSEEN:
        return None
    if metrics.provenance.kind == "control":
        return None
    try:
        return read_other(Settings().models_dir, metrics.provenance)
    except DataError:
        return None


def here(part: ImagesMetrics) -> tuple[Figure, Figure]:
    """Share of tumours taken for a tumour, and of tumour-free scans called so, without interval."""
    table = part.confusion
    tumours = [row for i, row in enumerate(table) if i != _FREE]
    n = sum(map(sum, tumours))
    found = 1 - sum(row[_FREE] for row in tumours) / n
    free = table[_FREE][_FREE] / sum(table[_FREE])
    return tuple(Figure(value=v, ci_low=None, ci_high=None) for v in (found, free))  # type: ignore[return-value]


def board(choice: Ranking) -> None:
    """Set every network's own test beside scans of other sources, and say how to rule out."""
    rows = [row for row in choice.measured if row.kind in ("model", "ensemble")]
    others = {row.name: found for row in rows if (found := measured(row.metrics))}
    st.header(_("What is left elsewhere?"), anchor=False)
    if others:
        _beside(choice, rows, others)
    elif choice.board.protocol == UNSEEN:
        st.caption(_("No network has been measured on scans of other sources yet."))
        developers.command(COMMAND)
    else:
        st.caption(_("Scans of other sources are read with the weights that ship, which are those "
                     "of the test on unseen patients."))  # fmt: skip
    st.subheader(_("When is a tumour ruled out?"), anchor=False)
    known = [row for row in rows if _point(row, choice)]
    if known:
        _ruling_out(choice, known, others)
    else:
        st.caption(_("No operating point is stored with these figures."))


def card(metrics: Metrics | None) -> None:
    """Set one network's own test, on unseen patients, beside scans of other sources."""
    if metrics is None:
        return
    part, other = metrics.images["all"], measured(metrics)
    found, free = here(part)
    lines = [
        (_("Tumours found"), found, other.found if other else None),
        (_("Tumour-free scans called so"), free, other.free if other else None),
    ]
    own, away = part.ruling_out, other.at_point if other else None
    if own:
        lines += [
            (_("Sensitivity: tumours not ruled out"), own.sensitivity, _of(away, "sensitivity")),
            (_("Specificity: ruled out where there is none"), own.specificity,
             _of(away, "specificity")),
            (_("No tumour likeliest, but not ruled out"), own.unsettled, _of(away, "unsettled")),
        ]  # fmt: skip
    st.table(
        pd.DataFrame(
            {
                _("Figure"): name,
                _("Unseen patients"): with_span("accuracy", mine),
                _("Other sources"): with_span("accuracy", theirs) if theirs else _("not measured"),
            }
            for name, mine, theirs in lines
        ),
        border="horizontal",
        hide_index=True,
        alt=_("Tumour or no tumour: on unseen patients and on scans of other sources"),
    )
    if own:
        st.caption(
            _(
                "The first lines are by the largest probability. The others are as the app "
                "answers: no tumour is said from a probability of {point} on, found on validation "
                "pictures alone."
            ).format(point=_from(metrics))
        )
    if other is None:
        try:
            read_other(Settings().models_dir, metrics.provenance)
        except DataError as error:
            components.show_absence(error)
    else:
        st.caption(_scans(other))


def _beside(choice: Ranking, rows: Iterable[Row], others: dict[str, OtherSources]) -> None:
    def line(row: Row) -> dict[str, str]:
        found, free = here(row.metrics.images[choice.images])  # type: ignore[union-attr]
        other = others.get(row.name)
        absent = _("not measured")
        return {
            _("Name"): wording.row_title(row),
            _("Accuracy here"): with_span("accuracy", row.figure("accuracy", choice.images)),
            _("Tumours found here"): with_span("accuracy", found),
            _("Tumours found elsewhere"): with_span("accuracy", other.found) if other else absent,
            _("Tumour-free right here"): with_span("accuracy", free),
            _("Tumour-free right elsewhere"): with_span("accuracy", other.free)
            if other
            else absent,
        }

    st.table(
        pd.DataFrame(line(row) for row in rows),
        border="horizontal",
        hide_index=True,
        alt=_("Tumours found and tumour-free scans called so, here and on other sources"),
    )
    st.caption(_scans(next(iter(others.values()))))


def _ruling_out(choice: Ranking, rows: Iterable[Row], others: dict[str, OtherSources]) -> None:
    def line(row: Row) -> dict[str, str]:
        own, away = _point(row, choice), others.get(row.name)
        assert own is not None
        there = away.at_point if away else None
        cells = {_("Name"): wording.row_title(row), _("From"): _from(row.metrics)}
        for where, at in ((_("here"), own), (_("elsewhere"), there)):
            for key, name in (
                ("sensitivity", _("Sensitivity {where}")),
                ("specificity", _("Specificity {where}")),
                ("unsettled", _("Not ruled out {where}")),
            ):
                figure = _of(at, key)
                cells[name.format(where=where)] = (
                    with_span("accuracy", figure) if figure else _("not measured")
                )
        return cells

    table = pd.DataFrame(line(row) for row in rows)
    if not others:
        table = table[[c for c in table if _("elsewhere") not in str(c)]]
    st.table(
        table,
        border="horizontal",
        hide_index=True,
        alt=_("Operating point of each network, and its sensitivity and specificity"),
    )
    st.caption(
        _(
            "No tumour is said from the probability in the second column on, which at least 97 "
            "of 100 tumour-free validation pictures reach (held between one half and what "
            "validation can tell from certainty, and never under the threshold for answering at "
            "all). Sensitivity: tumours that are not ruled out. "
            "Specificity: tumour-free scans on which one is. Not ruled out: all scans on which no "
            "tumour is likeliest, but under that point. Accuracy above is the largest "
            "probability's, whatever the point."
        )
    )


def _scans(other: OtherSources) -> str:
    t, f = other.tumour, other.tumour_free
    return _(
        "{tumours} scans with a tumour ({families} families of like pictures) and {free} without "
        "({others} families), of sources that are not in training, by the largest probability; "
        "the kind of tumour is not known, so any counts as found. Intervals are over families. "
        "Nothing was chosen by these scans, and they are not shown: their licence is not known."
    ).format(tumours=t.n, families=t.families, free=f.n, others=f.families)


def _point(row: Row, choice: Ranking) -> AtPoint | None:
    return row.metrics.images[choice.images].ruling_out if row.metrics else None


def _from(metrics: Metrics | None) -> str:
    """Write the probability from which no tumour is said: the higher of both thresholds."""
    reassuring = metrics.provenance.limits.reassuring if metrics else None
    return "–" if reassuring is None else proportion(reassuring)


def _of(at: AtPoint | None, key: str) -> Figure | None:
    return getattr(at, key) if at else None
