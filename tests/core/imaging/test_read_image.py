"""Files that are read, and the pixels that come out, worked out by hand."""

from __future__ import annotations

import hashlib
import logging
import struct

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin, TiffImagePlugin

from core.errors import ImageError
from core.imaging import ACCEPTED, ACCEPTED_EXTENSIONS, MRIImage, read_image

LOSSLESS = ("PNG", "TIFF", "BMP")
# TIFF tags
ORIENTATION, COPYRIGHT, PHOTOMETRIC, SAMPLE_FORMAT, EXTRA_SAMPLES = 274, 33432, 262, 339, 338


def with_corner(background, corner, mode):
    """A picture with one pixel, the top left, that differs."""
    image = Image.new(mode, (40, 40), background)
    image.putpixel((0, 0), corner)
    return image


def with_tag(tiff: bytes, tag: int, value: int) -> bytes:
    """The same TIFF with one short tag overwritten by a value that Pillow would not write."""
    entry = struct.pack("<HHI", tag, 3, 1)
    at = tiff.index(entry) + len(entry)
    return tiff[:at] + struct.pack("<H", value) + tiff[at + 2 :]


def corner_and_rest(image: MRIImage) -> tuple[float, float]:
    return float(image.pixels[0, 0]), float(image.pixels[1, 1])


def test_public_names():
    assert ACCEPTED == "PNG, JPEG, TIFF, BMP, WebP, DICOM, NIfTI, ZIP"
    pictures = ("png", "jpg", "jpeg", "tif", "tiff", "bmp", "webp")
    assert (*pictures, "dcm", "dicom", "ima", "nii", "nii.gz", "gz", "zip") == ACCEPTED_EXTENSIONS


@pytest.mark.parametrize("form", LOSSLESS)
def test_eight_bits_are_divided_by_255(encode, ramp, form):
    data = encode(ramp, form)
    image = read_image(data, "scan")
    np.testing.assert_array_equal(image.pixels, ramp.astype(np.float32) / np.float32(255))
    assert image.pixels.dtype == np.float32
    assert (image.source, image.frame, image.frames) == (form.lower(), 0, 1)
    assert image.spacing_mm is None
    assert image.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(("form", "options"), [("JPEG", {"quality": 95}), ("WEBP", {})])
def test_lossy_formats_are_close(encode, ramp, form, options):
    image = read_image(encode(ramp, form, **options), "scan")
    assert image.source == form.lower()
    np.testing.assert_allclose(image.pixels, ramp / 255, atol=6 / 255)


def test_lossless_webp_is_exact(encode, ramp):
    image = read_image(encode(ramp, "WEBP", lossless=True), "scan")
    np.testing.assert_allclose(image.pixels, ramp / 255, atol=1e-7)


@pytest.mark.parametrize("form", [*LOSSLESS, "WEBP"])
def test_colour_becomes_rec_601_luma(encode, form):
    options = {"lossless": True} if form == "WEBP" else {}
    picture = with_corner((10, 200, 30), (255, 0, 0), "RGB")
    # 0.299 * 255 = 76.2 and 0.299 * 10 + 0.587 * 200 + 0.114 * 30 = 123.8, rounded
    image = read_image(encode(picture, form, **options), "scan")
    assert corner_and_rest(image) == pytest.approx((76 / 255, 124 / 255))


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_partial_alpha_never_darkens(encode, form):
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    picture = with_corner((200, 200, 200, 51), (100, 100, 100, 255), "RGBA")
    image = read_image(encode(picture, form, **options), "scan")
    assert corner_and_rest(image) == pytest.approx((100 / 255, 200 / 255))


@pytest.mark.parametrize("alpha", [0, 51, 255])
@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP", "BMP"])
def test_an_alpha_that_is_the_same_everywhere_is_ignored(encode, form, alpha):
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    picture = with_corner((200, 200, 200, alpha), (100, 100, 100, alpha), "RGBA")
    image = read_image(encode(picture, form, **options), "scan")
    assert corner_and_rest(image) == pytest.approx((100 / 255, 200 / 255))


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_what_is_wholly_transparent_is_black(encode, form):
    image = read_image(encode(with_corner((200, 0), (100, 102), "LA"), form), "scan")
    assert corner_and_rest(image) == pytest.approx((100 / 255, 0.0))


