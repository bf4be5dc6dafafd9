"""What was measured of a method on many scans, beside its map of one."""

from __future__ import annotations

import streamlit as st

from core.errors import DataError
from core.evaluate.saliency import Measure, MethodScores
from core.evaluate.saliency_findings import INSENSITIVE
from core.registry import ModelSpec
from pages._ui import cache
from pages._ui.text import _, percent, sentence


def line(spec: ModelSpec, method: str) -> None:
    """Say how often a method points at the lesion, beside the centre blob; if measured."""
    if said := words(spec, method):
        st.caption(said)


def words(spec: ModelSpec, method: str) -> str:
    """Give what `line` says; nothing where nothing is stored, which `missing` says once a page."""
    stored = cache.saliency(spec)
    if isinstance(stored, DataError):
        return ""
    scores = stored.methods.get(method)
    pointing = scores.measures.get("pointing") if scores else None
    if scores is None or pointing is None or pointing.value is None:
        return _("This method is not measured yet on this network.")
    said = _("On {n} scans of unseen patients it points at the lesion in {share}{interval}.")
    said = said.format(n=pointing.n, share=percent(pointing.value), interval=_interval(pointing))
    return " ".join(filter(None, (said, _against_blob(scores), _sanity(scores))))


def missing(spec: ModelSpec) -> None:
    """Say why nothing is stored of a network's methods, and what to type."""
    stored = cache.saliency(spec)
    if isinstance(stored, DataError):
        st.caption(sentence(stored))


def _interval(measure: Measure) -> str:
    if measure.ci_low is None or measure.ci_high is None:
        return ""
    low, high = percent(measure.ci_low), percent(measure.ci_high)
    return _(" (95 % interval {low} to {high})").format(low=low, high=high)


def _against_blob(scores: MethodScores) -> str:
    """Compare with the centre blob on the same scans; a tie where the interval holds 0."""
    gain = scores.against_blob.get("pointing")
    if gain is None or gain.ci_low is None or gain.ci_high is None:
        return ""
    if gain.ci_low > 0:
        return _("That is more often than a centre blob.")
    if gain.ci_high < 0:
        return _("That is less often than a centre blob.")
    return _("That is not told apart from a centre blob.")


def _sanity(scores: MethodScores) -> str:
    """Warn of a method whose map stays when all weights are destroyed."""
    kept = scores.measures.get("sanity_all_spearman")
    if kept is None or kept.value is None or kept.value <= INSENSITIVE:
        return ""
    return _(
        "Its maps hardly change when all weights are destroyed (rank correlation {rho})."
    ).format(rho=f"{kept.value:.2f}")
