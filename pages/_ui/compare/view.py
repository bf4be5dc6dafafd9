"""One scan as every network sees it: the vote, the answers, where their maps agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from math import isnan
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.ensemble import agreement, consensus
from core.imaging import MRIImage
from core.labels import CLASS_NAMES
from pages._ui.base import cache
from pages._ui.base.text import _, class_title, listed, ngettext, percent
from pages._ui.base.uploads import Scan
from pages._ui.figures import classes, wording
from pages._ui.figures.show import show
from pages._ui.scan import gate, reading, verdicts
from pages._ui.scan.cards import AllAnswers, map_picture
from pages._ui.scan.looks import Look

STYLE = Path(wording.__file__).with_name("board.css")  # the matrix looks like the leaderboard's


def verdict(scan: Scan, answers: AllAnswers) -> bool:
    """Count the votes, and give the ensemble's answer where there is an ensemble.

    Returns
    -------
    bool
        Whether there are answers to go on with: none are shown of what the gate stops.
    """
    first = next(iter(answers.predictions.values()))
    if not answers.outcome and not gate.headline(first):
        return False
    if answers.outcome:
        unseen = all(s.samples_are_unseen for s in answers.specs.values())
        if not reading.answer(scan, _("The ensemble"), answers.outcome, unseen):
            return False
    elif cache.ensemble():
        st.caption(_("The ensemble does not answer: not all of its members did."))
    else:
        st.caption(_("No ensemble is stored yet; it takes two networks that validation picks."))
    votes = Counter(p.class_name for p in answers.predictions.values()).most_common()
    counts = listed(f"{class_title(name)} {n}" for name, n in votes)
    verdicts = Counter(p.verdict_anyway for p in answers.predictions.values())
    unsure, unsettled = verdicts["unsure"], verdicts["not ruled out"]
    all_of_them = len(answers.predictions)
    st.markdown(
        ngettext("**{n} network asked:** {said}.", "**{n} networks asked:** {said}.", all_of_them)
        .format(n=all_of_them, said=counts)
    )  # fmt: skip
    if answers.outcome:
        members = listed(answers.specs[p.model].manifest.title for p in answers.outcome.predictions)
        st.caption(_("The ensemble is the mean of {members}.").format(members=members))
    if unsure:
        st.caption(
            ngettext(
                "{n} of them is under its own threshold and would rather not say.",
                "{n} of them are under their own threshold and would rather not say.",
                unsure,
            ).format(n=unsure)
        )
    if unsettled:
        st.caption(
            ngettext(
                "{n} of them finds no tumour likeliest, but does not rule one out.",
                "{n} of them find no tumour likeliest, but do not rule one out.",
                unsettled,
            ).format(n=unsettled)
        )
    return True


def together(image: MRIImage, answers: AllAnswers, look: Look) -> None:
    """Show where the networks look together, and how far each two of them agree."""
    predictions = list(answers.predictions.values())
    titles = [answers.specs[name].manifest.title for name in answers.predictions]
    if len(predictions) < 2:
        st.caption(_("It takes two trained networks to agree or not."))
        return
    left, right = st.columns([1, 1.9], gap="large")
    with left:
        heat = consensus(predictions, look.target)
        map_picture(image, heat, look, _("All networks together"))
        if heat.any():
            specs = [answers.specs[name] for name in answers.predictions]
            verdicts.badge(verdicts.of_mean(specs, look.target))
        st.caption(
            _("Mean of all networks' Grad-CAMs of {answer}, each counting alike.").format(
                answer=class_title(look.target)
            )
        )
    with right:
        st.html(matrix(titles, agreement(predictions, look.target), class_title(look.target)))
        st.caption(
            _(
                "Spearman's rank correlation of the evidence for and against the class, place by "
                "place on the scan: 1 is the same order everywhere, 0 no relation, −1 the "
                "opposite. Networks that agree may be wrong together."
            )
        )


def probabilities(answers: AllAnswers) -> None:
    """Draw every network's probabilities, and the ensemble's where there is one."""
    voices = {
        answers.specs[name].manifest.title: tuple(map(float, p.probabilities))
        for name, p in answers.predictions.items()
    }
    if answers.outcome:
        voices[_("The ensemble")] = tuple(map(float, answers.outcome.probabilities))
    words = listed(
        f"{name}: {class_title(CLASS_NAMES[row.index(max(row))])} {percent(max(row))}"
        for name, row in voices.items()
    )
    show(classes.probabilities(voices), words, "probabilities")


def matrix(titles: Sequence[str], values: NDArray[np.float64], answer: str) -> str:
    """Write a table of words and numbers whose shade only repeats the number."""
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    body = ""
    for i, title in enumerate(titles):
        cells = "".join(_cell(float(value), i == j) for j, value in enumerate(values[i]))
        body += f'<tr><th scope="row">{escape(title)}</th>{cells}</tr>'
    caption = _("How far the maps of {answer} agree, network by network").format(answer=answer)
    return (
        f'<div class="gb-matrix"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: float, itself: bool) -> str:
    words = "–" if itself or isnan(value) else f"{value:.2f}".replace("-", "−")
    shade = 0.0 if itself or isnan(value) else max(0.0, value)
    return f'<td style="--gb-share:{shade:.3f}"><b>{words}</b></td>'