def test_premultiplied_alpha(encode):
    """TIFF ExtraSamples = 1: the stored grey is darkened by its alpha, which is undone."""
    data = encode(with_corner((60, 255), (30, 120), "LA"), "TIFF")
    image = read_image(with_tag(data, EXTRA_SAMPLES, 1), "scan")
    assert corner_and_rest(image) == pytest.approx((30 / 255 * 255 / 120, 60 / 255), abs=1 / 255)


@pytest.mark.parametrize("form", LOSSLESS)
def test_palette(encode, form):
    picture = Image.new("P", (40, 40), 1)
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    picture.putpixel((0, 0), 2)
    image = read_image(encode(picture, form), "scan")
    assert corner_and_rest(image) == pytest.approx((150 / 255, 76 / 255))


@pytest.mark.parametrize("transparency", [1, bytes([255, 0, 255])])
def test_palette_with_transparency(encode, transparency):
    picture = Image.new("P", (40, 40), 1)
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    picture.putpixel((0, 0), 2)
    image = read_image(encode(picture, "PNG", transparency=transparency), "scan")
    assert corner_and_rest(image) == pytest.approx((150 / 255, 0.0))


@pytest.mark.parametrize(("mode", "key"), [("L", 90), ("RGB", (90, 90, 90))])
def test_transparent_shade(encode, mode, key):
    other = 180 if mode == "L" else (180, 180, 180)
    image = read_image(encode(with_corner(key, other, mode), "PNG", transparency=key), "scan")
    assert corner_and_rest(image) == pytest.approx((180 / 255, 0.0))


@pytest.mark.parametrize("form", LOSSLESS)
def test_one_bit(encode, form):
    assert corner_and_rest(read_image(encode(with_corner(0, 1, "1"), form), "scan")) == (1.0, 0.0)


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_cmyk(encode, form):
    picture = Image.new("CMYK", (40, 40), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (16, 0, 40, 40))
    image = read_image(encode(picture, form), "scan")
    np.testing.assert_allclose(image.pixels[:, [0, 39]], [[1.0, 0.0]] * 40, atol=2 / 255)


def test_ycbcr_tiff_keeps_its_luma(encode):
    picture = with_corner((50, 128, 128), (250, 128, 128), "YCbCr")
    image = read_image(encode(picture, "TIFF"), "scan")
    assert corner_and_rest(image) == pytest.approx((250 / 255, 50 / 255), abs=1 / 255)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_stretched(encode, form):
    values = np.full((40, 40), 1000, np.uint16)
    values[0, 0], values[1, 1] = 5000, 2000
    assert corner_and_rest(read_image(encode(values, form), "scan")) == (1.0, 0.25)


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32])
@pytest.mark.parametrize("compression", [None, "tiff_deflate"])
def test_signed_and_float_tiff_are_stretched(encode, dtype, compression):
    values = np.full((40, 40), -1000, np.int32)
    values[0, 0], values[1, 1] = 3000, 0
    picture = Image.fromarray(values.astype(np.float32 if dtype == np.float32 else np.int32))
    image = read_image(encode(picture, "TIFF", compression=compression), "scan")
    assert corner_and_rest(image) == (1.0, 0.25)


def test_unsigned_32_bit_tiff_does_not_wrap(encode):
    values = np.zeros((40, 40), np.uint32)
    values[0, 0], values[1, 1] = 4_000_000_000, 1_000_000_000
    data = with_tag(encode(values.view(np.int32), "TIFF"), SAMPLE_FORMAT, 1)
    assert corner_and_rest(read_image(data, "scan")) == (1.0, 0.25)


def test_signed_8_bit_tiff_does_not_wrap(encode):
    values = np.full((40, 40), -100, np.int8)
    values[0, 0], values[1, 1] = 100, -50
    data = encode(values.view(np.uint8), "TIFF", tiffinfo={SAMPLE_FORMAT: 2})
    assert corner_and_rest(read_image(data, "scan")) == (1.0, 0.25)


