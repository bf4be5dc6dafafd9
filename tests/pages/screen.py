"""Everything that a page says, wherever on it: what a translation must not miss."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pyarrow as pa
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

# Fields of Streamlit's messages that nobody reads, whatever they are in.
UNREAD = {
    "id", "icon", "url", "type", "tag", "language", "page", "page_script_hash", "theme", "name",
    "query_string", "code_text", "component_name", "arrow_data", "columns", "spec",
    "form_id", "color", "autocomplete", "shortcut", "config",
}  # fmt: skip


def said(app: AppTest, *, folded: bool = True) -> Iterator[str]:
    """Every string on the page: labels, hints, alt texts, tables, charts.

    What stands behind a fold is left out on request, the label of the fold too.
    """
    return _nodes(app._tree, folded)


def _nodes(node: Any, folded: bool) -> Iterator[str]:
    if isinstance(message := getattr(node, "proto", None), Message):
        yield from _words(message)
    for child in getattr(node, "children", {}).values():
        if folded or type(child).__name__ != "Expander":
            yield from _nodes(child, folded)


def _words(message: Message) -> Iterator[str]:
    kind = type(message).__name__
    if kind == "Html":
        yield _text(message.body)
        return
    if kind == "BidiComponent":  # our own: its words come as data
        yield from _titles(message.json or message.mixed.json, "label", within="words")
        return
    if kind in ("Dataframe", "Table"):
        yield from _cells(message.arrow_data.data, heads=True)
        yield from _titles(getattr(message, "columns", ""), "help", "label")
    if kind == "PlotlyChart":
        figure = json.loads(message.spec)
        figure["layout"].pop("template", None)
        yield from _drawn(figure)
        # The settings of its bar are no words; what the bar says stands under Plotly's own words.
        yield from _titles(message.config, within="dictionary")
    for field, value in message.ListFields():
        if field.name in UNREAD:
            continue
        for one in [value] if isinstance(value, str | Message) else _several(value):
            yield from _words(one) if isinstance(one, Message) else [one]


def _several(value: Any) -> list[Any]:
    """List what a repeated field holds, of what may hold words."""
    try:
        return [one for one in value if isinstance(one, str | Message)]
    except TypeError:  # a number
        return []


def _cells(data: bytes, heads: bool) -> Iterator[str]:
    table = pa.ipc.open_stream(data).read_all()
    yield from table.column_names if heads else ()
    for name in table.column_names:
        column = table.column(name)
        yield from (cell for cell in column.to_pylist() if isinstance(cell, str))


def _titles(text: str, *keys: str, within: str = "") -> Iterator[str]:
    def walk(value: Any, whole: bool = False) -> Iterator[str]:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, dict | list):
                yield from walk(inner, key == within)
            elif (whole or key in keys) and isinstance(inner, str):
                yield inner

    return walk(json.loads(text or "{}"))


def _drawn(figure: dict[str, Any]) -> Iterator[str]:
    """What is read in a figure: titles, names, notes, what a hover says."""
    for key, value in figure.items():
        if key in ("text", "name", "title", "hovertext", "hovertemplate", "ticktext", "x", "y"):
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, str):
                    yield re.sub(r"<[^>]+>|%\{[^}]*\}", " ", one)
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _drawn(inner)


def _text(html: str) -> str:
    """What is read of HTML: its text, and what is said in place of it."""
    bare = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    heard = " ".join(re.findall(r'(?:aria-label|alt|title)="([^"]*)"', bare))
    return unescape(f"{re.sub(r'<[^>]+>', ' ', bare)} {heard}")
