"""Figures that were drawn before are not built again.

Plotly checks every property of a figure as it is set, which costs a page of figures more than
everything else on it. The same builder, arguments and language make the same figure.
"""

from __future__ import annotations

import functools
import pickle
import threading
from collections.abc import Callable
from typing import ParamSpec

import plotly.graph_objects as go
from cachetools import LRUCache

from pages._ui.base.language import locale

P = ParamSpec("P")
_MOST = 256  # figures, of some 20 to 100 kB each
_KEPT: LRUCache[tuple[str, str, bytes], go.Figure] = LRUCache(_MOST)
_LOCK = threading.Lock()


def kept(build: Callable[P, go.Figure]) -> Callable[P, go.Figure]:
    """Let a builder build each figure once; whoever gets one must not change it."""
    name = f"{build.__module__}.{build.__qualname__}"

    @functools.wraps(build)
    def look_up(*args: P.args, **kwargs: P.kwargs) -> go.Figure:
        key = (name, locale(), pickle.dumps((args, kwargs)))
        with _LOCK:
            figure = _KEPT.get(key)
        if figure is None:
            figure = build(*args, **kwargs)
            with _LOCK:
                _KEPT[key] = figure
        return figure

    return look_up
