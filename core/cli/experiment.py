"""The command that judges a run which does not ship."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.common import emit, fail_with_sentence
from core.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate-experiment")(evaluate_experiment)


@fail_with_sentence
def evaluate_experiment(
    name: Annotated[str, typer.Option(help="What to call it, for example mobilenetv2-plain.")],
    run: Annotated[Path, typer.Option(help="Its folder, with model.keras and manifest.json.")],
    data: Annotated[Path, typer.Option(help="The dataset's folder (Kaggle layout or a pack).")],
    other: Annotated[
        Path | None, typer.Option(help="Scans of other sources, with their labels.csv.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Scans of each class for the measures of maps.")
    ] = None,
    faithfulness_scans: Annotated[
        int | None, typer.Option(min=1, help="The same for deletion and insertion alone.")
    ] = None,
) -> None:
    """Evaluate a run as shipped models are, and store its record without its weights."""
    from core.dataset.collection import load_dataset
    from core.evaluate.make.experiment import evaluate_experiment as evaluate
    from core.experiments import read_experiments

    models_dir = Settings().models_dir
    evaluate(
        name,
        run,
        load_dataset(data),
        models_dir,
        other=other,
        limit=limit,
        faithfulness_scans=faithfulness_scans,
    )
    known, _ = read_experiments(models_dir)
    made = next(e for e in known if e.name == name and not e.shipped)
    emit(
        {
            "name": made.name,
            "accuracy": made.metrics.images["all"].figures["accuracy"].value,
            "maps": {key: measure.value for key, measure in made.maps.items()},
            "other_sources": made.other
            and {"found": made.other.found.value, "free": made.other.free.value},
        }
    )
