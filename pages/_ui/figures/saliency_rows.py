"""Stored figures of saliency methods, as rows and columns of a board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.evaluate.saliency.read import LOWER_IS_BETTER, Measure, SaliencyScores
from core.explain.methods import METHODS


@dataclass(frozen=True)
class Column:
    """One network on this board."""

    name: str
    title: str
    scores: SaliencyScores


def measured(column: Column, method: str, metric: str, tumour: str | None) -> Measure | None:
    """Look up a stored figure; None if this was not measured."""
    scores = column.scores.methods.get(method)
    if scores is None:
        return None
    return (scores.classes.get(tumour, {}) if tumour else scores.measures).get(metric)


def ranked(columns: Iterable[Column], metric: str, tumour: str | None) -> list[str]:
    """Order methods and controls by their mean over the networks, best first, unmeasured last."""
    sign = 1 if metric in LOWER_IS_BETTER else -1

    def key(name: str) -> tuple[bool, float]:
        found = (measured(column, name, metric, tumour) for column in columns)
        values = [m.value for m in found if m is not None and m.value is not None]
        return not values, sign * sum(values) / max(len(values), 1)

    there = (name for name in METHODS if any(name in column.scores.methods for column in columns))
    return sorted(there, key=key)


def as_records(columns: Iterable[Column]) -> list[dict[str, Any]]:
    """Make one record a figure: every method, measure and tumour class of every network."""
    return [
        {
            "model": column.name,
            "method": name,
            "family": METHODS[name].family,
            "measure": metric,
            "class": tumour or "all",
            "value": found.value,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "scans": found.n,
            "groups": found.groups,
            "minus_centre_blob": None if gain is None else gain.value,
            "minus_centre_blob_ci_low": None if gain is None else gain.ci_low,
            "minus_centre_blob_ci_high": None if gain is None else gain.ci_high,
            "weights_sha256": column.scores.provenance.weights_sha256,
            "saliency_sha256": column.scores.saliency_sha256,
            "command": column.scores.provenance.command,
        }
        for column in columns
        for name, scores in column.scores.methods.items()
        for tumour, figures in ((None, scores.measures), *scores.classes.items())
        for metric, found in figures.items()
        for gain in (scores.against_blob.get(metric) if tumour is None else None,)
    ]


def best(column: Column, metric: str, tumour: str | None) -> float | None:
    """Find the best figure of a network, of controls too."""
    found = (measured(column, name, metric, tumour) for name in column.scores.methods)
    values = [m.value for m in found if m is not None and m.value is not None]
    return (min if metric in LOWER_IS_BETTER else max)(values, default=None)
