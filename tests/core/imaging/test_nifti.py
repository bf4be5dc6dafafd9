"""NIfTI volumes: which voxel comes out where."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import ImageError
from core.imaging import limits, open_stack, read_frame, read_image

from .files import nifti

SHAPE = 40, 44, 36  # voxels to the right, the front, the top


@pytest.fixture(scope="module")
def head():
    """Darkness with one bright voxel: right of the middle, far in front, low."""
    volume = np.random.default_rng(0).integers(0, 50, SHAPE).astype(np.int16)
    volume[30, 40, 5] = 1000
    return volume


def turned(volume, codes):
    """The same head stored with other axes, and the affine that says so."""
    import nibabel
    from nibabel.orientations import axcodes2ornt, inv_ornt_aff, ornt_transform

    turn = ornt_transform(axcodes2ornt("RAS"), axcodes2ornt(codes))
    return nibabel.orientations.apply_orientation(volume, turn), inv_ornt_aff(turn, volume.shape)


@pytest.mark.parametrize("codes", ["RAS", "LAS", "LPS", "PIR", "SAR", "ILA"])
@pytest.mark.parametrize("zipped", [False, True])
def test_slices_lie_as_radiologists_look_at_them(head, codes, zipped):
    stack = open_stack(nifti(*turned(head, codes), zipped=zipped), "head.nii")
    planes = {p.name: p for p in stack.contents.planes}
    assert [(p.name, p.count) for p in planes.values()] == [
        ("axial", 36), ("coronal", 44), ("sagittal", 40),
    ]  # fmt: skip
    bright = {"axial": (5, (44 - 1 - 40, 40 - 1 - 30)),  # the front above, the right on the left
              "coronal": (40, (36 - 1 - 5, 40 - 1 - 30)),
              "sagittal": (30, (36 - 1 - 5, 44 - 1 - 40))}  # fmt: skip
    for plane, (n, at) in bright.items():
        image = read_frame(stack, "head.nii", planes[plane].first + n)
        assert np.unravel_index(image.pixels.argmax(), image.shape) == at
        assert (image.plane, image.number) == (plane, n + 1)
        assert image.values[1] == 1000


def test_it_opens_in_the_middle_of_the_axial_slices(head):
    image = read_image(nifti(head), "head.nii")
    assert (image.plane, image.number, image.of, image.frames) == ("axial", 19, 36, 120)
    assert (image.source, image.spacing_mm) == ("nifti", (1.0, 1.0))


def test_thick_slices_give_square_pixels(head):
    stack = open_stack(nifti(head, np.diag([1.0, 1.0, 3.0, 1])), "head.nii")
    coronal = next(p for p in stack.contents.planes if p.name == "coronal")
    image = read_frame(stack, "head.nii", coronal.first)
    assert image.shape == (108, 40) and image.spacing_mm == (1.0, 1.0)


def test_several_volumes_are_slices_one_after_the_other(head):
    both = np.stack([head, head[:, :, ::-1]], -1)
    stack = open_stack(nifti(both), "head.nii")
    assert stack.contents.planes[0].count == 72
    first, second = (read_frame(stack, "head.nii", n) for n in (5, 36 + 30))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert second.where == {
        "plane": "axial", "slice": 67, "slices": 72, "volume": 2, "volumes": 2
    }  # fmt: skip


def test_what_is_not_a_number_is_dark(head):
    volume = head.astype(np.float32)
    volume[:, :, 18][3:6] = np.nan
    image = read_image(nifti(volume), "head.nii")
    assert np.isfinite(image.pixels).all() and (image.pixels[:, -6:-3] == 0).all()


def test_a_blank_slice_condemns_nothing(head):
    volume = head.copy()
    volume[:, :, 18] = 7
    assert read_image(nifti(volume), "head.nii").number == 20
    with pytest.raises(ImageError, match=r"Slice 19 of 36 of head\.nii is one even shade"):
        read_image(nifti(volume), "head.nii", 18)


def test_brightness_means_the_same_in_every_slice(head):
    volume = head.astype(np.float32)
    volume[:, :, 3] /= 10
    dim, normal = (read_image(nifti(volume), "head.nii", n).shown.mean() for n in (3, 18))
    assert dim < normal / 5


def test_a_bomb_is_called_one(head, monkeypatch):
    monkeypatch.setattr(limits, "MAX_UNPACKED", 10_000)
    with pytest.raises(ImageError, match="decompression bomb"):
        read_image(nifti(head, zipped=True), "head.nii.gz")


@pytest.mark.parametrize("kind", [np.complex64, "truncated"])
def test_what_cannot_be_read_is_refused(head, kind):
    data = nifti(head)[:-5000] if kind == "truncated" else nifti(head.astype(kind))
    with pytest.raises(ImageError, match="a NIfTI file that is damaged"):
        read_image(data, "head.nii")
