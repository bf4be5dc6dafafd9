"""What a stated probability is worth: reliability, and answering only when sure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluate.board.ranking import Ranking
from core.evaluate.board.rows import Row
from core.evaluate.stored.schema import Reliability
from pages._ui.base import derived, glossary
from pages._ui.base.text import _, ngettext, proportion
from pages._ui.figures import trust, wording
from pages._ui.figures.show import clicked, taken
from pages._ui.leaderboard.parts import notes, part_of

CASES = "pages/cases.py"
_STEP = 0.01  # of the slider over coverage, as the stored curve has it


def reliability(row: Row, choice: Ranking) -> None:
    """Set stated probabilities against what happens; a mark opens its pictures."""
    calibration = part_of(row, choice).calibration
    if calibration is None or row.metrics is None:
        notes(row)
        return
    clicked(
        trust.reliability(calibration),
        _("Share of right answers against the stated probability, before and after temperature "
          "scaling; on the diagonal the two agree"),
        f"reliability-{row.name}",
        CASES if wording.has_cases(row, choice) else None,
        lambda leads: {"model": row.name, "stated": str(leads["bin"])},
    )  # fmt: skip
    before, after = calibration.before, calibration.after
    if wording.has_cases(row, choice):
        _ways_on(row, after)
    st.table(
        pd.DataFrame(
            {
                "": name,
                _("ECE"): wording.with_span("ece", stage.ece),
                _("Log loss"): wording.with_span("log_loss", stage.log_loss),
                _("Brier score"): wording.with_span("brier", stage.brier),
            }
            for name, stage in ((_("before (T = 1)"), before), (_("after temperature"), after))
        ),
        border="horizontal",
        hide_index=True,
        alt=_("Calibration before and after temperature scaling"),
    )
    st.caption(
        _("T = {t}, fitted on validation images, never on these. Larger marks hold more images; "
          "below the diagonal the network is too sure of itself.").format(
            t=f"{row.metrics.provenance.temperature:.2f}"
        )
    )  # fmt: skip
    glossary.line("ece", "log_loss", "brier", "temperature", of=row.name)


def _ways_on(row: Row, served: Reliability) -> None:
    """Link the pictures behind each mark of the stage that is served."""
    st.markdown(_("**Pictures by stated probability**"))
    with st.container(horizontal=True, gap="small", key=f"board-bins-{row.name}"):
        for i, b in enumerate(served.bins):
            if not b.n:
                continue
            low, high = trust.bin_ends(i)
            words = _("{low} to {high} · {n}").format(
                low=proportion(low, 0), high=proportion(high, 0), n=f"{b.n:,}"
            )
            asked = {"model": row.name, "stated": str(i)}
            st.page_link(CASES, label=words, query_params=asked)


def abstention(row: Row, choice: Ranking) -> None:
    """Show what not answering the least sure images gains; a click sets the threshold."""
    part = part_of(row, choice)
    if part.risk_coverage is None:
        notes(row)
        return
    name, chosen, place = f"risk-{row.name}", part.abstention, st.container()
    if leads := taken(name):
        st.session_state[f"coverage-{row.name}"] = max(_STEP, float(leads["coverage"]))
    asked = st.slider(
        _("Share of images that should get an answer"), _STEP, 1.0, 1.0, _STEP,
        format="percent", key=f"coverage-{row.name}",
    )  # fmt: skip
    sure, risks = derived.abstaining(row, choice.images)
    coverage = np.asarray(part.risk_coverage.coverage)
    stored = int(np.abs(coverage - asked).argmin())
    at, error = round(coverage[stored] * len(sure)), part.risk_coverage.risk[stored]
    with place:
        clicked(
            trust.risk(part.risk_coverage, risks, part.n, chosen, stored),
            _("Share of wrong answers among the most confident images, against the share of "
              "images that get an answer"),
            name,
        )  # fmt: skip
    st.markdown(
        ngettext(
            "Answering only from a probability of **{threshold}** on, it answers {coverage} of "
            "these images and is wrong on {error} of them: {n} mistake.",
            "Answering only from a probability of **{threshold}** on, it answers {coverage} of "
            "these images and is wrong on {error} of them: {n} mistakes.",
            round(error * at),
        ).format(
            threshold=proportion(float(sure[at - 1])),
            coverage=proportion(at / len(sure)),
            error=proportion(error),
            n=round(error * at),
        )
    )
    if chosen is None:
        st.caption(_("No threshold reached the wanted accuracy on validation: it always answers."))
        return
    st.caption(
        _(
            "At its threshold of {threshold}, chosen on validation images, it answers {coverage} "
            "of these images and is right on {accuracy} of them."
        ).format(
            threshold=proportion(chosen.threshold),
            coverage=wording.with_span("accuracy", chosen.coverage),
            accuracy=wording.with_span("accuracy", chosen.accuracy),
        )
    )