@pytest.mark.parametrize("compression", [None, "tiff_deflate"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_is_zero_tiff_is_inverted(encode, dtype, compression):
    values = np.full((40, 40), 255, dtype)
    values[0, 0] = 0
    plain = encode(values, "TIFF", compression=compression)
    inverted = with_tag(plain, PHOTOMETRIC, 0)
    assert corner_and_rest(read_image(plain, "scan")) == (0.0, 1.0)
    assert corner_and_rest(read_image(inverted, "scan")) == (1.0, 0.0)


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied(encode, ramp, form, turn):
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    options = {"lossless": True} if form == "WEBP" else {}
    upright = Image.fromarray(ramp)
    upright.getexif()[ORIENTATION] = turn
    expected = np.asarray(ImageOps.exif_transpose(upright)) / 255
    image = read_image(encode(ramp, form, exif=exif, **options), "scan")
    np.testing.assert_allclose(image.pixels, expected, atol=6 / 255 if form == "JPEG" else 1e-7)


def test_exif_orientation_6_by_hand(encode, ramp):
    """6: the camera lay on its side; the first column, read upwards, is the first row."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    image = read_image(encode(ramp, "PNG", exif=exif), "scan")
    assert image.shape == (48, 40)
    np.testing.assert_allclose(image.pixels[0], ramp[::-1, 0] / 255, atol=1e-7)


@pytest.mark.parametrize("compression", [None, "tiff_deflate"])
def test_orientation_of_a_sixteen_bit_tiff(encode, ramp, compression):
    data = encode(
        ramp.astype(np.uint16), "TIFF", compression=compression, tiffinfo={ORIENTATION: 8}
    )
    expected = np.rot90(ramp) / ramp.max()
    np.testing.assert_allclose(read_image(data, "scan").pixels, expected, atol=1e-7)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_first_of_several_frames(encode, ramp, form):
    options = {"lossless": True} if form == "WEBP" else {}
    later = [Image.fromarray(np.full_like(ramp, shade)) for shade in (7, 70)]
    data = encode(ramp, form, save_all=True, append_images=later, **options)
    image = read_image(data, "scan")
    assert (image.frame, image.frames) == (0, 3)
    np.testing.assert_allclose(image.pixels, ramp / 255, atol=1e-7)


def test_pages_of_other_sizes_and_depths(encode, ramp):
    later = [Image.new("I;16", (99, 33)), Image.new("RGB", (33, 99))]
    image = read_image(encode(ramp, "TIFF", save_all=True, append_images=later), "scan")
    np.testing.assert_allclose(image.pixels, ramp / 255, atol=1e-7)
    assert image.frames == 3


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_any_frame_can_be_read(encode, ramp, form):
    options = {"lossless": True} if form == "WEBP" else {}
    later = [Image.fromarray(np.ascontiguousarray(a)) for a in (ramp[::-1], ramp[:, ::-1])]
    data = encode(ramp, form, save_all=True, append_images=later, **options)
    for frame, expected in enumerate((ramp, ramp[::-1], ramp[:, ::-1])):
        image = read_image(data, "scan", frame)
        np.testing.assert_allclose(image.pixels, expected / 255, atol=1e-7)
        assert (image.frame, image.frames, image.number, image.of) == (frame, 3, frame + 1, 3)


def test_a_blank_first_page_condemns_nothing(encode, ramp):
    blank = np.zeros_like(ramp)
    data = encode(blank, "TIFF", save_all=True, append_images=[Image.fromarray(ramp)])
    image = read_image(data, "scan.tif")
    np.testing.assert_allclose(image.pixels, ramp / 255, atol=1e-7)
    assert (image.number, image.of) == (2, 2)
    with pytest.raises(ImageError, match=r"Slice 1 of 2 of scan\.tif is one even shade"):
        read_image(data, "scan.tif", 0)
    with pytest.raises(ImageError, match=r"scan\.tif has 2 slices; there is no slice 3"):
        read_image(data, "scan.tif", 2)


def test_an_oversized_text_beside_sound_pixels(encode, ramp):
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Jane Doe " * 2_000_000, zip=True)
    data = encode(ramp, "PNG", pnginfo=words)
    np.testing.assert_allclose(read_image(data, "scan.png").pixels, ramp / 255, atol=1e-7)


def masked_bmp(pixels, bits, masks):
    """A bitmap whose channels lie where `masks` say, stored from the bottom up."""
    height, width = pixels.shape
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 3, 0, 0, 0, 0, 0)
    rows = pixels[::-1].astype(f"<u{bits // 8}").tobytes()
    body = head + struct.pack("<III", *masks) + rows
    return b"BM" + struct.pack("<IHHI", 14 + len(body), 0, 0, 14 + len(head) + 12) + body


@pytest.mark.parametrize(
    ("bits", "masks"),
    [(32, (0x3FF00000, 0xFFC00, 0x3FF)), (16, (0xF000, 0xF00, 0xF0)), (16, (0xF800, 0x7E0, 0x1F))],
    ids=["10 bits", "4444", "565"],
)
def test_a_bitmap_of_rare_masks(bits, masks):
    pixels = np.zeros((40, 40), np.uint32)
    pixels[0, 0], pixels[0, 1] = sum(masks), masks[1]
    image = read_image(masked_bmp(pixels, bits, masks), "scan.bmp")
    assert image.pixels[0, :3] == pytest.approx([1, 0.587, 0], abs=0.005)
    assert image.pixels[1:].max() == 0


def test_a_bitmap_of_two_bits_a_pixel():
    head = struct.pack("<IiiHHIIiiII", 40, 40, -40, 1, 2, 0, 0, 0, 0, 4, 0)
    palette = bytes([0, 0, 0, 0, 100, 100, 100, 0, 200, 200, 200, 0, 255, 255, 255, 0])
    rows = bytes([0b00011011, *[0] * 11]) * 40
    body = head + palette + rows
    data = b"BM" + struct.pack("<IHHI", 14 + len(body), 0, 0, 70) + body
    image = read_image(data, "scan.bmp")
    assert image.pixels[7, :5] * 255 == pytest.approx([0, 100, 200, 255, 0], abs=0.01)


def test_lab_is_read_by_its_lightness(encode):
    picture = with_corner((50, 128, 128), (250, 128, 128), "LAB")
    image = read_image(encode(picture, "TIFF"), "scan.tif")
    assert corner_and_rest(image) == pytest.approx((250 / 255, 50 / 255), abs=1 / 255)


def test_deep_pictures_show_without_their_hot_pixel(encode, ramp):
    deep = ramp.astype(np.uint16) + 100
    deep[5, 5] = 65_535
    image = read_image(encode(deep, "PNG"), "scan.png")
    assert image.pixels.mean() < 0.01 < 0.3 < image.shown.mean()
    assert read_image(encode(ramp, "PNG"), "scan.png").levels == (0.0, 1.0)


def test_big_tiff(encode, ramp):
    image = read_image(encode(ramp, "TIFF", big_tiff=True), "scan")
    np.testing.assert_allclose(image.pixels, ramp / 255, atol=1e-7)


def test_content_counts_and_the_extension_does_not(encode, ramp):
    assert read_image(encode(ramp, "JPEG"), "scan.png").source == "jpeg"


def test_same_bytes_same_identity(encode, ramp):
    data = encode(ramp, "PNG")
    first, second = read_image(data, "a.png"), read_image(bytes(data), "b.png")
    assert first.sha256 == second.sha256
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert read_image(encode(ramp, "BMP"), "a.png").sha256 != first.sha256


def test_reading_changes_no_setting_of_pillow(encode, ramp):
    before = Image.MAX_IMAGE_PIXELS, TiffImagePlugin.READ_LIBTIFF
    read_image(encode(ramp, "TIFF"), "scan.tif")
    assert before == (Image.MAX_IMAGE_PIXELS, TiffImagePlugin.READ_LIBTIFF)


def test_nothing_personal_is_kept_or_logged(encode, ramp, caplog):
    data = encode(ramp, "TIFF", tiffinfo={COPYRIGHT: "Jane Doe"})
    with caplog.at_level(logging.INFO):
        image = read_image(data, "Jane Doe.tif")
        with pytest.raises(Exception, match=r"Jane Doe\.tif"):
            read_image(data[:-600], "Jane Doe.tif")
    assert "Jane" not in repr(image) + repr(vars(image)) + caplog.text
    assert "could not be decoded" in caplog.text
