"""Stand-in for core.quiz until it is here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from core.cases import Case, cases
from core.evaluate.cases import Answers, distinct
from core.labels import CLASS_NAMES, NUM_CLASSES

Kind = Literal["balanced", "hard"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SIZES = (5, 10, 20)
SEEDS = range(1, 1000)


@dataclass(frozen=True)
class Round:
    """Which scans are asked."""

    kind: Kind
    size: int
    seed: int


def draw(asked: Round, answers: Answers | None) -> tuple[Case, ...]:
    """Draw the scans of a round, at most one of each patient."""
    hard = _hard(answers) if answers else frozenset()
    pool = [c for c in cases().values() if asked.kind == "balanced" or c.path in hard]
    first: dict[str, Case] = {}
    for case in sorted(pool, key=lambda case: _rank(asked, case.id)):
        first.setdefault(case.group, case)
    ranked = list(first.values())
    if asked.kind == "hard":
        return tuple(ranked[: asked.size])
    names = sorted(CLASS_NAMES, key=lambda name: _rank(asked, name))
    share, more = divmod(asked.size, NUM_CLASSES)
    chosen = set[str]()
    for i, name in enumerate(names):
        of_class = [case.id for case in ranked if case.label == name]
        chosen |= set(of_class[: share + (i < more)])
    return tuple(case for case in ranked if case.id in chosen)


def _hard(answers: Answers) -> frozenset[str]:
    networks = answers.of_kind("model").values()
    wrong = np.any([v.answer != answers.truth for v in networks], axis=0)
    return frozenset(answers.table["path"][wrong & distinct(answers)])


def _rank(asked: Round, key: str) -> bytes:
    return hashlib.sha256(f"{asked.kind} {asked.seed} {key}".encode()).digest()
