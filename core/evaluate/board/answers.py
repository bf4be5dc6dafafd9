"""The stored answers picture by picture: filtered, counted, and joined to the cases.

Counting follows the leaderboard: a confusion matrix counts images, and one image of each
distinct picture (``keep_one``) stands for it where pictures are counted. That image is the
one in `core.cases`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from core.answer import Limits
from core.cases import Case
from core.errors import DataError
from core.evaluate.board.comparison import check_same_images
from core.evaluate.board.rows import Kind, Row
from core.evaluate.figures.calibration import bin_of
from core.evaluate.figures.slices import slice_masks
from core.labels import NUM_CLASSES, class_index

if TYPE_CHECKING:
    import pandas as pd

Preset = Literal["everything", "wrong", "confident-wrong", "right-unsure", "disagree", "all-wrong"]
Order = Literal["least-true", "most-sure", "least-sure"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
ORDERS: tuple[Order, ...] = get_args(Order)
MEMORY = "nearest-neighbour"  # the control that only remembers
SURE = 0.9  # for a model without an abstention threshold

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Voice:
    """What one row of the board answers.

    Attributes
    ----------
    row : Row
    threshold : float
        Top probability from which an answer counts as sure: the abstention threshold
        that validation gave, else `SURE`.
    probabilities : ndarray of float64, shape (N, 4)
        Calibrated, in the order of the images.
    """

    row: Row
    threshold: float
    probabilities: NDArray[np.float64]

    @property
    def limits(self) -> Limits:
        """Thresholds that the app reads such answers by; none for a control."""
        return self.row.metrics.provenance.limits if self.row.metrics else Limits()

    @cached_property
    def answer(self) -> NDArray[np.int64]:
        """Most probable class, shape (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @cached_property
    def confidence(self) -> NDArray[np.float64]:
        """Probability of the answer, shape (N,)."""
        return np.asarray(self.probabilities.max(axis=1))


@dataclass(frozen=True)
class Answers:
    """All stored answers to the same images.

    Attributes
    ----------
    table : DataFrame
        One row an image, sorted by ``path``, as in the stored predictions.
    slices : dict of (str, str) to ndarray of bool, shape (N,)
        As on the leaderboard: ``("plane", "axial")``.
    voices : dict of str to Voice
        By name of the row.
    """

    table: pd.DataFrame
    slices: dict[tuple[str, str], Mask]
    voices: dict[str, Voice]

    @property
    def truth(self) -> NDArray[np.int64]:
        """True classes, shape (N,)."""
        return self.table["y_true"].to_numpy(np.int64)

    def of_kind(self, *kinds: Kind) -> dict[str, Voice]:
        """Voices of some kinds only, in the order of the board."""
        return {name: v for name, v in self.voices.items() if v.row.kind in kinds}

    def readers(self) -> dict[str, Voice]:
        """Voices to set beside a person's: networks, the ensemble, the control that remembers."""
        memory = {name: v for name, v in self.voices.items() if name == MEMORY}
        return self.of_kind("model", "ensemble") | memory

    def values(self, by: str) -> tuple[str, ...]:
        """Values that occur of ``source``, ``plane`` or ``flag``."""
        return tuple(value for key, value in self.slices if key == by)


@dataclass(frozen=True)
class Choice:
    """Which images are asked for; None is any.

    Attributes
    ----------
    model : str
        Whose answers: a key of `Answers.voices`.
    truth, answer : str, optional
        Classes.
    source, plane, flag : str, optional
        Slices of the leaderboard.
    stated : int, optional
        Bin of the reliability diagram that the probability of the answer falls in.
    """

    model: str
    preset: Preset = "everything"
    truth: str | None = None
    answer: str | None = None
    source: str | None = None
    plane: str | None = None
    flag: str | None = None
    stated: int | None = None


def gather(rows: Sequence[Row]) -> Answers:
    """Read the predictions behind the measured rows of a board.

    Parameters
    ----------
    rows : sequence of Row
        At least one, none of them reported.

    Raises
    ------
    DataError
        If there is no row, predictions cannot be read, or are of different images.
    """
    predictions = {row.name: row.predictions() for row in rows}
    if not predictions:
        raise DataError("No model has been evaluated, so there are no answers to show.")
    check_same_images(predictions)
    table = next(iter(predictions.values())).table.reset_index(drop=True)
    slices = {(by, value): mask for by, value, mask in slice_masks(table)}
    voices = {}
    for row in rows:
        found = predictions[row.name]
        limit = found.provenance.abstain_threshold
        voices[row.name] = Voice(row, SURE if limit is None else limit, found.probabilities)
    return Answers(table, slices, voices)


def choose(answers: Answers, choice: Choice) -> Mask:
    """Find the images that are asked for.

    Returns
    -------
    ndarray of bool, shape (N,)
    """
    chosen = _preset(answers, choice)
    for by in ("source", "plane", "flag"):
        value = getattr(choice, by)
        if value is not None:
            chosen = chosen & answers.slices[by, value]
    if choice.truth is not None:
        chosen = chosen & (answers.truth == class_index(choice.truth))
    if choice.answer is not None:
        chosen = chosen & (answers.voices[choice.model].answer == class_index(choice.answer))
    if choice.stated is not None:
        chosen = chosen & (bin_of(answers.voices[choice.model].confidence) == choice.stated)
    return chosen


def _preset(answers: Answers, choice: Choice) -> Mask:
    voice = answers.voices[choice.model]
    right, sure = voice.answer == answers.truth, voice.confidence >= voice.threshold
    networks = np.stack([v.answer for v in answers.of_kind("model").values()] or [voice.answer])
    masks: dict[Preset, Mask] = {
        "everything": np.ones(len(right), bool),
        "wrong": ~right,
        "confident-wrong": ~right & sure,
        "right-unsure": right & ~sure,
        "disagree": (networks != networks[0]).any(axis=0),
        "all-wrong": (networks != answers.truth).all(axis=0),
    }
    return masks[choice.preset]


def confusion(answers: Answers, model: str, chosen: Mask) -> NDArray[np.int64]:
    """Count the chosen images by truth (down) and answer (across), shape (4, 4)."""
    cells = answers.truth * NUM_CLASSES + answers.voices[model].answer
    counts = np.bincount(cells[chosen], minlength=NUM_CLASSES**2)
    return counts.reshape(NUM_CLASSES, NUM_CLASSES)


def distinct(answers: Answers) -> Mask:
    """Find the images that stand for their picture, shape (N,)."""
    return np.asarray(answers.table["keep_one"] == 1)


def ordered(answers: Answers, model: str, chosen: Mask, order: Order) -> NDArray[np.int64]:
    """Give the positions of the chosen images in an order; of equals, by path.

    ``least-true`` begins where the true class was given the least probability,
    ``most-sure`` and ``least-sure`` go by the probability of the answer.
    """
    voice = answers.voices[model]
    true = voice.probabilities[np.arange(len(answers.truth)), answers.truth]
    keys = {"least-true": true, "most-sure": -voice.confidence, "least-sure": voice.confidence}
    positions = np.flatnonzero(chosen)
    return np.asarray(positions[np.argsort(keys[order][positions], kind="stable")])


def copies(answers: Answers, case: Case) -> NDArray[np.int64]:
    """Give the positions of a case's images, the case's own first; none where not predicted."""
    same = np.flatnonzero(answers.table["duplicate_group"] == case.picture)
    own = answers.table["image_sha256"].to_numpy()[same] == case.sha256
    return np.asarray([*same[own], *same[~own]], np.int64)
