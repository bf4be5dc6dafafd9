"""What is put on a scan is there, what is taken off is gone, and nothing else has changed."""

from __future__ import annotations

import numpy as np
import pytest

from core.cases import cases, read_bytes
from core.imaging import read_image
from core.labels import NO_TUMOUR
from core.shortcuts import SHORTCUTS, TUMOURS, sample, tones
from core.traits import channels_matter, traits

CASE = next(c for c in cases().values() if c.label == "meningioma")


@pytest.fixture(scope="module")
def scan():
    return read_image(read_bytes(CASE), CASE.path)


@pytest.mark.parametrize("name", SHORTCUTS)
def test_each_gives_a_scan_of_its_own(name, scan):
    after = SHORTCUTS[name].of(scan)
    assert after.shape == scan.shape
    assert not np.array_equal(after.pixels, scan.pixels)
    assert after.sha256 != scan.sha256
    assert after.sha256 == SHORTCUTS[name].of(scan).sha256


@pytest.mark.parametrize("name", SHORTCUTS)
def test_scans_are_drawn_from_the_classes_meant(name):
    drawn = sample(SHORTCUTS[name], 8, seed=3)
    assert len(drawn) == 8 == len({c.id for c in drawn})
    assert {c.label for c in drawn} == set(SHORTCUTS[name].labels)
    assert drawn == sample(SHORTCUTS[name], 8, seed=3)
    assert drawn != sample(SHORTCUTS[name], 8, seed=4)


def test_tones_are_those_of_the_other_class_and_ranks_stay(scan):
    after = SHORTCUTS["tones-of-no-tumour"].of(scan).pixels
    head = scan.pixels > 0.05
    assert np.array_equal(after[~head], scan.pixels[~head])
    got = np.quantile(after[head], [0.25, 0.5, 0.75])
    assert got == pytest.approx(
        np.quantile(tones((NO_TUMOUR,)), [0.25, 0.5, 0.75]), abs=0.04
    )  # 8 bits, many ties
    order = np.argsort(scan.pixels[head], kind="stable")
    assert (np.diff(after[head][order]) >= -1e-6).all()


def test_no_tumour_scans_are_brighter_inside():
    assert np.median(tones((NO_TUMOUR,))) > np.median(tones(TUMOURS))


@pytest.mark.parametrize("name", ["banner", "frame", "bare"])
def test_the_middle_is_left_alone(name, scan):
    after = SHORTCUTS[name].of(scan).pixels
    assert np.array_equal(after[9:-9, 9:-9], scan.pixels[9:-9, 9:-9])


def test_files_give_the_class_away_and_pixels_do_not():
    found = {t.label: t for t in traits()}
    assert sum(t.n for t in traits()) == len(cases())
    assert found["glioma"].one_channel > 0.8 > 0.2 > found[NO_TUMOUR].one_channel
    assert found["glioma"].kilobytes < found[NO_TUMOUR].kilobytes
    assert channels_matter(CASE) == 0
