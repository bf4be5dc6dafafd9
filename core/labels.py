"""The four classes: their order, names and colours. Nothing else defines them."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import N_


@dataclass(frozen=True)
class TumourClass:
    """One diagnosis that the models can give.

    Attributes
    ----------
    name : str
        The dataset's folder name; the key in files, JSON and URLs.
    title : str
        What a person reads (a gettext message id).
    colour : str
        ``#RRGGBB`` of the Okabe-Ito palette, which stays apart under the common
        forms of colour blindness (https://jfly.uni-koeln.de/color/).
    """

    name: str
    title: str
    colour: str


CLASSES: tuple[TumourClass, ...] = (
    TumourClass("glioma", N_("Glioma"), "#D55E00"),
    TumourClass("meningioma", N_("Meningioma"), "#0072B2"),
    TumourClass("notumor", N_("No tumour"), "#999999"),
    TumourClass("pituitary", N_("Pituitary tumour"), "#009E73"),
)
CLASS_NAMES: tuple[str, ...] = tuple(c.name for c in CLASSES)
NUM_CLASSES: int = len(CLASSES)
NO_TUMOUR = "notumor"
NO_TUMOUR_INDEX = CLASS_NAMES.index(NO_TUMOUR)


def class_index(name: str) -> int:
    """Position of a class in every vector of logits or probabilities.

    Raises
    ------
    ValueError
        If `name` is not one of `CLASS_NAMES`.
    """
    if name not in CLASS_NAMES:
        raise ValueError(f"Invalid class. Expected one of {CLASS_NAMES}. Received: {name!r}")
    return CLASS_NAMES.index(name)
