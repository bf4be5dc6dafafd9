"""Beside a case in Classify: what is stored of it."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.cases import Case
from core.evaluate.board.answers import MEMORY, Answers, copies
from core.labels import CLASS_NAMES
from pages._ui.base.text import _, class_title, ngettext, percent
from pages._ui.figures.wording import row_title
from pages._ui.scan.case_words import words


def note(case: Case, answers: Answers | None) -> None:
    """Show what each evaluated network said of this file, and where the file is from."""
    st.header(_("What is stored of this case"), anchor=False)
    same = copies(answers, case) if answers else None
    if answers and same is not None and len(same):
        st.caption(_copies(len(same)))
        st.dataframe(
            _rows(answers, same),
            hide_index=True,
            alt=_("The stored answer of each network to this scan"),
            column_config={_("Probability"): st.column_config.TextColumn(alignment="right")},
        )
    with st.container(key="provenance-case"):
        noticed = [_("noticed: {what}").format(what=words(flag)) for flag in case.flags]
        st.caption(
            " · ".join((case.path, case.source, _(case.licence), case.sha256[:12], *noticed))
        )
        if case.path.startswith("train/"):
            st.caption(
                _(
                    "The folder train/ is the collection's official split. The networks here "
                    "learned from other patients, whatever the folder."
                )
            )


def _copies(n: int) -> str:
    """Say how often the picture was tested on."""
    return ngettext(
        "Each network was tested on this very file; no other image of the test is this picture.",
        "Each network was tested on this very file and on its copies: {n} images of the test, "
        "mirrored or saved anew, are this one picture.",
        n,
    ).format(n=n)


def _rows(answers: Answers, same: NDArray[np.int64]) -> list[dict[str, str]]:
    """Make a row for each network, the ensemble and the control; controls are never sure."""
    own, truth = same[0], answers.truth[same[0]]
    return [
        {
            _("Network"): row_title(voice.row),
            _("Answer"): class_title(CLASS_NAMES[voice.answer[own]]),
            _("Probability"): percent(float(voice.confidence[own])) if name != MEMORY else "–",
            _("Images right"): _("{n} of {all}").format(
                n=int((voice.answer[same] == truth).sum()), all=len(same)
            ),
        }
        for name, voice in answers.readers().items()
    ]
