"""Who is next, who is before whom, and what becomes of them; no process is needed to tell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.compute.queue import BATCH, Queue, Request
from core.compute.wire import Done, Lane, Ready, Step
from core.errors import ModelError
from core.registry import ModelSpec, read_spec
from tests.core.toys import write_toy


@pytest.fixture
def specs(tmp_path: Path) -> list[ModelSpec]:
    return [read_spec(write_toy(tmp_path, name, name.encode())) for name in ("one", "two")]


def queue(*specs: ModelSpec) -> Queue:
    """A queue for which some networks are loaded."""
    made = Queue()
    for spec in specs:
        made.note(Ready(spec.manifest.weights_sha256, True))
    return made


def predict(spec: ModelSpec) -> Request:
    return Request("fast", "predict", spec)


def slow(spec: ModelSpec) -> Request:
    return Request("slow", "ask", spec)


def end(queue: Queue, lane: Lane, error: Exception | None = None) -> None:
    batch = queue.working[lane]
    queue.done(Done(lane, tuple((r.id, f"answer {r.id}", error) for r in batch), 0))


def test_answers_for_one_network_go_together(specs: list[ModelSpec]) -> None:
    q = queue(*specs)
    mine = [predict(specs[0]) for _ in range(BATCH + 2)]
    other = predict(specs[1])
    q.waiting.extend([*mine[:3], other, *mine[3:]])
    (work,) = q.next()
    assert work.ids == tuple(r.id for r in mine[:BATCH])
    assert q.next() == []  # the lane is taken
    assert [q.before(r) for r in (mine[0], other, mine[BATCH])] == [0, BATCH, BATCH + 1]
    end(q, "fast")
    assert mine[0].value == f"answer {mine[0].id}" and mine[0].finished.is_set()
    assert q.next()[0].ids == (other.id,)
    end(q, "fast")
    assert q.next()[0].ids == tuple(r.id for r in mine[BATCH:])


def test_a_slow_map_holds_up_no_answer(specs: list[ModelSpec]) -> None:
    q = queue(*specs)
    first, second, quick = slow(specs[0]), slow(specs[0]), predict(specs[0])
    q.waiting.extend([first, second, quick])
    assert [work.ids for work in q.next()] == [(first.id,), (quick.id,)]
    assert q.before(second) == 1
    q.step(Step(first.id, 3, 10))
    assert first.step == (3, 10)


def test_a_network_that_is_loading_holds_up_only_its_own(specs: list[ModelSpec]) -> None:
    q = queue(specs[1])
    cold, warm = [predict(specs[0]), predict(specs[0])], predict(specs[1])
    q.waiting.extend([*cold, warm])
    assert [work.kind for work in q.next()] == ["predict", "load"]  # once, though two wait for it
    end(q, "fast")
    assert warm.finished.is_set()
    q.note(Ready(specs[0].manifest.weights_sha256, True))
    end(q, "load")
    assert q.next()[0].ids == tuple(r.id for r in cold)


def test_a_network_that_cannot_be_loaded_is_told_to_all_who_wait(specs: list[ModelSpec]) -> None:
    q = queue()
    wait = [predict(specs[0]), slow(specs[0])]
    q.waiting.extend(wait)
    q.next()
    end(q, "load", ModelError("{name} cannot be loaded.", name="one"))
    assert [str(r.error) for r in wait] == ["one cannot be loaded."] * 2
    assert not q


def test_a_network_that_left_the_store_is_loaded_again(specs: list[ModelSpec]) -> None:
    q = queue(specs[0])
    q.note(Ready(specs[0].manifest.weights_sha256, False))
    q.waiting.append(predict(specs[0]))
    assert [work.kind for work in q.next()] == ["load"]


def test_warming_what_is_warm_is_done_at_once(specs: list[ModelSpec]) -> None:
    q, request = queue(specs[0]), Request("load", "load", specs[0])
    q.waiting.append(request)
    assert q.next() == [] and request.finished.is_set() and not q


def test_what_is_withdrawn_is_not_begun(specs: list[ModelSpec]) -> None:
    q, first, second = queue(*specs), predict(specs[0]), predict(specs[1])
    q.waiting.extend([first, second])
    q.next()
    assert q.withdraw(second) is False
    assert q.withdraw(first) is True  # it is being worked on, so its process must be told
    end(q, "fast")
    assert q.next() == []


def test_a_process_that_dies_loses_what_was_begun_and_not_what_waits(
    specs: list[ModelSpec],
) -> None:
    q, begun, waits = queue(*specs), predict(specs[0]), predict(specs[1])
    q.waiting.extend([begun, waits])
    q.next()
    assert q.lose() == (begun,)
    assert [work.kind for work in q.next()] == ["load"]  # the next process knows no network yet
    assert q.before(waits) == 0 and not waits.finished.is_set()


def test_another_version_of_a_network_is_another_network(specs: list[ModelSpec]) -> None:
    manifest = specs[0].manifest.model_copy(update={"temperature": 3.0})
    newer = replace(specs[0], manifest=manifest)
    q = queue(specs[0])
    q.waiting.extend([predict(specs[0]), predict(newer)])
    (work,) = q.next()
    assert work.spec.manifest.temperature == specs[0].manifest.temperature and len(work.ids) == 1
