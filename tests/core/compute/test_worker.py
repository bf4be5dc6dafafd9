"""A real child process with a toy network: same answers, no waiting in vain, back after a death."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core import metrics
from core.compute import ComputeError, local
from core.compute.local import Local
from core.compute.queue import Request
from core.compute.worker import INTERRUPTED, NOT_STARTED, Worker
from core.errors import ExplainError, ModelError
from core.registry import ModelSpec, read_spec
from core.store import Store
from tests.core.compute import questions
from tests.core.toys import toy_scan, write_toy

pytest.importorskip("openvino")
SOON = 120  # seconds; the machine may be busy


@pytest.fixture(scope="module")
def spec(toy_weights: bytes, tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    return read_spec(write_toy(tmp_path_factory.mktemp("models"), "toy", toy_weights))


@pytest.fixture(scope="module")
def worker(spec: ModelSpec) -> Iterator[Worker]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBRAIN_ENGINE", "openvino")
        Local().predict(spec, toy_scan())  # leaves the network converted
        made = Worker()
        yield made
        made.close()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_answers_are_those_of_this_process_and_tensorflow_is_not_there(
    worker: Worker, spec: ModelSpec
) -> None:
    scan, local = toy_scan(), Local()
    here, there = local.predict(spec, scan), worker.predict(spec, scan)
    np.testing.assert_array_equal(there.logits, here.logits)
    np.testing.assert_array_equal(there.class_maps, here.class_maps)
    assert there.geometry == here.geometry and there.image_sha256 == scan.sha256
    np.testing.assert_array_equal(worker.embed(spec, scan), local.embed(spec, scan))
    free = worker.explain(spec, scan, "gradcam", "meningioma")
    np.testing.assert_array_equal(free.heat, local.explain(spec, scan, "gradcam", 1).heat)
    assert worker.explain(spec, scan, "centre-blob", 0).heat.max() > 0.5
    assert worker.layers(spec) == ("features",)
    assert worker.ask(spec, questions.libraries) == ["openvino"]


def test_many_at_once_each_get_their_own(worker: Worker, spec: ModelSpec) -> None:
    scans = [toy_scan(40 + i, 70, seed=i) for i in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda scan: worker.predict(spec, scan), scans))
    assert [a.image_sha256 for a in answers] == [scan.sha256 for scan in scans]
    for scan, answer in zip(scans[::5], answers[::5], strict=True):
        np.testing.assert_allclose(answer.logits, Local().predict(spec, scan).logits, atol=1e-5)


def test_who_waits_is_told_how_many_are_before(
    worker: Worker, spec: ModelSpec, tmp_path: Path
) -> None:
    told: dict[int, list[int]] = {0: [], 1: [], 2: []}
    gates = [tmp_path / str(i) for i in range(3)]

    def ask(i: int) -> str:
        return worker.ask(
            spec, questions.hold, gates[i], progress=lambda *at: None, waiting=told[i].append
        )

    with ThreadPoolExecutor(3) as pool:
        running = []
        for i in range(3):
            running.append(pool.submit(ask, i))
            until(lambda i=i: i in told[i])
        for i, gate in enumerate(gates):
            until(lambda i=i: all(told[later][-1] == later - i for later in range(i, 3)))
            gate.touch()
        assert [one.result(SOON) for one in running] == ["0", "1", "2"]
    assert set(told[0]) == {0}
    assert told[1] == sorted(told[1], reverse=True) and set(told[1]) == {0, 1}
    assert told[2] == sorted(told[2], reverse=True) and set(told[2]) == {0, 1, 2}


def test_progress_is_told_and_leaving_frees_the_lane(worker: Worker, spec: ModelSpec) -> None:
    class LeaveError(Exception):
        pass

    seen = []

    def leave(done: int, total: int) -> None:
        seen.append((done, total))
        if done > 2:
            raise LeaveError

    with pytest.raises(LeaveError):
        worker.ask(spec, questions.nap, 10_000, progress=leave)
    assert seen == sorted(seen) and seen[-1][1] == 10_000
    begun = time.monotonic()
    assert worker.ask(spec, questions.nap, 1, progress=lambda *at: None) == 1
    assert time.monotonic() - begun < SOON  # not the quarter of an hour that was left


def test_an_answer_does_not_wait_for_a_slow_question(
    worker: Worker, spec: ModelSpec, tmp_path: Path
) -> None:
    begun, gate = threading.Event(), tmp_path / "answered"
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(worker.ask, spec, questions.hold, gate, progress=lambda *at: begun.set())
        assert begun.wait(SOON)
        assert worker.predict(spec, toy_scan(seed=5)).model == "toy"
        assert not slow.done()
        gate.touch()
        assert slow.result(SOON) == "answered"


def test_errors_come_over_as_they_are(worker: Worker, spec: ModelSpec) -> None:
    with pytest.raises(ExplainError, match="There is no method none") as caught:
        worker.explain(spec, toy_scan(), "none", 0)
    assert caught.value.template.startswith("There is no method {method}")
    with pytest.raises(RuntimeError, match="by zero"):
        worker.ask(spec, questions.fail)


def test_every_count_for_prometheus_counts(
    worker: Worker, spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSBRAIN_METRICS_PORT", str(free_port()))
    port = metrics.serve()
    before = scrape(port)

    def more(sample: str) -> float:
        return scrape(port).get(sample, 0) - before.get(sample, 0)

    worker.predict(spec, toy_scan(seed=11))
    with pytest.raises(ExplainError):
        worker.explain(spec, toy_scan(), "none", 0)
    begun = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        nap = pool.submit(worker.ask, spec, questions.nap, 5, progress=lambda *at: begun.set())
        assert begun.wait(SOON)
        assert scrape(port)["glassbrain_waiting"] == 1
        nap.result(SOON)
    with pytest.raises(KeyboardInterrupt):
        worker.ask(spec, questions.nap, 10_000, progress=interrupt)
    assert more('glassbrain_answers_total{kind="predict",model="toy"}') == 1
    assert more('glassbrain_answers_total{kind="ask",model="toy"}') == 1
    assert more('glassbrain_errors_total{error="ExplainError",kind="ask"}') == 1
    assert more('glassbrain_wait_seconds_count{kind="predict"}') == 1
    assert more('glassbrain_wait_seconds_sum{kind="ask"}') > 0.4
    assert more('glassbrain_gate_total{said="not asked"}') == 1  # none lies beside this model
    assert more("glassbrain_withdrawn_total") == 1
    after = scrape(port)
    assert after["glassbrain_waiting"] == 0
    assert after["glassbrain_worker_bytes"] > 10**8
    assert after["glassbrain_worker_starts_total"] >= 1


def interrupt(done: int, total: int) -> None:
    raise KeyboardInterrupt


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def scrape(port: int | None) -> dict[str, float]:
    """What Prometheus reads on the metrics' own port."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=SOON) as answer:
        lines = answer.read().decode().splitlines()
    samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


