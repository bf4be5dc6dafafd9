"""From a scan to a network's input and back, for scans of any shape."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.head import Box, brain_box
from core.imaging import read_image
from core.preprocess import FloatImage, Geometry, prepare, scale, to_source
from core.settings import PROJECT

sides = st.integers(24, 400)
inputs = st.sampled_from([32, 75, 128, 224])
shares = st.floats(0, 1)
pictures = arrays(
    np.float32,
    st.tuples(st.integers(1, 90), st.integers(1, 90)),
    elements=st.floats(0, 1, width=32),
)


@st.composite
def squares_in_scans(draw: st.DrawFn) -> tuple[FloatImage, Box, int]:
    """A grey head on black with a white square in it, and the side of a network's input.

    The square is at least four pixels wide on the scan and on the network's input.
    """
    height, width, size = draw(sides), draw(sides), draw(inputs)
    pixels = np.zeros((height, width), np.float32)
    top, bottom = sorted((draw(st.integers(0, height // 5)), draw(st.integers(0, height // 5))))
    left, right = sorted((draw(st.integers(0, width // 5)), draw(st.integers(0, width // 5))))
    head = Box(top, left, height - bottom, width - right)
    pixels[head.top : head.bottom, head.left : head.right] = 0.4
    smallest = max(4, int(np.ceil(4 * max(height, width) / size)))
    side = min(max(smallest, min(head.height, head.width) // 4), head.height, head.width)
    y = head.top + round(draw(shares) * (head.height - side))
    x = head.left + round(draw(shares) * (head.width - side))
    pixels[y : y + side, x : x + side] = 1
    return pixels, Box(y, x, y + side, x + side), size


@given(squares_in_scans(), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_bright_square_comes_back_under_its_map(
    case: tuple[FloatImage, Box, int], crop: bool
) -> None:
    pixels, truth, size = case
    square, geometry = prepare(pixels, size, crop=crop, version=1)
    found = to_source((square > 0.7).astype(np.float32), geometry) > 0.5
    rows, columns = np.flatnonzero(found.any(1)), np.flatnonzero(found.any(0))
    near = 1.5 + 1.5 * geometry.side / size  # pixels of the scan under a pixel and a half
    edges = rows[0], columns[0], rows[-1] + 1, columns[-1] + 1
    wanted = truth.top, truth.left, truth.bottom, truth.right
    assert np.abs(np.subtract(edges, wanted)).max() <= near
    assert found.shape == pixels.shape


@given(squares_in_scans(), st.booleans())
@settings(max_examples=50, deadline=None)
def test_a_coarse_map_points_at_the_square(case: tuple[FloatImage, Box, int], crop: bool) -> None:
    """Class maps have a few cells a side: the hottest place is within one (and a pixel)."""
    pixels, truth, size = case
    square, geometry = prepare(pixels, size, crop=crop, version=1)
    white = np.flatnonzero(square.ravel() > 0.7)
    row, column = np.mean(np.unravel_index(white, square.shape), axis=1) / size * 5
    cells = np.zeros((5, 5), np.float32)
    cells[int(row), int(column)] = 1
    heat = to_source(cells, geometry)
    y, x = np.unravel_index(heat.argmax(), heat.shape)
    centre = (truth.top + truth.bottom) / 2, (truth.left + truth.right) / 2
    assert max(abs(y - centre[0]), abs(x - centre[1])) <= geometry.side * (1 / 5 + 1 / size) + 1


@given(pictures, inputs, st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_picture(pixels: FloatImage, size: int, crop: bool) -> None:
    before = pixels.copy()
    square, geometry = prepare(pixels, size, crop=crop, version=1)
    again, same = prepare(pixels, size, crop=crop, version=1)
    assert square.shape == (size, size) and square.dtype == np.float32
    assert square.min() >= 0 and square.max() <= 1
    assert np.array_equal(square, again) and geometry == same
    assert np.array_equal(pixels, before)
    box = geometry.box
    assert 0 <= box.top < box.bottom <= pixels.shape[0]
    assert 0 <= box.left < box.right <= pixels.shape[1]
    assert geometry.side == max(box.height, box.width)


@given(squares_in_scans(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_maps_fill_what_the_network_saw_and_nothing_else(
    case: tuple[FloatImage, Box, int], crop: bool
) -> None:
    pixels = case[0]
    _, geometry = prepare(pixels, 64, crop=crop, version=1)
    heat = to_source(np.ones((3, 3), np.float32), geometry)
    inside = np.zeros(pixels.shape, bool)
    box = geometry.box
    inside[box.top : box.bottom, box.left : box.right] = True
    assert heat.dtype == np.float32
    assert np.array_equal(heat > 0, inside) and np.allclose(heat[inside], 1)


@given(arrays(np.float32, (4, 5), elements=st.floats(0, 1, width=32)), sides, sides)
@settings(max_examples=100, deadline=None)
def test_maps_stay_in_range(cells: FloatImage, height: int, width: int) -> None:
    box = Box(0, 0, height, width)
    side = max(height, width)
    geometry = Geometry((height, width), box, (side - height) // 2, (side - width) // 2, side, 64)
    before = cells.copy()
    heat = to_source(cells, geometry)
    assert cells.min() - 1e-6 <= heat.min() and heat.max() <= cells.max() + 1e-6
    assert np.array_equal(cells, before)


def test_nothing_is_lost_where_the_scan_has_the_input_size() -> None:
    pixels = np.random.default_rng(0).random((40, 40), np.float32)
    square, geometry = prepare(pixels, 40, crop=False, version=1)
    assert np.array_equal(square, pixels)
    assert np.array_equal(to_source(square, geometry), pixels)


@pytest.mark.parametrize(("shape", "bars"), [((20, 40), (10, 0)), ((40, 20), (0, 10))])
def test_padding_is_black_and_even(shape: tuple[int, int], bars: tuple[int, int]) -> None:
    square, geometry = prepare(np.ones(shape, np.float32), 40, crop=False, version=1)
    assert (geometry.pad_top, geometry.pad_left) == bars
    expected = np.zeros((40, 40), np.float32)
    expected[bars[0] : 40 - bars[0], bars[1] : 40 - bars[1]] = 1
    assert np.array_equal(square, expected)


def test_crop_finds_the_head_at_any_resolution() -> None:
    for factor in (1, 2, 5):
        pixels = np.zeros((100 * factor, 140 * factor), np.float32)
        pixels[20 * factor : 80 * factor, 30 * factor : 110 * factor] = 0.5
        box = brain_box(pixels)
        edges = np.array([box.top, box.left, box.bottom, box.right]) / factor
        assert np.abs(edges - [20, 30, 80, 110]).max() <= 2


@pytest.mark.parametrize("side", [0, 10])
def test_without_a_head_the_frame_is_kept(side: int) -> None:
    pixels = np.zeros((100, 140), np.float32)
    pixels[50 : 50 + side, 60 : 60 + side] = 1  # a fragment is not a head
    assert brain_box(pixels) == Box(0, 0, 100, 140)


@pytest.mark.parametrize("scaling", ["tf", "torch", "caffe"])
def test_scaling_is_that_of_keras(scaling: str) -> None:
    from keras.applications.imagenet_utils import preprocess_input

    squares = np.random.default_rng(0).random((3, 8, 8), np.float32)
    rgb = np.repeat(squares[..., None], 3, -1) * 255
    theirs = preprocess_input(rgb.copy(), data_format="channels_last", mode=scaling)
    ours = scale(squares, scaling)  # type: ignore[arg-type]
    assert ours.shape == (3, 8, 8, 3) and ours.dtype == np.float32
    assert np.allclose(ours, theirs, atol=2e-5 if scaling != "caffe" else 2e-4)


@pytest.mark.parametrize(
    ("title", "scaling"),
    [
        ("xception", "tf"),
        ("mobilenet_v2", "tf"),
        ("inception_v3", "tf"),
        ("resnet50", "caffe"),
        ("vgg16", "caffe"),
        ("densenet", "torch"),
    ],
)
def test_each_backbone_gets_what_its_own_preprocess_input_gives(title: str, scaling: str) -> None:
    import keras

    from core.architectures import ARCHITECTURES

    grey = np.linspace(0, 1, 16, dtype=np.float32).reshape(1, 4, 4)
    module = getattr(keras.applications, title)
    theirs = module.preprocess_input(np.repeat(grey[..., None], 3, -1) * 255)
    ours = next(
        a.scaling for a in ARCHITECTURES.values() if a.name[:6] == title.replace("_", "")[:6]
    )
    assert ours == scaling
    assert np.allclose(scale(grey, ours), theirs, atol=2e-4)


def test_scaling_leaves_its_input_alone_and_refuses_others() -> None:
    squares = np.full((2, 4, 4), 0.5, np.float32)
    scale(squares, "caffe")
    assert (squares == 0.5).all()
    with pytest.raises(ValueError, match="Invalid scaling"):
        scale(squares, "none")  # type: ignore[arg-type]


# First 16 digits of the sha256 of each square in 8 bits, from an independent implementation.
GOLDEN = {
    "conflict-Te-me_0156": "855034b1b6f99d40",
    "conflict-Te-piTr_0002": "4ed3aeb19ecc4b7b",
    "ct-Te-no_0011": "4140286544ac863b",
    "twins-Te-gl_0070": "39d221172f242c50",
    "twins-Te-me_0022": "460b800ab152b8aa",
    "twins-Te-no_0105": "89b5e6cc464a4458",
    "twins-Te-pi_0104": "1aace2e487e3ca65",
    "twins-Tr-gl_0493": "e52b199dd8f69dd8",
    "twins-Tr-no_1033": "6f697ab5a2e6d9f4",
    "twins-Tr-pi_0382": "86553e44f89d79d8",
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_squares_of_version_2(name: str) -> None:
    path = PROJECT / "core/audit/images" / f"{name}.jpg"
    square, _ = prepare(read_image(path.read_bytes(), path.name).pixels, 224)
    bits = np.round(square * 255).astype(np.uint8)
    assert hashlib.sha256(bits.tobytes()).hexdigest()[:16] == GOLDEN[name]


@pytest.mark.parametrize("name", list(GOLDEN)[:3])
@pytest.mark.parametrize(("gain", "offset"), [(0.3, 0.0), (0.6, 0.35), (0.02, 0.0)])
def test_version_2_does_not_see_brightness(name: str, gain: float, offset: float) -> None:
    path = PROJECT / "core/audit/images" / f"{name}.jpg"
    pixels = read_image(path.read_bytes(), path.name).pixels
    changed = (pixels * gain + offset).astype(np.float32)
    changed[3, 3] = 1.0  # one hot pixel
    square, geometry = prepare(pixels, 224)
    other, same = prepare(changed, 224)
    assert same == geometry
    assert np.abs(square - other).max() <= 0.01


def test_a_shade_without_contrast_becomes_black() -> None:
    assert (prepare(np.full((30, 40), 0.7, np.float32), 32)[0] == 0).all()
    with pytest.raises(ValueError, match="Invalid version"):
        prepare(np.ones((8, 8), np.float32), 8, version=3)
