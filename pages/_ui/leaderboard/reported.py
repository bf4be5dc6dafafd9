"""What the paper reports of a network, beside what was measured here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.architectures import ARCHITECTURES
from core.evaluate.board import paper
from core.evaluate.board.leaderboard import Ranked
from core.evaluate.board.ranking import Ranking
from core.figure import Figure
from pages._ui.base.text import _, proportion


def rows(choice: Ranking) -> tuple[Ranked, ...]:
    """Give the rows of the table; what the paper reports of a network stands in its own row."""
    measured = {row.name for row in choice.measured}
    return tuple(
        r for r in choice.ranked if not (r.row.reported and r.row.reported.model in measured)
    )


def figures(choice: Ranking) -> dict[str, Figure]:
    """Give the figure asked for as the paper reports it, by network."""
    return {
        row.reported.model: row.figure(choice.figure, choice.images)
        for row in choice.board.rows
        if row.reported
    }


def note() -> None:
    """Show what the paper reports and turn its headline into the two numbers it is made of."""
    with st.expander(_("What the paper's “weighted accuracy” is"), icon=":material/calculate:"):
        st.markdown(
            _(
                "The headline of {citation} is no accuracy on test images: it is the mean over "
                "training *and* test images. Four fifths of it are images that the network was "
                "fitted to. Rows marked as reported are copied from the paper, with its test "
                "accuracy; they came without intervals and have no place in the ranking. Where the "
                "network was measured here too, the paper's figure stands in its row."
            ).format(citation=paper.CITATION)
        )
        weighted, train, test = (rf"\text{{{w}}}" for w in (_("weighted"), _("train"), _("test")))
        st.latex(
            rf"{weighted} = \frac{{{paper.N_TRAIN}\cdot{train} + {paper.N_TEST}\cdot{test}}}"
            rf"{{{paper.N_TRAIN + paper.N_TEST}}}"
        )
        st.table(
            pd.DataFrame(
                {
                    _("Network"): ARCHITECTURES[r.model].title,
                    _("Weighted accuracy, reported"): proportion(r.weighted_accuracy),
                    _("Test accuracy, reported"): proportion(r.accuracy),
                    _("Training accuracy, implied"): proportion(r.implied_train_accuracy),
                }
                for r in paper.REPORTED
            ),
            border="horizontal",
            hide_index=True,
            alt=_("Reported weighted accuracy beside what it implies"),
        )
