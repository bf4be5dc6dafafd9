"""From the headline to what may be said, one stored figure and one sentence at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from core.architectures import ARCHITECTURES
from core.audit import facts
from core.evaluate.board import paper
from core.evaluate.board.both_tests import Both, BothTests
from core.evaluate.board.paper import N_TEST, N_TRAIN, Reported
from core.evaluate.board.rows import Row
from core.figure import Figure
from core.protocols import OFFICIAL, UNSEEN
from pages._ui.base.text import _, plain
from pages._ui.figures import elsewhere, wording
from pages._ui.headline.formula import printed
from pages._ui.headline.tests import title

MEMORY = ("nearest-neighbour", "nearest-neighbour-mirrored")


@dataclass(frozen=True)
class Claim:
    """One step: a number, the sentence that it allows, and where it is from."""

    number: str
    words: str
    source: str


def steps(reported: Reported, found: BothTests) -> None:
    """Show the steps in their order; what is not stored is said to be absent."""
    every = list(_claims(reported, found))
    for i, claim in enumerate(every):
        last = i == len(every) - 1
        with st.container(key="claim-last" if last else f"claim-{i}", gap="xsmall"):
            st.markdown(f"### {i + 1}. {claim.number}")
            st.markdown(claim.words)
            st.caption(claim.source)


def _claims(reported: Reported, found: BothTests) -> Iterator[Claim]:
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
    yield _elsewhere(reported, found)
    yield _last(found)


def _memory(reported: Reported, found: BothTests) -> Iterator[Claim]:
    """Say what the better of the two nearest neighbours does to each test."""
    known = [row for row in map(found.named, MEMORY) if row and OFFICIAL in row.rows]
    if not known:
        yield Claim("–", _("What memory alone scores is not stored here."), _("absent"))
        return
    best = max(known, key=lambda row: row.accuracy(OFFICIAL).value or 0)
    official, unseen = best.accuracy(OFFICIAL), best.accuracy(UNSEEN)
    enough = (official.ci_high or official.value or 0) >= reported.accuracy
    yield Claim(
        wording.with_span("accuracy", official),
        _(
            "{control} only looks up the most similar training picture, and is right on this "
            "share of the official test. {verdict}"
        ).format(
            control=plain(title(best)),
            verdict=_("So a score of {share} on this test does not take more than memory.").format(
                share=printed(reported.accuracy)
            )
            if enough
            else _("The reported {share} lies above that.").format(
                share=printed(reported.accuracy)
            ),
        ),
        _source(best.rows[OFFICIAL]),
    )
    if UNSEEN in best.rows:
        yield Claim(
            wording.with_span("accuracy", unseen),
            _(
                "The same look-up on patients kept apart from training. These are other images, "
                "so the difference is not memory alone."
            ),
            _source(best.rows[UNSEEN]),
        )


def _network(ours: Both) -> Claim:
    """Say what is measured here of the chosen architecture."""
    official, unseen = (ours.rows.get(p) for p in (OFFICIAL, UNSEEN))
    name = plain(title(ours))
    if official and unseen:
        return Claim(
            " → ".join(wording.with_span("accuracy", ours.accuracy(p)) for p in (OFFICIAL, UNSEEN)),
            _(
                "{name}, trained here once for each test: first the official test, then patients "
                "kept apart. It is another training than the paper's, from other weights."
            ).format(name=name),
            f"{_source(official)}; {_source(unseen)}",
        )
    if unseen:
        return Claim(
            wording.with_span("accuracy", ours.accuracy(UNSEEN)),
            _(
                "{name}, trained here, on patients kept apart. It has not been trained on the "
                "official split here, so what it would score there is not known."
            ).format(name=name),
            _source(unseen),
        )
    if official:
        return Claim(
            wording.with_span("accuracy", ours.accuracy(OFFICIAL)),
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


def _elsewhere(reported: Reported, found: BothTests) -> Claim:
    """Say what is left on scans of other sources, of the chosen network or else the best."""
    asked = found.named(reported.model)
    under = [r for r in (asked, *found.rows) if r and UNSEEN in r.rows]
    for both in under:
        row = both.rows[UNSEEN]
        other = elsewhere.measured(row.metrics)
        if other is None:
            continue
        words = _(
            "What is left of {share} elsewhere: of {n} scans with a tumour from other sources, "
            "{name}, trained here, takes this share for a tumour of any kind; it calls {free} of "
            "{m} tumour-free ones so."
        ).format(
            share=printed(reported.accuracy),
            n=other.tumour.n,
            name=plain(title(both)),
            free=wording.with_span("accuracy", other.free),
            m=other.tumour_free.n,
        )
        if other.at_point:
            words += " " + _(
                "Where it says no tumour only from its operating point on, it does not rule out "
                "{share} of the tumours."
            ).format(share=wording.with_span("accuracy", other.at_point.sensitivity))
        source = _("stored: {name}, other sources, answers {sha}").format(
            name=wording.row_title(row), sha=other.rows_sha256[:12]
        )
        return Claim(wording.with_span("accuracy", other.found), words, source)
    return Claim(
        "–",
        _("What is left of {share} on scans of other sources has not been measured.").format(
            share=printed(reported.accuracy)
        ),
        _("absent"),
    )


def _last(found: BothTests) -> Claim:
    """Say what is left: the best network on new patients, against the best control."""
    under = [row for row in found.rows if UNSEEN in row.rows]

    def value(row: Both) -> float:
        return row.accuracy(UNSEEN).value or 0

    networks = [r for r in under if r.rows[UNSEEN].kind in ("model", "ensemble")]
    controls = [r for r in under if r.rows[UNSEEN].kind == "control"]
    if not networks:
        return Claim(
            "–",
            _("No network has been tested on patients kept apart, so nothing may be said of one."),
            _("absent"),
        )
    best = max(networks, key=value)
    figure: Figure = best.accuracy(UNSEEN)
    part = best.rows[UNSEEN].metrics.images["all"]  # type: ignore[union-attr]
    words = _(
        "May be said: on {n} images of {groups} unseen patients or picture families of this "
        "collection, {name} gave the class that the collection gives, this often."
    ).format(n=f"{part.n:,}", groups=part.groups, name=plain(title(best)))
    if controls:
        control = max(controls, key=value)
        words += " " + _("What understands nothing of a scan, {control}, reached {share}.").format(
            control=plain(title(control)),
            share=wording.with_span("accuracy", control.accuracy(UNSEEN)),
        )
    words += " " + _("Nothing may be said of another hospital, another scanner or a diagnosis.")
    return Claim(wording.with_span("accuracy", figure), words, _source(best.rows[UNSEEN]))


def _source(row: Row) -> str:
    assert row.metrics is not None
    return _("stored: {name}, {protocol}, predictions {sha}").format(
        name=wording.row_title(row),
        protocol=_(wording.PROTOCOL_TITLES[row.metrics.provenance.protocol]).lower(),
        sha=row.metrics.predictions_sha256[:12],
    )
