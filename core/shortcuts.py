"""Shortcuts that the audit found, put on real scans or taken off them.

A network may be right for a wrong reason: Lapuschkin et al. 2019
(doi:10.1038/s41467-019-08987-4) call it Clever Hans, after the horse that read its
master's face. Here one trait that has nothing to do with a tumour is changed, and all else
is left as it is. An answer that moves with it depends on the trait. The reverse does not
hold: an altered scan is also an unusual scan, and an answer may move for that alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from core.cases import Case, cases, read_bytes, spread
from core.corruptions import Change, changed, corrupt
from core.errors import N_
from core.imaging import MRIImage, read_image
from core.labels import CLASS_NAMES, NO_TUMOUR
from core.preprocess import FloatImage

TUMOURS = tuple(name for name in CLASS_NAMES if name != NO_TUMOUR)
EDGE = 0.04  # of a side: the audit's banners and frames lie within
TONES_OF = 40  # scans whose grey values are averaged
_LINE = 0.01  # thickness of a frame, of a side
_HEAD = 0.05  # darker pixels are air, and stay as they are
_WIDER = 0.5  # strength of the stretch
_LEVELS = 256


@dataclass(frozen=True)
class Shortcut:
    """One trait, and what takes it off a scan or puts it there.

    Attributes
    ----------
    name : str
        Key in links.
    title, story : str
        Message ids: the change in few words; why a network might go by it.
    labels : tuple of str
        Classes of the scans that it is tried on.
    apply : callable
        Pixels (H, W) in [0, 1] to the same.
    """

    name: str
    title: str
    story: str
    labels: tuple[str, ...]
    apply: Callable[[FloatImage], FloatImage]

    def of(self, image: MRIImage) -> MRIImage:
        """Change a scan, which then has an identity of its own."""
        return changed(image, self.apply(image.pixels), ("shortcut", self.name))


def sample(shortcut: Shortcut, n: int, seed: int = 0) -> tuple[Case, ...]:
    """Draw shipped scans that a shortcut is tried on: patients in turn, classes alike."""
    each = -(-n // len(shortcut.labels))
    drawn = [
        spread([c for c in cases().values() if c.label == label], seed)[:each]
        for label in shortcut.labels
    ]
    return tuple([case for turn in zip(*drawn, strict=True) for case in turn][:n])


def banner(pixels: FloatImage) -> FloatImage:
    """Paste the banner of a shipped no-tumour scan over the bottom edge."""
    strip, height = _banner(), max(1, round(EDGE * pixels.shape[0]))
    result = pixels.copy()
    result[-height:] = cv2.resize(strip, (pixels.shape[1], height), interpolation=cv2.INTER_AREA)
    return result


def frame(pixels: FloatImage) -> FloatImage:
    """Draw a white line around the picture."""
    width = max(1, round(_LINE * max(pixels.shape)))
    result = np.ones_like(pixels)
    result[width:-width, width:-width] = pixels[width:-width, width:-width]
    return result


def bare(pixels: FloatImage) -> FloatImage:
    """Blacken the outermost `EDGE` of each side, with whatever is written there."""
    down, across = (max(1, round(EDGE * side)) for side in pixels.shape)
    result = np.zeros_like(pixels)
    result[down:-down, across:-across] = pixels[down:-down, across:-across]
    return result


def text(pixels: FloatImage) -> FloatImage:
    """Write a line of text that says nothing of a brain."""
    return corrupt(pixels, Change("watermark", 1.0))


def stretch(pixels: FloatImage) -> FloatImage:
    """Widen the head by 30 %."""
    return corrupt(pixels, Change("stretch", _WIDER))


def toned(pixels: FloatImage, labels: tuple[str, ...]) -> FloatImage:
    """Give a head the grey values of other classes, each pixel keeping its rank.

    Histogram matching to the mean quantiles of `TONES_OF` shipped scans; air is left alone.

    Parameters
    ----------
    pixels : ndarray of float32, shape (H, W), range [0, 1]
    labels : tuple of str
        Classes whose grey values are taken.
    """
    from skimage.exposure import match_histograms

    head = pixels > _HEAD
    if not head.any():
        return pixels.copy()
    result = pixels.copy()
    result[head] = match_histograms(pixels[head], tones(labels)).clip(0, 1)
    return result


@cache
def tones(labels: tuple[str, ...]) -> FloatImage:
    """Mean quantiles (256,) of the grey values inside the heads of some classes."""
    each = -(-TONES_OF // len(labels))
    at, found = np.linspace(0, 1, _LEVELS), []
    for label in labels:
        for case in spread([c for c in cases().values() if c.label == label], 0)[:each]:
            pixels = read_image(read_bytes(case), case.path).pixels
            found.append(np.quantile(pixels[pixels > _HEAD], at))
    return np.asarray(np.mean(found, axis=0), np.float32)


@cache
def _banner() -> FloatImage:
    case = next(c for c in cases().values() if "colour_overlay" in c.flags)
    pixels = read_image(read_bytes(case), case.path).pixels
    return pixels[-round(EDGE * pixels.shape[0]) :]


_ALL = (
    Shortcut(
        "tones-of-no-tumour",
        N_("Tumour scans with the tones of no-tumour scans"),
        N_(
            "The tumour scans are contrast-enhanced T1, the no-tumour scans mostly T2 and FLAIR. A "
            "network can tell the classes by the sequence, without a look at the tumour. Here each "
            "tumour scan keeps its anatomy, tumour included, and gets the average grey values of "
            "no-tumour scans."
        ),
        TUMOURS,
        lambda pixels: toned(pixels, (NO_TUMOUR,)),
    ),
    Shortcut(
        "tones-of-tumours",
        N_("No-tumour scans with the tones of tumour scans"),
        N_(
            "The same the other way round: no-tumour scans get the average grey values of tumour "
            "scans. Nothing like a tumour is added."
        ),
        (NO_TUMOUR,),
        lambda pixels: toned(pixels, TUMOURS),
    ),
    Shortcut(
        "banner",
        N_("Tumour scans with a web site's banner"),
        N_(
            "The audit found coloured banners on no-tumour images only. Here the banner of a real "
            "no-tumour scan is pasted over the bottom edge of tumour scans."
        ),
        TUMOURS,
        banner,
    ),
    Shortcut(
        "text",
        N_("Scans with a line of text"),
        N_(
            "Some no-tumour images carry text. Here a line that says nothing of a brain is written "
            "over an edge, as on the horses of Lapuschkin et al."
        ),
        CLASS_NAMES,
        text,
    ),
    Shortcut(
        "frame",
        N_("Tumour scans with a bright frame"),
        N_(
            "The audit found a bright frame line mostly on no-tumour images. Here one is drawn "
            "around tumour scans."
        ),
        TUMOURS,
        frame,
    ),
    Shortcut(
        "bare",
        N_("Scans without their edges"),
        N_(
            "Whatever lies in the outermost part of each side is blackened: banners, frames, text, "
            "noise, and the rim of a head that reaches so far. An answer should not need it."
        ),
        CLASS_NAMES,
        bare,
    ),
    Shortcut(
        "stretch",
        N_("Scans with a widened head"),
        N_(
            "The dataset's copies are square, so heads of tall scans are squeezed or widened, and "
            "not alike in all classes. Here every head is widened by 30 %."
        ),
        CLASS_NAMES,
        stretch,
    ),
)

SHORTCUTS: dict[str, Shortcut] = {s.name: s for s in _ALL}
