"""Questions as a person asks them: names, refusals, empty maps, progress, memory."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from core.answer import Limits
from core.cli import app
from core.errors import ExplainError
from core.explain import METHODS, Cancelled, Explainer, saliency, valid_layers
from core.explain.batches import in_batches
from core.explain.drawing import FLAT, NOTHING, draw
from core.explain.gradcam import grad_cam
from core.explain.overlay import shrink
from core.explain.targets import weights_of
from core.imaging import read_image
from core.inference import Classifier, Prediction
from core.labels import CLASS_NAMES
from core.preprocess import prepare
from tests.core.explain import toys
from tests.core.explain.conftest import GALLERY


def test_grad_cam_is_free_and_equals_the_computed_one(explainer, scan):
    prediction = explainer.classifier.predict(scan)
    found = explainer.explain(scan, "gradcam", "meningioma", prediction=prediction)
    np.testing.assert_array_equal(found.heat, grad_cam(prediction, "meningioma"))
    x = explainer.classifier.prepare(scan.pixels)[0]
    computed = saliency(explainer.network, x, "gradcam", "meningioma")[0]
    np.testing.assert_allclose(found.values, computed, atol=1e-4 * np.abs(computed).max())


@pytest.mark.parametrize("method", [n for n, m in METHODS.items() if m.family != "control"])
def test_whatever_asks_for_the_network_first_asks_the_one_that_ships(method, toy_spec, scan):
    """The page's answers come from a converted graph; TensorFlow is loaded by the first map."""
    late, early = (Explainer(Classifier(toy_spec, engine)) for engine in ("openvino", "tensorflow"))
    found, expected = (e.explain(scan, method, "glioma", samples=8) for e in (late, early))
    scale = np.abs(expected.values).max()
    np.testing.assert_allclose(found.values, expected.values, atol=1e-3 * scale)
    for mine, theirs in zip(
        late.classifier.model.get_weights(), early.classifier.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("method", ["gradcam", "layercam", "gradient-input", "random"])
def test_heat_lies_on_the_scan(method, explainer, scan):
    found = explainer.explain(scan, method)
    assert found.heat.shape == scan.shape
    assert found.heat.dtype == np.float32
    assert found.heat.min() >= 0
    assert 0.5 < found.heat.max() <= 1
    assert found.empty is None
    assert found.target == explainer.classifier.predict(scan).class_name


def test_what_was_asked_is_told(explainer, scan):
    found = explainer.explain(scan, "layercam", 3, versus="glioma", layer="block_13_expand_relu")
    assert (found.target, found.versus) == ("pituitary", "glioma")
    assert found.layer == "block_13_expand_relu"
    assert explainer.explain(scan, "gradient", 3).layer is None


def test_targets_by_index_and_by_name_are_one():
    for i, name in enumerate(("glioma", "meningioma", "notumor", "pituitary")):
        np.testing.assert_array_equal(weights_of(i), weights_of(name))
        np.testing.assert_array_equal(weights_of(np.int64(i)), weights_of(name))
    np.testing.assert_array_equal(weights_of("pituitary", 1), [0, -1, 0, 1])


@pytest.mark.parametrize("target", [4, -1, "cyst", True, 1.0, None])
def test_a_class_that_is_not_one(target):
    with pytest.raises(ExplainError, match=r"There is no class .*glioma \(0\)"):
        weights_of(target)


@pytest.mark.parametrize(
    ("method", "ask", "sentence"),
    [
        ("no-such", {}, "There is no method no-such; there are gradcam, "),
        ("gradcam", {"layer": "gap"}, "No map can be read at gap; .* are early, .*late"),
        ("gradient", {"layer": "late"}, "Gradient is not read from a layer"),
        ("gradcam", {"versus": 0}, "cannot be compared with itself"),
        ("eigencam", {"versus": 1}, "Eigen-CAM is the same for every class"),
        ("random", {"versus": 1}, "Random is the same for every class"),
    ],
)
def test_refusals_say_what_is_valid(method, ask, sentence, small):
    with pytest.raises(ExplainError, match=sentence):
        saliency(small, toys.scans(32, 1), method, 0, **ask)


def test_a_map_that_is_not_finite_is_refused():
    network = toys.pooled()
    head = network.model.get_layer("logits")
    head.set_weights([np.full((2, 4), np.nan), np.zeros(4)])
    with pytest.raises(ExplainError, match="no finite map"):
        saliency(network, toys.SCAN, "gradcam", 0)


def test_layers_with_an_extent(small):
    assert "late" in valid_layers(small.model)
    assert not {"logits", "dropout", "input_layer"} & set(valid_layers(small.model))


def test_an_empty_map_is_reported():
    geometry = prepare(np.ones((30, 40), np.float32), 32, crop=False, version=1)[1]
    against = saliency(toys.pooled(), toys.SCAN, "gradcam", "pituitary")[0]  # -A0
    for values, reason in ((against, NOTHING), (np.full((4, 4), 3, np.float32), FLAT)):
        heat, empty = draw(values, geometry)
        assert empty == reason
        assert heat.shape == (30, 40)
        assert not heat.any()


def test_classify_and_explain_draw_one_grad_cam():
    """Also where every place speaks alike: neither paints the whole scan."""
    geometry = prepare(np.ones((30, 40), np.float32), 32, crop=False, version=1)[1]
    uneven = np.random.default_rng(0).normal(size=(4, 4)).astype(np.float32)
    maps = np.stack([uneven, -np.ones((4, 4)), np.full((4, 4), 3), np.zeros((4, 4))], -1)
    nothing = np.zeros(4, np.float32)
    prediction = Prediction("toy", "", "", nothing, nothing, maps, geometry, Limits(), 0.0)
    for i, name in enumerate(CLASS_NAMES):
        heat, empty = draw(maps[..., i], geometry)
        np.testing.assert_array_equal(grad_cam(prediction, name), heat)
        assert heat.any() == (empty is None) == (name == "glioma")


@pytest.mark.parametrize("shape", [(900, 1300), (1300, 900), (1000, 1000)])
def test_a_map_for_the_screen_is_the_whole_map_reduced(shape):
    scan = np.zeros(shape, np.float32)
    scan[100:-220, 150:-90] = 0.8
    geometry = prepare(scan, 32, version=1)[1]
    assert geometry.box.top and geometry.box.left
    values = np.random.default_rng(0).normal(size=(7, 7)).astype(np.float32)
    whole, _ = draw(values, geometry)
    small, _ = draw(values, geometry, 320)
    reduced = shrink(whole, 320)
    assert small.shape == reduced.shape and max(small.shape) == 320
    inside = shrink((whole > 0).astype(np.float32), 320) == 1  # the box's edge is blurred there
    assert np.abs(small - reduced)[inside].max() < 0.01
    assert draw(values, geometry, 5000)[0].shape == shape


def test_a_square_on_a_wide_scan_comes_back_in_place():
    geometry = prepare(np.ones((64, 128), np.float32), 32, crop=False, version=1)[1]
    values = np.zeros((32, 32), np.float32)
    values[12:16, 20:24] = 2  # rows 48 to 64 of the 128 px square, 32 px above the scan
    heat, _ = draw(values, geometry)
    assert heat[16:32, 80:96].min() > 0.3
    assert heat[20:28, 84:92].min() == 1
    heat[14:34, 78:98] = 0
    assert not heat.any()


@pytest.mark.parametrize("name", [n for n, m in METHODS.items() if "slow" in m.cost])
def test_long_methods_report_and_can_be_left(name, small):
    seen = []
    x = toys.scans(32, 2)
    saliency(small, x, name, 0, samples=6, progress=lambda *at: seen.append(at))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
    assert len({total for _, total in seen}) == 1

    def leave(done, total):
        raise Cancelled

    with pytest.raises(Cancelled):
        saliency(small, x, name, 0, samples=6, progress=leave)


def test_batches_are_halved_when_memory_runs_out():
    import tensorflow as tf

    sizes = []

    def run(part):
        sizes.append(part.stop - part.start)
        if sizes[-1] > 5:
            raise MemoryError
        if sizes[-1] > 2:
            raise tf.errors.ResourceExhaustedError(None, None, "full")
        return list(range(part.start, part.stop))

    parts = in_batches(7, 8, run)
    assert [i for part in parts for i in part] == list(range(7))
    assert sizes == [7, 4, 2, 2, 2, 1]

    def full(part):
        raise MemoryError

    with pytest.raises(ExplainError, match="not enough memory"):
        in_batches(3, 8, full)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--method", "layercam", "--layer", "block_6_expand_relu", "--target", "notumor",
             "--versus", "glioma"],
            {"target": "notumor", "versus": "glioma", "layer": "block_6_expand_relu"},
        ),
    ],
)  # fmt: skip
def test_command_line(arguments, told, tmp_path):
    file, out = GALLERY / "glioma-0209.jpg", tmp_path / "map.npy"
    result = CliRunner().invoke(
        app, ["explain", str(file), "--model", "mobilenetv2", "--out", str(out), *arguments]
    )
    answer = json.loads(result.stdout)
    assert answer.items() >= told.items()
    assert not answer["empty"]
    heat = np.load(out)
    assert heat.shape == read_image(file.read_bytes(), file.name).shape
    assert heat.dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--method", "none"], "There is no method none"),
        (["--target", "cyst"], "There is no class cyst"),
    ],
)
def test_command_line_refuses_in_a_sentence(arguments, sentence, tmp_path):
    file = GALLERY / "glioma-0209.jpg"
    out = tmp_path / "map.npy"
    result = CliRunner().invoke(
        app, ["explain", str(file), "--model", "mobilenetv2", "--out", str(out), *arguments]
    )
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert not out.exists()


def test_methods_command():
    listed = json.loads(CliRunner().invoke(app, ["methods", "--json"]).stdout)
    assert [m["name"] for m in listed] == list(METHODS)
    assert set(listed[0]) >= {
        "name", "title", "family", "summary", "reference", "needs_gradient", "class_dependent",
        "cost",
    }  # fmt: skip
