"""Words of the page Dataset: keys of the audit, and what a person reads."""

from __future__ import annotations

from dataclasses import dataclass

from core.audit.facts import UNKNOWN, Part
from core.errors import N_
from pages._ui.base.text import PLANES

SOURCES = {
    "figshare": "Cheng, figshare",
    "br35h": "Br35H",
    "sartaj-or-unknown": N_("SARTAJ or unknown"),
}
PARTS: dict[Part, str] = {"split": N_("Split"), "source": N_("Source"), "plane": N_("Plane")}
VALUES = {
    "train": N_("Training"),
    "test": N_("Testing"),
    **SOURCES,
    **PLANES,
    UNKNOWN: N_("plane not recorded"),
}
KINDS = {
    "exact": N_("The same pixels are in training."),
    "near": N_("The same picture is in training: mirrored, turned, cropped or brighter."),
    "patient": N_("Another picture of the same patient or family is in training."),
    "free": N_("Nothing of it is in training: only these test images are new."),
}
TURNS = {
    "as is": N_("The second is the first"),
    "mirrored": N_("Mirrored, the second is the first"),
    "upside down": N_("Turned upside down, the second is the first"),
    "rotated 180°": N_("Turned by 180°, the second is the first"),
    "rotated 90°": N_("Turned by 90°, the second is the first"),
    "rotated 270°": N_("Turned by 270°, the second is the first"),
    "transposed": N_("Transposed, the second is the first"),
    "transposed the other way": N_("Transposed the other way, the second is the first"),
}
CONTROLS = {  # shorter than the leaderboard's
    "majority": N_("Majority class"),
    "random-forest": N_("Random forest, ten numbers"),
    "nearest-neighbour": N_("Nearest neighbour"),
    "nearest-neighbour-mirrored": N_("Nearest neighbour, mirrored"),
}
STATISTICS = {
    "mean": N_("Mean brightness"),
    "deviation": N_("Contrast"),
    "p10": N_("Brightness, 10th percentile"),
    "p50": N_("Brightness, median"),
    "p90": N_("Brightness, 90th percentile"),
    "p99": N_("Brightness, 99th percentile"),
    "edges": N_("Strength of edges"),
    "edge-ratio": N_("Edges, vertical to horizontal"),
    "border": N_("Brightness of the border"),
    "dark": N_("Share of dark pixels"),
}


@dataclass(frozen=True)
class Origin:
    """A source of images: its full name with its address, and its terms."""

    title: str
    terms: str


ORIGINS = {
    "figshare": Origin(
        N_(
            "Cheng, *brain tumor dataset*, figshare, "
            "[doi:10.6084/m9.figshare.1512427](https://doi.org/10.6084/m9.figshare.1512427); "
            "cite [PLoS ONE 10(10): e0140381](https://doi.org/10.1371/journal.pone.0140381)"
        ),
        N_("CC BY 4.0: attribution required"),
    ),
    "br35h": Origin(
        N_("Br35H :: Brain Tumor Detection 2020 (Hamada), Kaggle"),
        N_("CC0 as stated by the collection; upstream terms not verified"),
    ),
    "sartaj-or-unknown": Origin(
        N_(
            "Believed to be SARTAJ, *Brain Tumor Classification (MRI)* (Bhuvaji et al.), Kaggle, "
            "[doi:10.34740/KAGGLE/DSV/1183165](https://doi.org/10.34740/KAGGLE/DSV/1183165)"
        ),
        N_("CC0 as stated by the collection; upstream terms not verified"),
    ),
}
