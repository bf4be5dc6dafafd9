"""A figure on a page: in the theme's colours, with its picture, its table and its clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import plotly.graph_objects as go
import streamlit as st

from core.report import to_csv
from pages._ui.base.text import _, plain
from pages._ui.figures.house import Theme, dressed
from pages._ui.figures.tables import leads, table, ways

if TYPE_CHECKING:
    import pandas as pd

Asks = Callable[[dict[str, Any]], dict[str, Any]]  # what a mark carries -> what a page is asked
_SCALE = 3  # of a downloaded picture


def theme() -> Theme:
    """Look up the theme of the session."""
    return "light" if st.context.theme.type == "light" else "dark"


def as_carried(leads: dict[str, Any]) -> dict[str, Any]:
    """Ask a page for what a mark carries, as it is."""
    return leads


def show(figure: go.Figure, alt: str, name: str, values: pd.DataFrame | None = None) -> None:
    """Draw a figure, with its values as a table below on request.

    Parameters
    ----------
    figure : go.Figure
    alt : str
        What it shows, for those who cannot see it.
    name : str
        Unique on the page; names the files of its picture and its table.
    values : DataFrame, optional
        What the table shows, where it is not each mark of the figure.
    """
    st.plotly_chart(
        dressed(figure, theme()), theme=None, alt=alt, config=config(name), key=f"fig-{name}"
    )
    _as_table(figure, name, values)


def clicked(
    figure: go.Figure,
    alt: str,
    name: str,
    page: str | None = None,
    asks: Asks = as_carried,
) -> dict[str, Any]:
    """Draw a figure as `show` does; a click on a mark goes to a page, by keyboard a link does.

    Parameters
    ----------
    figure : go.Figure
    alt, name : str
        As for `show`.
    page : str, optional
        Where marks lead: at once by a click, as links below the table. None where they lead
        nowhere else.
    asks : callable
        What a mark carries -> what the page's address asks for.

    Returns
    -------
    dict
        Where the mark just clicked leads, or nothing. A click counts once: what is drawn next
        has nothing selected.
    """
    key = f"fig-{name}-{st.session_state.get(f'_turn-{name}', 0)}"

    def note() -> None:
        points = st.session_state[key]["selection"]["points"]
        found = [leads(point.get("customdata")) for point in points]
        st.session_state[f"_clicked-{name}"] = next(filter(None, found), {})
        st.session_state[f"_turn-{name}"] = st.session_state.get(f"_turn-{name}", 0) + 1

    st.plotly_chart(
        dressed(figure, theme(), clicked=True), theme=None, alt=alt, config=config(name),
        on_select=note, selection_mode="points", key=key,
    )  # fmt: skip
    _as_table(figure, name, page=page, asks=asks)
    found = taken(name)
    if page and found:
        st.switch_page(page, query_params=asks(found))
    return found


def taken(name: str) -> dict[str, Any]:
    """Take where the last click in a figure leads, before the figure is drawn again."""
    leads: dict[str, Any] = st.session_state.pop(f"_clicked-{name}", {})
    return leads


def config(name: str) -> dict[str, Any]:
    """Set up the bar above a figure: a picture of three times the size, and nothing else."""
    return {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": "png", "filename": f"glassbrain-{name}", "scale": _SCALE,
        },
        "locale": "glassbrain",  # the bar speaks the session's language
        "locales": {"glassbrain": {"format": {}, "dictionary": {
            "Download plot as a PNG": _("Download as a picture (PNG)"),
            "Taking snapshot - this may take a few seconds": _("Drawing the picture …"),
            "Snapshot succeeded": _("The picture is drawn:"),
            "Sorry, there was a problem downloading your snapshot!":
                _("The picture could not be drawn."),
        }}},
    }  # fmt: skip


def _as_table(
    figure: go.Figure,
    name: str,
    values: pd.DataFrame | None = None,
    page: str | None = None,
    asks: Asks = as_carried,
) -> None:
    """Offer values as a table, as a file and as links; made only where they are asked for."""
    with st.container(key=f"fig-values-{name}"):
        box = st.popover(
            _("As a table"), icon=":material/table_rows:", type="tertiary", key=f"table-{name}",
            on_change="rerun",
        )  # fmt: skip
        if not box.open:
            return
        with box:
            found = table(figure) if values is None else values
            st.dataframe(found, hide_index=True, alt=_("The values of the figure"))
            lines = cast(list[dict[str, Any]], found.to_dict("records"))
            st.download_button(
                _("Download CSV"), to_csv(lines), f"glassbrain-{name}.csv",
                "text/csv", key=f"csv-{name}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip
            for words, asked in ways(figure) if page else ():
                st.page_link(page or "", label=plain(words), query_params=asks(asked))
