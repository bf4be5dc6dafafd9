"""How answers hold as a change grows: on this scan, computed now, and on many, stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.corruptions import CORRUPTIONS, Change
from core.errors import DataError
from core.evaluate.robustness.store import Robustness
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import class_index
from core.registry import ModelSpec
from core.reports.words import in_short
from pages._ui.base import cache, components, networks, records
from pages._ui.base.text import _, class_title, ngettext, percent, plain, report_language
from pages._ui.figures.changes import Line, strengths
from pages._ui.figures.show import show
from pages._ui.scan import gate
from pages._ui.what_if.choices import amount

STRENGTHS = tuple(n / 10 for n in range(11))
_APART = 0.012  # of the axis, between the intervals of two networks


@dataclass(frozen=True)
class Curve:
    """What one network says of one scan at each of `STRENGTHS`."""

    title: str
    predictions: tuple[Prediction, ...]

    @property
    def turn(self) -> int | None:
        """Position of the first strength at which the answer is another, withheld ones aside."""
        answers = [None if gate.withheld(p) else p.class_name for p in self.predictions]
        others = (n for n, answer in enumerate(answers) if answer not in (None, answers[0]))
        return next(others, None)

    def words(self, corruption: str) -> str:
        """Say from which strength on the answer is another."""
        first = class_title(self.predictions[0].class_name)
        if self.turn is None:
            return _("{model} stays with {answer} at every strength tried.").format(
                model=self.title, answer=first
            )
        return _("{model} leaves {answer} at strength {strength} ({amount}), for {other}.").format(
            model=self.title,
            answer=first,
            strength=percent(STRENGTHS[self.turn]),
            amount=amount(CORRUPTIONS[corruption], STRENGTHS[self.turn]),
            other=class_title(self.predictions[self.turn].class_name),
        )


@components.guarded()
def live(specs: Mapping[str, ModelSpec], image: MRIImage, change: Change, target: str) -> None:
    """Draw the probability of a class against the strength of the change, for each network."""
    st.subheader(_("How far does the answer hold on this scan?"), anchor=False)
    curves = _ask(specs, image, change)
    words = [curve.words(change.corruption) for curve in curves]
    y = _("Probability of {answer}").format(answer=class_title(target))
    which = class_index(target)
    drawn = [
        Line(
            curve.title,
            STRENGTHS,
            tuple(
                None if gate.withheld(p) else float(p.probabilities[which])
                for p in curve.predictions
            ),
            tuple(
                _("Answer: {answer}").format(answer=in_short(p, report_language())[0])
                for p in curve.predictions
            ),
        )
        for curve in curves
    ]
    show(strengths(drawn, y, change.strength), " ".join(words), "this-scan")
    st.caption("  \n".join(map(plain, words)))
    stopped = sum(map(gate.withheld, curves[0].predictions))  # the same for every network
    if stopped:
        st.caption(
            ngettext(
                "Withheld at {n} of {all} strengths, where the changed scan does not look like the "
                "scans that the networks know.",
                "Withheld at {n} of {all} strengths, where the changed scan does not look like the "
                "scans that the networks know.",
                stopped,
            ).format(n=stopped, all=len(STRENGTHS))
        )


@components.guarded()
def stored(specs: Mapping[str, ModelSpec], change: Change) -> None:
    """Draw the stored accuracy on unseen patients against the strength, for each network."""
    st.subheader(_("How far do answers hold on many scans?"), anchor=False)
    found = {spec.manifest.title: records.robustness(spec) for spec in specs.values()}
    known = {title: r for title, r in found.items() if isinstance(r, Robustness)}
    if known:
        _benchmark(known, change)
    for error in found.values():
        if isinstance(error, DataError):
            components.show_absence(error)


def _benchmark(known: Mapping[str, Robustness], change: Change) -> None:
    drawn, words = [], []
    for title, r in known.items():
        points = r.corruptions[change.corruption]
        figures = [
            (strength, f)
            for strength, f in [(0.0, r.unaltered), *((p.strength, p.accuracy) for p in points)]
            if f.value is not None
        ]
        drawn.append(
            Line(
                title,
                tuple(strength for strength, _f in figures),
                tuple(f.value or 0.0 for _s, f in figures),
                tuple(f"{span(f.ci_low, f.ci_high)} · {_scans(r)}" for _s, f in figures),
                tuple(f.ci_low for _s, f in figures),
                tuple(f.ci_high for _s, f in figures),
            )
        )
        words.append(
            _("{model}: {first} right as they came, {last} at full strength.").format(
                model=title,
                first=percent(r.unaltered.value or 0.0),
                last=percent(points[-1].accuracy.value or 0.0),
            )
        )
    show(
        strengths(drawn, _("Share of right answers"), change.strength, _APART),
        " ".join(words),
        "many-scans",
    )
    st.caption("  \n".join(map(plain, words)))
    for line in {_sample(r): None for r in known.values()}:
        st.caption(line)


def _scans(r: Robustness) -> str:
    return ngettext("{n} scan", "{n} scans", r.n).format(n=r.n)


def _sample(r: Robustness) -> str:
    return _(
        "Stored, not computed now: {n} different pictures of {groups} patients or picture "
        "families that no network has seen, at most {limit} of each class, with 95 % intervals "
        "over patients."
    ).format(n=r.n, groups=r.groups, limit=r.provenance.limit or r.n)


def span(low: float | None, high: float | None) -> str:
    """Write an interval, or that there is none."""
    if low is None or high is None:
        return _("no interval")
    return _("{low} to {high}").format(low=percent(low), high=percent(high))


def _ask(specs: Mapping[str, ModelSpec], image: MRIImage, change: Change) -> list[Curve]:
    bar = st.empty()
    said: dict[str, list[Prediction]] = {name: [] for name in specs}
    words = _("Asking every network at strength {strength}")
    for n, strength in enumerate(STRENGTHS):
        bar.progress(n / len(STRENGTHS), words.format(strength=percent(strength)))
        spoilt = cache.altered(image, change.to(strength))
        for name, spec in specs.items():
            said[name].append(networks.predict(spec, spoilt))
    bar.empty()
    return [Curve(specs[name].manifest.title, tuple(p)) for name, p in said.items()]
