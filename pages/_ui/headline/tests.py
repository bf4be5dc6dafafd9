"""The official test beside the one without the patients of training: memory and networks."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.audit import facts
from core.evaluate.board.both_tests import Both, BothTests
from core.evaluate.stored.layout import CONTROLS
from core.protocols import OFFICIAL, PROTOCOLS, UNSEEN, Protocol
from pages._ui.base.text import _, sentence
from pages._ui.figures import gaps, wording
from pages._ui.figures.boards import Twice, twice
from pages._ui.figures.show import show
from pages._ui.headline.formula import printed


def introduction() -> str:
    """Say what is wrong with the official test."""
    counts = facts.leaks(facts.table()).sum()
    tested, free = int(counts.sum()), int(counts["free"])
    return _(
        "{leaking} of the {all} official test images come from a patient or picture family that "
        "training holds too. Below, each control and network stands twice: on that test, and on "
        "patients kept apart from its training. A nearest neighbour is nothing but memory, so "
        "the difference shows what memory is worth, roughly, because the images differ too. Both "
        "are single slices of one collection."
    ).format(leaking=f"{tested - free:,}", all=f"{tested:,}")


def chart(found: BothTests) -> None:
    """Draw what is stored under both protocols, a line for each."""
    st.markdown(_("**How much of a score is left when the patients are new?**"))
    shown = [row for row in found.rows if row.rows]
    if not shown:
        st.info(_("Nothing has been evaluated yet."), icon=":material/rule:")
        return
    drawn = [
        Twice(
            title(row),
            _drop(row),
            row.accuracy(OFFICIAL),
            row.accuracy(UNSEEN),
            (_said(row, OFFICIAL), _said(row, UNSEEN)),
            row.reported,
            (_images(row, OFFICIAL), _images(row, UNSEEN)),
        )
        for row in shown
    ]
    show(
        twice(drawn),
        _("Accuracy on the official test and on unseen patients; the table below has the "
          "same values"),
        "both-tests",
    )  # fmt: skip


def table(found: BothTests) -> None:
    """List every line with its figures, and say what is not there."""
    rows = []
    absent = {p: gaps.missing(p, board.rows) for p, board in found.boards.items()}
    for row in found.rows:
        rows.append(
            {
                _("Name"): title(row),
                _("Kind"): _(wording.KINDS[row.kind]),
                _("Reported test"): None if row.reported is None else printed(row.reported),
                **{
                    _(wording.PROTOCOL_TITLES[p]): (
                        wording.with_span("accuracy", row.accuracy(p))
                        if p in row.rows
                        else absent[p].get(row.name) or _("not evaluated yet")
                    )
                    for p in PROTOCOLS
                },
            }
        )
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content",
        placeholder="–",
        alt=_("Accuracy of every control and network under both protocols"),
        column_config={_("Name"): st.column_config.TextColumn(width=270)},
    )
    st.caption(
        _(
            "Accuracy on all test images with its 95\u202f% interval over patients. Reported "
            "figures are the paper's, on the official test, and came without intervals. The two "
            "tests are of different images, so a difference has no paired test."
        )
    )
    for problem in found.problems:
        if "has not been evaluated" not in problem.template:  # stands in the table
            st.warning(sentence(problem), icon=":material/rule:")


def stamps(found: BothTests) -> None:
    """Say which files the figures are from."""
    for protocol in PROTOCOLS:
        st.markdown(f"**{_(wording.PROTOCOL_TITLES[protocol])}**")
        wording.stamp(
            f"headline-{protocol}",
            [row.rows[protocol] for row in found.rows if protocol in row.rows],
        )


def title(row: Both) -> str:
    """Name a line as a person does, measured or not."""
    if row.known:
        return wording.row_title(row.known)
    return _(CONTROLS[row.name]) if row.name in CONTROLS else wording.network_title(row.name)


def _said(row: Both, protocol: Protocol) -> str:
    """Write an accuracy with its interval, and what it was measured on."""
    if protocol not in row.rows:
        return ""
    value = wording.with_span("accuracy", row.accuracy(protocol))
    return f"{value} · {wording.measured_on(row.rows[protocol], 'all')}"


def _images(row: Both, protocol: Protocol) -> int | None:
    found = row.rows.get(protocol)
    return wording.images_of(found, "all") if found else None


def _drop(row: Both) -> str:
    """Write both accuracies, official first."""
    values = [row.accuracy(p).value for p in (OFFICIAL, UNSEEN)]
    return " → ".join(wording.number("accuracy", v) for v in values)
