"""Apply a corruption: to pixels, or to a scan, which then has an identity of its own."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, replace
from math import isfinite

import numpy as np

from core.corruptions.base import Change
from core.corruptions.table import CORRUPTIONS
from core.imaging import MRIImage
from core.preprocess import FloatImage


def corrupt(pixels: FloatImage, change: Change, key: str = "") -> FloatImage:
    """Apply a corruption to pixels.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    change : Change
    key : str
        What else the randomness depends on, so that two scans are not spoilt alike.

    Returns
    -------
    ndarray of float32, shape (H, W), range [0, 1]
        A new array; the same for the same arguments. What is random does not depend on the
        strength: more of it is more of the same.

    Raises
    ------
    ValueError
        If there is no such corruption, or the strength is not in [0, 1].
    """
    if change.corruption not in CORRUPTIONS:
        raise ValueError(
            f"Invalid corruption. Expected one of {', '.join(CORRUPTIONS)}. "
            f"Received: {change.corruption!r}"
        )
    if not (isfinite(change.strength) and 0 <= change.strength <= 1):
        raise ValueError(
            f"Invalid strength. Expected a number in [0, 1]. Received: {change.strength}"
        )
    if change.strength == 0:
        return pixels.copy()
    kind = CORRUPTIONS[change.corruption]
    digest = hashlib.sha256(f"{change.seed} {kind.name} {key}".encode()).digest()
    draw = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    spoilt = kind.apply(pixels, kind.at(change.strength), draw, change.box)
    return np.asarray(spoilt, np.float32).clip(0, 1)


def altered(image: MRIImage, change: Change) -> MRIImage:
    """Apply a corruption to a scan.

    Returns
    -------
    MRIImage
        With an identity of its own: its sha256 is that of the source's sha256 and the
        change, so that no cache takes one for the other. At strength 0 the scan itself.
    """
    if change.strength == 0:
        return image
    return changed(image, corrupt(image.pixels, change, image.sha256), astuple(change))


def changed(image: MRIImage, pixels: FloatImage, what: object) -> MRIImage:
    """Put new pixels in place of a scan's, under a sha256 derived from both.

    Parameters
    ----------
    image : MRIImage
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    what : object
        What was done, with all its parameters; its representation goes into the sha256.
    """
    identity = f"{image.sha256} {image.frame} {what!r}"
    sha256 = hashlib.sha256(identity.encode()).hexdigest()
    return replace(image, pixels=pixels, sha256=sha256, frame=0, frames=1)
