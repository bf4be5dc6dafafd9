"""Bring stored manifests to the present schema, with what stored predictions tell."""

from __future__ import annotations

import logging
from pathlib import Path

from pydantic import ValidationError

from core.errors import DataError
from core.evaluate.figures.ruling_out import operating_point
from core.evaluate.stored.layout import RUN_NAME, VALIDATION_NAME, evaluation_folder
from core.evaluate.stored.predictions import read_predictions
from core.manifest import Manifest, RulingOut, write_manifest
from core.protocols import PROTOCOLS
from core.registry import MANIFEST_NAME

log = logging.getLogger(__name__)


def rewrite_manifests(models_dir: Path) -> list[Path]:
    """Write every manifest and every run's record in the present schema.

    Where a record has no point from which a tumour is ruled out, it is found on the stored
    predictions of its own validation part, if they are of its weights and temperature.
    Nothing else is added: what an older record does not say stays unsaid.

    Parameters
    ----------
    models_dir : Path

    Returns
    -------
    list of Path
        What changed, relative to `models_dir`.
    """
    changed = []
    for folder in sorted(models_dir.glob("[!_.]*")):
        for file in (
            folder / MANIFEST_NAME,
            *(evaluation_folder(models_dir, folder.name, p) / RUN_NAME for p in PROTOCOLS),
        ):
            if not file.is_file():
                continue
            before = file.read_bytes()
            try:
                manifest = Manifest.model_validate_json(before)
            except ValidationError as error:
                log.warning("%s was left as it is: %s", file, error.errors()[0]["msg"])
                continue
            if manifest.ruling_out is None:
                point = _point(models_dir, manifest)
                manifest = manifest.model_copy(update={"ruling_out": point})
            write_manifest(file, manifest)
            if file.read_bytes() != before:
                changed.append(file.relative_to(models_dir))
    return changed


def _point(models_dir: Path, manifest: Manifest) -> RulingOut | None:
    for protocol in PROTOCOLS:
        if protocol != manifest.training.protocol:
            continue
        folder = evaluation_folder(models_dir, manifest.name, protocol)
        try:
            stored = read_predictions(folder / VALIDATION_NAME)
        except DataError:
            return None
        p = stored.provenance
        if (p.weights_sha256, p.temperature) == (manifest.weights_sha256, manifest.temperature):
            groups = stored.table["group"].to_numpy(str)
            return operating_point(stored.probabilities, stored.y, groups)
    return None
