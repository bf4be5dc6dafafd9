"""Scans worth showing, picked from the stored answers alone; nothing is chosen by hand.

- ``easy``: every network gives the class of the source and is sure of it.
- ``hard``: the networks do not all give one class, and at least one is right.
- ``misleading``: every network is sure of one and the same class, and it is not the source's.

Each picture stands once, and no two are of one patient or picture family. They are taken in
turn from the classes, within a class in the order of the probability that the least
convinced network gives its answer, the greatest first. Scans that the audit flagged are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from core.cases import Case, find_file
from core.evaluate.board.answers import Answers, Mask, distinct
from core.labels import CLASS_NAMES

Group = Literal["easy", "hard", "misleading"]
GROUPS: tuple[Group, ...] = get_args(Group)


@dataclass(frozen=True)
class Pick:
    """A scan and what each network says of it.

    Attributes
    ----------
    case : Case
    said : dict of str to str
        Class, by name of the network.
    """

    case: Case
    said: Mapping[str, str]

    @property
    def right(self) -> tuple[str, ...]:
        """Names of the networks that give the class of the source."""
        return tuple(name for name, answer in self.said.items() if answer == self.case.label)


def pick(answers: Answers, group: Group, most: int = 4) -> tuple[Pick, ...]:
    """Pick at most `most` scans of a group; none where no scan is like that."""
    voices = answers.of_kind("model")
    least = np.min([v.confidence for v in voices.values()], axis=0)
    positions = np.flatnonzero(_mask(answers, group) & distinct(answers))
    queues: dict[str, list[Pick]] = {name: [] for name in CLASS_NAMES}
    groups: set[str] = set()
    for i in positions[np.argsort(-least[positions], kind="stable")]:
        case = find_file(str(answers.table["image_sha256"].iat[i]))
        if case and case.group not in groups and not case.flags:
            groups.add(case.group)
            said = {name: CLASS_NAMES[v.answer[i]] for name, v in voices.items()}
            queues[case.label].append(Pick(case, said))
    rounds = zip(*(_filled(queue, most) for queue in queues.values()), strict=True)
    return tuple(p for turn in rounds for p in turn if p)[:most]


def _filled(queue: list[Pick], most: int) -> list[Pick | None]:
    return [*queue[:most], *[None] * (most - len(queue))]


def _mask(answers: Answers, group: Group) -> Mask:
    voices = list(answers.of_kind("model").values())
    said = np.stack([v.answer for v in voices])
    sure = np.all([v.confidence >= v.threshold for v in voices], axis=0)
    right, alike = said == answers.truth, (said == said[0]).all(axis=0)
    masks: dict[Group, Mask] = {
        "easy": right.all(axis=0) & sure,
        "hard": ~alike & right.any(axis=0),
        "misleading": alike & ~right[0] & sure,
    }
    return masks[group]
