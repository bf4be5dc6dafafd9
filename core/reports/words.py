"""What a report says, in the reader's language: one place for what all reports repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.ensemble import Vote
from core.errors import N_
from core.evaluate.schema import Figure
from core.inference import Prediction
from core.labels import CLASSES, class_index
from core.registry import Manifest

DISCLAIMER = N_("Research and teaching; not a medical device.")
FOREIGN = N_(
    "This picture is unlike every picture that the networks learned from. They have "
    "no answer but their four classes, so what is said of it here means little."
)
BEGAN = {
    "imagenet": N_("Its weights began from ImageNet, photographs of everyday things."),
    "random": N_("Its weights began at random: it has seen nothing but this dataset."),
}
PROTOCOLS = {
    "unseen-patients": N_("patients kept apart: none of the test patients was in training"),
    "official": N_("the dataset's own split, whose test shares patients with training"),
}
Facts = Iterator[tuple[str, str]]  # name and value, in the order of reading


@dataclass(frozen=True)
class Tongue:
    """The language of a report; it outlives the run of the page that asks for the report.

    Attributes
    ----------
    code : str
        BCP 47 tag, ``en`` or ``zh-CN``.
    gettext : callable
        Translates a message id.
    """

    code: str = "en"
    gettext: Callable[[str], str] = str

    def class_title(self, name: str) -> str:
        """Name a class as a person does."""
        return self.gettext(CLASSES[class_index(name)].title)

    def percent(self, share: float) -> str:
        """Write a probability with one decimal; never a rounded certainty."""
        _ = self.gettext
        if share > 0.9995:
            return _(">\u202f{number}\u202f%").format(number=99.9)
        if 0 < share < 0.0005:
            return _("<\u202f{number}\u202f%").format(number=0.1)
        return _("{number}\u202f%").format(number=f"{100 * share:.1f}")


def moment(made: datetime) -> str:
    """Write date and time as ISO 8601 has it, the same in every tongue."""
    return made.strftime("%Y-%m-%d %H:%M %Z").strip()


def verdict(
    outcome: Prediction | Vote, who: str, threshold: float | None, tongue: Tongue
) -> tuple[str, str]:
    """Give the class, or the abstention, and one sentence on how sure the answer is."""
    _ = tongue.gettext
    best = tongue.class_title(outcome.class_name)
    share = tongue.percent(float(outcome.probabilities.max()))
    if not outcome.abstained:
        return best, _("{model} gives it {share}.").format(model=who, share=share)
    limit = tongue.percent(threshold or 0.0)
    return _("Not confident enough to say"), _(
        "{model} would guess {answer} at {share}, under its threshold of {limit}."
    ).format(model=who, answer=best, share=share, limit=limit)


def accuracy(figure: Figure | None, tongue: Tongue) -> tuple[str, str]:
    """Give a stored accuracy and its 95 % interval, or say that there is none."""
    _ = tongue.gettext
    if figure is None or figure.value is None:
        return "–", _("Not evaluated yet on unseen patients.")
    return tongue.percent(figure.value), interval(figure, tongue)


def interval(figure: Figure, tongue: Tongue) -> str:
    """Write the 95 % interval of a figure."""
    _ = tongue.gettext
    if figure.ci_low is None or figure.ci_high is None:
        return _("no interval")
    low, high = tongue.percent(figure.ci_low), tongue.percent(figure.ci_high)
    return _("95\u202f% interval {low} to {high}").format(low=low, high=high)


def card(manifest: Manifest, tongue: Tongue) -> Facts:
    """Extract the model card: what the network is and how its weights came about."""
    _, t = tongue.gettext, manifest.training
    yield _("Architecture"), f"{manifest.architecture} ({manifest.citation})"
    yield _("Parameters"), f"{manifest.parameters:,}"
    yield _("Input"), _("{side} × {side} px").format(side=manifest.input_size)
    yield _("Weights"), _(BEGAN[manifest.init])
    yield _("Data"), _(t.data)
    yield _("Protocol"), _(PROTOCOLS.get(t.protocol, t.protocol))
    yield _("Epochs"), _("{n}, best {best}").format(n=t.epochs, best=t.best_epoch)
    yield _("Licence"), _(manifest.licence)


def limitations(networks: Sequence[Manifest], tongue: Tongue) -> list[str]:
    """List what limits the networks, each sentence once."""
    said = dict.fromkeys(line for network in networks for line in network.limitations)
    return [tongue.gettext(line) for line in said]
