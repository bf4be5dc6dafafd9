"""Commands that look after what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("rewrite-manifests")(rewrite_manifests)
    app.command("counterfactual-examples")(counterfactual_examples)


def rewrite_manifests() -> None:
    """Write all stored manifests in the present schema."""
    from core.evaluate.make.rewrite import rewrite_manifests as rewrite

    emit([str(path) for path in rewrite(Settings().models_dir)])


@fail_with_sentence
def counterfactual_examples(
    data: Annotated[Path, typer.Option(help="The dataset's folder, with outlines.")],
) -> None:
    """Make the examples of counterfactual pictures that the page Dataset shows."""
    from core.counterfactuals import FOLDER
    from core.dataset.collection import load_dataset
    from core.training.examples import make_examples

    emit(make_examples(load_dataset(data), FOLDER).model_dump(mode="json"))
