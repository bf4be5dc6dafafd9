"""Files that are refused, each with one sentence for the person who chose it."""

from __future__ import annotations

import struct
import warnings
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core.errors import ImageError
from core.imaging import ACCEPTED, limits, read_image, sniff


def refusal(data: bytes, name: str = "scan.png") -> str:
    """The sentence; it must name the file and what is accepted, and hide its causes."""
    with pytest.raises(ImageError) as caught:
        read_image(data, name)
    sentence = str(caught.value)
    assert sentence.startswith(name)
    assert ACCEPTED in sentence
    assert sentence.endswith(".") and "\n" not in sentence
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return sentence


def png_header(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG that declares a size and holds no pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b""))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")


def bmp_header(width: int, height: int) -> bytes:
    return b"BM" + struct.pack("<IIIIiiHHIIIIII", 54, 0, 54, 40, width, height, 1, 24, *[0] * 6)


def deep_rgb_png() -> bytes:
    """40 x 40 RGB at 16 bits a channel, which Pillow reads but cannot write."""
    header = png_header(40, 40, depth=16, colour=2)
    rows = zlib.compress((b"\0" + bytes(range(240))) * 40)
    chunk = struct.pack(">I", len(rows)) + b"IDAT" + rows
    crc = struct.pack(">I", zlib.crc32(b"IDAT" + rows))
    return header[:33] + chunk + crc + header[-12:]


def tiff_pages(pages: int) -> bytes:
    """A TIFF whose pages all show the same 32 x 32 pixels."""
    tags = [(256, 32), (257, 32), (258, 8), (259, 1), (262, 1), (273, 8), (278, 32), (279, 1024)]
    body = struct.pack("<H", len(tags))
    body += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    start, size = 8 + 1024, len(body) + 4
    directories = [body + struct.pack("<I", start + size * (n + 1)) for n in range(pages)]
    directories[-1] = body + bytes(4)
    return b"II*\0" + struct.pack("<I", start) + bytes(range(256)) * 4 + b"".join(directories)


def test_empty():
    assert "is empty" in refusal(b"")


def test_text_named_png():
    sentence = refusal(b"Dear doctor, here are my notes.", "notes.png")
    assert sentence == (
        "notes.png is not an image that can be read here; "
        f"files in one of these formats are accepted: {ACCEPTED}."
    )


def test_text_that_begins_like_a_bitmap():
    assert "is not an image" in refusal(b"BMI and weight of forty volunteers", "BMI.txt")


@pytest.mark.parametrize("form", ["GIF", "ICO", "PDF", "AVIF", "JPEG2000"])
def test_other_formats_are_named(encode, ramp, form):
    named = {"JPEG2000": "JPEG 2000"}.get(form, form)
    assert f"is a file of the kind {named}, which is not read" in refusal(encode(ramp, form))


def test_other_formats_without_a_name(encode, ramp):
    assert "is not an image that can be read here" in refusal(encode(ramp, "PPM"))


def test_transparency_is_named_where_it_hides_everything(encode):
    drawn = Image.new("RGBA", (40, 40), (9, 9, 9, 0))
    drawn.putpixel((3, 3), (0, 0, 0, 255))
    assert "because of its transparency" in refusal(encode(drawn, "PNG"))


def test_a_name_with_braces_is_shown_as_it_is():
    assert refusal(b"", "{name}{0}.png").startswith("{name}{0}.png is empty")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP", "WEBP"])
@pytest.mark.parametrize("kept", [0.3, 0.7])
def test_truncated(encode, form, kept):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64), np.uint8)
    data = encode(noise, form)
    assert "is damaged, incomplete or of a rare kind" in refusal(data[: int(len(data) * kept)])


@pytest.mark.parametrize("size", [(1, 1), (31, 200), (200, 31)])
def test_too_small(encode, size):
    assert "at least 32 pixels" in refusal(encode(Image.new("L", size), "PNG"))


@pytest.mark.parametrize("size", [(20_000, 20_000), (12_000, 100), (9_000, 9_000)])
@pytest.mark.parametrize("header", [png_header, bmp_header])
def test_too_large_by_its_header(header, size):
    assert "at most 6000 pixels a side and 25 million" in refusal(header(*size))


@pytest.mark.parametrize("action", ["error", "ignore"])
def test_too_large_whatever_pillow_warns_of(action):
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        assert "at most 6000 pixels" in refusal(png_header(9_900, 9_900))


def test_too_many_bytes(monkeypatch, encode, ramp):
    data = encode(ramp, "BMP")
    forms = tuple(replace(form, max_bytes=len(data)) for form in sniff.FORMATS)
    monkeypatch.setattr(sniff, "FORMATS", forms)
    assert read_image(data, "scan.bmp").shape == ramp.shape
    assert "is larger than" in refusal(data + b"\0", "scan.bmp")


def test_size_limit_in_the_sentence():
    assert "is larger than 64 MB" in refusal(bytes(sniff.MAX_BYTES + 1))


def test_too_many_pages():
    assert read_image(tiff_pages(limits.MAX_FRAMES), "scan.tif").frames == limits.MAX_FRAMES
    assert "more than 1000 pages" in refusal(tiff_pages(limits.MAX_FRAMES + 1), "scan.tif")


def test_deep_colour_that_pillow_would_cut_to_eight_bits():
    assert "more than 8 bits a channel" in refusal(deep_rgb_png())


def test_deep_grey_with_a_transparent_shade(encode, ramp):
    data = encode(ramp.astype(np.uint16), "PNG", transparency=5)
    assert "more than 8 bits a channel" in refusal(data)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite(encode, ramp, value):
    values = ramp.astype(np.float32)
    values[3, 4] = value
    assert "infinite or not numbers" in refusal(encode(values, "TIFF"), "scan.tif")


@pytest.mark.parametrize("mode", ["L", "RGB", "I;16", "RGBA"])
def test_constant(encode, mode):
    assert "one even shade" in refusal(encode(Image.new(mode, (64, 64)), "PNG"))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_broken_exif_block_is_no_crash(encode, ramp):
    data = encode(ramp, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01")
    assert read_image(data, "scan.jpg").shape == ramp.shape


def test_a_picture_may_be_as_small_and_as_large_as_is_said() -> None:
    least, most, square = limits.MIN_SIDE, limits.MAX_SIDE, round(limits.MAX_PIXELS**0.5)
    assert square**2 == limits.MAX_PIXELS and square < most
    for width, height in ((least, least), (most, least), (least, most), (square, square)):
        limits.check_size(width, height, "scan.png", ACCEPTED)
    for width, height in ((least - 1, most), (most + 1, least), (least, most + 1)):
        with pytest.raises(ImageError):
            limits.check_size(width, height, "scan.png", ACCEPTED)
    with pytest.raises(ImageError, match="25 million pixels"):
        limits.check_size(square, square + 1, "scan.png", ACCEPTED)
