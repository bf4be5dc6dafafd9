"""Commands that make models: train and evaluate."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core.architectures import ARCHITECTURES
from core.cli.common import emit, fail_with_sentence
from core.errors import TrainingError
from core.evaluate.layout import PROTOCOLS, Protocol
from core.settings import PROJECT, Settings

RUNS = PROJECT / "runs"
SHIPPED_PROTOCOL = "unseen-patients"
LARGEST = 1024  # side in pixels that a manifest may state

_PLACES = ("--data", "--runs")

Data = Annotated[Path, typer.Option(help="The dataset's folder (Kaggle layout or a pack).")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(train)
    app.command()(evaluate)


def _sizes(text: str) -> tuple[tuple[int, int], ...]:
    try:
        pairs = [part.split(":") for part in text.split(",")]
        sizes = tuple((int(size), int(epochs)) for size, epochs in pairs)
    except ValueError as error:
        raise typer.BadParameter("expected SIZE:EPOCHS,…, for example 96:8,128:8") from error
    if not all(0 < size <= LARGEST and epochs > 0 for size, epochs in sizes):
        raise typer.BadParameter(f"expected sizes of 1 to {LARGEST} px, each for 1 epoch or more")
    return sizes


@fail_with_sentence
def train(
    model: Annotated[str, typer.Option(help="One of the six architectures.")],
    protocol: Annotated[str, typer.Option(help="official or unseen-patients.")],
    data: Data,
    init: Annotated[str, typer.Option(help="imagenet (downloads) or random.")] = "imagenet",
    sizes: Annotated[str, typer.Option(help="Progressive resizing.")] = "96:8,128:8,160:4",
    crop: Annotated[bool, typer.Option(help="Brain-contour crop.")] = False,
    head_epochs: Annotated[
        int | None, typer.Option(help="Head-only epochs; 2 for imagenet, 0 for random.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1)] = 32,
    peak_rate: float = 1e-3,
    weight_decay: float = 0.05,
    label_smoothing: float = 0.05,
    dropout: float = 0.2,
    augmentation: float = 1.0,
    class_weight: float = 0.5,
    average: float = 0.99,
    patience: int = 6,
    precision: Annotated[
        str, typer.Option(help="float32, or mixed_bfloat16 where the processor is fast at it.")
    ] = "float32",
    seed: int = 0,
    runs: Annotated[Path, typer.Option(help="Where checkpoints and curves go.")] = RUNS,
    resume: Annotated[bool, typer.Option(help="Go on after the last whole epoch.")] = False,
) -> None:
    """Train one model under one protocol and leave a model folder in RUNS/MODEL/PROTOCOL.

    Under unseen-patients the finished model is also put into the app's models folder.
    """
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    from tqdm import tqdm

    from core.training.data import load_dataset, split
    from core.training.export import export
    from core.training.fit import Run
    from core.training.recipe import Recipe

    if model not in ARCHITECTURES:
        raise typer.BadParameter(f"expected one of {', '.join(ARCHITECTURES)}")
    if init not in ("imagenet", "random"):
        raise typer.BadParameter("expected imagenet or random")
    if precision not in ("float32", "mixed_bfloat16"):
        raise typer.BadParameter("expected float32 or mixed_bfloat16")
    recipe = Recipe(
        model=model,
        protocol=_protocol(protocol),
        init=init,  # type: ignore[arg-type]
        sizes=_sizes(sizes),
        crop=crop,
        head_epochs=(2 if init == "imagenet" else 0) if head_epochs is None else head_epochs,
        batch=batch,
        peak_rate=peak_rate,
        weight_decay=weight_decay,
        label_smoothing=label_smoothing,
        dropout=dropout,
        augmentation=augmentation,
        class_weight=class_weight,
        average=average,
        patience=patience,
        precision=precision,  # type: ignore[arg-type]
        seed=seed,
    )
    smallest = min(size for size, _ in recipe.sizes)
    if smallest < ARCHITECTURES[model].min_size:
        raise TrainingError(
            "{model} needs inputs of at least {minimum} px; received {size}.",
            model=model,
            minimum=ARCHITECTURES[model].min_size,
            size=smallest,
        )
    dataset = load_dataset(data)
    folder = runs / model / protocol
    run = Run(recipe, split(dataset, recipe.protocol, seed=recipe.seed), dataset, folder)
    with tqdm(total=recipe.epochs, desc=f"{model} {protocol}", unit="epoch") as bar:

        def progress(row: dict[str, Any]) -> None:
            bar.update(row["epoch"] - bar.n)
            bar.set_postfix_str(
                f"{row['size']} px, loss {row['loss']:.3f}, validation "
                f"{row['validation_loss']:.3f} {row['validation_accuracy']:.3f}"
            )

        best = run.fit(resume=resume, progress=progress)
    command = "python -m core " + shlex.join(_without_places(sys.argv[1:]))
    manifest = export(run, best, folder, command)
    if protocol == SHIPPED_PROTOCOL:
        shipped = Settings().models_dir / model
        shipped.mkdir(parents=True, exist_ok=True)
        for name in ("model.keras", "manifest.json"):
            shutil.copy(folder / name, shipped / name)
    emit(manifest.model_dump(mode="json"))


def _without_places(arguments: list[str]) -> list[str]:
    """Give the command as typed, but for where things lay on this machine."""
    kept: list[str] = []
    for argument in arguments:
        option = argument.split("=", 1)[0]
        if kept and kept[-1] in _PLACES:
            kept.append("DIR")
        elif option in _PLACES and "=" in argument:
            kept += [option, "DIR"]
        elif argument != "--resume":
            kept.append(argument)
    return kept


@fail_with_sentence
def evaluate(
    protocol: Annotated[str, typer.Option(help="official or unseen-patients.")],
    data: Data,
    model: Annotated[str, typer.Option(help="A model, all, controls or ensemble.")] = "all",
    runs: Annotated[Path, typer.Option(help="Where training left its runs.")] = RUNS,
) -> None:
    """Predict the validation and test parts, store the predictions, derive the figures."""
    from core.evaluate.controls import evaluate_controls
    from core.evaluate.run import evaluate_ensemble, evaluate_models, known_models
    from core.training.data import load_dataset

    chosen = _protocol(protocol)
    models_dir = Settings().models_dir
    dataset = load_dataset(data)
    if model == "controls":
        emit(evaluate_controls(dataset, chosen, models_dir))
        return
    names = known_models(models_dir, runs, chosen) if model == "all" else [model]
    results: dict[str, Any] = {}
    if model != "ensemble":
        results = dict(evaluate_models(names, chosen, dataset, models_dir, runs))
    command = f"python -m core evaluate --model ensemble --protocol {chosen} --data DIR"
    ensemble = evaluate_ensemble(models_dir, chosen, command)
    emit(results | ({"ensemble": ensemble} if ensemble else {}))


def _protocol(name: str) -> Protocol:
    if name not in PROTOCOLS:
        raise typer.BadParameter(f"expected one of {', '.join(PROTOCOLS)}")
    return name
