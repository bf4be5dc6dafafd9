"""What the shipped files give away before anyone looks at a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from core.cases import Case, cases, read_bytes
from core.imaging import read_image
from core.labels import CLASS_NAMES


@dataclass(frozen=True)
class Traits:
    """What the files of one class give away before anyone looks at the picture.

    Attributes
    ----------
    label : str
    n : int
        Files.
    one_channel : float
        Share stored with one channel, the others having three.
    kilobytes : float
        Mean size.
    """

    label: str
    n: int
    one_channel: float
    kilobytes: float


@cache
def traits() -> tuple[Traits, ...]:
    """Read off the files of all shipped cases what a decoded picture no longer shows."""
    found = []
    for label in CLASS_NAMES:
        files = [read_bytes(case) for case in cases().values() if case.label == label]
        single = 0
        for data in files:
            with Image.open(BytesIO(data)) as picture:  # reads the header alone
                single += len(picture.getbands()) == 1
        size = sum(map(len, files)) / len(files) / 1000
        found.append(Traits(label, len(files), single / len(files), size))
    return tuple(found)


def channels_matter(case: Case) -> float:
    """Largest difference between the pixels of a scan saved with one channel and with three."""
    with Image.open(BytesIO(read_bytes(case))) as picture:
        grey = picture.convert("L")
    decoded = []
    for mode in ("L", "RGB"):
        buffer = BytesIO()
        grey.convert(mode).save(buffer, "PNG")
        decoded.append(read_image(buffer.getvalue(), mode).pixels)
    return float(np.abs(decoded[0] - decoded[1]).max())
