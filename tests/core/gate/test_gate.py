"""The gate stops what is no scan, says truly why, and does what is stored of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from core.cases import cases, read_bytes
from core.gate import Gate, glance, look, read_gate, why
from core.gate.glance import REASONS
from core.gate.network import HIDDEN, NAMES, WIDTHS, forward
from core.gate.stored import FACTS_NAME, FOLDER, WEIGHTS_NAME, read_evaluation
from core.gate.views import SIDE, border, roundness, shades, views
from core.imaging import read_image
from core.settings import PROJECT

MODELS = PROJECT / "models"


@pytest.fixture(scope="module")
def gate() -> Gate:
    found = read_gate(MODELS)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def scans() -> list[np.ndarray]:
    """Twelve scans of unseen patients that pass, three of each class."""
    gate, found = read_gate(MODELS), {}
    assert gate is not None
    for case in cases().values():
        ours = found.setdefault(case.label, [])
        if len(ours) < 3:
            pixels = read_image(read_bytes(case), case.id).pixels
            if look(pixels, 0.0, gate).inside:
                ours.append(pixels)
    return [pixels for ours in found.values() for pixels in ours]


def test_views_know_no_brightness() -> None:
    rng = np.random.default_rng(0)
    pixels = cv2.GaussianBlur(rng.random((200, 160), np.float32), (0, 0), 9)
    both = views(pixels)
    assert both.shape == (SIDE, SIDE, 2) and both.dtype == np.float32
    assert both.min() >= 0 and both.max() <= 1
    np.testing.assert_allclose(views(0.4 * pixels + 0.1), both, atol=1e-4)


def test_shades_and_border() -> None:
    assert shades(np.array([[0, 0.5], [0.501, 1]], np.float32)) == 3
    frame = np.zeros((SIDE, SIDE, 2), np.float32)
    frame[..., 1] = 0.75
    frame[8:-8, 8:-8, 1] = 0.1
    assert border(frame) == 0.75


def test_a_drawn_ellipse_is_rounder_than_a_head(scans: list[np.ndarray]) -> None:
    drawn = np.zeros((300, 260), np.float32)
    cv2.ellipse(drawn, (130, 150), (90, 120), 10, 0, 360, 0.6, -1)
    assert roundness(drawn) > 0.99 > max(map(roundness, scans))
    assert roundness(np.zeros((64, 64), np.float32)) == 0


def test_a_convolution_by_hand() -> None:
    """One white pixel, one kernel that looks down and right of it: the rest is arithmetic."""
    rng = np.random.default_rng(0)
    shapes = [(3, 3, a, b) for a, b in zip((2, *WIDTHS), WIDTHS, strict=False)]
    last = (SIDE // 2 ** len(WIDTHS)) ** 2 * WIDTHS[-1]
    shapes += [(last, HIDDEN), (HIDDEN, len(NAMES))]
    weights = {f"kernel_{i}": rng.normal(0, 0.1, s) for i, s in enumerate(shapes)}
    weights |= {f"bias_{i}": rng.normal(0, 0.1, s[-1]) for i, s in enumerate(shapes)}
    x = rng.random((SIDE, SIDE, 2)).astype(np.float32)
    expected = x.astype(np.float64)
    for i in range(len(WIDTHS)):
        padded = np.pad(expected, ((0, 1), (0, 1), (0, 0)))
        side = expected.shape[0] // 2
        out = np.zeros((side, side, WIDTHS[i]))
        for r in range(side):
            for c in range(side):
                patch = padded[2 * r : 2 * r + 3, 2 * c : 2 * c + 3]
                out[r, c] = np.tensordot(patch, weights[f"kernel_{i}"], 3) + weights[f"bias_{i}"]
        expected = np.maximum(out, 0)
    n = len(WIDTHS)
    flat = np.maximum(expected.ravel() @ weights[f"kernel_{n}"] + weights[f"bias_{n}"], 0)
    flat = flat @ weights[f"kernel_{n + 1}"] + weights[f"bias_{n + 1}"]
    np.testing.assert_allclose(forward(x, weights), flat, rtol=1e-3, atol=1e-3)


def test_scans_pass_at_any_brightness(gate: Gate, scans: list[np.ndarray]) -> None:
    assert len(scans) == 12
    for pixels in scans:
        dim = np.rint(255 * 0.3 * pixels).astype(np.float32) / 255
        assert look(dim, 0.0, gate).inside
        assert look(np.ascontiguousarray(pixels[:, ::-1]), 0.0, gate).inside


def test_a_photograph_is_stopped_in_colour_and_in_grey(gate: Gate) -> None:
    cat = skimage.data.chelsea()
    image = read_image(cv2.imencode(".png", cat[..., ::-1])[1].tobytes(), "cat.png")
    assert image.colour > gate.colour_limit
    said = look(image.pixels, image.colour, gate)
    assert not said.inside and said.reason == "colour"
    assert f"{255 * image.colour:.0f} of 255" in why(said)
    grey = look(image.pixels, 0.0, gate)
    assert not grey.inside and grey.reason in ("ground", "unlike")


def test_the_reason_is_the_one_that_was_measured(gate: Gate, scans: list[np.ndarray]) -> None:
    few = np.rint(scans[0] * 3).astype(np.float32) / 3
    said = look(few, 0.0, gate)
    assert said.reason == "shades" and said.measured == shades(few) < said.limit
    said = [look(1 - pixels, 0.0, gate) for pixels in scans]
    assert not any(one.inside for one in said)
    assert sum(one.reason == "inverted" for one in said) >= 10
    noise = np.random.default_rng(0).random((300, 300)).astype(np.float32)
    said_of_noise = look(noise, 0.0, gate)
    assert said_of_noise.reason == "ground"
    assert said_of_noise.measured == pytest.approx(100 * border(views(noise)))


def test_every_reason_has_a_sentence_with_its_figures(gate: Gate) -> None:
    passes = look(
        np.zeros((64, 64), np.float32), 0.0, replace(gate, least_shades=0, threshold=-1e9)
    )
    assert passes.inside and why(passes) == ""
    for reason in REASONS:
        sentence = why(replace(passes, inside=False, reason=reason, measured=12.3, limit=-4.5))
        assert sentence.endswith(".") and "{" not in sentence


def test_nothing_stored_is_not_known(tmp_path: Path) -> None:
    assert read_gate(tmp_path) is None and read_evaluation(tmp_path) is None
    case = next(iter(cases().values()))
    assert glance(read_image(read_bytes(case), case.id), tmp_path) is None


@pytest.mark.parametrize(("name", "content"), [(FACTS_NAME, b"{}"), (WEIGHTS_NAME, b"altered")])
def test_an_altered_file_is_not_believed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, content: bytes
) -> None:
    shutil.copytree(MODELS / FOLDER, tmp_path / FOLDER)
    assert read_gate(tmp_path) is not None
    (tmp_path / FOLDER / name).write_bytes(content)
    assert read_gate(tmp_path) is None
    assert "The gate cannot be used" in caplog.text
