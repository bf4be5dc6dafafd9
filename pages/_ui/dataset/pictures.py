"""The pictures of the page Dataset, each with what the collection says of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import streamlit as st

from core.audit import facts
from core.audit.stored import Picture, Topic, stored
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, ngettext
from pages._ui.figures.audit_words import TURNS, VALUES


def twins(topic: Topic) -> None:
    """Show pairs of one picture: a test image beside its twin, or one under two labels."""
    with grid(4, min_column_width=185, gap="small"):
        for i, (one, other) in enumerate(list(pairwise(stored().about(topic)))[::2]):
            key = f"twins-{topic}-{i}"
            with st.container(border=True, gap="small", height="stretch", key=key):
                with grid(2, min_column_width=1, wrap=False, gap="xsmall"):
                    show(one)
                    show(other)
                if other.turn and other.correlation is not None:
                    st.caption(
                        _("{turn}: correlation {r}.").format(
                            turn=_(TURNS[other.turn]), r=f"{other.correlation:.3f}"
                        )
                    )


def problem(topic: Topic, title: str, words: str) -> None:
    """Show what is wrong with some pictures beside a few of them."""
    if topic == "conflict":
        st.subheader(title, anchor=False)
        st.markdown(words)
        twins(topic)
        return
    left, right = st.columns([1, 3], gap="medium")
    with left:
        st.subheader(title, anchor=False)
        st.markdown(words)
    with right, grid(4, min_column_width=130, gap="small"):
        for picture in stored().about(topic):
            show(picture)


def show(picture: Picture) -> None:
    """Show one picture with the label, the split and the name that the collection gives it."""
    split, label, file = picture.shows[0].split("/")
    facts_of = class_title(label), _(VALUES[split]), file.removesuffix(".jpg")
    st.image(
        picture.path,
        alt=_("Brain scan labelled {answer}; {split}, {file}").format(
            answer=facts_of[0], split=facts_of[1], file=facts_of[2]
        ),
        caption="  \n".join((f"“{facts_of[0]}”", *facts_of[1:])),
        width="stretch",
    )


def copies() -> None:
    """Show every file of the picture that occurs most often."""
    (sheet,) = stored().about("largest")
    n = len(sheet.shows)
    in_test = sum(path.startswith("test/") for path in sheet.shows)
    left, right = st.columns([1.15, 1], gap="large", vertical_alignment="center")
    left.image(
        sheet.path,
        alt=_("One brain scan {n} times: turned, mirrored, darker, brighter").format(n=n),
        width="stretch",
    )
    with right:
        st.subheader(_("One picture, {n} files").format(n=n), anchor=False)
        st.markdown(
            _(
                "All {n} files of this sheet are one slice, turned, mirrored and made darker or "
                "brighter, each labelled *{answer}*: {train} of them for training, {test} for "
                "testing. A network that has met one has met them all."
            ).format(n=n, answer=class_title(sheet.label), train=n - in_test, test=in_test)
        )
        totals = facts.totals(facts.table())
        st.markdown(
            _(
                "With looser limits on what counts as related, the largest family of no-tumour "
                "images has {n} files. For these images nobody has published the patients, so "
                "families are a lower bound on who is related to whom."
            ).format(n=totals.largest_family)
        )


def origins() -> Sequence[str]:
    """Say of each shown picture where it comes from and on what terms, one line a source."""
    by_terms: dict[tuple[str, str], list[str]] = {}
    for picture in stored().pictures:
        if picture.topic != "mean":
            name = picture.shows[0].split("/")[-1].removesuffix(".jpg")
            by_terms.setdefault((picture.source, picture.licence), []).append(name)
    return [
        f"**{_(source)}**, {_(licence)}: "
        + ngettext("{n} picture", "{n} pictures", len(names)).format(n=len(names))
        + f" ({', '.join(dict.fromkeys(names))})"
        for (source, licence), names in by_terms.items()
    ]


def means() -> None:
    """Show the average picture of each class."""
    counts = next(iter(stored().statistics)).classes
    with grid(4, min_column_width=140, gap="small"):
        for picture in stored().about("mean"):
            title = class_title(picture.label)
            st.image(
                picture.path,
                alt=_("Average picture of the class {answer}").format(answer=title),
                caption=_("{answer}, the average of {n} pictures").format(
                    answer=title, n=f"{counts[picture.label].n:,}"
                ),
                width="stretch",
            )
