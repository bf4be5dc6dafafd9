"""Pictures and data to take home: maps from every page that draws them, changes from What if."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.corruptions import Change
from core.explain import SaliencyMap, overlay
from core.imaging import MRIImage
from core.inference import Prediction
from core.preprocess import FloatImage
from core.registry import ModelSpec
from core.report import csv_bytes, record, summary
from core.reports import words
from core.reports.picture import enlarged, with_legend
from pages._ui.base.text import _, class_title, method_name
from pages._ui.scan import looks
from pages._ui.scan.before_after import AnswersToBoth, BeforeAfter
from pages._ui.scan.cards import said
from pages._ui.scan.looks import Look


def legend() -> bool:
    """Ask whether pictures come with a legend; the same for the whole session."""
    return st.checkbox(
        _("Pictures with a legend"), key="legend", persist_state="session",
        help=_("Class, network, method, layer and colour scale, written under the picture."),
    )  # fmt: skip


def lines(network: str, method: str, target: str, layer: str | None = None) -> list[str]:
    """Write the legend of a map: method and class, network, layer, and the notice."""
    parts = [
        _("{method} of {answer}").format(method=method, answer=class_title(target)),
        network,
        *([_("layer {name}").format(name=layer)] if layer else []),
    ]
    return [" · ".join(parts), _(words.DISCLAIMER)]


def picture(
    image: MRIImage,
    heat: FloatImage,
    look: Look,
    told: Sequence[str] | None,
    *,
    pixelwise: bool = False,
) -> bytes:
    """Draw a map over its scan as PNG, at the scan's own size or 1024 px where that is more.

    Parameters
    ----------
    image, heat, look
    told : sequence of str or None
        Lines of a legend, if one is wanted.
    pixelwise : bool
        As `looks.map_view`.
    """
    rgb = overlay.overlay(image.shown, heat, look.opacity, look.colour_map)
    rgb = looks.outlined(enlarged(rgb), look.lesion)
    if told is not None:
        low, _arrow, top = looks.scale_words(pixelwise).partition("→")
        rgb = with_legend(rgb, told, (look.colour_map, low.strip(), top.strip()))
    return overlay.png(rgb)


def maps(
    image: MRIImage,
    spec: ModelSpec,
    prediction: Prediction,
    look: Look,
    drawn: Mapping[str, SaliencyMap],
) -> None:
    """Offer all maps that are drawn: as pictures, as numbers, and what they are of."""
    there = {name: found for name, found in drawn.items() if not found.empty}
    if not drawn:
        return
    stem = f"glassbrain-{image.sha256[:8]}-{spec.name}-{look.target}"
    rows = [_map_row(image, spec, prediction, found) for found in drawn.values()]
    wanted = legend()

    def packed() -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for name, found in there.items():
                title = method_name(name)
                told = lines(spec.manifest.title, title, found.target, found.layer)
                archive.writestr(
                    f"{name}.png",
                    picture(
                        image, found.shown, look, told if wanted else None,
                        pixelwise=found.pixelwise,
                    ),
                )  # fmt: skip
                numbers = io.BytesIO()
                np.save(numbers, found.heat.astype(np.float32))
                archive.writestr(f"{name}.npy", numbers.getvalue())
            archive.writestr("maps.json", json.dumps(rows, indent=2))
        return buffer.getvalue()

    with st.container(horizontal=True):
        if there:
            _button(_("Maps as pictures and numbers"), packed, f"{stem}.zip", "application/zip")
        _data(rows, stem)


def change(
    pair: BeforeAfter,
    asked: Change,
    amount: str,
    specs: Mapping[str, ModelSpec],
    answers: AnswersToBoth,
) -> None:
    """Offer the changed scan as a picture, and every answer before and after as data.

    Parameters
    ----------
    pair, asked
    amount : str
        What was changed and by how much, in words.
    specs, answers
    """
    stem = f"glassbrain-{pair.before.sha256[:8]}-{asked.corruption}"
    wanted = legend()

    def drawn() -> bytes:
        rgb = enlarged(overlay.grey(pair.after.shown))
        told = [
            amount,
            *(f"{specs[n].manifest.title}: {said(a)}" for n, (_b, a) in answers.items()),
        ]
        return overlay.png(with_legend(rgb, [*told, _(words.DISCLAIMER)]) if wanted else rgb)

    of: dict[str, Any] = {
        "corruption": asked.corruption,
        "strength": asked.strength,
        "seed": asked.seed,
        "box": None if asked.box is None else vars(asked.box),
    }
    rows = [
        {"change": of, "when": when, **summary(prediction)}
        for both in answers.values()
        for when, prediction in zip(("before", "after"), both, strict=True)
    ]
    with st.container(horizontal=True):
        _button(_("Changed scan as PNG"), drawn, f"{stem}.png", "image/png")
        _data(rows, stem)


def _map_row(
    image: MRIImage, spec: ModelSpec, prediction: Prediction, found: SaliencyMap
) -> dict[str, Any]:
    row = record(prediction, image, spec.manifest, method=found.method, target=found.target)
    row["explanation"] |= {"versus": found.versus, "layer": found.layer, "empty": found.empty}
    return row


def _data(rows: Sequence[Mapping[str, Any]], stem: str) -> None:
    _button(_("Data as JSON"), json.dumps(rows, indent=2), f"{stem}.json", "application/json")
    _button(_("Data as CSV"), csv_bytes(rows), f"{stem}.csv", "text/csv")


def _button(label: str, data: Any, name: str, mime: str) -> None:
    st.download_button(
        label, data, name, mime, f"export-{name.rpartition('.')[2]}", on_click="ignore",
        icon=":material/download:",
    )  # fmt: skip
