"""Portraits: each excites its class, is made again alike, and is refused where it does not fit."""

import io
import json
from shutil import copytree

import numpy as np
import pytest
from PIL import Image

from core.errors import DataError
from core.labels import CLASS_NAMES
from core.portraits import FOLDER, NAME, Portraits, picture_path, read_portraits
from core.portraits.make import border, make, maximise, png, texture
from core.registry import read_spec
from core.settings import PROJECT
from tests.core.explain import toys


@pytest.fixture(scope="module")
def network():
    return toys.small()


@pytest.fixture(scope="module")
def made(network):
    return maximise(network, steps=12, seed=3)


def logits(network, grey):
    return network.logits((network.black + grey[..., None] * network.span).astype(np.float32))


def test_each_picture_excites_its_class_more_than_the_noise_it_began_as(network, made):
    began = np.random.default_rng(3).uniform(0.2, 0.5, (4, 32, 32, 1))[..., 0].astype(np.float32)
    assert made.shape == (4, 32, 32) and made.min() >= 0 and made.max() <= 1
    assert (np.diag(logits(network, made)) > np.diag(logits(network, began))).all()


def test_the_same_seed_gives_the_same_pictures_and_another_others(network, made):
    np.testing.assert_array_equal(maximise(network, steps=12, seed=3), made)
    assert np.abs(maximise(network, steps=12, seed=4) - made).max() > 0.05


def test_the_border_is_measured_against_its_share_of_the_cells():
    even = np.ones((6, 6))
    frame = even.copy()
    frame[1:-1, 1:-1] = 0
    middle = even - frame
    assert border(even) == pytest.approx(1)
    assert border(frame) == pytest.approx(36 / 20)
    assert border(middle) == 0
    assert border(-even) == 0


def test_texture_tells_stripes_from_a_slope():
    x = np.arange(64)
    stripes = np.tile((x % 4 < 2).astype(np.float32), (64, 1))
    slope = np.tile((np.sin(2 * np.pi * x / 64) / 2 + 0.5).astype(np.float32), (64, 1))
    assert texture(stripes) > 0.95 and texture(slope) < 0.05
    assert texture(np.full((8, 8), 0.5, np.float32)) == 0


@pytest.fixture
def stored(tmp_path):
    """A model's folder with portraits of its weights."""
    folder = tmp_path / "mobilenetv2"
    copytree(PROJECT / "models" / "mobilenetv2", folder, ignore=lambda *_: ["evaluation", FOLDER])
    spec = read_spec(folder)
    (folder / FOLDER).mkdir()
    import hashlib

    portraits = {}
    for i, name in enumerate(CLASS_NAMES):
        content = png(np.full((8, 8), i / 4, np.float32))
        picture_path(spec, name).write_bytes(content)
        portraits[name] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "logit": 1.0, "probability": 0.5, "border": 2.0, "texture": 0.1,
        }  # fmt: skip
    record = {
        "name": spec.name, "weights_sha256": spec.manifest.weights_sha256, "steps": 1, "seed": 0,
        "settings": {}, "seconds": 1.0, "command": "c", "packages": {}, "portraits": portraits,
    }  # fmt: skip
    (folder / FOLDER / NAME).write_text(json.dumps(record))
    return spec, record


def test_a_network_s_portraits_are_made_stored_and_read(stored):
    """With two steps, which show no more than that the whole way is there."""
    spec, _record = stored
    made = make(spec, steps=2, seed=1)
    found, pictures = read_portraits(spec)
    assert found == made and (found.steps, found.seed) == (2, 1)
    assert found.weights_sha256 == spec.manifest.weights_sha256
    for name, portrait in found.portraits.items():
        with Image.open(io.BytesIO(pictures[name])) as picture:
            assert picture.mode == "L" and picture.size == (spec.manifest.input_size,) * 2
        assert 0 <= portrait.probability <= 1 and 0 <= portrait.texture <= 1


def test_what_is_stored_is_read_with_its_warnings(stored):
    spec, _record = stored
    found, pictures = read_portraits(spec)
    assert isinstance(found, Portraits) and set(pictures) == set(CLASS_NAMES)
    assert found.portraits["glioma"].from_border and not found.portraits["glioma"].from_texture


def test_portraits_of_other_weights_are_refused(stored):
    spec, record = stored
    changed = json.dumps(record | {"weights_sha256": "0" * 64})
    (spec.folder / FOLDER / NAME).write_text(changed)
    with pytest.raises(DataError, match="other weights"):
        read_portraits(spec)


def test_another_picture_is_refused(stored):
    spec, _record = stored
    picture_path(spec, "glioma").write_bytes(png(np.ones((8, 8), np.float32)))
    with pytest.raises(DataError, match="not the picture"):
        read_portraits(spec)


def test_what_is_absent_says_how_it_is_made(stored):
    spec, _record = stored
    (spec.folder / FOLDER / NAME).unlink()
    with pytest.raises(DataError, match="python -m core portraits --model mobilenetv2"):
        read_portraits(spec)
