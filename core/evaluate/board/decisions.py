"""What is done at the operating point: no tumour is an answer only where one is ruled out."""

from __future__ import annotations

import numpy as np

from core.answer import Limits
from core.evaluate.board.cost import REFER, TUMOUR
from core.evaluate.figures.bootstrap import Floats, Ints
from core.labels import NO_TUMOUR_INDEX


def at_point(probabilities: Floats, limits: Limits, *, refer: bool) -> Ints:
    """Answer as the app does: no tumour only where a tumour is ruled out.

    Where no tumour is likeliest without a tumour being ruled out, the scan is referred if
    that is allowed, and otherwise taken for the likeliest kind of tumour.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (N, 4)
    limits : Limits
        Without an operating point the answer is the likeliest class.
    refer : bool
        Whether scans may be referred.

    Returns
    -------
    ndarray of int, shape (N,), values 0..3 or `REFER`
    """
    likeliest = probabilities.argmax(axis=1)
    ruled_out = limits.ruled_out(probabilities)
    if ruled_out is None:
        return np.asarray(likeliest)
    kinds = np.where(TUMOUR, probabilities, -1).argmax(axis=1)
    instead = np.full_like(kinds, REFER) if refer else kinds
    return np.asarray(np.where((likeliest == NO_TUMOUR_INDEX) & ~ruled_out, instead, likeliest))
