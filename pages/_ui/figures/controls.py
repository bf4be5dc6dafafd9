"""What ten numbers that know no anatomy are worth, in a sentence."""

from __future__ import annotations

from core.audit import facts
from core.figure import Figure
from core.labels import NO_TUMOUR
from core.protocols import OFFICIAL, PROTOCOLS, UNSEEN
from core.settings import Settings
from pages._ui.base.text import _
from pages._ui.figures import wording


def forest() -> str:
    """Say what the ten numbers together are worth, where that is stored."""
    found: dict[str, Figure] = {}
    for score in facts.control_scores(Settings().models_dir):
        if score.name == "random-forest" and score.metrics:
            images = score.metrics.images["all"]
            found[score.protocol] = images.classes[NO_TUMOUR].recall
    if len(found) < len(PROTOCOLS):
        return ""
    return _(
        "A random forest that is given these ten numbers and nothing else recognises {official} of "
        "the no-tumour images of the official test, and {unseen} of those of unseen families. A "
        "network that does so need not have looked for a tumour."
    ).format(
        official=wording.with_span("accuracy", found[OFFICIAL]),
        unseen=wording.with_span("accuracy", found[UNSEEN]),
    )
