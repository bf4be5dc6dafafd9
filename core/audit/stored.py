"""Pictures and pixel statistics of the audit that ship with the app."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.figure import Figure

FOLDER = Path(__file__).parent
IMAGES = FOLDER / "images"
AUDIT_NAME = "audit.json"

Topic = Literal["twins", "largest", "ct", "lesion", "overlay", "conflict", "mean"]
Turn = Literal[
    "as is",
    "mirrored",
    "upside down",
    "rotated 180°",
    "rotated 90°",
    "rotated 270°",
    "transposed",
    "transposed the other way",
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Picture(_Strict):
    """One picture file of this folder.

    Attributes
    ----------
    topic : str
        What it is shown for. Pictures of ``twins`` and ``conflict`` come in pairs.
    file : str
        Under `IMAGES`.
    shows : tuple of str
        The images of the collection that it was made from, as ``split/label/name``; empty
        for ``mean``, the average of all distinct pictures of a class.
    label : str
        The class that the collection gives them.
    source, licence : str
        Where they come from and on what terms.
    turn : str or None
        For the second of a pair: the orientation in which it resembles the first most.
    correlation : float or None
        How much, as Pearson's correlation of all pixels.
    """

    topic: Topic
    file: str
    shows: tuple[str, ...]
    label: str
    source: str
    licence: str
    turn: Turn | None = None
    correlation: float | None = None

    @property
    def path(self) -> Path:
        """The image file."""
        return IMAGES / self.file


class Quantiles(_Strict):
    """Spread of a statistic over the pictures of one class."""

    n: int
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float


class Statistic(_Strict):
    """One of `core.evaluate.make.controls.global_statistics`, over the distinct pictures.

    Attributes
    ----------
    name : str
    auc : Figure
        Chance that it is larger in a no-tumour picture than in one with a tumour: 0.5
        tells nothing, 0 and 1 tell all. Interval from a bootstrap over groups.
    classes : dict of str to Quantiles
    """

    name: str
    auc: Figure
    classes: dict[str, Quantiles]

    @property
    def separation(self) -> float:
        """How far the area is from telling nothing, 0..0.5."""
        return abs((self.auc.value or 0.5) - 0.5)


class Stored(_Strict):
    """All of ``audit.json``.

    Attributes
    ----------
    turned_over : dict of str to int
        Files of each class whose picture is there upside down as well.
    """

    command: str
    dataset_sha256: str
    packages: dict[str, str]
    pictures: tuple[Picture, ...]
    statistics: tuple[Statistic, ...]
    turned_over: dict[str, int]

    def about(self, topic: Topic) -> tuple[Picture, ...]:
        """Pictures of one topic."""
        return tuple(p for p in self.pictures if p.topic == topic)


@cache
def stored() -> Stored:
    """Read ``audit.json``."""
    return Stored.model_validate_json((FOLDER / AUDIT_NAME).read_bytes())
