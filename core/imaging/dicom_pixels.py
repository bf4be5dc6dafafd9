"""The pixels of a parsed DICOM file, as numbers that mean something."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom._uid_dict import UID_dictionary
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut
from pydicom.pixels.utils import pixel_array

from core.errors import ImageError
from core.imaging.geometry import numbers, spacing_of
from core.imaging.stack import Raw, spread

_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R 601, as for everyday pictures


def decode(dataset: Dataset, frame: int, name: str) -> Raw:
    """Decode one frame of a parsed file; values as the modality means them, padding replaced.

    Raises
    ------
    ImageError
        If it is compressed in a way that cannot be decoded here.
    """
    stored = _stored(dataset, frame, name)
    kind = str(dataset.get("PhotometricInterpretation", "MONOCHROME2"))
    spacing = spacing_of(dataset, frame)
    if kind == "PALETTE COLOR":
        stored = apply_color_lut(stored, dataset)
    if stored.ndim == 3:
        top = float(np.iinfo(stored.dtype).max) if kind == "PALETTE COLOR" else _top(dataset)
        colour = spread(stored[..., :3], top)
        return Raw(stored[..., :3] @ _LUMA, (0.0, top), spacing_mm=spacing, colour=colour)
    values = _rescaled(stored, dataset, frame)
    inverted = kind == "MONOCHROME1"
    padding = _padding(stored, dataset)
    if padding is not None and padding.any() and not padding.all():
        seen = values[~padding]
        values[padding] = seen.max() if inverted else seen.min()
    return Raw(values, None, _window(values, dataset, frame), inverted, spacing, meaningful=True)


def _window(
    values: NDArray[np.float64], dataset: Dataset, frame: int
) -> tuple[float, float] | None:
    """Find the ends of the first window that a file proposes, unless it would show nothing."""
    for centre, width in windows(dataset, frame)[:1]:
        low, high = centre - width / 2, centre + width / 2
        if low < values.max() and high > values.min():
            return low, high
    return None


def _stored(dataset: Dataset, frame: int, name: str) -> NDArray[Any]:
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pixel_array(dataset, index=frame)
    except (RuntimeError, NotImplementedError) as error:  # no decoder takes it
        if syntax.is_compressed and syntax in UID_dictionary:
            raise ImageError(
                "{name} is compressed as {syntax}, in a way that cannot be decoded here or is "
                "damaged; save it without compression.",
                name=name,
                syntax=syntax.name,
            ) from error
        raise


def _top(dataset: Dataset) -> float:
    return float(2 ** int(dataset.get("BitsStored", 8)) - 1)


def _rescaled(stored: NDArray[Any], dataset: Dataset, frame: int) -> NDArray[np.float64]:
    if dataset.get("ModalityLUTSequence"):
        return np.asarray(apply_modality_lut(stored, dataset), np.float64)
    slope = numbers(dataset, "RescaleSlope", frame)
    intercept = numbers(dataset, "RescaleIntercept", frame)
    return stored.astype(np.float64) * (slope[0] if slope else 1.0) + (
        intercept[0] if intercept else 0.0
    )


def _padding(stored: NDArray[Any], dataset: Dataset) -> NDArray[np.bool_] | None:
    """Find the pixels that hold no measurement, but a value that says so."""
    ends = [
        _stored_value(dataset[tag].value, stored.dtype)
        for tag in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        if tag in dataset and dataset[tag].value is not None and dataset[tag].value != b""
    ]
    if not ends or stored.dtype.kind == "f":
        return None
    return np.asarray((stored >= min(ends)) & (stored <= max(ends)))


def _stored_value(value: Any, dtype: np.dtype[Any]) -> int:
    """Read a value of the ambiguous kind "US or SS" as the pixels are stored."""
    signed = dtype.kind == "i"
    if isinstance(value, bytes):
        return int.from_bytes(value[:2], "little", signed=signed)
    number = int(value) & 0xFFFF if int(value) < 0 else int(value)
    return number - 0x10000 if signed and 0x8000 <= number < 0x10000 else number


def windows(dataset: Dataset, frame: int) -> tuple[tuple[float, float], ...]:
    """List the windows that a file proposes, each (centre, width), wider than nothing."""
    pairs = zip(
        numbers(dataset, "WindowCenter", frame), numbers(dataset, "WindowWidth", frame),
        strict=False,
    )  # fmt: skip
    return tuple((centre, width) for centre, width in pairs if width > 0)
