"""Heat on a scan: blended as promised, nothing moved, nothing changed."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image

from core.explain.overlay import (
    COLOUR_MAPS,
    ColourMap,
    colourise,
    outline,
    overlay,
    png,
    ring,
    robust,
    shrink,
)
from core.preprocess import FloatImage

unit = st.floats(0, 1, width=32)
shapes = array_shapes(min_dims=2, max_dims=2, max_side=40)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[FloatImage, FloatImage]:
    shape = draw(shapes)
    return draw(arrays(np.float32, shape, elements=unit)), draw(
        arrays(np.float32, shape, elements=unit)
    )


@given(pairs(), st.floats(0, 1), st.sampled_from(COLOUR_MAPS))
@settings(max_examples=60, deadline=None)
def test_each_pixel_by_hand(
    pair: tuple[FloatImage, FloatImage], opacity: float, colour_map: ColourMap
) -> None:
    pixels, heat = pair
    before = pixels.copy(), heat.copy()
    picture = overlay(pixels, heat, opacity, colour_map)
    assert picture.shape == (*pixels.shape, 3) and picture.dtype == np.uint8
    weight = (opacity * (1 + 2 * heat.astype(float)) / 3)[..., None]
    grey = np.repeat(pixels[..., None].astype(float) * 255, 3, -1)
    expected = grey * (1 - weight) + colourise(heat, colour_map) * weight
    assert np.abs(picture - expected).max() <= 0.51
    assert np.array_equal(pixels, before[0]) and np.array_equal(heat, before[1])


def test_without_opacity_the_scan_is_left() -> None:
    pixels = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    picture = overlay(pixels, np.ones((3, 4), np.float32), 0)
    assert np.array_equal(picture, np.repeat((pixels * 255).round()[..., None], 3, -1))


@pytest.mark.parametrize("colour_map", COLOUR_MAPS)
def test_brighter_is_hotter(colour_map: ColourMap) -> None:
    """The scales are ordered by lightness, so they survive print and colour blindness."""
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None]
    lightness = cv2.cvtColor(colourise(ramp, colour_map), cv2.COLOR_RGB2LAB)[0, :, 0].astype(int)
    assert np.diff(lightness).min() >= -1 and lightness[-1] - lightness[0] > 150


def test_red_and_blue_are_not_swapped() -> None:
    hot, cold = colourise(np.float32([[0.6, 0.2]]), "inferno")[0].astype(int)
    assert hot[0] > hot[2]  # orange
    assert cold[2] > cold[1]  # violet


@given(arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30), st.just(3))))
@settings(max_examples=30, deadline=None)
def test_png_is_lossless(rgb: NDArray[np.uint8]) -> None:
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(rgb)))), rgb)
    grey = np.ascontiguousarray(rgb[..., 0])
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png(grey)))), grey)


def test_outline_is_drawn_on_a_copy_where_it_belongs() -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    box = np.array([[0.25, 0.2], [0.75, 0.2], [0.75, 0.8], [0.25, 0.8]])
    drawn = outline(picture, box, (255, 0, 0))
    assert not picture.any() and drawn.dtype == np.uint8
    rows, columns = np.nonzero(drawn[..., 0] > 128)
    edges = [rows.min(), rows.max(), columns.min(), columns.max()]
    assert np.abs(np.subtract(edges, [20, 80, 50, 150])).max() <= 1
    assert not drawn[30:70, 60:140].any() and not drawn[..., 1:].any()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((50, 80), (50, 80)), ((2048, 1024), (1024, 512)), ((3000, 1), (1024, 1))],
)
def test_shrink(shape: tuple[int, int], expected: tuple[int, int]) -> None:
    pixels = np.full(shape, 0.25, np.float32)
    small = shrink(pixels)
    assert small.shape == expected and small.dtype == np.float32 and np.allclose(small, 0.25)
    assert (small is pixels) == (shape == expected)


def test_a_ring_lies_around_its_point_and_leaves_it_to_be_seen():
    scan = np.full((128, 256, 3), 100, np.uint8)
    drawn = ring(scan, (0.25, 0.5))
    rows, columns = np.nonzero((drawn != scan).any(axis=-1))
    assert abs(columns.mean() - 64) < 1 and abs(rows.mean() - 64) < 1
    assert drawn.max() > 230 and drawn.min() < 30  # seen on bright and on dark
    assert (drawn[64, 64] == 100).all()
    assert (scan == 100).all()


def test_one_pixel_does_not_rule_a_map_of_single_pixels() -> None:
    heat = np.zeros((100, 100), np.float32)
    heat[20:60, 20:60] = np.linspace(0.001, 0.01, 1600, dtype=np.float32).reshape(40, 40)
    heat[40, 40] = 1.0
    shown = robust(heat)
    assert heat.mean() < 0.002 and shown[20:60, 20:60].mean() > 0.4
    assert shown.max() == 1.0 and shown[0, 0] == 0.0
    order = np.argsort(heat, axis=None)
    assert (np.diff(shown.ravel()[order]) >= 0).all()  # nothing changes places
    assert (robust(np.zeros((4, 4), np.float32)) == 0).all()
