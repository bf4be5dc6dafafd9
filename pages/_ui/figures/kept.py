"""Figures that were drawn before are not built again.

Plotly checks every property of a figure as it is set, which costs a page of figures more than
everything else on it. The same builder, arguments, language and theme make the same figure.
"""

from __future__ import annotations

import functools
import pickle
import threading
from collections.abc import Callable
from typing import ParamSpec

import plotly.graph_objects as go
import streamlit as st
from cachetools import LRUCache

from pages._ui.base.language import locale
from pages._ui.figures.house import Theme

P = ParamSpec("P")
_MOST = 256  # figures, of some 20 to 100 kB each
_KEPT: LRUCache[tuple[str, str, Theme, bytes], go.Figure] = LRUCache(_MOST)
_LOCK = threading.Lock()


def theme() -> Theme:
    """Look up the theme of the session."""
    return "light" if st.context.theme.type == "light" else "dark"


def kept(build: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Let a builder build each figure once; whoever gets one must not change it.

    A figure is shared by sessions of one theme, because `show` gives it that theme's template.
    """
    name = f"{build.__module__}.{build.__qualname__}"

    @functools.wraps(build)
    def look_up(*args: P.args, **kwargs: P.kwargs) -> go.Figure:
        key = (name, locale(), theme(), pickle.dumps((args, kwargs)))
        with _LOCK:
            figure = _KEPT.get(key)
        if figure is None:
            figure = build(*args, **kwargs)
            with _LOCK:
                _KEPT[key] = figure
        return figure

    return look_up
