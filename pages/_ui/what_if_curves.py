"""How answers hold as a change grows: on this scan, computed now, and on many, stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import pandas as pd
import streamlit as st

from core.corruptions import CORRUPTIONS, Change
from core.errors import DataError
from core.evaluate.robustness_store import Robustness
from core.imaging import MRIImage
from core.inference import Prediction
from core.labels import class_index
from core.registry import ModelSpec
from pages._ui import cache, components
from pages._ui.board_charts import BRASS, GREY
from pages._ui.text import _, class_title, percent, plain, sentence
from pages._ui.what_if_desk import amount

STRENGTHS = tuple(n / 10 for n in range(11))
# Networks are told apart by shape and dashes as well as by tone; no tone is a class's colour.
_TONES = (BRASS, "#7c86a8", "#a06a8c", "#5f9795", "#9b7653", GREY)
_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [12, 4], [4, 4])
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_APART = 0.012  # of the axis, between the intervals of two networks


@dataclass(frozen=True)
class Curve:
    """What one network says of one scan at each of `STRENGTHS`."""

    title: str
    predictions: tuple[Prediction, ...]

    @property
    def turn(self) -> int | None:
        """Position of the first strength at which the answer is another."""
        answers = [p.class_name for p in self.predictions]
        return next((n for n, answer in enumerate(answers) if answer != answers[0]), None)

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
    rows = pd.DataFrame(
        {
            "x": strength,
            "y": float(p.probabilities[class_index(target)]),
            "model": curve.title,
            "note": class_title(p.class_name),
        }
        for curve in curves
        for strength, p in zip(STRENGTHS, curve.predictions, strict=True)
    )
    words = [curve.words(change.corruption) for curve in curves]
    y = _("Probability of {answer}").format(answer=class_title(target))
    chart = _chart(rows, [curve.title for curve in curves], y, _("Answer"), change.strength)
    st.altair_chart(chart, alt=" ".join(words))
    st.caption("  \n".join(map(plain, words)))


@components.guarded()
def stored(specs: Mapping[str, ModelSpec], change: Change) -> None:
    """Draw the stored accuracy on unseen patients against the strength, for each network."""
    st.subheader(_("How far do answers hold on many scans?"), anchor=False)
    found = {spec.manifest.title: cache.robustness(spec) for spec in specs.values()}
    known = {title: r for title, r in found.items() if isinstance(r, Robustness)}
    if known:
        _benchmark(known, change)
    for error in found.values():
        if isinstance(error, DataError):
            st.info(sentence(error), icon=":material/hourglass_empty:")


def _benchmark(known: Mapping[str, Robustness], change: Change) -> None:
    rows, words = [], []
    for k, (title, r) in enumerate(known.items()):
        points = r.corruptions[change.corruption]
        figures = [(0.0, r.unaltered), *((p.strength, p.accuracy) for p in points)]
        aside = (k - (len(known) - 1) / 2) * _APART
        rows += [
            {"x": strength + aside, "y": f.value, "low": f.ci_low, "high": f.ci_high,
             "model": title, "note": _interval(f.ci_low, f.ci_high)}
            for strength, f in figures
            if f.value is not None
        ]  # fmt: skip
        words.append(
            _("{model}: {first} right as they came, {last} at full strength.").format(
                model=title,
                first=percent(r.unaltered.value or 0.0),
                last=percent(points[-1].accuracy.value or 0.0),
            )
        )
    chart = _chart(
        pd.DataFrame(rows), list(known), _("Share of right answers"), _("95 % interval"),
        change.strength,
    )  # fmt: skip
    st.altair_chart(chart, alt=" ".join(words))
    st.caption("  \n".join(map(plain, words)))
    for line in {_sample(r): None for r in known.values()}:
        st.caption(line)


def _sample(r: Robustness) -> str:
    return _(
        "Stored, not computed now: {n} different pictures of {groups} patients or picture "
        "families that no network has seen, at most {limit} of each class, with 95 % intervals "
        "over patients. Measured by `{command}`."
    ).format(
        n=r.n,
        groups=r.groups,
        limit=r.provenance.limit or r.n,
        command="python -m core evaluate-robustness",
    )


def _interval(low: float | None, high: float | None) -> str:
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
            said[name].append(cache.predict(spec, spoilt))
    bar.empty()
    return [Curve(specs[name].manifest.title, tuple(p)) for name, p in said.items()]


def _chart(
    rows: pd.DataFrame, titles: Sequence[str], y: str, note: str, strength: float
) -> alt.LayerChart:
    """Draw a line for each network, its intervals where there are some, and where we are."""
    n = len(titles)

    def told(values: Sequence[object]) -> alt.Scale:
        return alt.Scale(domain=list(titles), range=[values[i % len(values)] for i in range(n)])

    key = alt.Legend(title=None, orient="bottom", columns=2, labelLimit=0, symbolSize=140)
    base = alt.Chart(rows).encode(
        x=alt.X("x:Q", title=_("Strength of the change"), axis=alt.Axis(format=".0%", tickCount=6)),
        color=alt.Color("model:N", scale=told(_TONES), legend=key),
    )
    height = alt.Y("y:Q", title=y, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
    lines = base.mark_line(strokeWidth=2).encode(
        y=height, strokeDash=alt.StrokeDash("model:N", scale=told(_DASHES), legend=None)
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=height,
        shape=alt.Shape("model:N", scale=told(_SHAPES), legend=key),
        tooltip=[
            alt.Tooltip("model:N", title=" "),
            alt.Tooltip("y:Q", title=y, format=".1%"),
            alt.Tooltip("note:N", title=note),
        ],
    )
    here = alt.Chart(pd.DataFrame({"x": [strength]})).mark_rule(color=GREY, strokeDash=[4, 4])
    layers = [here.encode(x="x:Q"), lines, points]
    if "low" in rows:
        layers.insert(1, base.mark_rule(strokeWidth=2, opacity=0.5).encode(y="low:Q", y2="high:Q"))
    return alt.layer(*layers).properties(height=340)