def test_altered_weights_are_refused(worker: Worker, toy_weights: bytes, tmp_path: Path) -> None:
    folder = write_toy(tmp_path, "other", toy_weights, weights_sha256="0" * 64)
    with pytest.raises(ModelError, match="is not the file that its manifest describes"):
        worker.predict(read_spec(folder), toy_scan())


@pytest.mark.parametrize("how", ["from within", "by a signal"])
def test_a_death_is_one_sentence_and_the_next_try_works(
    how: str, worker: Worker, spec: ModelSpec, caplog: pytest.LogCaptureFixture
) -> None:
    before, begun = worker.pid, threading.Event()
    with ThreadPoolExecutor(2) as pool:
        if how == "from within":
            lost = pool.submit(worker.ask, spec, questions.die)
        else:
            lost = pool.submit(
                worker.ask, spec, questions.nap, 10_000, progress=lambda *at: begun.set()
            )
            waits = pool.submit(worker.ask, spec, questions.libraries)
            assert begun.wait(SOON)
            os.kill(worker.pid or 0, signal.SIGKILL)
            assert waits.result(SOON) == ["openvino"]  # it had not begun, so it is not lost
        with pytest.raises(ComputeError) as caught:
            lost.result(SOON)
    assert caught.value.template == INTERRUPTED
    assert worker.predict(spec, toy_scan()).model == "toy"
    assert worker.pid != before
    assert "the worker ended" in caplog.text


def test_a_load_that_ends_every_process_is_given_up(
    spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker()
    monkeypatch.setattr(worker, "_start", lambda: None)
    request = Request("fast", "predict", spec, toy_scan())
    worker.begin(request)
    for _ in range(3):
        assert not request.finished.is_set()
        assert worker._queue.working  # the load, of which the process dies
        worker._full = True  # by the memory that it takes; it was not ended for that
        worker._ended(-9)
        worker._go_on()
    assert isinstance(request.error, ComputeError)
    assert request.error.template == NOT_STARTED


def test_a_loaded_network_does_not_wait_for_anothers_load(spec: ModelSpec) -> None:
    computes = Local()
    held = computes.explainer(spec)
    with ThreadPoolExecutor(1) as pool, computes._loading:
        assert pool.submit(computes.explainer, spec).result(SOON) is held


def test_a_process_over_its_limit_is_begun_anew_and_nobody_notices(
    worker: Worker, spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.predict(spec, toy_scan())
    before = worker.pid
    monkeypatch.setattr(worker, "limit", 400 * 2**20)
    worker.ask(spec, questions.eat, 600 * 2**20)
    assert worker.predict(spec, toy_scan(seed=3)).model == "toy"
    until(lambda: worker.pid not in (before, None))
    assert worker.predict(spec, toy_scan(seed=4)).model == "toy"


def test_a_forward_pass_does_not_begin_a_process_anew(
    worker: Worker, spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker.predict(spec, toy_scan())
    before = worker.pid
    monkeypatch.setattr(worker, "limit", 0)
    for seed in range(3, 6):
        assert worker.predict(spec, toy_scan(seed=seed)).model == "toy"
    assert worker.pid == before
    worker.ask(spec, questions.eat, 0)  # what lets go of graphs is judged by what stays
    worker.predict(spec, toy_scan(seed=6))
    until(lambda: worker.pid not in (before, None))


def test_a_process_at_rest_leaves_room_for_the_next_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBRAIN_MEMORY", "2GB")
    assert Worker().limit == 1_600_000_000


def test_only_as_much_is_let_go_as_the_limit_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Store(1000)
    for name in ("first", "second", "third"):
        held.put(("", name), name, 200)
    monkeypatch.setattr(local, "store", lambda: held)
    monkeypatch.setattr(local, "resident", lambda: 300 + held.size)
    local.tidy(1000)  # 800 at rest: one of three has to go
    assert sorted(held.held()) == [("", "second"), ("", "third")]
    local.tidy(100)
    assert held.size == 0


def test_closing_leaves_no_process_and_nobody_waiting(spec: ModelSpec) -> None:
    made = Worker()
    with ThreadPoolExecutor(1) as pool:
        begun = threading.Event()
        waits = pool.submit(made.ask, spec, questions.nap, 10_000, progress=lambda *at: begun.set())
        assert begun.wait(SOON)
        pid = made.pid
        made.close()
        with pytest.raises(ComputeError):
            waits.result(SOON)
    until(lambda: not Path(f"/proc/{pid}").exists())
    with pytest.raises(ComputeError):
        made.predict(spec, toy_scan())
