"""Does a stated 90 % mean 90 %? Temperature, reliability, and when to say nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.softmax import calibrated

Floats = NDArray[np.float64]
BINS = 15
_TEMPERATURES = 0.1, 10.0  # a fit beyond says that something else is wrong


def negative_log_likelihood(probabilities: Floats, y: NDArray[np.integer]) -> float:
    """Mean of -log p(true class), natural logarithm; p is clipped at machine epsilon."""
    p = probabilities[np.arange(len(y)), y]
    return float(-np.log(np.maximum(p, np.finfo(np.float64).eps)).mean())


def fit_temperature(logits: NDArray[np.floating], y: NDArray[np.integer]) -> float:
    """Temperature with the least negative log-likelihood on validation images.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2
    (arXiv:1706.04599). The loss has one minimum in T; it is sought within [0.1, 10],
    where it ends up if validation images are all right or mostly wrong.

    Parameters
    ----------
    logits : ndarray, shape (N, 4)
    y : ndarray of int, shape (N,)
    """
    from scipy.optimize import minimize_scalar

    result = minimize_scalar(
        lambda t: negative_log_likelihood(calibrated(logits, float(np.exp(t))), y),
        bounds=tuple(np.log(_TEMPERATURES)),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return float(np.exp(result.x))


def bin_of(confidence: Floats) -> NDArray[np.int64]:
    """Which of the 15 equal bins (i/15, (i+1)/15] each confidence falls in."""
    which = np.ceil(confidence * BINS) - 1
    return np.asarray(which.clip(0, BINS - 1), np.int64)


def reliability_bins(
    probabilities: Floats, y: NDArray[np.integer]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Confidence against accuracy.

    Returns
    -------
    n : ndarray of int, shape (15,)
        Images whose top probability falls in the bin.
    confidence, accuracy : ndarray of float64, shape (15,)
        Means over those images; NaN in an empty bin.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == y
    which = bin_of(confidence)
    n = np.bincount(which, minlength=BINS)
    with np.errstate(invalid="ignore"):
        mean_confidence = np.bincount(which, confidence, BINS) / n
        accuracy = np.bincount(which, correct, BINS) / n
    return n, mean_confidence, accuracy


def ece(probabilities: Floats, y: NDArray[np.integer]) -> float:
    """Compute the expected calibration error: mean |accuracy - confidence| over 15 bins.

    Each bin weighs as much as it holds images. Top class only (Guo et al. 2017, eq. 3).
    Known to be biased upwards on small samples.
    """
    n, confidence, accuracy = reliability_bins(probabilities, y)
    full = n > 0
    return float(np.average(np.abs(accuracy - confidence)[full], weights=n[full]))


def risk_coverage(confidence: Floats, wrong: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Error rate among the k most confident images, for every k.

    El-Yaniv & Wiener 2010 (JMLR 11:1605). Images of equal confidence are taken in random
    order on average, so the curve does not depend on the order of rows.

    Returns
    -------
    coverage, risk : ndarray of float64, shape (N,)
        ``coverage[k - 1] = k / N``; the mean of `risk` is the area under the curve (AURC).
    """
    _, tie, size = np.unique(-confidence, return_inverse=True, return_counts=True)
    share_wrong = np.bincount(tie, wrong) / size
    k = np.arange(1, len(confidence) + 1)
    return k / len(k), np.cumsum(np.repeat(share_wrong, size)) / k


def abstain_threshold(
    probabilities: Floats, y: NDArray[np.integer], target_accuracy: float = 0.98
) -> float | None:
    """Smallest top probability to insist on for a given accuracy on validation images.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (N, 4)
    y : ndarray of int, shape (N,)
    target_accuracy : float
        Wanted among the images with ``confidence >= threshold``.

    Returns
    -------
    float or None
        0 where the target is met without abstaining; None where no threshold meets it.
        The promise is for validation images: on others it holds only roughly.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == y
    if correct.mean() >= target_accuracy:
        return 0.0
    levels, tie = np.unique(confidence, return_inverse=True)
    kept = np.bincount(tie)[::-1].cumsum()[::-1]
    right = np.bincount(tie, correct)[::-1].cumsum()[::-1]
    enough = right >= target_accuracy * kept
    return float(levels[enough.argmax()]) if enough.any() else None
