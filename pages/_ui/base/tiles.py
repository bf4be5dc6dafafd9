"""Tiles: a scan as a picture that is a button, a network as a card that says how it stands."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core import shipped
from core.architectures import ARCHITECTURES
from core.errors import GlassbrainError
from core.figure import Figure
from core.gallery import Sample
from core.registry import ModelSpec
from core.reports import words
from core.shipped import Shipped
from pages._ui.base import components, developers, media
from pages._ui.base.grid import grid
from pages._ui.base.text import (
    _,
    count,
    percent,
    plain,
    report_language,
    sample_title,
    sentence,
)


def samples(shown: Iterable[Sample], page: str | StreamlitPage) -> None:
    """Show samples as tiles; a click opens one on a page."""
    with grid(8, min_column_width=92, gap="small"):
        opened = [
            sample.id
            for sample in shown
            if scan(sample, "  \n".join(sample_title(sample).split(" · ")[:2]))
        ]
    if opened:
        st.switch_page(page, query_params={"sample": opened[0]})


def scan(shown: Shipped, caption: str) -> bool:
    """Show a scan as a picture that is a button; return whether it was clicked."""
    title = sample_title(shown)
    with st.container(key=f"tile-{shown.label}-{shown.id}", gap="xsmall"):
        media.show(shipped.read_bytes(shown), title)
        st.caption(caption)
        return st.button(_("Read {sample}").format(sample=title), key=f"open-{shown.id}")


def network(
    name: str, spec: ModelSpec | None, error: GlassbrainError | None, accuracy: Figure | None
) -> None:
    """Show a network: ready, not trained yet (with the command), or unavailable (with why).

    Parameters
    ----------
    name : str
    spec : ModelSpec, optional
    error : GlassbrainError, optional
    accuracy : Figure, optional
        On unseen patients, with its interval.
    """
    architecture = ARCHITECTURES.get(name)
    title = spec.manifest.title if spec else architecture.title if architecture else name
    with st.container(border=True, height="stretch", key=f"model-{name}", gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown(f"**{plain(title)}**", width="content")
            if spec:
                st.badge(_("Ready"), icon=":material/check_circle:", color="primary")
            elif error:
                st.badge(_("Unavailable"), icon=":material/block:", color="red")
            else:
                st.badge(_("Not trained yet"), icon=":material/hourglass_empty:", color="gray")
        if spec:
            if accuracy and accuracy.value is not None:
                st.metric(_("Accuracy on unseen patients"), percent(accuracy.value))
                st.caption(words.interval(accuracy, report_language()))
            else:
                st.caption(_("Not evaluated yet on unseen patients."))
            st.caption(_facts(spec))
        elif error:
            st.caption(sentence(error))
        else:
            developers.command(components.train_command(name))


def _facts(spec: ModelSpec) -> str:
    """List input, size and origin of a model's weights."""
    m = spec.manifest
    began = {
        "imagenet": _("weights began from ImageNet"),
        "random": _("weights began at random"),
        "earlier-run": _("weights began from an earlier run"),
        "file": _("weights began from a file"),
    }
    return " · ".join(
        (
            _("{side} × {side} px").format(side=m.input_size),
            _("{count} parameters").format(count=count(m.parameters)),
            began[m.init.kind],
        )
    )
