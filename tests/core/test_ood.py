"""Foreign pictures are told, and how often is what is stored."""

import shutil

import numpy as np
import pytest

from core.cases import cases, read_bytes
from core.imaging import read_image
from core.ood import FOLDER, in_distribution, likeness, of_pictures, read_reference, thumbnail
from core.settings import PROJECT
from core.training.ood import foreign_pictures

MODELS = PROJECT / "models"


def test_thumbnail_is_a_correlation():
    rng = np.random.default_rng(0)
    frame = rng.random((224, 224), np.float32)
    small = thumbnail(frame)
    assert small.shape == (16, 16) and small.mean() == pytest.approx(0, abs=1e-6)
    assert (small**2).sum() == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(thumbnail(0.5 * frame + 0.2), small, atol=1e-5)
    np.testing.assert_array_equal(thumbnail(np.ones((224, 224), np.float32)), 0)


def test_likeness_of_what_is_known_and_of_its_mirror_image():
    rng = np.random.default_rng(0)
    pictures = rng.integers(256, size=(3, 16, 16), dtype=np.uint8)
    known = of_pictures(pictures)
    frame = np.float32(pictures[1]).repeat(4, 0).repeat(4, 1) / 255
    assert likeness(frame, known) == pytest.approx(1, abs=1e-5)
    assert likeness(frame[:, ::-1], known) == pytest.approx(1, abs=1e-5)
    assert likeness(frame[::-1], known) < 0.5
    assert likeness(np.full((64, 40), 0.3, np.float32), known) == pytest.approx(
        likeness(np.full((64, 40), 0.9, np.float32), known), abs=1e-5
    )  # only the shape of the frame is left


def test_what_is_stored_is_what_it_does():
    facts = read_reference(MODELS).facts
    foreign = foreign_pictures()
    passed = tuple(n for n, pixels in foreign.items() if in_distribution(pixels, MODELS))
    assert (facts.foreign.n, facts.foreign.passed) == (len(foreign), passed)
    assert "chelsea.png" not in passed  # a cat
    scans = [read_image(read_bytes(case), case.id).pixels for case in cases().values()]
    kept = [in_distribution(pixels, MODELS) for pixels in scans]
    assert facts.kept_n == len(kept)
    assert facts.kept.value == pytest.approx(np.mean(kept), abs=1e-6)
    assert facts.kept.ci_low < facts.kept.value < facts.kept.ci_high


def test_nothing_stored_is_not_known(tmp_path):
    assert in_distribution(np.zeros((64, 64), np.float32), tmp_path) is None


@pytest.mark.parametrize(("name", "content"), [("ood.json", b"{}"), ("thumbnails.npz", b"altered")])
def test_an_altered_file_is_not_believed(tmp_path, caplog, name, content):
    shutil.copytree(MODELS / FOLDER, tmp_path / FOLDER)
    assert in_distribution(np.zeros((64, 64), np.float32), tmp_path) is False
    (tmp_path / FOLDER / name).write_bytes(content)
    assert in_distribution(np.zeros((64, 64), np.float32), tmp_path) is None
    assert "Foreign scans cannot be told" in caplog.text
