"""What excites each class most in a network, with what it means and what it does not."""

from __future__ import annotations

import streamlit as st

from core.errors import DataError
from core.labels import CLASS_NAMES
from core.portraits import Portrait
from core.registry import ModelSpec
from pages._ui.base import components, developers, media, records
from pages._ui.base.grid import grid
from pages._ui.base.text import _, class_title, listed, percent


def portraits(spec: ModelSpec) -> None:
    """Show a network's four portraits, or say that there are none."""
    found = records.portraits(spec)
    if isinstance(found, DataError):
        components.show_absence(found)
        return
    record, pictures = found
    with grid(4, min_column_width=150, gap="small"):
        for name in CLASS_NAMES:
            with st.container(gap="xsmall", key=f"portrait-{spec.name}-{name}"):
                _one(spec, name, record.portraits[name], pictures[name])
    st.caption(
        _(
            "Not a tumour and not a scan: the grey picture, of all that can be drawn, that this "
            "network answers to most strongly with each class. Where its border or a fine texture "
            "dominates, the network may go by borders and textures in scans too."
        )
    )
    marked = [class_title(n) for n in CLASS_NAMES if _warning(record.portraits[n])]
    if marked:
        st.warning(
            _("A border or a texture dominates: {classes}.").format(classes=listed(marked)),
            icon=":material/warning:",
        )
    components.provenance(
        (
            spec.manifest.title,
            _("weights {sha}").format(sha=record.weights_sha256[:12]),
            _("{n} steps, seed {seed}, {seconds} s").format(
                n=record.steps, seed=record.seed, seconds=f"{record.seconds:.0f}"
            ),
            f"tf-keras-vis {record.packages.get('tf-keras-vis', '–')}",
        ),
        "portraits",
    )
    developers.command(record.command)


def _one(spec: ModelSpec, name: str, portrait: Portrait, picture: bytes) -> None:
    said = [percent(portrait.probability), *filter(None, [_warning(portrait)])]
    media.show(
        picture,
        _("What excites {answer} most in {model}").format(
            answer=class_title(name), model=spec.manifest.title
        ),
        f"{class_title(name)} · {listed(said)}",
    )


def _warning(portrait: Portrait) -> str:
    """Say what dominates a portrait, if anything does."""
    if portrait.from_border:
        return _("the border dominates")
    return _("a fine texture dominates") if portrait.from_texture else ""
