"""Sample scans that ship with the app, all of patients the shipped models have not seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """One scan of the gallery.

    Attributes
    ----------
    id : str
        Key in URLs.
    label : str
        The class that the source gives it.
    plane : str
        ``axial``, ``coronal``, ``sagittal``, or empty where nobody has said.
    source, licence : str
        Where the picture comes from and on what terms.
    path : Path
        The image file.
    lesion : ndarray of float64, shape (n, 2), optional
        The expert's outline of the tumour: x, y in 0..1 of the frame.
    """

    id: str
    label: str
    plane: str
    source: str
    licence: str
    path: Path
    lesion: NDArray[np.float64] | None = None


@cache
def samples() -> dict[str, Sample]:
    """All samples by id, in the order of ``gallery.json``."""
    entries = json.loads((FOLDER / "gallery.json").read_text())
    return {entry["id"]: _sample(entry) for entry in entries}


def _sample(entry: dict[str, object]) -> Sample:
    lesion = entry["lesion"]
    return Sample(
        id=str(entry["id"]),
        label=str(entry["label"]),
        plane=str(entry["plane"]),
        source=str(entry["source"]),
        licence=str(entry["licence"]),
        path=FOLDER / "images" / str(entry["file"]),
        lesion=None if lesion is None else np.asarray(lesion, np.float64),
    )
