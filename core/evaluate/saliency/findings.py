"""What follows from the stored figures of saliency methods, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.errors import N_
from core.evaluate.saliency.read import Measure, SaliencyScores
from core.evaluate.saliency.store import BLOB
from core.explain.methods import METHODS

SHARES = frozenset({"pointing", "energy", "iou", "empty", "average_drop", "increase"})
Fared = Literal["better", "level", "worse"]  # beside a centre blob on the same scans
INSENSITIVE = 0.5  # rank correlation with the map of the half destroyed network: we warn


@dataclass(frozen=True)
class Finding:
    """A sentence that follows from the figures.

    Attributes
    ----------
    template : str
        A gettext message id; ``{methods}`` stands for the list of methods.
    params : dict of str to str
        What else it names.
    methods : tuple of (str, str)
        Names of methods, each with its figure in words.
    """

    template: str
    params: dict[str, str]
    methods: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        titles = ", ".join(f"{METHODS[name].title} {figure}" for name, figure in self.methods)
        return self.template.format(**self.params, methods=titles)


def better_than_blob(scores: SaliencyScores) -> tuple[str, ...]:
    """Methods that surely point at the lesion more often than a centre blob, best first.

    Surely: the 95 % interval of the difference on the same scans lies above 0.
    """
    found = {
        name: method.against_blob["pointing"].value or 0.0
        for name, method in scores.methods.items()
        if METHODS[name].family != "control" and fared(scores, name) == "better"
    }
    return tuple(sorted(found, key=lambda name: -found[name]))


def fared(scores: SaliencyScores, method: str) -> Fared | None:
    """Say how often a method points at the lesion beside a centre blob; None if not measured.

    Better or worse only where the 95 % interval of the difference on the same scans says so.
    """
    measured = scores.methods.get(method)
    gain = measured.against_blob.get("pointing") if measured else None
    if gain is None or gain.ci_low is None or gain.ci_high is None:
        return None
    return "better" if gain.ci_low > 0 else "worse" if gain.ci_high < 0 else "level"


def survival(scores: SaliencyScores) -> dict[str, Measure]:
    """By method, how far its map survives the destruction of the upper half of the network.

    A rank correlation, from the one that survives most to the one that does least.
    """
    found = {
        name: measure
        for name, method in scores.methods.items()
        if METHODS[name].family != "control"
        and (measure := method.measures.get("sanity_half_spearman")) is not None
        and measure.value is not None
    }
    return dict(sorted(found.items(), key=lambda item: -(item[1].value or 0.0)))


def insensitive(scores: SaliencyScores) -> tuple[str, ...]:
    """Methods whose map survives the destruction of the upper half of the network; worst first."""
    kept = survival(scores)
    return tuple(name for name, measure in kept.items() if (measure.value or 0.0) > INSENSITIVE)


def trusted(every: Iterable[SaliencyScores]) -> tuple[str, ...]:
    """Methods that surely beat the centre blob and are not `insensitive`, on every model."""
    every = tuple(every)
    sure = [better_than_blob(scores) for scores in every]
    if not sure:
        return ()
    fixed = {name for scores in every for name in insensitive(scores)}
    return tuple(n for n in sure[0] if n not in fixed and all(n in names for names in sure))


def favoured(scores: SaliencyScores) -> str | None:
    """Find the method that the measures of one model favour; None where they favour none.

    Of the methods that surely point at the lesion more often than a centre blob and are not
    `insensitive`: the first in the usual order, Grad-CAM before all, whose pointing cannot be
    told from the best's, that is whose interval reaches the best's value.
    """
    fixed = set(insensitive(scores))
    names = [name for name in better_than_blob(scores) if name not in fixed]
    pointing = {name: scores.methods[name].measures["pointing"] for name in names}
    best = max((measure.value or 0.0 for measure in pointing.values()), default=0.0)

    def reaches(measure: Measure) -> bool:
        return max(measure.ci_high or 0.0, measure.value or 0.0) >= best

    return next((n for n in METHODS if n in pointing and reaches(pointing[n])), None)


def findings(scores: SaliencyScores) -> tuple[Finding, ...]:
    """Sentences that follow from the figures of one model, first the one on lesions."""
    pointing = scores.methods[BLOB].measures.get("pointing") if BLOB in scores.methods else None
    said: list[Finding] = []
    if pointing is not None and pointing.value is not None:
        names = better_than_blob(scores)
        template = (
            N_(
                "Point at the lesion more often than a centre blob, which does so in "
                "{blob} of the scans: {methods}."
            )
            if names
            else N_(
                "No method surely points at the lesion more often than a centre blob, which "
                "does so in {blob} of the scans."
            )
        )
        methods = _figures(scores, names, "pointing")
        said.append(Finding(template, {"blob": written("pointing", pointing)}, methods))
    if names := insensitive(scores):
        template = N_(
            "Still draw much the same when the upper half of the network is destroyed, with a "
            "rank correlation above {limit}: {methods}."
        )
        methods = _figures(scores, names, "sanity_half_spearman")
        said.append(Finding(template, {"limit": str(INSENSITIVE)}, methods))
    return tuple(said)


def written(metric: str, measure: Measure) -> str:
    """Write a value with its 95 % interval: shares in per cent, all else with two decimals."""
    if measure.value is None:
        return "–"
    values = [measure.value]
    if measure.ci_low is not None and measure.ci_high is not None:
        values += [measure.ci_low, measure.ci_high]
    if metric in SHARES:
        value, *ends = (f"{100 * x:.0f}" for x in values)
        return f"{value}\u202f%" + (f" ({ends[0]} – {ends[1]})" if ends else "")
    value, *ends = (f"{x:.2f}".replace("-", "\u2212") for x in values)
    return value + (f" ({ends[0]} – {ends[1]})" if ends else "")


def _figures(
    scores: SaliencyScores, names: tuple[str, ...], metric: str
) -> tuple[tuple[str, str], ...]:
    return tuple((name, written(metric, scores.methods[name].measures[metric])) for name in names)
