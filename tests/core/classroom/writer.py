"""A pupil without end, for a process of its own that is going to be killed."""

from __future__ import annotations

import random
from multiprocessing.connection import Connection

from core.classroom import answer, connect, join
from core.labels import CLASS_NAMES


def write(url: str, code: str, seed: int, tell: Connection) -> None:
    """Answer as one pupil after another, and tell each answer once it is acknowledged."""
    engine, chance = connect(url), random.Random(seed)
    while True:
        pupil, name = join(engine, code), chance.choice(CLASS_NAMES)
        answer(engine, code, pupil, 0, name)
        tell.send((pupil, name))
