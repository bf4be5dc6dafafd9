"""What each figure is: its value on a set of images, by scikit-learn.

Names and meanings here are the ones used everywhere. A figure that is not defined on the
images at hand (the precision of a class that is never predicted, say) is NaN, never 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.evaluate.figures.calibration import ece, negative_log_likelihood, risk_coverage
from core.labels import NUM_CLASSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AVERAGES = ("precision", "recall", "f1")
CLASS_FIGURES = ("precision", "recall", "specificity", "f1", "roc_auc", "pr_auc")
HEADLINES = (
    "accuracy",
    "balanced_accuracy",
    *(f"macro_{name}" for name in AVERAGES),
    *(f"weighted_{name}" for name in AVERAGES),
    "mcc",
    "cohen_kappa",
    "macro_roc_auc",
    "macro_pr_auc",
    "log_loss",
    "brier",
    "ece",
    "aurc",
)
BELIEF_FIGURES = frozenset({"log_loss", "brier", "ece", "aurc"})  # of stated probabilities
LOWER_IS_BETTER = BELIEF_FIGURES
_LABELS = list(range(NUM_CLASSES))


def point_figures(y: Ints, probabilities: Floats) -> dict[str, Floats]:
    """All figures of one set of predictions.

    Parameters
    ----------
    y : ndarray of int, shape (N,)
        True classes.
    probabilities : ndarray of float64, shape (N, 4)
        Calibrated; the most probable class is the answer.

    Returns
    -------
    dict of str to ndarray
        `HEADLINES` with shape (), `CLASS_FIGURES` with shape (4,):

        - ``macro_*`` is the plain mean over classes, ``weighted_*`` the mean weighted by
          the classes' numbers of images; ``macro_recall`` is ``balanced_accuracy``.
        - ``roc_auc``, ``pr_auc``: one class against the rest; the latter is average
          precision, which does not interpolate.
        - ``mcc``: Matthews correlation for several classes (Gorodkin 2004).
        - ``log_loss``: natural logarithm. ``brier``: the sum over the four classes of the
          squared error, from 0 to 2 (Brier's own form; some halve it).
        - ``ece``, ``aurc``: see `core.evaluate.figures.calibration`.
    """
    answer = probabilities.argmax(axis=1)
    figures: dict[str, Floats | float] = {
        **_decisions(y, answer),
        **_rankings(np.eye(NUM_CLASSES)[y], probabilities),
        **losses(y, probabilities),
        "aurc": risk_coverage(probabilities.max(axis=1), answer != y)[1].mean(),
    }
    return {name: np.asarray(value, np.float64) for name, value in figures.items()}


def losses(y: Ints, probabilities: Floats) -> dict[str, float]:
    """``log_loss``, ``brier`` and ``ece`` alone (see `point_figures`)."""
    squared = (probabilities - np.eye(NUM_CLASSES)[y]) ** 2
    return {
        "log_loss": negative_log_likelihood(probabilities, y),
        "brier": float(squared.sum(axis=1).mean()),
        "ece": ece(probabilities, y),
    }


def _decisions(y: Ints, answer: Ints) -> dict[str, Floats | float]:
    from sklearn import metrics as sk

    precision, recall, f1, support = sk.precision_recall_fscore_support(
        y, answer, labels=_LABELS, zero_division=np.nan
    )
    cells = sk.multilabel_confusion_matrix(y, answer, labels=_LABELS)
    by_class = {"precision": precision, "recall": recall, "f1": f1}
    present = support > 0
    truths, answers = set(y), set(answer)
    with np.errstate(invalid="ignore"):
        specificity = cells[:, 0, 0] / cells[:, 0].sum(axis=1)
    return {
        **by_class,
        "specificity": specificity,
        "accuracy": sk.accuracy_score(y, answer),
        "balanced_accuracy": recall.mean(),
        **{f"macro_{name}": values.mean() for name, values in by_class.items()},
        **{
            f"weighted_{name}": np.average(values[present], weights=support[present])
            for name, values in by_class.items()
        },
        "mcc": sk.matthews_corrcoef(y, answer) if min(len(truths), len(answers)) > 1 else np.nan,
        "cohen_kappa": sk.cohen_kappa_score(y, answer) if len(truths | answers) > 1 else np.nan,
    }


def _rankings(one_hot: Floats, scores: Floats) -> dict[str, Floats | float]:
    from sklearn import metrics as sk

    roc, pr = np.full(NUM_CLASSES, np.nan), np.full(NUM_CLASSES, np.nan)
    for c in _LABELS:
        if 0 < one_hot[:, c].sum() < len(one_hot):
            roc[c] = sk.roc_auc_score(one_hot[:, c], scores[:, c])
        if one_hot[:, c].any():
            pr[c] = sk.average_precision_score(one_hot[:, c], scores[:, c])
    return {"roc_auc": roc, "pr_auc": pr, "macro_roc_auc": roc.mean(), "macro_pr_auc": pr.mean()}
