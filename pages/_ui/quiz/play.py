"""One scan of the quiz: the question, and after the answer everything that is known of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core import cases
from core.answer import Answer
from core.cases import Case
from core.evaluate.board.answers import MEMORY, Answers
from core.explain import overlay
from core.imaging import MRIImage, read_image
from core.labels import CLASS_NAMES, NO_TUMOUR
from core.quiz import Reply, Round, aim
from core.quiz_score import stored
from pages._ui.base import cache, components, networks, pointer
from pages._ui.base.text import _, class_title, listed, percent
from pages._ui.figures.wording import row_title, stored_answer
from pages._ui.quiz import rounds
from pages._ui.scan import cards, looks, reading, scorecard, ways
from pages._ui.scan.case_words import words
from pages._ui.scan.looks import Look


def head(n: int, of: int, replies: tuple[Reply, ...]) -> None:
    """Say which scan of how many this is, and how it went so far."""
    right, done = sum(reply.right for reply in replies), len(replies)
    said = _("Scan {n} of {all}").format(n=n + 1, all=of)
    if done:
        so_far = _("{right} of {n} right so far").format(right=right, n=done)
        said = f"{said} · {so_far}"
    st.progress(done / of, said)


def ask(asked: Round, n: int, case: Case) -> None:
    """Show a scan, of which nothing is said yet, and take the answer."""
    image = _read(case)
    of = f"{asked.kind}-{asked.size}-{asked.seed}-{n}"
    light_box, panel = st.columns([1.15, 1], gap="large")
    with light_box:
        point = pointer.point(
            image.pixels,
            _("Scan {n}: point at the tumour, if you see one").format(n=n + 1),
            f"point-{of}",
        )
    with panel:
        st.subheader(_("What do you see?"), anchor=False)
        guess = st.pills(
            _("Your answer"), CLASS_NAMES, format_func=class_title, key=f"guess-{of}", wrap=True,
            persist_state="session",
        )  # fmt: skip
        st.caption(
            _("Point at the tumour as well, if you like. With no tumour, no point is counted.")
        )
        with st.container(key="quiz-answer"):
            given = st.button(
                _("Answer"), type="primary", disabled=guess is None, width="stretch",
                icon=":material/lock:",
                help=_("An answer stays as it is: what comes next shows the truth."),
            )  # fmt: skip
        if guess is None:
            st.caption(_("Choose a class to answer."))
    if given and guess:
        point = None if guess == NO_TUMOUR else point
        scored = None if point is None or case.lesion is None else (point, case.lesion)
        hit = aim(*scored, image.shape) if scored else None
        rounds.answer(asked, n, Reply(case.id, guess, point, hit))
        st.rerun()


def reveal(asked: Round, n: int, of: int, reply: Reply, answers: Answers | None) -> None:
    """Show the truth as the source has it, the outline, the point and every stored answer."""
    case = cases.cases()[reply.case]
    image = _read(case)
    light_box, panel = st.columns([1.15, 1], gap="large")
    with light_box:
        _picture(image, case, reply)
    with panel:
        if reply.right:
            st.subheader(_("Right"), anchor=False)
            icon, said = "check_circle", _("You and the source say: {answer}.")
        else:
            st.subheader(_("The source disagrees"), anchor=False)
            icon, said = "cancel", _("You said {guess}; the source says {answer}.")
        said = said.format(
            guess=f"**{class_title(reply.guess)}**", answer=f"**{class_title(case.label)}**"
        )
        st.markdown(f":material/{icon}: {said}")
        _aimed(case, reply)
        st.caption(_("The truth here is the label that the scan came with, which can be wrong."))
        if case.flags:
            noticed = listed(words(flag) for flag in case.flags)
            st.caption(_("The audit noticed: {what}.").format(what=noticed))
        st.button(
            _("Next scan") if n + 1 < of else _("To the score"), type="primary", width="stretch",
            icon=":material/arrow_forward:", key=f"next-{n}", on_click=rounds.go_on,
            args=(asked, n),
        )  # fmt: skip
        ways.onward(case.id)
    st.header(_("What the networks said"), anchor=False)
    if answers:
        _table(case, answers)
    else:
        st.caption(_("No network has been evaluated on this scan yet."))
    _map(image, case)
    components.provenance((case.id, case.source, case.licence, case.sha256[:12]), "quiz")


def _read(case: Case) -> MRIImage:
    return read_image(cases.read_bytes(case), case.id)


def _picture(image: MRIImage, case: Case, reply: Reply) -> None:
    rgb = looks.outlined(overlay.grey(overlay.shrink(image.pixels)), case.lesion)
    facts, alt = [], [_("The scan")]
    if case.lesion is not None:
        facts.append(_("Cyan: where an expert of the source drew the tumour."))
        alt.append(_("the expert's outline in cyan"))
    if reply.point:
        rgb = overlay.ring(rgb, reply.point)
        facts.append(_("White ring: your point."))
        alt.append(_("your point as a white ring"))
    components.picture(rgb, alt=listed(alt), caption=" ".join(facts) or None)


def _aimed(case: Case, reply: Reply) -> None:
    """Say how well the point hit."""
    if reply.aim and reply.aim.distance == 0:
        said = _("Your point is on the outlined tumour.")
    elif reply.aim:
        beside = percent(reply.aim.distance)
        said = (
            _("Your point is {share} of the scan's longer side beside the outline: close enough.")
            if reply.aim.hit
            else _("Your point is {share} of the scan's longer side beside the outline.")
        ).format(share=beside)
    elif case.label == NO_TUMOUR and reply.point:
        said = _("There is no tumour to point at here, by the source.")
    elif case.label != NO_TUMOUR and case.lesion is None:
        said = _("No expert's outline of this tumour is known, so no point can be scored.")
    else:
        return
    st.markdown(f":material/my_location: {said}")


def _table(case: Case, answers: Answers) -> None:
    said = stored(answers, case)
    st.dataframe(
        [_line(answers, name, p, case) for name, p in said.items()],
        hide_index=True,
        height="content",
        alt=_("The stored answer and probabilities of each network for this scan"),
        column_config={
            _("Answer"): st.column_config.TextColumn(width=250),  # a half-answer is read whole
            **{
                class_title(name): st.column_config.TextColumn(alignment="right")
                for name in CLASS_NAMES
            },
        },
    )
    st.caption(
        _(
            "Stored answers to this very file, as the leaderboard counts them. No network was "
            "trained on this patient. The nearest neighbour only remembers pictures."
        )
    )


def _line(answers: Answers, name: str, shares: NDArray[np.float64], case: Case) -> dict[str, Any]:
    guess = CLASS_NAMES[int(shares.argmax())]
    return {
        _("Network"): row_title(answers.voices[name].row),
        _("Answer"): ("✓ " if guess == case.label else "✗ ")
        + stored_answer(Answer(shares, answers.voices[name].limits)),
        **{
            class_title(c): "–" if name == MEMORY else percent(float(share))
            for c, share in zip(CLASS_NAMES, shares, strict=True)
        },
    }


def _map(image: MRIImage, case: Case) -> None:
    """Draw one network's Grad-CAM of its answer, if the person asks for one."""
    specs, _broken = cache.models()
    if not specs:
        return
    st.header(_("Where did a network look?"), anchor=False)
    choice, picture, _rest = st.columns([1, 1.25, 0.6], gap="large")
    with choice:
        name = st.selectbox(
            _("Network"), list(specs), index=None, key=f"map-{case.id}",
            format_func=lambda key: specs[key].manifest.title,
            placeholder=_("Choose a network to see its map"),
        )  # fmt: skip
        if name is None:
            return
        spec = specs[name]
        with st.spinner(_("Reading with {model}").format(model=spec.manifest.title)):
            prediction = networks.predict(spec, image)
        st.markdown(
            _("Read now by {model}: {said}.").format(
                model=spec.manifest.title, said=cards.said(prediction)
            )
        )
        look = Look(prediction.class_name, 0.55, "inferno", case.lesion)
    with picture:
        reading.method_map(image, spec, prediction, scorecard.favourite(spec), look)
