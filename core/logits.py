"""Logits of prepared squares, in batches: what training validates and evaluation stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.preprocess import Scaling, scale

if TYPE_CHECKING:
    import keras


BATCH = 64


def logits_of(
    model: keras.Model, squares: NDArray[np.float32], scaling: Scaling
) -> NDArray[np.float32]:
    """Predict prepared squares in batches of at most 64.

    Parameters
    ----------
    model : keras.Model
    squares : ndarray of float32, shape (N, S, S), range [0, 1]
    scaling : {"tf", "caffe", "torch"}

    Returns
    -------
    ndarray of float32, shape (N, 4)
    """
    batches = np.array_split(squares, max(1, -(-len(squares) // BATCH)))
    return np.concatenate([to_numpy(model.predict_on_batch(scale(b, scaling))) for b in batches])


def to_numpy(tensor: Any) -> NDArray[Any]:
    """Copy a tensor or variable of any backend into NumPy."""
    import keras

    return np.asarray(keras.ops.convert_to_numpy(tensor))
