"""How often rows of the board give different answers to the same images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.evaluate.board.comparison import check_same_images
from core.evaluate.board.rows import Row
from core.evaluate.stored.schema import Images


def differences(rows: Sequence[Row], images: Images) -> tuple[NDArray[np.int64], int]:
    """Count for each two rows the images that they answer differently.

    Parameters
    ----------
    rows : sequence of Row
        Measured ones, under the same protocol.
    images : {"all", "distinct"}

    Returns
    -------
    counts : ndarray of int, shape (K, K)
        Symmetric; the diagonal is 0.
    of : int
        Images in all.

    Raises
    ------
    DataError
        If predictions cannot be read, or are of different images.
    """
    found = {row.name: row.predictions() for row in rows}
    check_same_images(found)
    if images == "distinct":
        found = {name: predictions.distinct() for name, predictions in found.items()}
    answers = np.stack([p.probabilities.argmax(axis=1) for p in found.values()])
    counts = (answers[:, None] != answers[None]).sum(axis=2)
    return np.asarray(counts, np.int64), answers.shape[1]
