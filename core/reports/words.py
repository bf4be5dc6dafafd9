"""What a report says, in the reader's language: one place for what all reports repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.answer import HEADINGS, Answered, Limits
from core.errors import N_
from core.explain.methods import METHODS
from core.figure import Figure
from core.gate.glance import REASONS
from core.labels import CLASSES, class_index
from core.manifest import Manifest, Training
from core.protocols import OFFICIAL, UNSEEN

DISCLAIMER = N_("Research and teaching; not a medical device.")
BEGAN = {
    "imagenet": N_("Its weights began from ImageNet, photographs of everyday things."),
    "random": N_("Its weights began at random: it has seen nothing but this dataset."),
    "earlier-run": N_(
        "Its weights began from an earlier run on the same training pictures, itself begun at "
        "random: it has seen nothing but this dataset."
    ),
    "file": N_("Its weights began from a file of which no more is known than its digest."),
}
PROTOCOLS: dict[str, str] = {
    UNSEEN: N_(
        "patients kept apart: no known patient and no like picture of the test was in training"
    ),
    OFFICIAL: N_("the dataset's own split, whose test shares patients with training"),
}
Facts = Iterator[tuple[str, str]]  # name and value, in the order of reading


@dataclass(frozen=True)
class ReportLanguage:
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
    """Write date and time as ISO 8601 has it, the same in every language."""
    return made.strftime("%Y-%m-%d %H:%M %Z").strip()


def verdict(outcome: Answered, who: str, language: ReportLanguage) -> tuple[str, str]:
    """Give the class, or what is said in its place, and one sentence on how sure that is."""
    _ = language.gettext
    best = language.class_title(outcome.class_name)
    share = language.percent(float(outcome.probabilities.max()))
    if outcome.verdict == "class":
        return best, _("{model} gives it {share}.").format(model=who, share=share)
    heading = _(HEADINGS[outcome.verdict])
    if outcome.verdict == "outside":
        return heading, why(outcome, language)
    if outcome.verdict == "unsure":
        limit = language.percent(outcome.limits.abstain or 0.0)
        return heading, _(
            "{model} would guess {answer} at {share}, under its threshold of {limit}."
        ).format(model=who, answer=best, share=share, limit=limit)
    return heading, _(
        "{model} gives no tumour {share}, under the {limit} from which it rules one out; the "
        "likeliest kind would be {kind}, at {other}."
    ).format(
        model=who,
        share=share,
        limit=language.percent(outcome.limits.reassuring or 0.0),
        kind=language.class_title(outcome.likeliest_tumour),
        other=language.percent(float(outcome.probabilities[class_index(outcome.likeliest_tumour)])),
    )


def why(outcome: Answered, language: ReportLanguage) -> str:
    """Say why the gate stops a scan; nothing where it does not."""
    gate = outcome.gate
    if gate is None or gate.reason is None:
        return ""
    return language.gettext(REASONS[gate.reason]).format(**gate.params)


def anyway(outcome: Answered, who: str, language: ReportLanguage) -> str:
    """Say what would be answered if there were no gate, and what that is worth."""
    _ = language.gettext
    return _(
        "Asked all the same, {model} gives {answer} {share}. It has no answer but its four "
        "classes, so this says nothing about the picture."
    ).format(
        model=who,
        answer=language.class_title(outcome.class_name),
        share=language.percent(float(outcome.probabilities.max())),
    )


def in_short(outcome: Answered, language: ReportLanguage) -> tuple[str, str]:
    """Give the answer in a few words, and what would be guessed where there is no answer.

    Returns
    -------
    answer, note : str
        The note is empty where the answer is the class.
    """
    _ = language.gettext
    best = language.class_title(outcome.class_name)
    if outcome.verdict == "class":
        return best, ""
    if outcome.verdict == "outside":
        return _("not like the scans that the networks know"), why(outcome, language)
    if outcome.verdict == "unsure":
        return _("not confident"), _("would guess {answer}").format(answer=best)
    kind = language.class_title(outcome.likeliest_tumour)
    return _("tumour not ruled out"), _("likeliest kind: {answer}").format(answer=kind)


def line(outcome: Answered, language: ReportLanguage) -> str:
    """Give the answer with its probability, in one line."""
    _ = language.gettext
    share = language.percent(float(outcome.probabilities.max()))
    best = language.class_title(outcome.class_name)
    if outcome.verdict == "outside":
        return _("not like the scans that the networks know")
    if outcome.verdict == "unsure":
        best = _("not confident; would guess {answer}").format(answer=best)
    elif outcome.verdict == "not ruled out":
        kind = language.class_title(outcome.likeliest_tumour)
        return _("tumour not ruled out; no tumour {share}, likeliest kind {kind}").format(
            share=share, kind=kind
        )
    return f"{best}, {share}"


def rules(limits: Limits, language: ReportLanguage) -> str:
    """Say which thresholds stand between the probabilities and the answer; empty without."""
    _ = language.gettext
    said = []
    if limits.abstain is not None:
        said.append(
            _("Calibrated on validation patients; under {limit} it would rather not say.").format(
                limit=language.percent(limits.abstain)
            )
        )
    if limits.reassuring is not None:
        said.append(
            _("It rules a tumour out where no tumour has {limit} or more.").format(
                limit=language.percent(limits.reassuring)
            )
        )
    return " ".join(said)


def accuracy(figure: Figure | None, language: ReportLanguage) -> tuple[str, str]:
    """Give a stored accuracy and its 95 % interval, or say that there is none."""
    _ = language.gettext
    if figure is None or figure.value is None:
        return "–", _("Not evaluated yet on unseen patients.")
    return language.percent(figure.value), interval(figure, language)


def interval(figure: Figure, language: ReportLanguage) -> str:
    """Write the 95 % interval of a figure."""
    _ = language.gettext
    if figure.ci_low is None or figure.ci_high is None:
        return _("no interval")
    low, high = language.percent(figure.ci_low), language.percent(figure.ci_high)
    return _("95\u202f% interval {low} to {high}").format(low=low, high=high)


def shown(method: str, title: str, target: str, language: ReportLanguage) -> str:
    """Say what a map shows: evidence for a class, or of a control nothing of the network.

    Parameters
    ----------
    method, title : str
        Key of the method, and its name as a person reads it.
    target : str
        The class that was asked about.
    language : ReportLanguage
    """
    _ = language.gettext
    if is_control(method):
        return _("{method}: a control, which knows nothing of the network").format(method=title)
    return _("{method}: what speaks for {answer}").format(
        method=title, answer=language.class_title(target)
    )


def is_control(method: str) -> bool:
    """Whether maps of a method are drawn without the network."""
    return method in METHODS and METHODS[method].family == "control"


def card(manifest: Manifest, language: ReportLanguage) -> Facts:
    """Extract the model card: what the network is and how its weights came about."""
    _, t = language.gettext, manifest.training
    yield _("Architecture"), f"{manifest.architecture} ({manifest.citation})"
    yield _("Parameters"), f"{manifest.parameters:,}"
    yield _("Input"), _("{side} × {side} px").format(side=manifest.input_size)
    yield _("Weights"), _(BEGAN[manifest.init.kind])
    yield _("Data"), _(t.data)
    yield _("Protocol"), _(PROTOCOLS.get(t.protocol, t.protocol))
    yield _("Epochs"), length(t, language)
    yield _("Licence"), _(manifest.licence)


def length(training: Training, language: ReportLanguage) -> str:
    """Say how long a network was trained: epochs, or steps where only they were counted."""
    _ = language.gettext
    if training.epochs is None:
        return _("{n} steps").format(n=training.schedule.steps or "?")
    return _("{n}, best {best}").format(n=training.epochs, best=training.best_epoch)


def limitations(networks: Sequence[Manifest], language: ReportLanguage) -> list[str]:
    """List what limits the networks, each sentence once."""
    said = dict.fromkeys(line for network in networks for line in network.limitations)
    return [language.gettext(line) for line in said]
