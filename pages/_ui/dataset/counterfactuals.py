"""Pictures in which the class changes with the lesion and not with the look: why, and examples."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from core.counterfactuals import IMAGES, REASONS, TITLES, Example, Origin, stored
from core.errors import DataError
from pages._ui.base import cache
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, listed, proportion, sentence


def lay() -> None:
    """Say why such pictures are made and which networks learn from them, and show some."""
    st.markdown(
        _(
            "In this collection most scans without a tumour come from one source and all tumours "
            "from others, so the look of a picture gives most of the answer away. Four kinds of "
            "picture are made out of training pictures and the outlines of their lesions, in which "
            "the class changes with the lesion and the look stays. A pituitary tumour is never "
            "moved: elsewhere it would be none. Lesions are moved for training in CarveMix "
            "(arXiv:2108.06883) and TumorCP (arXiv:2107.09843), there to outline them; mirrored "
            "halves, and the controls against seam and symmetry, are this project's."
        )
    )
    st.markdown(_learners())
    try:
        every = stored().sets
    except DataError as error:
        st.caption(sentence(error))
        return
    for one in every:
        with grid(6, min_column_width=130, gap="small"):
            _origin(one.donor, _("{answer}, as it came; cyan: the lesion"))
            _origin(one.host, _("{answer}, of another look"))
            for example in one.made:
                _example(example)
    st.caption(
        _(
            "As the networks see them: cut to the head, stretched, made square. The greys of a "
            "moved lesion are matched to its new surroundings, and one in four is shown darker "
            "than them, as other sequences show lesions."
        )
    )


def origins() -> Iterator[str]:
    """Say of each picture that the examples were made from where it is from."""
    try:
        every = stored().sets
    except DataError:
        return
    for one in every:
        for origin in (one.donor, one.host):
            yield f"**{_(origin.source)}**, {_(origin.licence)} ({origin.path.split('/')[-1]})"


def _learners() -> str:
    """Say from the manifests which networks learn from such pictures, and how often."""
    specs, _broken = cache.models()
    shares = {
        spec.manifest.title: spec.manifest.training.counterfactual.share for spec in specs.values()
    }
    taught = listed(f"{title} {proportion(share)}" for title, share in shares.items() if share)
    without = listed(title for title, share in shares.items() if not share)
    said = []
    if taught:
        said.append(
            _("Share of such pictures in each step of training: {taught}.").format(taught=taught)
        )
    if without:
        said.append(_("Trained without them: {names}.").format(names=without))
    return " ".join(said)


def _origin(origin: Origin, caption: str) -> None:
    title = class_title(origin.label)
    st.image(
        IMAGES / origin.file,
        alt=_("Brain scan labelled {answer}, as a network sees it").format(answer=title),
        caption=caption.format(answer=title),
        width="stretch",
    )


def _example(example: Example) -> None:
    title = class_title(example.label)
    st.image(
        IMAGES / example.file,
        alt=_("{what}, taught as {answer}").format(what=_(TITLES[example.kind]), answer=title),
        caption="  \n".join(
            (f"**{_(TITLES[example.kind])}**", f"“{title}”", _(REASONS[example.kind]))
        ),
        width="stretch",
    )
