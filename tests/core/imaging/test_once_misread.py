"""Four files that were once misread in silence, made anew from a shipped sample."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image

from core.errors import ImageError
from core.gallery import samples
from core.imaging import open_stack, read_frame, read_image
from core.preprocess import prepare

SCANS = [np.asarray(Image.open(s.path).convert("L")) for s in list(samples().values())[:4]]


def file(pixels, form="PNG", **options):
    with io.BytesIO() as out:
        Image.fromarray(pixels).save(out, form, **options)
        return out.getvalue()


def square(data):
    """What a network gets."""
    return prepare(read_image(data, "a").pixels, 224)[0]


def clipboard(pixels, alpha):
    """A bitmap with a header of version 5, whose fourth byte a clipboard leaves at `alpha`."""
    height, width = pixels.shape
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    head = struct.pack("<IiiHHIIiiII4I", 124, width, height, 1, 32, 3, 0, 0, 0, 0, 0, *masks)
    head = (head + b"BGRs").ljust(124, b"\0")
    cells = np.dstack([pixels] * 3 + [np.full_like(pixels, alpha)])[::-1]
    start = 14 + len(head)
    return struct.pack("<2sIHHI", b"BM", start + cells.size, 0, 0, start) + head + cells.tobytes()


@pytest.mark.parametrize("scan", SCANS)
def test_three_tenths_of_the_brightness(scan):
    dim = file((scan.astype(np.uint16) * 77).astype(np.uint16))
    assert np.abs(square(dim) - square(file(scan))).max() < 0.01


@pytest.mark.parametrize("scan", SCANS)
def test_sixteen_bits_with_one_hot_pixel(scan):
    hot = scan.astype(np.uint16)
    hot[0, 0] = 65_535
    moved = np.abs(square(file(hot)) - square(file(scan)))
    assert np.median(moved) < 0.01 and np.quantile(moved, 0.999) < 0.02


def test_a_stack_whose_first_page_is_not_all():
    first, *others = map(Image.fromarray, SCANS)
    with io.BytesIO() as out:
        first.save(out, "TIFF", save_all=True, append_images=others)
        stack = open_stack(out.getvalue(), "a")
    assert stack.contents.frames == 4
    for n, scan in enumerate(SCANS):
        found = read_frame(stack, "a", n)
        assert (found.number, found.of) == (n + 1, 4)
        np.testing.assert_array_equal(found.pixels, read_image(file(scan), "a").pixels)
    with pytest.raises(ImageError, match="there is no slice 5"):
        read_frame(stack, "a", 4)


@pytest.mark.parametrize("alpha", [0, 255])
def test_a_bitmap_whose_alpha_a_clipboard_left_at_nothing(alpha):
    found = read_image(clipboard(SCANS[0], alpha), "a")
    np.testing.assert_array_equal(found.pixels, read_image(file(SCANS[0]), "a").pixels)
