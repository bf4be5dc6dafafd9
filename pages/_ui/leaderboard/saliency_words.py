"""What each measure of saliency says, in one sentence, and where it is from."""

from __future__ import annotations

from core.errors import N_
from core.evaluate.saliency.read import SANITY, STABILITY
from core.evaluate.saliency.store import FAITHFULNESS, LOCALISATION
from pages._ui.base.text import _

GROUPS = {
    N_("Localisation"): LOCALISATION,
    N_("Faithfulness"): FAITHFULNESS,
    N_("Sanity"): SANITY,
    N_("Stability"): STABILITY,
}
# Where one end of the scale is better. Of sanity and stability neither is: a map that is
# always the same is as stable as can be, and one of pure chance as sensitive.
JUDGED = frozenset({*LOCALISATION, *FAITHFULNESS})

_SANITY = N_(
    "Likeness of the map before and after the weights are destroyed (Adebayo et al. 2018, "
    "arXiv:1810.03292). A map that shows what the network has learnt comes near 0; a control "
    "never asks the network, so it keeps all."
)
_STABILITY = N_(
    "Likeness of the map before and after a small change of the scan that leaves the answer "
    "alone (Alvarez-Melis and Jaakkola 2018, arXiv:1806.08049). Near 1 is steady, and so is a "
    "control that draws the same on every scan."
)
NOTES: dict[str, str] = {
    "pointing": N_(
        "How often the hottest point of the map lies on the lesion that an expert outlined "
        "(Zhang et al. 2016, arXiv:1608.00507)."
    ),
    "energy": N_(
        "How much of the heat lies on the lesion that an expert outlined (Wang et al. 2020, "
        "arXiv:1910.01279)."
    ),
    "iou": N_(
        "How far the hottest part of the map, as large as the lesion, is the lesion: overlap "
        "over union."
    ),
    "empty": N_("How often the map holds nothing at all: no place speaks for the class."),
    "deletion": N_(
        "Mean probability of the class while the hottest pixels turn black first (Petsiuk et al. "
        "2018, arXiv:1806.07421). A faithful map makes it fall early."
    ),
    "insertion": N_(
        "Mean probability of the class while the hottest pixels come first into a blurred scan "
        "(Petsiuk et al. 2018, arXiv:1806.07421). A faithful map makes it rise early."
    ),
    "average_drop": N_(
        "How much of the class's probability is lost when only what the map marks is shown "
        "(Chattopadhay et al. 2018, arXiv:1710.11063)."
    ),
    "increase": N_(
        "How often the class becomes more probable when only what the map marks is shown "
        "(Chattopadhay et al. 2018, arXiv:1710.11063)."
    ),
    "mu_fidelity": N_(
        "Correlation, over random parts of the scan, of the heat in a part with the score that "
        "is lost without it (Bhatt et al. 2020, arXiv:2005.00631)."
    ),
    **dict.fromkeys(SANITY, _SANITY),
    **dict.fromkeys(STABILITY, _STABILITY),
}


def group_title(metric: str) -> str:
    """Name the kind of question that a measure answers."""
    return next(_(title) for title, metrics in GROUPS.items() if metric in metrics)
