"""A Ray cluster of two machines, both this one: the same answers, and none lost with a replica.

Run by ``make test-deploy``; skipped where ``requirements-ray.txt`` is not installed.
"""

import functools
import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pandas.testing import assert_frame_equal
from typer.testing import CliRunner

from core.cases import cases, read_scan
from core.cli import app
from core.compute.local import Local
from core.compute.spread import spread
from core.dataset.collection import load_dataset, split
from core.errors import ExplainError, ModelError
from core.evaluate.make.models import evaluate_models
from core.evaluate.saliency.run import measure
from core.evaluate.saliency.store import SALIENCY_NAME, read_measures
from core.evaluate.stored.layout import PREDICTIONS_NAME, VALIDATION_NAME
from core.evaluate.stored.predictions import read_predictions
from core.imaging import read_image
from core.inference import Classifier
from core.protocols import UNSEEN
from core.registry import read_spec
from core.settings import PROJECT
from tests.core.compute import questions
from tests.core.toys import toy_manifest, toy_model, write_toy
from tests.core.training.toys import write_pack
from tools import ray_cluster
from tools.ray_cluster import SOON

ray = pytest.importorskip("ray", reason="requirements-ray.txt is not installed")
pytestmark = pytest.mark.timeout(1800)
PLACES = ("local", "ray")


@pytest.fixture(scope="module")
def spec():
    return read_spec(PROJECT / "models" / "mobilenetv2")


@pytest.fixture(scope="module")
def scans():
    return [read_image(read_scan(case), case.path) for case in list(cases().values())[:12]]


@pytest.fixture(scope="module")
def cluster():
    """Two machines of one processor each."""
    with ray_cluster.cluster() as add:
        add()
        yield


@pytest.fixture(scope="module")
def there(cluster):
    from core.compute import compute

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSBRAIN_COMPUTE", "ray")
        made = compute()
    yield made
    made.close()


def classify(classifier, scan):
    return classifier.predict(scan).logits


def refuse(classifier, scan):
    raise ModelError("{name} is refused.", name=scan)


def test_a_batch_of_scans_is_answered_as_here(cluster, spec, scans):
    """First: later the deployments hold the processors."""
    make = functools.partial(Classifier, spec)
    found = list(spread(make, classify, scans, "ray"))
    for scan, logits in zip(scans, found, strict=True):
        np.testing.assert_allclose(logits, Local().predict(spec, scan).logits, atol=1e-5)
    assert list(spread(make, classify, [], "ray")) == []
    with pytest.raises(ModelError, match=r"^7 is refused\.$"):
        list(spread(make, refuse, [7], "ray"))


def test_the_command_prints_as_here(cluster, spec, tmp_path):
    file = tmp_path / "scan.png"
    file.write_bytes(read_scan(next(iter(cases().values()))))
    found = []
    for place in PLACES:
        arguments = ["predict", file, tmp_path / "none.png", "--model", spec.name]
        result = CliRunner().invoke(app, [*map(str, arguments), "--compute", place])
        assert result.exit_code == 1, result.output
        answered, refused = json.loads(result.stdout)
        assert "none.png" in refused["error"]
        del answered["latency_ms"]
        found.append((answered, answered.pop("probabilities")))
    (here, chances), (there, others) = found
    assert here == there and others == pytest.approx(chances, abs=1e-5)


def test_evaluations_are_as_here(cluster, tmp_path):
    toy_model().save(tmp_path / "toy.keras")
    weights = (tmp_path / "toy.keras").read_bytes()
    dataset = load_dataset(write_pack(tmp_path / "pack"))
    shas = {"split_sha256": split(dataset, UNSEEN).sha256}
    training = toy_manifest("toy", weights)["training"] | shas
    for place in PLACES:
        models = tmp_path / place
        toy = read_spec(write_toy(models, "toy", weights, training=training))
        evaluate_models(["toy"], UNSEEN, dataset, models, tmp_path / "runs", place)
        measure(toy, models, methods=("gradcam",), limit=1, place=place)
    here, there = (tmp_path / place / "toy" / "evaluation" / UNSEEN for place in PLACES)
    for name in (VALIDATION_NAME, PREDICTIONS_NAME):
        logits = [read_predictions(folder / name).logits for folder in (here, there)]
        np.testing.assert_allclose(*logits, atol=1e-5)
    rows = [read_measures(folder / SALIENCY_NAME)[0] for folder in (here, there)]
    assert_frame_equal(*rows, check_exact=False, rtol=0, atol=1e-5)


def test_answers_are_those_of_this_process(there, spec, scans):
    local = Local()
    with ThreadPoolExecutor(len(scans)) as pool:  # together, so that they are batched
        found = list(pool.map(lambda scan: there.predict(spec, scan), scans))
    for scan, answer in zip(scans, found, strict=True):
        here = local.predict(spec, scan)
        assert answer.image_sha256 == scan.sha256
        np.testing.assert_allclose(answer.probabilities, here.probabilities, atol=1e-5)
        np.testing.assert_allclose(answer.logits, here.logits, atol=1e-5, rtol=1e-5)
    np.testing.assert_allclose(
        there.embed(spec, scans[0]), local.embed(spec, scans[0]), atol=1e-5, rtol=1e-5
    )
    maps = [place.explain(spec, scans[0], "gradcam", 1) for place in (there, local)]
    np.testing.assert_allclose(maps[0].heat, maps[1].heat, atol=1e-5)
    with pytest.raises(ExplainError):
        there.explain(spec, scans[0], "gradcam", "no such class")


def test_progress_is_told_and_leaving_frees_the_lane(there, spec):
    class LeaveError(Exception):
        pass

    def leave(done, total):
        if done > 2:
            raise LeaveError

    with pytest.raises(LeaveError):
        there.ask(spec, questions.nap, 10_000, progress=leave)
    begun = time.monotonic()
    assert there.ask(spec, questions.nap, 1, progress=lambda *at: None) == 1
    assert time.monotonic() - begun < SOON  # not the quarter of an hour that was left


def test_who_waits_long_gets_another_replica_on_the_other_machine(there, spec):
    nodes, deadline = set(), time.monotonic() + SOON
    with ThreadPoolExecutor(12) as pool:
        while len(nodes) < 2:
            assert time.monotonic() < deadline
            asked = [pool.submit(there.ask, spec, questions.where, 20, progress=lambda *at: None)
                     for _ in range(12)]  # fmt: skip
            nodes |= {one.result(SOON)[0] for one in asked}


def test_a_killed_replica_loses_no_request(there, spec, scans):
    _node, pid = there.ask(spec, questions.where, 1, progress=lambda *at: None)
    begun, results = threading.Event(), []

    def nap():
        results.append(
            there.ask(spec, questions.where, 50, progress=lambda at, _: at and begun.set())
        )

    with ThreadPoolExecutor(40) as pool:
        naps = [pool.submit(nap) for _ in range(4)]  # of two replicas each works on one or two
        assert begun.wait(SOON)
        many = [pool.submit(there.predict, spec, scan) for scan in scans * 3]
        os.kill(pid, signal.SIGKILL)
        for one in naps:
            one.result(SOON)
        answers = [one.result(SOON) for one in many]
    assert len(results) == 4 and all(ended != pid for _node, ended in results)
    for scan, answer in zip(scans * 3, answers, strict=True):
        assert answer.image_sha256 == scan.sha256
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
