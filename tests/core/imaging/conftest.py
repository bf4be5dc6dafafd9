"""Real files, made in memory with Pillow."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

Encode = Callable[..., bytes]


@pytest.fixture(scope="session")
def encode() -> Encode:
    """`encode(array or image, "PNG", **save options)` gives the bytes of a file."""

    def save(picture: NDArray[Any] | Image.Image, form: str, **options: Any) -> bytes:
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        out = BytesIO()
        image.save(out, form, **options)
        return out.getvalue()

    return save


@pytest.fixture(scope="session")
def ramp() -> NDArray[np.uint8]:
    """A picture of 40 x 48 pixels that looks different from every side."""
    rows, columns = np.mgrid[:40, :48]
    return (rows * 5 + columns).astype(np.uint8)
