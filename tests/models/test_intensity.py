"""Brightness, contrast, bit depth, a hot pixel or padding turn no answer of a shipped network."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.gallery import Sample, samples
from core.imaging import read_image
from core.labels import NO_TUMOUR
from core.registry import ModelSpec, discover
from core.settings import Settings
from tests.core.imaging.files import dicom

Pixels = NDArray[np.uint8]
SAMPLES = list(samples().values())
SPECS = {n: s for n, s in discover(Settings().models_dir)[0].items()
         if s.manifest.preprocess.version >= 2}  # fmt: skip
MOST = 0.02  # that a probability may move


def png(pixels: NDArray[np.generic]) -> bytes:
    with io.BytesIO() as out:
        Image.fromarray(pixels).save(out, "PNG")
        return out.getvalue()


def deep(pixels: Pixels) -> NDArray[np.uint16]:
    return pixels.astype(np.uint16) * 256


def dimmed(pixels: Pixels) -> bytes:
    return png((deep(pixels) * 0.3).astype(np.uint16))


def lifted(pixels: Pixels) -> bytes:
    return png((deep(pixels) * 0.5 + 20_000).astype(np.uint16))


def sixteen_bits(pixels: Pixels) -> bytes:
    return png(deep(pixels))


def one_hot_pixel(pixels: Pixels) -> bytes:
    values = pixels.astype(np.uint16)
    values[3, 3] = 65_535
    return png(values)


def padded(pixels: Pixels) -> bytes:
    """As scanners do: what lies outside the field of view has a value that no tissue has."""
    values = pixels.astype(np.int16)
    values[:6] = -2000
    return dicom(values, PixelPaddingValue=-2000)


@pytest.fixture(scope="module", params=SPECS or [None])
def classifier(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    from core.inference import Classifier

    if not SPECS:
        pytest.skip("no network with squares of version 2")
    return Classifier(SPECS[request.param])


@pytest.fixture(scope="module")
def plain(classifier):  # type: ignore[no-untyped-def]
    """Answers to the samples as they are, by id."""
    return {s.id: classifier.predict(read_image(s.path.read_bytes(), "a")) for s in SAMPLES}


def grey(sample: Sample) -> Pixels:
    return np.asarray(Image.open(sample.path).convert("L"))


@pytest.mark.parametrize("change", [dimmed, lifted, sixteen_bits, one_hot_pixel])
def test_levels_turn_no_answer(classifier, plain, change: Callable[[Pixels], bytes]) -> None:  # type: ignore[no-untyped-def]
    for sample in SAMPLES:
        after = classifier.predict(read_image(change(grey(sample)), "a"))
        moved = np.abs(plain[sample.id].probabilities - after.probabilities).max()
        assert moved <= MOST, f"{sample.id}: {moved:.3f}"


def test_padding_turns_no_answer(classifier) -> None:  # type: ignore[no-untyped-def]
    for sample in SAMPLES:
        pixels = grey(sample)
        # What has no measurement shows as the darkest that has one.
        pixels = np.maximum(pixels, pixels[pixels > 0].min())
        pixels[:6] = pixels.min()
        before = classifier.predict(read_image(png(pixels), "a"))
        after = classifier.predict(read_image(padded(pixels), "a"))
        moved = np.abs(before.probabilities - after.probabilities).max()
        assert moved <= MOST, f"{sample.id}: {moved:.3f}"


def test_a_healthy_scan_dimmed_in_8_bits_stays_healthy(classifier, plain) -> None:  # type: ignore[no-untyped-def]
    """At three tenths of its brightness, once "Glioma 93 %"; rounding merges shades here."""
    for sample in SAMPLES:
        if sample.label == NO_TUMOUR:
            dim = (grey(sample) * 0.3).round().astype(np.uint8)
            after = classifier.predict(read_image(png(dim), "a"))
            assert after.class_name == plain[sample.id].class_name, sample.id


def test_every_new_network_is_behind_squares_of_version_2() -> None:
    for spec in discover(Settings().models_dir)[0].values():
        assert isinstance(spec, ModelSpec)
        if spec.manifest.schema_version >= 2 and spec.manifest.input_size >= 224:
            assert spec.manifest.preprocess.version == 2
