"""What holds for any picture, and for any damage."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import ImageError
from core.imaging import ACCEPTED, MRIImage, read_image

pytestmark = pytest.mark.filterwarnings("ignore:::PIL")  # broken tags, on purpose

SIDES = st.tuples(st.integers(32, 48), st.integers(32, 48))
quick = settings(max_examples=60, deadline=None)
fuzz = settings(max_examples=150, deadline=None)


def varied(dtype):
    """Arrays of any content that are not one even shade."""
    return arrays(dtype, SIDES).filter(lambda a: a.min() != a.max())


def read_or_refuse(data: bytes) -> None:
    """Anything but a picture or an `ImageError` fails the test."""
    try:
        assert isinstance(read_image(data, "scan.png"), MRIImage)
    except ImageError as error:
        assert str(error).startswith("scan.png ") and ACCEPTED in str(error)


@quick
@given(array=varied(np.uint8), form=st.sampled_from(["PNG", "BMP", "TIFF"]))
def test_eight_bits_come_back_exactly(encode, array, form):
    image = read_image(encode(array, form), "scan")
    np.testing.assert_array_equal(np.rint(image.pixels * 255).astype(np.uint8), array)
    np.testing.assert_array_equal(image.pixels, array.astype(np.float32) / np.float32(255))


@quick
@given(array=varied(np.uint16), form=st.sampled_from(["PNG", "TIFF"]))
def test_sixteen_bits_come_back_stretched(encode, array, form):
    image = read_image(encode(array, form), "scan")
    low, high = int(array.min()), int(array.max())
    np.testing.assert_allclose(image.pixels, (array - float(low)) / (high - low), rtol=1e-6)
    assert (image.pixels.min(), image.pixels.max()) == (0.0, 1.0)


@pytest.fixture(scope="module")
def valid_files(encode, ramp) -> list[bytes]:
    noise = np.random.default_rng(0).integers(0, 256, (40, 48), np.uint8)
    forms = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")
    files = [encode(picture, form) for form in forms for picture in (ramp, noise)]
    files += [encode(ramp, "TIFF", compression=c) for c in ("tiff_lzw", "tiff_deflate", "packbits")]
    files += [encode(ramp.astype(t), "TIFF") for t in (np.uint16, np.int32, np.float32)]
    return files


@fuzz
@given(data=st.data())
def test_truncation_is_read_or_refused(valid_files, data):
    whole = data.draw(st.sampled_from(valid_files))
    read_or_refuse(whole[: data.draw(st.integers(0, len(whole) - 1))])


@fuzz
@given(data=st.data())
def test_flipped_bytes_are_read_or_refused(valid_files, data):
    broken = bytearray(data.draw(st.sampled_from(valid_files)))
    for _ in range(data.draw(st.integers(1, 8))):
        # Headers are short and decide the most: hit them as often as the rest.
        end = data.draw(st.sampled_from([min(200, len(broken)), len(broken)])) - 1
        broken[data.draw(st.integers(0, end))] ^= data.draw(st.integers(1, 255))
    read_or_refuse(bytes(broken))


@fuzz
@given(
    magic=st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0+", b"RIFF\xff\0\0\0WEBPVP8X"]
    ),
    rest=st.binary(max_size=400),
)
def test_random_bytes_are_read_or_refused(magic, rest):
    read_or_refuse(magic + rest)


def test_threads_do_not_disturb_each_other(valid_files):
    def digest(data: bytes) -> str | None:
        with suppress(ImageError):
            image = read_image(data, "scan")
            return image.sha256 + image.pixels.tobytes().hex()
        return None

    alone = [digest(data) for data in valid_files]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(digest, valid_files * 5)) == alone * 5
