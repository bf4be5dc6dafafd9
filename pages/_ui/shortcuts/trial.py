"""The trial of a shortcut: what every network says before and after, looked up or asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core import shortcuts
from core.cases import Case, read_bytes
from core.errors import DataError
from core.imaging import read_image
from core.inference import Prediction
from core.registry import ModelSpec
from core.shortcuts import Shortcut
from pages._ui.base import networks, records
from pages._ui.base.text import _
from pages._ui.scan.before_after import BeforeAfter


@dataclass(frozen=True)
class Trial:
    """What every network said of some scans, before and after a shortcut was changed.

    Attributes
    ----------
    shortcut : Shortcut
    cases : tuple of Case
    answers : mapping of str to tuple of (str, str)
        By network: the classes before and after, scan by scan.
    stored : int
        Networks whose answers were looked up; the others answered now.
    """

    shortcut: Shortcut
    cases: tuple[Case, ...]
    answers: Mapping[str, tuple[tuple[str, str], ...]]
    stored: int

    def turned(self, n: int) -> int:
        """Networks that changed their answer to a scan."""
        return sum(before != after for before, after in (s[n] for s in self.answers.values()))

    @property
    def telling(self) -> int:
        """Position of the scan on which most networks changed their answer."""
        return max(range(len(self.cases)), key=self.turned)


def attempt(specs: Mapping[str, ModelSpec], shortcut: Shortcut, n: int, seed: int) -> Trial:
    """Look up what the networks say of scans before and after, or ask them, under a bar."""
    chosen = shortcuts.sample(shortcut, n, seed)
    said = {name: _stored(spec, shortcut, n, seed) for name, spec in specs.items()}
    asked = {name: spec for name, spec in specs.items() if not said[name]}
    bar = st.empty()
    for done, case in enumerate(chosen if asked else ()):
        words = _("{n} of {all} scans").format(n=done + 1, all=len(chosen))
        bar.progress(done / len(chosen), words)
        pair = pair_of(case, shortcut)
        for name, spec in asked.items():
            before, after = ask(spec, pair)
            said[name].append((before.class_name, after.class_name))
    bar.empty()
    answers = {name: tuple(rows) for name, rows in said.items()}
    return Trial(shortcut, chosen, answers, len(specs) - len(asked))


def _stored(spec: ModelSpec, shortcut: Shortcut, n: int, seed: int) -> list[tuple[str, str]]:
    found = records.shortcuts(spec)
    if isinstance(found, DataError) or found.seed != seed:
        return []
    rows = found.answers[shortcut.name][:n]
    return [(row.before, row.after) for row in rows] if len(rows) == n else []


def pair_of(case: Case, shortcut: Shortcut) -> BeforeAfter:
    """Read a scan, and change the shortcut."""
    image = read_image(read_bytes(case), case.path)
    return BeforeAfter(image, shortcut.of(image))


def ask(spec: ModelSpec, pair: BeforeAfter) -> tuple[Prediction, Prediction]:
    """Ask a network about both."""
    return networks.predict(spec, pair.before), networks.predict(spec, pair.after)
