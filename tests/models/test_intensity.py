"""Brightness, contrast, bit depth, a hot pixel or padding turn no answer of a shipped network."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.gallery import samples
from core.imaging import MRIImage, read_image
from core.inference import Classifier, Prediction
from core.labels import NO_TUMOUR
from core.registry import ModelSpec, discover
from core.settings import Settings
from tests.core.imaging.files import dicom

Pixels = NDArray[np.uint8]
SAMPLES = list(samples().values())
SPECS = {n: s for n, s in discover(Settings().models_dir)[0].items()
         if s.manifest.preprocess.version >= 2}  # fmt: skip
MOST = 0.02  # that a probability may move
ROUNDING = 1e-6  # of a square's largest value, in float32


def png(pixels: NDArray[np.generic]) -> bytes:
    with io.BytesIO() as out:
        Image.fromarray(pixels).save(out, "PNG", compress_level=1)
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


class Asked:
    """A network that is asked once a square: many changes leave no trace in a square."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self.answers: dict[bytes, Prediction] = {}

    def square(self, image: MRIImage) -> NDArray[np.float32]:
        return self.classifier.prepare(image.pixels)[0]

    def predict(self, image: MRIImage) -> Prediction:
        square = self.square(image).tobytes()
        if square not in self.answers:
            self.answers[square] = self.classifier.predict(image)
        return self.answers[square]

    def moved(self, one: MRIImage, other: MRIImage) -> float:
        """How far a probability moves between two pictures; the same square has one answer."""
        squares = self.square(one), self.square(other)
        if np.allclose(*squares, rtol=0, atol=ROUNDING * np.abs(squares).max()):
            return 0.0
        before, after = (self.predict(image).probabilities for image in (one, other))
        return float(np.abs(before - after).max())


@pytest.fixture(scope="module", params=SPECS or [None])
def classifier(request: pytest.FixtureRequest) -> Asked:
    if not SPECS:
        pytest.skip("no network with squares of version 2")
    return Asked(Classifier(SPECS[request.param]))


@cache
def plain(file: Path) -> MRIImage:
    return read_image(file.read_bytes(), "a")


@cache
def grey(file: Path) -> Pixels:
    return np.asarray(Image.open(file).convert("L"))


@cache
def changed(change: Callable[[Pixels], bytes], file: Path) -> MRIImage:
    """The same for all networks."""
    return read_image(change(grey(file)), "a")


@pytest.mark.parametrize("change", [dimmed, lifted, sixteen_bits, one_hot_pixel])
def test_levels_turn_no_answer(classifier: Asked, change: Callable[[Pixels], bytes]) -> None:
    for sample in SAMPLES:
        moved = classifier.moved(plain(sample.path), changed(change, sample.path))
        assert moved <= MOST, f"{sample.id}: {moved:.3f}"


def test_padding_turns_no_answer(classifier: Asked) -> None:
    for sample in SAMPLES:
        pixels = grey(sample.path)
        # What has no measurement shows as the darkest that has one.
        pixels = np.maximum(pixels, pixels[pixels > 0].min())
        pixels[:6] = pixels.min()
        moved = classifier.moved(read_image(png(pixels), "a"), read_image(padded(pixels), "a"))
        assert moved <= MOST, f"{sample.id}: {moved:.3f}"


def test_a_healthy_scan_dimmed_in_8_bits_stays_healthy(classifier: Asked) -> None:
    """At three tenths of its brightness, once "Glioma 93 %"; rounding merges shades here."""
    for sample in SAMPLES:
        if sample.label == NO_TUMOUR:
            dim = (grey(sample.path) * 0.3).round().astype(np.uint8)
            before = classifier.predict(plain(sample.path))
            after = classifier.predict(read_image(png(dim), "a"))
            assert after.class_name == before.class_name, sample.id


def test_every_new_network_is_behind_squares_of_version_2() -> None:
    for spec in discover(Settings().models_dir)[0].values():
        assert isinstance(spec, ModelSpec)
        if spec.manifest.schema_version >= 2 and spec.manifest.input_size >= 224:
            assert spec.manifest.preprocess.version == 2
