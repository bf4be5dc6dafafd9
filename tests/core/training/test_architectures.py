"""The six networks as built, and where their ImageNet weights come from."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import h5py
import numpy as np
import pytest

from core.architectures import ARCHITECTURES
from core.errors import TrainingError
from core.labels import NUM_CLASSES
from core.training.architectures import build
from core.training.recipe import input_scaling
from tests.lazy import Lazy, later

from .toys import backbone

keras = Lazy("keras")
legacy_h5_format = Lazy("keras.src.legacy.saving.legacy_h5_format")
(for_training,) = later("core.training.fused", "for_training")
(computing_in,) = later("core.training.network", "computing_in")

# Keras' own counts without a top (keras.io/api/applications), and the channels before it.
PARAMETERS = {
    "xception": (20_861_480, 2048),
    "mobilenetv2": (2_257_984, 1280),
    "inceptionv3": (21_802_784, 2048),
    "resnet50": (23_587_712, 2048),
    "vgg16": (14_714_688, 512),
    "densenet121": (7_037_504, 1024),
}


SIZE = 224  # at which they are served
FINE = {"inceptionv3": (10, 10)}  # it does not pad where it halves


def test_the_parameters_of_each_are_known() -> None:
    assert set(PARAMETERS) == set(ARCHITECTURES)


@pytest.fixture(scope="module", params=sorted(ARCHITECTURES))
def model(request: pytest.FixtureRequest) -> keras.Model:
    return build(request.param, init="random", seed=3)  # for scans of any size


@pytest.fixture
def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the backbone is not the question: one of a dozen layers."""
    monkeypatch.setattr("core.training.architectures._backbone", backbone)


class TestBuild:
    def test_graph_is_flat(self, model: keras.Model) -> None:
        assert not [layer.name for layer in model.layers if isinstance(layer, keras.Model)]

    def test_ends_in_pooling_dropout_and_linear_logits(self, model: keras.Model) -> None:
        gap, dropout, logits = model.layers[-3:]
        assert [gap.name, dropout.name, logits.name] == ["gap", "dropout", "logits"]
        assert isinstance(gap, keras.layers.GlobalAveragePooling2D)
        assert dropout.rate == 0.25
        assert logits.activation is keras.activations.linear

    def test_class_map_is_read_directly_below_the_pooling(self, model: keras.Model) -> None:
        cam = model.get_layer(ARCHITECTURES[model.name].cam_layer)
        assert model.get_layer("gap").input is cam.output
        assert len(cam.output.shape) == 4

    def test_parameters(self, model: keras.Model) -> None:
        backbone, channels = PARAMETERS[model.name]
        assert model.count_params() == backbone + NUM_CLASSES * (channels + 1)

    def test_scans_go_in_and_four_logits_come_out(self, model: keras.Model) -> None:
        size = ARCHITECTURES[model.name].min_size
        assert model.input_shape == (None, None, None, 3)
        logits = model(np.zeros((2, size, size, 3), np.float32), training=False)
        assert logits.shape == (2, NUM_CLASSES) and logits.dtype == "float32"

    def test_batch_norm_keeps_up(self, model: keras.Model) -> None:
        norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
        assert {layer.momentum for layer in norms} == (set() if model.name == "vgg16" else {0.9})

    def test_fine_cells_have_the_backbones_own_weights(self, model: keras.Model) -> None:
        """The last halving is undone and nothing else: 14 x 14 cells, equal weights in order."""
        name = model.name
        constructor = getattr(keras.applications, ARCHITECTURES[name].title)
        plain = constructor(include_top=False, weights=None, input_shape=(SIZE, SIZE, 3))
        cam = keras.Model(model.input, model.get_layer(ARCHITECTURES[name].cam_layer).output)
        served = keras.Input((SIZE, SIZE, 3))
        assert cam(served).shape[1:3] == FINE.get(name, (14, 14))
        shapes = [w.shape for w in plain.get_weights()]
        assert [w.shape for w in model.get_weights()][:-2] == shapes
        halvings = [
            sum(tuple(layer.get_config().get("strides") or ()) == (2, 2) for layer in m.layers)
            for m in (plain, model)
        ]
        undone = {"xception": 2, "inceptionv3": 3, "resnet50": 2, "vgg16": 1}.get(name, 1)
        # VGG16's last pooling is not in the graph at all.
        assert halvings[0] - halvings[1] == undone


def test_without_batch_norm_the_signal_must_not_die() -> None:
    """He et al. 2015: weights of variance 2 / fan-in; Glorot's halve the signal ten times."""
    model = build("vgg16", init="random", size=32)
    kernels = [x.kernel for x in model.layers if isinstance(x, keras.layers.Conv2D)]
    assert len(kernels) == 13
    for kernel in kernels:
        fan_in = np.prod(kernel.shape[:-1])
        tolerance = 4 / np.sqrt(np.prod(kernel.shape))  # four standard errors, and a little
        assert kernel.numpy().std() == pytest.approx(np.sqrt(2 / fan_in), rel=tolerance)
    assert not np.array_equal(kernels[-1], kernels[-2])  # each its own seed


@pytest.mark.usefixtures("shallow")
def test_the_seed_fixes_the_weights() -> None:
    first, again, other = (
        build("mobilenetv2", init="random", seed=seed).get_weights() for seed in (5, 5, 6)
    )
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[0], other[0]) and not np.array_equal(first[-2], other[-2])


