"""What was measured of a method on many scans, beside its map of one."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from core.errors import N_, DataError
from core.evaluate.saliency.findings import INSENSITIVE, Fared, fared, favoured
from core.evaluate.saliency.read import Measure, MethodScores
from core.labels import NO_TUMOUR
from core.registry import ModelSpec
from pages._ui.base import components, records
from pages._ui.base.text import _, listed, method_name, percent

FALLBACK = "gradcam"  # a prediction already holds its map
NO_LESION = N_(
    "Pointing is not measured here: it is of maps of a tumour, on scans with its outline. A map of "
    "no tumour has no lesion to point at."
)
BESIDE: dict[Fared, str] = {
    "better": N_("That is more often than a centre blob."),
    "level": N_("That is not told apart from a centre blob."),
    "worse": N_("That is less often than a centre blob."),
}


def line(
    spec: ModelSpec, method: str, target: str, layer: str | None = None, versus: str | None = None
) -> None:
    """Say how often a method points at the lesion, beside the centre blob; if measured."""
    if said := words(spec, method, target, layer, versus):
        st.caption(said)


def words(
    spec: ModelSpec, method: str, target: str, layer: str | None = None, versus: str | None = None
) -> str:
    """Give what `line` says; nothing where nothing is stored, which `missing` says once a page.

    Parameters
    ----------
    spec : ModelSpec
    method : str
    target : str
        The class that the map is of.
    layer, versus : str, optional
        Where the map was read, and which class it holds its own against.
    """
    stored = records.saliency(spec)
    if isinstance(stored, DataError):
        return ""
    scores = stored.methods.get(method)
    if said := elsewhere(spec, layer, versus):
        return said
    if target == NO_TUMOUR:
        return " ".join(filter(None, (_(NO_LESION), _sanity(scores) if scores else "")))
    pointing = scores.measures.get("pointing") if scores else None
    if scores is None or pointing is None or pointing.value is None:
        return _("This method is not measured yet on this network.")
    said = _("On {n} scans of unseen patients it points at the lesion in {share}{interval}.")
    said = said.format(n=pointing.n, share=percent(pointing.value), interval=_interval(pointing))
    beside = _(BESIDE[how]) if (how := fared(stored, method)) else ""
    return " ".join(filter(None, (said, beside, _sanity(scores))))


def elsewhere(spec: ModelSpec, layer: str | None, versus: str | None) -> str:
    """Say why what is stored is not of maps like this one; nothing where it is."""
    own = spec.manifest.cam_layer
    if layer is not None and layer != own:
        return _("Not measured here: what is stored was measured at the layer {own}.").format(
            own=own
        )
    if versus is not None:
        return _("Not measured here: what is stored is of maps of one class, held against none.")
    return ""


def favourite(spec: ModelSpec) -> str:
    """Choose the method that is shown unless another is asked for."""
    stored = records.saliency(spec)
    found = None if isinstance(stored, DataError) else favoured(stored)
    return found or FALLBACK


def why(spec: ModelSpec) -> str:
    """Say why that method is shown first on a network."""
    stored = records.saliency(spec)
    found = None if isinstance(stored, DataError) else favoured(stored)
    if found is None or isinstance(stored, DataError):
        return _("{method} comes first: no measure favours another method on {model}.").format(
            method=method_name(FALLBACK), model=spec.manifest.title
        )
    pointing = stored.methods[found].measures["pointing"]
    return _(
        "{method} comes first: of the methods whose maps follow the weights of {model}, none "
        "points at the lesion more often ({share} of {n} scans) beyond chance."
    ).format(
        method=method_name(found),
        model=spec.manifest.title,
        share=percent(pointing.value or 0.0),
        n=pointing.n,
    )


def of_all(specs: Iterable[ModelSpec]) -> str:
    """Say why pages that ask every network show Grad-CAM, and where measures favour another."""
    others = {spec.manifest.title: favourite(spec) for spec in specs if favourite(spec) != FALLBACK}
    said = _("The maps here are those of {method}, which every answer brings with it.").format(
        method=method_name(FALLBACK)
    )
    if not others:
        return said
    named = listed(f"{title} {method_name(name)}" for title, name in others.items())
    return f"{said} " + _("The measures favour another: {named}. Explain draws it.").format(
        named=named
    )


def missing(spec: ModelSpec) -> None:
    """Say why nothing is stored of a network's methods, and what to type."""
    stored = records.saliency(spec)
    if isinstance(stored, DataError):
        components.show_absence(stored)


def _interval(measure: Measure) -> str:
    if measure.ci_low is None or measure.ci_high is None:
        return ""
    low, high = percent(measure.ci_low), percent(measure.ci_high)
    return _(" (95 % interval {low} to {high})").format(low=low, high=high)


def _sanity(scores: MethodScores) -> str:
    """Warn of a method whose map stays when all weights are destroyed."""
    kept = scores.measures.get("sanity_all_spearman")
    if kept is None or kept.value is None or kept.value <= INSENSITIVE:
        return ""
    return _(
        "Its maps hardly change when all weights are destroyed (rank correlation {rho})."
    ).format(rho=f"{kept.value:.2f}")
