"""From the headline to what may be said, one stored figure and one sentence at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from core.architectures import ARCHITECTURES
from core.audit import facts
from core.evaluate import paper
from core.evaluate.paper import N_TEST, N_TRAIN, Reported
from core.evaluate.rows import Row
from core.evaluate.schema import Figure
from pages._ui import board
from pages._ui.headline_formula import printed
from pages._ui.headline_tests import Both, Found
from pages._ui.text import _, plain

MEMORY = ("nearest-neighbour", "nearest-neighbour-mirrored")


@dataclass(frozen=True)
class Claim:
    """One step: a number, the sentence that it allows, and where it is from."""

    number: str
    words: str
    source: str


def steps(reported: Reported, found: Found) -> None:
    """Show the steps in their order; what is not stored is said to be absent."""
    every = list(_claims(reported, found))
    for i, claim in enumerate(every):
        last = i == len(every) - 1
        with st.container(key="claim-last" if last else f"claim-{i}", gap="xsmall"):
            st.markdown(f"### {i + 1}. {claim.number}")
            st.markdown(claim.words)
            st.caption(claim.source)


def _claims(reported: Reported, found: Found) -> Iterator[Claim]:
    name = ARCHITECTURES[reported.model].title
    yield Claim(
        printed(reported.weighted_accuracy),
        _(
            "The paper's {name} is right on this share of {all} images, {n} of which it was "
            "fitted to. It adds what was learned by heart to what was not."
        ).format(name=name, all=f"{N_TRAIN + N_TEST:,}", n=f"{N_TRAIN:,}"),
        _("reported, {citation}").format(citation=plain(paper.CITATION)),
    )
    yield Claim(
        printed(reported.accuracy),
        _(
            "It is right on this share of the {n} official test images, which were not fitted to. "
            "It does not say that their patients were new."
        ).format(n=f"{N_TEST:,}"),
        _("reported, {citation}").format(citation=plain(paper.CITATION)),
    )
    counts = facts.leaks(facts.table()).sum()
    tested, free = int(counts.sum()), int(counts["free"])
    yield Claim(
        _("{n} of {all}").format(n=f"{tested - free:,}", all=f"{tested:,}"),
        _(
            "So many official test images share a patient or a picture family with training. The "
            "other {free} are too few to test on."
        ).format(free=free),
        _("counted in the audit's table of all images"),
    )
    yield from _memory(reported, found)
    ours = found.named(reported.model)
    if ours:
        yield _network(ours)
    yield _last(found)


def _memory(reported: Reported, found: Found) -> Iterator[Claim]:
    """Say what the better of the two nearest neighbours does to each test."""
    known = [row for row in map(found.named, MEMORY) if row and "official" in row.rows]
    if not known:
        yield Claim("–", _("What memory alone scores is not stored here."), _("absent"))
        return
    best = max(known, key=lambda row: row.accuracy("official").value or 0)
    official, unseen = best.accuracy("official"), best.accuracy("unseen-patients")
    enough = (official.ci_high or official.value or 0) >= reported.accuracy
    yield Claim(
        board.with_span("accuracy", official),
        _(
            "{control} only looks up the most similar training picture, and is right on this "
            "share of the official test. {verdict}"
        ).format(
            control=plain(best.title),
            verdict=_("So a score of {share} on this test does not take more than memory.").format(
                share=printed(reported.accuracy)
            )
            if enough
            else _("The reported {share} lies above that.").format(
                share=printed(reported.accuracy)
            ),
        ),
        _source(best.rows["official"]),
    )
    if "unseen-patients" in best.rows:
        yield Claim(
            board.with_span("accuracy", unseen),
            _("The same look-up on patients kept apart from training: what it lost was memory."),
            _source(best.rows["unseen-patients"]),
        )


def _network(ours: Both) -> Claim:
    """Say what is measured here of the chosen architecture."""
    official, unseen = (ours.rows.get(p) for p in ("official", "unseen-patients"))  # type: ignore[call-overload]
    name = plain(ours.title)
    if official and unseen:
        return Claim(
            " → ".join(
                board.with_span("accuracy", ours.accuracy(p))
                for p in ("official", "unseen-patients")  # type: ignore[arg-type]
            ),
            _(
                "{name}, trained here once for each test: first the official test, then patients "
                "kept apart. It is another training than the paper's, from other weights."
            ).format(name=name),
            f"{_source(official)}; {_source(unseen)}",
        )
    if unseen:
        return Claim(
            board.with_span("accuracy", ours.accuracy("unseen-patients")),
            _(
                "{name}, trained here, on patients kept apart. It has not been trained on the "
                "official split here, so what it would score there is not known."
            ).format(name=name),
            _source(unseen),
        )
    if official:
        return Claim(
            board.with_span("accuracy", ours.accuracy("official")),
            _(
                "{name}, trained here on the official split. What it would do on patients kept "
                "apart has not been measured."
            ).format(name=name),
            _source(official),
        )
    return Claim(
        "–",
        _(
            "{name} has not been trained here, so what it would do on patients kept apart is not "
            "known."
        ).format(name=name),
        _("absent"),
    )


def _last(found: Found) -> Claim:
    """Say what is left: the best network on new patients, against the best control."""
    under = [row for row in found.rows if "unseen-patients" in row.rows]

    def value(row: Both) -> float:
        return row.accuracy("unseen-patients").value or 0

    networks = [r for r in under if r.rows["unseen-patients"].kind in ("model", "ensemble")]
    controls = [r for r in under if r.rows["unseen-patients"].kind == "control"]
    if not networks:
        return Claim(
            "–",
            _("No network has been tested on patients kept apart, so nothing may be said of one."),
            _("absent"),
        )
    best = max(networks, key=value)
    figure: Figure = best.accuracy("unseen-patients")
    part = best.rows["unseen-patients"].metrics.images["all"]  # type: ignore[union-attr]
    words = _(
        "May be said: on {n} images of {groups} unseen patients or picture families of this "
        "collection, {name} gave the class that the collection gives, this often."
    ).format(n=f"{part.n:,}", groups=part.groups, name=plain(best.title))
    if controls:
        control = max(controls, key=value)
        words += " " + _("What understands nothing of a scan, {control}, reached {share}.").format(
            control=plain(control.title),
            share=board.with_span("accuracy", control.accuracy("unseen-patients")),
        )
    words += " " + _("Nothing may be said of another hospital, another scanner or a diagnosis.")
    return Claim(board.with_span("accuracy", figure), words, _source(best.rows["unseen-patients"]))


def _source(row: Row) -> str:
    assert row.metrics is not None
    return _("stored: {name}, {protocol}, predictions {sha}").format(
        name=board.row_title(row),
        protocol=_(board.PROTOCOL_TITLES[row.metrics.provenance.protocol]).lower(),
        sha=row.metrics.predictions_sha256[:12],
    )
