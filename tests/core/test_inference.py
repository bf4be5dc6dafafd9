"""What a classifier says: complete, calibrated, careful, the same from every thread."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import ModelError
from core.inference import Classifier, softmax
from core.labels import CLASS_NAMES
from core.registry import ModelSpec, load_model, read_spec
from core.settings import PROJECT
from core.turns import RUNNING, Turns

from .toys import SIZE, toy_scan, write_toy

ENGINES = ["tensorflow", *(["openvino"] if find_spec("openvino") else [])]


def with_manifest(spec: ModelSpec, **changes: Any) -> ModelSpec:
    return replace(spec, manifest=spec.manifest.model_copy(update=changes))


@pytest.fixture(scope="module")
def toy_spec(toy_weights: bytes, tmp_path_factory: pytest.TempPathFactory) -> ModelSpec:
    """One folder for the whole module: nothing here changes it."""
    return read_spec(write_toy(tmp_path_factory.mktemp("models"), "toy", toy_weights))


@pytest.fixture(scope="module", params=ENGINES)
def classifier(request: pytest.FixtureRequest, toy_spec: ModelSpec) -> Classifier:
    return Classifier(toy_spec, request.param)


def test_prediction_is_complete(classifier: Classifier) -> None:
    scan = toy_scan()
    p = classifier.predict(scan)
    assert (p.model, p.image_sha256) == ("toy", scan.sha256)
    assert p.weights_sha256 == classifier.spec.manifest.weights_sha256
    assert p.logits.shape == p.probabilities.shape == (4,)
    assert p.class_maps.shape == (8, 8, 4)
    assert {a.dtype for a in (p.logits, p.probabilities, p.class_maps)} == {np.dtype("float32")}
    assert p.class_name == CLASS_NAMES[int(p.logits.argmax())]
    assert p.geometry.source_shape == scan.shape and p.geometry.size == SIZE
    assert p.latency_ms > 0 and not p.abstained


def test_it_is_the_keras_model_behind_the_manifests_preprocessing(classifier: Classifier) -> None:
    scan = toy_scan()
    x, geometry = classifier.prepare(scan.pixels)
    assert x.shape == (1, SIZE, SIZE, 3) and x.min() >= -1 and x.max() <= 1
    assert geometry.box.width < scan.shape[1]  # this manifest asks for the crop
    keras_logits = load_model(classifier.spec)(x, training=False).numpy()[0]
    assert np.abs(classifier.predict(scan).logits - keras_logits).max() < 1e-4


def test_crop_and_scaling_are_the_manifests(toy_spec: ModelSpec) -> None:
    manifest = toy_spec.manifest
    other = manifest.preprocess.params.model_copy(update={"crop": False, "scaling": "caffe"})
    plain = manifest.preprocess.model_copy(update={"params": other})
    classifier = Classifier(with_manifest(toy_spec, preprocess=plain), "tensorflow")
    x, geometry = classifier.prepare(toy_scan().pixels)
    assert geometry.box.width == 80 and x.max() > 100


def test_probabilities_are_calibrated(toy_spec: ModelSpec) -> None:
    answers = [
        Classifier(with_manifest(toy_spec, temperature=t), "tensorflow").predict(toy_scan())
        for t in (1.0, 2.0, 5.0)
    ]
    for t, p in zip((1.0, 2.0, 5.0), answers, strict=True):
        e = np.exp(p.logits.astype(np.float64) / t)
        assert np.allclose(p.probabilities, e / e.sum(), atol=1e-6)
    tops = [p.probabilities.max() for p in answers]
    assert tops[0] > tops[1] > tops[2] > 0.25
    assert len({p.class_name for p in answers}) == 1
    assert all(np.array_equal(p.logits, answers[0].logits) for p in answers)


def test_abstention_is_strictly_under_the_threshold(toy_spec: ModelSpec) -> None:
    top = float(Classifier(toy_spec, "tensorflow").predict(toy_scan()).probabilities.max())
    for threshold, abstains in ((None, False), (top, False), (float(np.nextafter(top, 1)), True)):
        spec = with_manifest(toy_spec, abstain_threshold=threshold)
        assert Classifier(spec, "tensorflow").predict(toy_scan()).abstained is abstains


def test_threads_get_the_answers_of_one_thread(classifier: Classifier) -> None:
    scans = [toy_scan(40 + 3 * i, 70, seed=i) for i in range(8)]
    alone = [classifier.predict(scan) for scan in scans]
    assert len({p.logits.tobytes() for p in alone}) == len(scans)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(classifier.predict, scans * 8))
    for i, p in enumerate(together):
        q = alone[i % len(scans)]
        assert p.image_sha256 == q.image_sha256
        assert np.array_equal(p.logits, q.logits)
        assert np.array_equal(p.class_maps, q.class_maps)


def test_one_network_runs_at_a_time(classifier: Classifier) -> None:
    with ThreadPoolExecutor(1) as pool:
        with RUNNING:
            answer = pool.submit(classifier.predict, toy_scan())
            with pytest.raises(TimeoutError):
                answer.result(0.2)
        assert answer.result(60).model == "toy"


def test_a_failed_run_lets_the_next_one_in(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(x: object) -> Any:
        raise RuntimeError("no memory")

    with monkeypatch.context() as patch:
        patch.setattr(classifier, "forward", fail)
        with pytest.raises(RuntimeError, match="no memory"):
            classifier.predict(toy_scan())
    assert classifier.predict(toy_scan()).model == "toy"


@pytest.mark.parametrize(
    ("architecture", "expected"), [("MobileNetV2", ENGINES[-1]), ("Toy", "tensorflow")]
)
def test_auto_takes_the_engine_that_was_measured_to_be_faster(
    architecture: str, expected: str, toy_spec: ModelSpec
) -> None:
    spec = with_manifest(toy_spec, architecture=architecture)
    assert Classifier(spec, "auto").backend == expected


def test_engine_comes_from_the_settings(
    toy_spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLASSBRAIN_ENGINE", "tensorflow")
    spec = with_manifest(toy_spec, architecture="MobileNetV2")
    assert Classifier(spec).backend == "tensorflow"


def test_asking_for_an_engine_that_is_not_installed(
    toy_spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="OpenVINO is not installed"):
        Classifier(toy_spec, "openvino")
    assert Classifier(toy_spec, "auto").backend == "tensorflow"


@given(arrays(np.float32, (3, 4), elements=st.floats(-1e4, 1e4, width=32)))
def test_softmax(logits: Any) -> None:
    p = softmax(logits)
    assert p.dtype == np.float32 and np.isfinite(p).all()
    assert np.allclose(p.sum(-1), 1, atol=1e-6)
    assert (p.max(-1) == np.take_along_axis(p, logits.argmax(-1)[:, None], -1)[:, 0]).all()


def python(code: str) -> str:
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=PROJECT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_pages_import_of_the_core_brings_no_network_library() -> None:
    code = """if True:
        import sys
        import core.compute.worker, core.explain, core.gallery, core.inference, core.report
        print(sorted({"tensorflow", "keras", "openvino"} & set(sys.modules)))
    """
    assert python(code) == "[]"


def test_a_converted_network_answers_without_tensorflow(toy_spec: ModelSpec) -> None:
    if "openvino" not in ENGINES:
        pytest.skip("OpenVINO is not installed")
    expected = Classifier(toy_spec, "openvino").predict(toy_scan())  # leaves it converted
    code = f"""if True:
        import sys
        from pathlib import Path
        from core.inference import Classifier
        from core.registry import read_spec
        from tests.core.toys import toy_scan
        spec = read_spec(Path({str(toy_spec.folder)!r}))
        print(Classifier(spec, "openvino").predict(toy_scan()).logits.tolist())
        print(sorted({{"tensorflow", "keras", "openvino"}} & set(sys.modules)))
    """
    logits, loaded = python(code).splitlines()
    assert loaded == "['openvino']"
    assert json.loads(logits) == expected.logits.tolist()


def test_scans_together_are_answered_as_alone(classifier: Classifier) -> None:
    scans = [toy_scan(40 + 3 * i, 70, seed=i) for i in range(5)]
    for scan, together in zip(scans, classifier.predict_many(scans), strict=True):
        alone = classifier.predict(scan)
        assert together.image_sha256 == scan.sha256
        np.testing.assert_allclose(together.logits, alone.logits, atol=1e-5)
        np.testing.assert_allclose(together.class_maps, alone.class_maps, atol=1e-5)


def test_an_embedding_is_what_the_linear_head_sees(classifier: Classifier) -> None:
    kernel, bias = classifier.model.get_layer("logits").get_weights()
    embedding = classifier.embed(toy_scan())
    logits = classifier.predict(toy_scan()).logits
    np.testing.assert_allclose(embedding @ kernel + bias, logits, atol=1e-4)
    assert embedding.std() > 0


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_answer_goes_before_the_next_batch_of_a_map() -> None:
    turns, order = Turns(), []

    def slowly(name: str) -> None:
        with turns:
            order.append(name)

    def hurried() -> None:
        with turns.first():
            order.append("answer")

    with ThreadPoolExecutor(3) as pool:
        with turns:
            waiting = [pool.submit(slowly, "map 1"), pool.submit(slowly, "map 2")]
            until(lambda: len(turns._free._waiters) == 2)
            waiting.append(pool.submit(hurried))
            until(lambda: len(turns._free._waiters) == 3)
        for one in waiting:
            one.result(60)
    assert order[0] == "answer" and sorted(order[1:]) == ["map 1", "map 2"]
