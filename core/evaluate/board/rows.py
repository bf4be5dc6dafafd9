"""Lines of a leaderboard: read from disk, checked, or left out with a sentence why.

Only results that answer the same question stand on one board: same images, same split,
and, where the app serves the weights, those very weights.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from core.architectures import ARCHITECTURES
from core.errors import N_, DataError
from core.evaluate.board.paper import REPORTED, Reported
from core.evaluate.stored.layout import (
    CONTROLS,
    ENSEMBLE,
    METRICS_NAME,
    PREDICTIONS_NAME,
    evaluation_folder,
)
from core.evaluate.stored.predictions import Predictions, read_predictions
from core.evaluate.stored.schema import Images, Metrics, read_metrics
from core.figure import Figure
from core.files import sha256
from core.protocols import UNSEEN, Protocol
from core.registry import ModelSpec, discover

Kind = Literal["model", "ensemble", "control", "reported"]
UNKNOWN = Figure(value=None, ci_low=None, ci_high=None)


@dataclass(frozen=True)
class Row:
    """One line of the board.

    Attributes
    ----------
    name : str
        Unique on the board: the model's or control's key, ``paper:<model>`` for a
        reported row.
    title : str
        What a person reads (a gettext message id for controls and the ensemble).
    kind : {"model", "ensemble", "control", "reported"}
    folder : Path or None
        Where the evaluation lies; None for a reported row.
    metrics : Metrics or None
    reported : Reported or None
        Of the two, exactly one is there.
    spec : ModelSpec or None
        The served model, where there is one.
    """

    name: str
    title: str
    kind: Kind
    folder: Path | None = None
    metrics: Metrics | None = None
    reported: Reported | None = None
    spec: ModelSpec | None = None

    def figure(self, name: str, images: Images = "all") -> Figure:
        """One of `core.evaluate.figures.points.HEADLINES`; empty where the row does not have it."""
        if self.metrics is not None:
            return self.metrics.images[images].figures[name]
        value = getattr(self.reported, name, None) if images == "all" else None
        return UNKNOWN if value is None else Figure(value=value, ci_low=None, ci_high=None)

    def predictions(self) -> Predictions:
        """Read the stored predictions behind the figures.

        Raises
        ------
        DataError
            If they cannot be read, or for a reported row.
        """
        if self.folder is None:
            raise DataError("{title} was reported without its predictions.", title=self.title)
        return read_predictions(self.folder / PREDICTIONS_NAME)


def stored_rows(
    models_dir: Path, protocol: Protocol
) -> tuple[tuple[Row, ...], tuple[DataError, ...]]:
    """Read all that is stored under a protocol.

    Returns
    -------
    rows : tuple of Row
        Models, ensemble, controls.
    problems : tuple of DataError
        One for each result that is missing or must not stand beside the others.
    """
    rows: list[Row] = []
    problems: list[DataError] = []
    for row in _candidates(models_dir, protocol):
        try:
            rows.append(_filled(row, protocol))
        except DataError as error:
            problems.append(error)
    rows, strangers = _same_split(rows, protocol)
    rows, stale = _same_members(rows, protocol)
    return tuple(rows), (*problems, *strangers, *stale)


def reported_rows() -> tuple[Row, ...]:
    """Rows of the paper, for the official protocol."""
    return tuple(
        Row(f"paper:{r.model}", ARCHITECTURES[r.model].title, "reported", reported=r)
        for r in REPORTED
    )


def _candidates(models_dir: Path, protocol: Protocol) -> list[Row]:
    """Name the rows to fill: every model folder, the ensemble if stored, every control."""
    specs, unavailable = discover(models_dir)
    evaluated = (folder.parent.name for folder in models_dir.glob("[!_]*/evaluation"))
    names = {*specs, *(u.name for u in unavailable), *evaluated}
    rows = []
    for name in sorted(names):
        spec = specs.get(name)
        known = ARCHITECTURES.get(name)
        title = spec.manifest.title if spec else known.title if known else name
        folder = evaluation_folder(models_dir, name, protocol)
        rows.append(Row(name, title, "model", folder, spec=spec))
    folder = evaluation_folder(models_dir, ENSEMBLE, protocol)
    if folder.is_dir() and any(folder.iterdir()):
        rows.append(Row(ENSEMBLE, N_("Ensemble"), "ensemble", folder))
    for name, title in CONTROLS.items():
        rows.append(Row(name, title, "control", evaluation_folder(models_dir, name, protocol)))
    return rows


def _filled(row: Row, protocol: Protocol) -> Row:
    """Read a row's metrics and check that they are what they say they are."""
    assert row.folder is not None
    if not (row.folder / METRICS_NAME).exists() and not (row.folder / PREDICTIONS_NAME).exists():
        raise DataError(
            "{name} has not been evaluated under {protocol}.", name=row.name, protocol=protocol
        )
    metrics = read_metrics(row.folder / METRICS_NAME)
    try:
        digest = sha256(row.folder / PREDICTIONS_NAME)
    except OSError as error:
        raise DataError("{file} cannot be read.", file=row.folder / PREDICTIONS_NAME) from error
    if digest != metrics.predictions_sha256:
        raise DataError(
            "The figures of {name} under {protocol} were not made from the predictions stored "
            "beside them; run its evaluation again.",
            name=row.name,
            protocol=protocol,
        )
    found = metrics.provenance
    if (found.name, found.kind, found.protocol, found.part) != (
        row.name, row.kind, protocol, "test",
    ):  # fmt: skip
        raise DataError(
            "What is stored for {name} under {protocol} are the {part} results of {found} "
            "under {found_protocol}.",
            name=row.name,
            protocol=protocol,
            part=found.part,
            found=found.name,
            found_protocol=found.protocol,
        )
    if row.kind == "model" and protocol == UNSEEN:
        served = row.spec.manifest.weights_sha256 if row.spec else None
        if served is None:
            raise DataError(
                "{name} cannot be served, so its results under {protocol} are left out.",
                name=row.name,
                protocol=protocol,
            )
        if found.weights_sha256 != served:
            raise DataError(
                "The results of {name} under {protocol} are of other weights than the app "
                "serves; run its evaluation again.",
                name=row.name,
                protocol=protocol,
            )
    return replace(row, metrics=metrics)


