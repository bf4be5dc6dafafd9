"""The contract that every saliency method keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from core.imaging import MRIImage
from core.inference import Classifier
from core.preprocess import FloatImage

Family = Literal["class activation", "gradient", "perturbation", "control"]


@dataclass(frozen=True)
class Method:
    """A way to draw what a prediction rests on.

    Attributes
    ----------
    name : str
        Key in URLs, files and the CLI.
    title : str
        The field's usual name.
    family : str
        What kind of method it is; ``control`` marks maps that know nothing of the model.
    summary : str
        One sentence on what the map shows (a gettext message id).
    reference : str
        arXiv number or DOI.
    compute : callable
        ``(classifier, image, target) -> map``: float32, the scan's own (H, W), range
        [0, 1], highest value 1; all zero where nothing speaks for the target class.
        Deterministic; leaves its inputs alone.
    """

    name: str
    title: str
    family: Family
    summary: str
    reference: str
    compute: Callable[[Classifier, MRIImage, str], FloatImage] = field(repr=False)
