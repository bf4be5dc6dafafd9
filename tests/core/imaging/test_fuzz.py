"""A short run of `tools.fuzz`: damaged real files are read or refused, and no reader hangs."""

from __future__ import annotations

import random

from tools.fuzz import corpus, mutated, run


def test_damaged_files_are_read_or_refused():
    summary = run(seconds=300, seed=20, most=200)  # seconds for a machine that is busy
    assert summary.failures == []
    assert summary.inputs >= 50
    assert summary.read and summary.refused


def test_the_same_seed_damages_alike():
    files = corpus()
    assert len(files) > 30
    first, second = (random.Random(3) for _ in range(2))
    assert [mutated(first, files) for _ in range(5)] == [mutated(second, files) for _ in range(5)]