def _same_split(rows: list[Row], protocol: Protocol) -> tuple[list[Row], list[DataError]]:
    """Keep the rows of the split that most rows are of; of equals, the first row's."""
    if not rows:
        return [], []
    usual = Counter(map(_split_of, rows)).most_common(1)[0][0]
    strangers = [
        DataError(
            "The results of {name} under {protocol} are of another dataset or split than the "
            "others; run its evaluation again.",
            name=row.name,
            protocol=protocol,
        )
        for row in rows
        if _split_of(row) != usual
    ]
    return [row for row in rows if _split_of(row) == usual], strangers


def _split_of(row: Row) -> tuple[str, str]:
    assert row.metrics is not None
    return row.metrics.provenance.dataset_sha256, row.metrics.provenance.split_sha256


def _same_members(rows: list[Row], protocol: Protocol) -> tuple[list[Row], list[DataError]]:
    """Drop an ensemble of models, or of weights, that are not on the board."""
    weights = {row.name: row.metrics.provenance.weights_sha256 for row in rows if row.metrics}
    stale: list[DataError] = []
    for row in rows:
        members = row.metrics.provenance.members if row.metrics else {}
        changed = sorted(name for name, sha in members.items() if weights.get(name) != sha)
        if changed:
            stale.append(
                DataError(
                    "The ensemble under {protocol} is of other weights of {members} than those "
                    "on the board; run its evaluation again.",
                    protocol=protocol,
                    members=", ".join(changed),
                )
            )
    return [row for row in rows if not (stale and row.kind == "ensemble")], stale