@pytest.mark.usefixtures("shallow")
def test_mixed_precision_is_for_the_backbone_only() -> None:
    with computing_in("mixed_bfloat16"):
        model = build("mobilenetv2", init="random", size=32)
    assert model.get_layer("out_relu").compute_dtype == "bfloat16"
    assert {layer.compute_dtype for layer in model.layers[-3:]} == {"float32"}
    assert model(np.zeros((1, 32, 32, 3)), training=False).dtype == "float32"
    copies = for_training(model).layers[1:]  # the input layer computes nothing
    assert [x.compute_dtype for x in copies] == [x.compute_dtype for x in model.layers[1:]]


@pytest.mark.usefixtures("shallow")
def test_one_network_serves_all_sizes() -> None:
    """Progressive resizing: weights of the open graph fit the graph of fixed size."""
    open_size, fixed = (build("mobilenetv2", init="random", size=s) for s in (None, 64))
    assert open_size.input_shape == (None, None, None, 3)
    assert fixed.input_shape == (None, 64, 64, 3)
    shapes = [[w.shape for w in m.get_weights()] for m in (open_size, fixed)]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_scaling_is_what_the_weights_were_trained_with(name: str) -> None:
    assert input_scaling(name, "random") == "tf"
    assert input_scaling(name, "imagenet") == {
        "resnet50": "caffe",
        "vgg16": "caffe",
        "densenet121": "torch",
    }.get(name, "tf")


class TestFromAFile:
    @pytest.fixture(scope="class")
    def file(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        path = tmp_path_factory.mktemp("weights") / "mobilenetv2.notop.weights.h5"
        donor = keras.applications.MobileNetV2(
            include_top=False, weights=None, input_shape=(224, 224, 3)
        )
        donor.set_weights(
            [np.full(w.shape, i + 1, np.float32) for i, w in enumerate(donor.get_weights())]
        )
        donor.save_weights(path)
        return path

    def test_a_backbone_is_read_and_the_head_is_new(self, file: Path) -> None:
        *backbone, kernel, bias = build("mobilenetv2", init="file", weights=file).get_weights()
        assert all((w == i + 1).all() for i, w in enumerate(backbone))
        assert kernel.std() > 0 and not bias.any()
        assert input_scaling("densenet121", "file") == "torch"

    def test_a_whole_network_is_read_with_its_head(self, tmp_path: Path) -> None:
        donor = build("mobilenetv2", init="random", size=64, seed=9)
        donor.save_weights(tmp_path / "whole.weights.h5")
        read = build("mobilenetv2", init="file", weights=tmp_path / "whole.weights.h5")
        for ours, theirs in zip(read.get_weights(), donor.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)

    @pytest.mark.parametrize("content", [b"", b"no weights", None])
    def test_anything_else_is_refused(
        self, file: Path, tmp_path: Path, content: bytes | None
    ) -> None:
        """Another network's weights, too: there is no silent fall-back."""
        other = file if content is None else tmp_path / "x.weights.h5"
        if content is not None:
            other.write_bytes(content)
        with pytest.raises(TrainingError, match=r"does not hold weights of VGG16; a Keras"):
            build("vgg16", init="file", weights=other)


class TestImageNet:
    @pytest.fixture
    def cache(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """An empty cache of Keras, and a network whose every connection is refused."""
        monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
        monkeypatch.setattr(urllib.request, "_opener", None)  # it remembers former proxies
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.delenv(name.upper(), raising=False)
            monkeypatch.setenv(name, "http://127.0.0.1:1")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        (tmp_path / "models").mkdir()
        return tmp_path / "models"

    def test_without_network_there_is_one_sentence(self, cache: Path) -> None:
        with pytest.raises(TrainingError) as caught:
            build("mobilenetv2", init="imagenet")
        sentence = str(caught.value)
        assert sentence.startswith("The ImageNet weights of MobileNetV2 could not be downloaded (")
        assert "Connection refused" in sentence
        assert sentence.endswith("or train from random weights with --init random.")

    def test_a_broken_download_is_not_used(self, cache: Path) -> None:
        """Keras knows the hash of most files; what has another is fetched anew."""
        file = cache / "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5"
        file.write_bytes(b"half a file")
        with pytest.raises(TrainingError, match="weights of DenseNet121 could not be downloaded"):
            build("densenet121", init="imagenet")

    @pytest.mark.parametrize(
        ("name", "file_name"),
        [
            ("mobilenetv2", "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top"),
            ("densenet121", "densenet121_weights_tf_dim_ordering_tf_kernels_notop"),
        ],
    )
    def test_weights_in_the_cache_are_loaded(
        self,
        cache: Path,
        monkeypatch: pytest.MonkeyPatch,
        name: str,
        file_name: str,
    ) -> None:
        """Our own file stands in for the published one, so its hash must not be asked for."""
        monkeypatch.setattr("keras.src.utils.file_utils.validate_file", lambda *_, **__: True)
        constructor = getattr(keras.applications, ARCHITECTURES[name].title)
        donor = constructor(include_top=False, weights=None, input_shape=(32, 32, 3))
        weights = [np.full(w.shape, i + 1, np.float32) for i, w in enumerate(donor.get_weights())]
        donor.set_weights(weights)
        with h5py.File(cache / f"{file_name}.h5", "w") as file:
            legacy_h5_format.save_weights_to_hdf5_group(file, donor)

        model = build(name, init="imagenet")
        *backbone, kernel, bias = model.get_weights()
        for ours, expected in zip(backbone, weights, strict=True):
            np.testing.assert_array_equal(ours, expected)
        assert kernel.std() > 0 and not bias.any()  # the head is new
        norms = [x for x in model.layers if isinstance(x, keras.layers.BatchNormalization)]
        assert {layer.momentum for layer in norms} == {0.9}
