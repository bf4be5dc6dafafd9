"""The nine steps of the tour: a sentence, something live from the app, and where to go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import N_
from pages._ui.tour import shows
from pages._ui.tour.shows import Query


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes
    ----------
    title, words : str
        Message ids.
    show : callable
        Shows the live part; returns the query that the deeper page is opened with.
    page : str
        Address of the page that goes deeper.
    """

    title: str
    words: str
    show: Callable[[], Query]
    page: str


STEPS = (
    Step(N_("A scan goes in, a class comes out"),
         N_("A network gives each of four classes a probability, and the greatest is its answer."),
         shows.answer, "classify"),
    Step(N_("Where is its evidence?"),
         N_("A heat map marks what spoke for the answer; it is not the outline of the tumour."),
         shows.evidence, "explain"),
    Step(N_("Networks disagree"),
         N_("Trained on the same scans, networks may still read one scan differently."),
         shows.disagreement, "compare"),
    Step(N_("Two tests, two stories"),
         N_("The usual test shares patients with training; the other one keeps them apart."),
         shows.protocols, "leaderboard"),
    Step(N_("Why the usual test is easy"),
         N_("Many of its pictures, and nearly all of its patients, are in training as well."),
         shows.copies, "dataset"),
    Step(N_("Sure, unanimous, and wrong"),
         N_("Agreement is not proof: here every network is sure of the same wrong class."),
         shows.mistake, "cases"),
    Step(N_("A map may show the scan, not the network"),
         N_("A map that stays when the network's knowledge is destroyed does not explain it."),
         shows.blind_method, "explain"),
    Step(N_("What excites a network most"),
         N_("Pictures made to raise one class's score: not tumours, and not scans."),
         shows.excitement, "model-cards"),
    Step(N_("Your turn"),
         N_("Take a scan, say what you see, then ask the networks what they see."),
         shows.your_turn, "classify"),
)  # fmt: skip
