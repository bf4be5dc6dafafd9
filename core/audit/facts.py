"""Figures of the audit, from its table of all images alone.

The table says of each image of the Kaggle "Brain Tumor MRI Dataset" (Nickparvar, version 1,
doi:10.34740/KAGGLE/DSV/2645886) which picture it shows, of which patient, and where it came
from. It was made by comparing pixels: with the figshare original (Cheng,
doi:10.6084/m9.figshare.1512427), which also names the patients, and with each other, in
eight orientations. It is read here by its path, because serving never imports training.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Literal, TypeVar

import pandas as pd

from core.dataset import MANIFEST
from core.errors import DataError
from core.evaluate.stored.layout import CONTROLS, METRICS_NAME, evaluation_folder
from core.evaluate.stored.schema import Metrics, read_metrics
from core.figure import Figure
from core.labels import CLASS_NAMES, NO_TUMOUR
from core.protocols import PROTOCOLS, Protocol

T = TypeVar("T")

RELEASED = 7023  # images that the release is said to hold
UNKNOWN = "unknown"

Part = Literal["split", "source", "plane"]
VALUES: dict[Part, tuple[str, ...]] = {
    "split": ("train", "test"),
    "source": ("figshare", "br35h", "sartaj-or-unknown"),
    "plane": ("axial", "coronal", "sagittal", UNKNOWN),
}
LEAKS = ("exact", "near", "patient", "free")
FLAGS = ("looks_like_ct", "visible_focal_lesion", "colour_overlay", "bright_frame")


@dataclass(frozen=True)
class Totals:
    """How much there really is.

    Attributes
    ----------
    images, pictures : int
        Files, and the different pictures that they show.
    groups : int
        Patients where they are known (figshare), else families of alike pictures.
    patients : int
        Of those groups, the known patients.
    largest_picture, largest_family : int
        Files of the picture, and of the no-tumour family, that occurs most often.
    """

    images: int
    pictures: int
    groups: int
    patients: int
    largest_picture: int
    largest_family: int


@dataclass(frozen=True)
class Score:
    """Accuracy of one control under one protocol; the metrics are None where not stored."""

    name: str
    protocol: Protocol
    metrics: Metrics | None

    @property
    def accuracy(self) -> Figure | None:
        """On all test images, with its interval."""
        return self.metrics.images["all"].figures["accuracy"] if self.metrics else None


@cache
def table() -> pd.DataFrame:
    """Read the audit's table, one row an image; not to be written to."""
    return pd.read_parquet(MANIFEST)


def _once(count: Callable[..., T]) -> Callable[..., T]:
    """Count the audit's own table once; what is given for it is not to be written to."""
    known: dict[tuple[object, ...], T] = {}

    @wraps(count)
    def look_up(images: pd.DataFrame, *rest: object) -> T:
        if images is not table():
            return count(images, *rest)
        if rest not in known:
            known[rest] = count(images, *rest)
        return known[rest]

    return look_up


@_once
def totals(images: pd.DataFrame) -> Totals:
    """Count files, pictures and people."""
    groups = images["group"].drop_duplicates()
    families = images.loc[images["label"] == NO_TUMOUR, "group"].value_counts()
    return Totals(
        images=len(images),
        pictures=int(images["duplicate_group"].nunique()),
        groups=len(groups),
        patients=int(groups.str.startswith("P").sum()),
        largest_picture=int(images["duplicate_group"].value_counts().iloc[0]),
        largest_family=int(families.iloc[0]),
    )


@_once
def composition(images: pd.DataFrame, by: Part) -> pd.DataFrame:
    """Count images and pictures of each class in each part.

    Returns
    -------
    DataFrame
        Columns ``label``, ``value``, ``images``, ``pictures``; a row for every pair, also
        the empty ones, in the order of `CLASS_NAMES` and `VALUES`.
    """
    values = images[by].replace("", UNKNOWN)
    groups = images.groupby([images["label"], values])["duplicate_group"]
    pairs = pd.MultiIndex.from_product([CLASS_NAMES, VALUES[by]], names=["label", "value"])
    counted = pd.DataFrame({"images": groups.size(), "pictures": groups.nunique()})
    return counted.reindex(pairs, fill_value=0).reset_index()


@_once
def leaks(images: pd.DataFrame) -> pd.DataFrame:
    """Count the official test images by what training already holds of them.

    Returns
    -------
    DataFrame
        Index `CLASS_NAMES`, columns `LEAKS`: the same pixels (``exact``), the same picture
        in another form (``near``), another picture of the same patient or family
        (``patient``), or nothing (``free``).
    """
    test = images[images["split"] == "test"]
    kind = test["twin_kind"].where(test["twin_kind"] != "none", "patient")
    kind = kind.where(test["group_in_train"] == "1", "free")
    counted = pd.crosstab(test["label"], kind)
    return counted.reindex(index=list(CLASS_NAMES), columns=list(LEAKS), fill_value=0)


@_once
def folds(images: pd.DataFrame) -> pd.DataFrame:
    """Count what is in each of the five folds; no patient and no picture is in two.

    Returns
    -------
    DataFrame
        Index ``fold``; columns the classes, ``images``, ``pictures``, ``groups``,
        ``patients``.
    """
    by = images.groupby("fold")
    known = images[images["group"].str.startswith("P")].groupby("fold")
    return pd.crosstab(images["fold"], images["label"]).assign(
        images=by.size(),
        pictures=by["duplicate_group"].nunique(),
        groups=by["group"].nunique(),
        patients=known["group"].nunique(),
    )


@_once
def mirrored(images: pd.DataFrame) -> pd.DataFrame:
    """Share of figshare images that are stored left-right mirrored.

    Returns
    -------
    DataFrame
        Columns ``label``, ``split``, ``images``, ``share`` (0..1).
    """
    known = images[images["source"] == "figshare"]
    turned = known["mirrored"].astype(int).groupby([known["label"], known["split"]])
    counted = pd.DataFrame({"images": turned.size(), "share": turned.mean()})
    return counted.reset_index()


@_once
def flagged(images: pd.DataFrame) -> pd.DataFrame:
    """Count images and pictures under each flag; lower bounds, because set by eye.

    Returns
    -------
    DataFrame
        Index `FLAGS`; columns ``images``, ``pictures`` and the classes (images).
    """
    rows = {}
    for flag in FLAGS:
        under = images[[flag in flags.split(";") for flags in images["flags"]]]
        of = under["label"].value_counts()
        rows[flag] = {
            "images": len(under),
            "pictures": under["duplicate_group"].nunique(),
            **{name: int(of.get(name, 0)) for name in CLASS_NAMES},
        }
    return pd.DataFrame.from_dict(rows, orient="index")


@_once
def mislabelled(images: pd.DataFrame) -> pd.DataFrame:
    """Rows whose label is not the one that the figshare original gives."""
    known = images["figshare_label"] != ""
    return images[known & (images["figshare_label"] != images["label"])]


def control_scores(models_dir: Path) -> tuple[Score, ...]:
    """Look up what the controls score; a missing one is there, without its metrics."""
    scores = []
    for name in CONTROLS:
        for protocol in PROTOCOLS:
            metrics = None
            with suppress(DataError):
                metrics = read_metrics(evaluation_folder(models_dir, name, protocol) / METRICS_NAME)
            scores.append(Score(name, protocol, metrics))
    return tuple(scores)
