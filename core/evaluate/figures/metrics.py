"""``metrics.json``: every figure of one model, from its stored predictions alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import N_
from core.evaluate.figures.bootstrap import (
    GroupedAnswers,
    bin_sums,
    confusion,
    group_sums,
    group_weights,
    sample_of,
)
from core.evaluate.figures.calibration import BINS, bin_of, reliability_bins, risk_coverage
from core.evaluate.figures.intervals import LEVEL, UNDEFINED, figure, rounded
from core.evaluate.figures.points import (
    BELIEF_FIGURES,
    CLASS_FIGURES,
    HEADLINES,
    losses,
    point_figures,
)
from core.evaluate.figures.ruling_out import at_point
from core.evaluate.figures.slices import slices
from core.evaluate.figures.spread import resampled_figures
from core.evaluate.stored.layout import METRICS_NAME, PREDICTIONS_NAME
from core.evaluate.stored.predictions import Predictions, read_predictions
from core.files import write_text
from core.labels import CLASS_NAMES, class_index
from core.softmax import calibrated

Floats = NDArray[np.float64]
RESAMPLES = 2000
SEED = 0
_CURVE_POINTS = 100
_PROPORTIONS = frozenset({"accuracy", "precision", "recall", "specificity"})
_CONTROL_NOTE = N_(
    "Controls give decisions, not probabilities to be believed: log loss, Brier score, "
    "calibration, risk-coverage and abstention are left out."
)


def build_metrics(predictions: Predictions, resamples: int = RESAMPLES) -> dict[str, Any]:
    """All figures, on all images and on one per distinct picture.

    Parameters
    ----------
    predictions : Predictions
    resamples : int
        2,000 for everything that is stored; fewer in tests.

    Returns
    -------
    dict
        As `core.evaluate.stored.schema.Metrics`, without ``predictions_sha256``. Intervals are
        95 % percentile intervals of a bootstrap over groups (see `core.evaluate.figures.bootstrap`
        and `core.evaluate.figures.intervals`).
    """
    control = predictions.provenance.kind == "control"
    return {
        "schema_version": 1,
        "provenance": predictions.provenance.model_dump(mode="json"),
        "class_names": list(CLASS_NAMES),
        "bootstrap": {
            "level": LEVEL,
            "resamples": resamples,
            "seed": SEED,
            "unit": "group",
            "method": "percentile",
        },
        "notes": [_CONTROL_NOTE] if control else [],
        "images": {
            "all": _images(predictions, resamples),
            "distinct": _images(predictions.distinct(), resamples),
        },
    }


def write_metrics(folder: Path) -> dict[str, Any]:
    """Derive ``metrics.json`` from the ``predictions.parquet`` beside it.

    The same predictions give the same bytes.

    Raises
    ------
    DataError
        If the predictions cannot be used.
    """
    source = folder / PREDICTIONS_NAME
    metrics = build_metrics(read_predictions(source))
    metrics["predictions_sha256"] = hashlib.sha256(source.read_bytes()).hexdigest()
    text = json.dumps(metrics, sort_keys=True, indent=1, allow_nan=False) + "\n"
    write_text(folder / METRICS_NAME, text)
    return metrics


def _images(predictions: Predictions, resamples: int) -> dict[str, Any]:
    sample = sample_of(predictions)
    weights = group_weights(sample.count, resamples, SEED)
    points = point_figures(sample.y, sample.probabilities)
    samples = resampled_figures(sample, weights)
    headlines = {
        name: figure(
            float(points[name]), samples[name], sample.count, proportion=name in _PROPORTIONS
        )
        for name in HEADLINES
    }
    believed = predictions.provenance.kind != "control"
    if not believed:
        headlines |= {name: dict(UNDEFINED) for name in BELIEF_FIGURES}
    return {
        "n": len(sample.y),
        "groups": sample.count,
        "figures": headlines,
        "classes": _classes(sample, points, samples),
        "confusion": confusion(sample, np.ones((1, sample.count)))[0].astype(int).tolist(),
        "calibration": _calibration(predictions, sample, weights) if believed else None,
        "risk_coverage": _risk_coverage(sample) if believed else None,
        "abstention": _abstention(predictions, sample, weights) if believed else None,
        "ruling_out": _ruling_out(predictions, sample, weights) if believed else None,
        "slices": slices(predictions, sample, resamples, SEED),
    }


def _classes(
    sample: GroupedAnswers, points: Mapping[str, Floats], samples: Mapping[str, Floats]
) -> dict[str, Any]:
    """Figures per class; the groups behind each are those of the images it is a share of."""
    answer = sample.probabilities.argmax(axis=1)
    result: dict[str, Any] = {}
    for c, name in enumerate(CLASS_NAMES):
        among = {
            "precision": answer == c,
            "recall": sample.y == c,
            "specificity": sample.y != c,
        }
        result[name] = {"n": int((sample.y == c).sum())}
        for key in CLASS_FIGURES:
            rows = among.get(key, among["recall"])
            groups = len(np.unique(sample.groups[rows]))
            result[name][key] = figure(
                float(points[key][c]), samples[key][:, c], groups, proportion=key in _PROPORTIONS
            )
    return result


def _calibration(
    predictions: Predictions, sample: GroupedAnswers, weights: Floats
) -> dict[str, Any]:
    raw = GroupedAnswers(sample.y, calibrated(predictions.logits, 1.0), sample.groups)
    return {"before": _reliability(raw, weights), "after": _reliability(sample, weights)}


def _reliability(sample: GroupedAnswers, weights: Floats) -> dict[str, Any]:
    points = losses(sample.y, sample.probabilities)
    samples = resampled_figures(sample, weights, points)
    n, confidence, accuracy = reliability_bins(sample.probabilities, sample.y)
    seen, _, right = bin_sums(sample, weights)
    which = bin_of(sample.probabilities.max(axis=1))
    bins = []
    for i in range(BINS):
        with np.errstate(invalid="ignore"):
            drawn = right[:, i] / seen[:, i]
        groups = len(np.unique(sample.groups[which == i]))
        bins.append(
            {
                "lower": rounded(i / BINS),
                "upper": rounded((i + 1) / BINS),
                "n": int(n[i]),
                "confidence": rounded(confidence[i]),
                "accuracy": figure(accuracy[i], drawn, groups, proportion=True),
            }
        )
    drawn_figures = {k: figure(v, samples[k], sample.count) for k, v in points.items()}
    return {**drawn_figures, "bins": bins}


def _risk_coverage(sample: GroupedAnswers) -> dict[str, Any]:
    """Thin the curve to a hundred points; its area is the figure ``aurc``."""
    wrong = sample.correct == 0
    coverage, risk = risk_coverage(sample.probabilities.max(axis=1), wrong)
    k = np.unique(np.ceil(np.linspace(0, len(risk), _CURVE_POINTS + 1)[1:]).astype(int)) - 1
    return {
        "coverage": [rounded(x) for x in coverage[k]],
        "risk": [rounded(x) for x in risk[k]],
    }


def _ruling_out(
    predictions: Predictions, sample: GroupedAnswers, weights: Floats
) -> dict[str, Any] | None:
    limits = predictions.provenance.limits
    tumour = sample.y != class_index("notumor")
    return at_point(tumour, sample.probabilities, sample.groups, weights, limits)


def _abstention(
    predictions: Predictions, sample: GroupedAnswers, weights: Floats
) -> dict[str, Any] | None:
    threshold = predictions.provenance.abstain_threshold
    if threshold is None:
        return None
    kept = (sample.probabilities.max(axis=1) >= threshold).astype(np.float64)
    parts = np.column_stack([np.ones_like(kept), kept, kept * sample.correct])
    n, answered, right = (weights @ group_sums(parts, sample.groups, sample.count)).T
    groups = len(np.unique(sample.groups[kept > 0]))
    with np.errstate(invalid="ignore"):
        accuracy = (kept * sample.correct).sum() / kept.sum()
        return {
            "threshold": threshold,
            "coverage": figure(kept.mean(), answered / n, sample.count, proportion=True),
            "accuracy": figure(accuracy, right / answered, groups, proportion=True),
        }
