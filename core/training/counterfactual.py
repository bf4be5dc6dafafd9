"""Pictures that break the shortcut: the class changes with the lesion, not with the look.

In this collection most scans without a tumour come from one source and all tumours from
others, so a network can answer by the look of the picture. Four kinds of picture are made
out of training pictures and their outlines, so that look and class come apart:

- ``mirror-healthy``: the half without the lesion, mirrored onto the other: no tumour, in
  the look of a tumour's source.
- ``mirror-ill``: the half with the lesion mirrored the same way: still a tumour, so that
  symmetry does not give the answer away.
- ``paste-ill``: the lesion put into a scan without a tumour: a tumour, in that source's look.
- ``paste-healthy``: the tissue opposite the lesion put there the same way: no tumour, so
  that a seam does not give the answer away.

A pituitary tumour is never moved: elsewhere it would be none.

CarveMix (arXiv:2108.06883) and TumorCP (arXiv:2107.09843) transplant lesions to train
segmentation; the mirrored halves and the controls against seam and symmetry are this
project's.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from core.labels import class_index
from core.preprocess import FloatImage
from core.training.pictures import MASK_STEP, Pictures

_NO_TUMOUR, _PITUITARY = class_index("notumor"), class_index("pituitary")
_INSIDE = 0.2  # share of a pixel from which it counts as lesion
_MOST = 2200  # pasted pictures of each kind at most
_LESION_SHARE = 0.002, 0.12  # of the square; smaller are specks, larger leave no host
_LEAST_RING = 150  # pixels of tissue around the lesion from which greys are matched
_DARKER = 0.25  # share of pasted lesions that are inverted: other sequences show them dark


def make(pictures: Pictures, kinds: tuple[str, ...], seed: int) -> Pictures:
    """Make counterfactual pictures out of training pictures.

    Parameters
    ----------
    pictures : Pictures
        Training pictures; one copy of each is used.
    kinds : tuple of str
        Of `core.training.kinds.KINDS`.
    seed : int

    Returns
    -------
    Pictures
        Possibly none of a kind; `kind` says which is which.
    """
    size = pictures.squares.shape[1]
    if not kinds:
        return _gather([], size)
    _, first = np.unique(pictures.picture, return_index=True)
    x = pictures.squares.astype(np.float32)[first] / 255
    m = np.stack([_enlarged(mask, size) for mask in pictures.masks[first]])
    y, plane = pictures.y[first], pictures.plane[first]
    movable = pictures.outlined[first] & (y != _PITUITARY)
    made: list[tuple[FloatImage, FloatImage, int, str]] = []
    flat = np.zeros((size, size), np.float32)
    for i in np.flatnonzero(movable & (plane != "sagittal")):
        halves = mirrored_halves(x[i], m[i])
        if halves is not None:
            healthy, ill, both = halves
            made.append((healthy, flat, _NO_TUMOUR, "mirror-healthy"))
            made.append((ill, both, int(y[i]), "mirror-ill"))
    rng = np.random.default_rng(seed)
    hosts = np.flatnonzero(y == _NO_TUMOUR)
    axial = np.flatnonzero(movable & (plane == "axial"))
    donors = np.concatenate([axial, axial, np.flatnonzero(movable & (plane != "sagittal"))])
    if len(hosts):
        for i in rng.permutation(np.concatenate([donors, donors]))[:_MOST]:
            flip = slice(None, None, -1 if rng.random() < 0.5 else 1)
            donor, mask = x[i][:, flip], m[i][:, flip]
            if not _LESION_SHARE[0] < mask.mean() < _LESION_SHARE[1]:
                continue
            pasted = transplant(donor, mask, x[rng.choice(hosts)], rng)
            if pasted is not None:
                made.append((pasted, mask, int(y[i]), "paste-ill"))
            if _lies_on_one_side(mask, size // 2 + 3):
                control = transplant(donor, mask, x[rng.choice(hosts)], rng, opposite=True)
                if control is not None:
                    made.append((control, flat, _NO_TUMOUR, "paste-healthy"))
    return _gather([row for row in made if row[3] in kinds], size)


def mirrored_halves(
    square: FloatImage, mask: FloatImage
) -> tuple[FloatImage, FloatImage, FloatImage] | None:
    """Mirror each half of a head onto the other.

    Parameters
    ----------
    square, mask : ndarray of float32, shape (S, S), range [0, 1]

    Returns
    -------
    tuple of three ndarrays of float32, shape (S, S), or None
        The symmetric picture without the lesion, the one with the lesion twice, and the
        latter's mask. None without a lesion, or where it comes near the middle.
    """
    half = square.shape[1] // 2
    columns = np.flatnonzero((mask > _INSIDE).any(0))
    if len(columns) == 0 or (columns.min() <= half + 6 and columns.max() >= half - 7):
        return None
    on_the_right = columns.min() > half

    def symmetric(picture: FloatImage, right: bool) -> FloatImage:
        part = picture[:, half:] if right else picture[:, :half]
        halves = (part[:, ::-1], part) if right else (part, part[:, ::-1])
        return np.concatenate(halves, axis=1)

    return (
        symmetric(square, not on_the_right),
        symmetric(square, on_the_right),
        symmetric(mask, on_the_right),
    )


def transplant(
    donor: FloatImage,
    mask: FloatImage,
    host: FloatImage,
    rng: np.random.Generator,
    *,
    opposite: bool = False,
) -> FloatImage | None:
    """Put the donor's lesion into the host, feathered and matched in grey to its surroundings.

    Parameters
    ----------
    donor, mask, host : ndarray of float32, shape (S, S), range [0, 1]
    rng : Generator
        Draws the edge's width, and whether the lesion is shown darker.
    opposite : bool
        Take the tissue opposite the lesion instead, to the lesion's place.

    Returns
    -------
    ndarray of float32, shape (S, S), range [0, 1], or None
        None where the lesion would not lie within the host's head.
    """
    if opposite:
        donor = donor[:, ::-1]
    alpha = _feather(mask, int(rng.integers(2, 7)), rng.uniform(1.5, 4))
    ring = (_feather(mask, 16, 0.5) > 0.5) & (alpha < 0.1) & (host > 0.05) & (donor > 0.05)
    inside = mask > 0.5
    if not inside.any() or ring.sum() < _LEAST_RING or (host[inside] > 0.08).mean() < 0.9:
        return None
    spread = np.clip(host[ring].std() / (donor[ring].std() + 1e-3), 0.4, 2.5)
    patch = np.clip((donor - donor[ring].mean()) * spread + host[ring].mean(), 0, 1)
    if not opposite and rng.random() < _DARKER:
        patch = np.clip(2 * host[ring].mean() - patch, 0, 1)
    return np.asarray(alpha * patch + (1 - alpha) * host, np.float32)


def _feather(mask: FloatImage, grow: int, blur: float) -> FloatImage:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
    grown = cv2.dilate(np.ascontiguousarray(mask), kernel)
    return np.asarray(cv2.GaussianBlur(grown, (0, 0), blur), np.float32)


def _lies_on_one_side(mask: FloatImage, middle: int) -> bool:
    columns = np.flatnonzero((mask > _INSIDE).any(0))
    width = mask.shape[1]
    return len(columns) > 0 and bool(columns.min() > middle or columns.max() < width - middle)


def _enlarged(mask: NDArray[np.uint8], size: int) -> FloatImage:
    shares = mask.astype(np.float32) / 255
    enlarged = cv2.resize(shares, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.asarray(enlarged, np.float32)


def _gather(made: list[tuple[FloatImage, FloatImage, int, str]], size: int) -> Pictures:
    small = size // MASK_STEP
    squares = np.zeros((len(made), size, size), np.uint8)
    masks = np.zeros((len(made), small, small), np.uint8)
    for i, (square, mask, _, _) in enumerate(made):
        squares[i] = np.round(square * 255)
        shrunk = cv2.resize(
            np.ascontiguousarray(mask), (small, small), interpolation=cv2.INTER_AREA
        )
        masks[i] = np.round(shrunk * 255)
    kind = np.array([row[3] for row in made], dtype="U16")
    return Pictures(
        squares,
        masks,
        np.asarray(masks.any((1, 2)), bool),
        np.array([row[2] for row in made], np.int64),
        np.array([f"{name}-{i}" for i, name in enumerate(kind)], dtype="U24"),
        np.full(len(made), "", dtype="U8"),
        kind,
    )
