"""The command that audits the dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.audit import facts
from core.cli.common import emit, fail_with_sentence
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(audit)


@fail_with_sentence
def audit(
    data: Annotated[
        Path | None, typer.Option(help="The dataset's folder; makes the stored pictures anew.")
    ] = None,
) -> None:
    """Count what is in the dataset, and what is wrong with it.

    The figures come from the audit's table of all images, which ships. With --data, the
    pictures, the statistics of pixels and the fingerprints by which a picture is recognised
    are made anew as well.
    """
    if data is not None:
        from core.audit.make import make
        from core.audit.stored import FOLDER
        from core.dataset.collection import load_dataset
        from core.dataset.recognise import FINGERPRINTS, write_fingerprints

        dataset = load_dataset(data)
        make(dataset, FOLDER)
        write_fingerprints(dataset, FINGERPRINTS)
    emit(_figures())


def _figures() -> dict[str, Any]:
    images = facts.table()
    return {
        "totals": vars(facts.totals(images)),
        "composition": {
            by: facts.composition(images, by).to_dict("records") for by in facts.VALUES
        },
        "leaks": facts.leaks(images).to_dict("index"),
        "folds": facts.folds(images).to_dict("index"),
        "mirrored": facts.mirrored(images).to_dict("records"),
        "flagged": facts.flagged(images).to_dict("index"),
        "mislabelled": facts.mislabelled(images)[["path", "figshare_label"]].to_dict("records"),
        "controls": [
            {
                "name": score.name,
                "protocol": score.protocol,
                "accuracy": score.accuracy.model_dump() if score.accuracy else None,
            }
            for score in facts.control_scores(Settings().models_dir)
        ],
    }
