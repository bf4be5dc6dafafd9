"""Commands that make models: train and evaluate."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core.architectures import ARCHITECTURES
from core.cli.common import Compute, emit, fail_with_sentence
from core.errors import TrainingError
from core.protocols import PROTOCOLS, UNSEEN, Protocol
from core.settings import HOME, Settings
from core.training.kinds import KINDS
from core.training.recipe import Recipe

RUNS = HOME / "runs"
LARGEST = 1024  # side in pixels that a manifest may state

_PLACES = ("--data", "--runs")
_FILES = ("--init", "--teachers")  # of which the name alone is on record

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
    model: Annotated[str, typer.Option(help="An architecture of core/architectures.py.")],
    protocol: Annotated[str, typer.Option(help="official or unseen-patients.")],
    data: Data,
    init: Annotated[
        str, typer.Option(help="imagenet (downloads), random, or a .weights.h5 file.")
    ] = Recipe.init,
    scaling: Annotated[
        str | None, typer.Option(help="tf, caffe or torch, where a file was made for another.")
    ] = Recipe.scaling,
    sizes: Annotated[str, typer.Option(help="Progressive resizing.")] = ",".join(
        f"{size}:{epochs}" for size, epochs in Recipe.sizes
    ),
    crop: Annotated[bool, typer.Option(help="Cut to the head.")] = Recipe.crop,
    guide: Annotated[
        float, typer.Option(min=0, help="Weight of the lesions' outlines.")
    ] = Recipe.guide,
    counterfactual: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of counterfactual pictures.")
    ] = Recipe.counterfactual,
    kinds: Annotated[str, typer.Option(help="Kinds of counterfactual pictures.")] = ",".join(
        Recipe.kinds
    ),
    teachers: Annotated[
        list[str] | None, typer.Option(help="Folder of a trained model to learn from; repeatable.")
    ] = None,
    head_epochs: Annotated[
        int | None,
        typer.Option(
            help=f"Head-only epochs; {Recipe.head_epochs} from trained weights, 0 from random."
        ),
    ] = None,
    head_rate: float = Recipe.head_rate,
    batch: Annotated[int, typer.Option(min=1)] = Recipe.batch,
    peak_rate: float = Recipe.peak_rate,
    weight_decay: float = Recipe.weight_decay,
    label_smoothing: float = Recipe.label_smoothing,
    dropout: float = Recipe.dropout,
    augmentation: float = Recipe.augmentation,
    class_weight: float = Recipe.class_weight,
    average: float = Recipe.average,
    patience: int = Recipe.patience,
    precision: Annotated[
        str, typer.Option(help="float32, mixed_bfloat16, or auto: by what the processor has.")
    ] = "auto",
    seed: int = Recipe.seed,
    runs: Annotated[Path, typer.Option(help="Where checkpoints and curves go.")] = RUNS,
    resume: Annotated[bool, typer.Option(help="Go on after the last whole epoch.")] = False,
) -> None:
    """Train one model under one protocol and leave a model folder in RUNS/MODEL/PROTOCOL.

    Under unseen-patients the finished model is also put into the app's models folder.
    """
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    from tqdm import tqdm

    from core.dataset.collection import load_dataset, split
    from core.training.export import export
    from core.training.fit import Run
    from core.training.precision import choose_precision
    from core.training.starts import check_unseen
    from core.training.teachers import Teachers

    if model not in ARCHITECTURES:
        raise typer.BadParameter(f"expected one of {', '.join(ARCHITECTURES)}")
    weights = None if init in ("imagenet", "random") else Path(init)
    if weights is not None and not weights.is_file():
        raise typer.BadParameter("expected imagenet, random or a file of weights")
    if scaling not in (None, "tf", "caffe", "torch"):
        raise typer.BadParameter("expected tf, caffe or torch")
    if precision not in ("auto", "float32", "mixed_bfloat16"):
        raise typer.BadParameter("expected auto, float32 or mixed_bfloat16")
    listed = tuple(kind for kind in kinds.split(",") if kind)
    if not set(listed) <= set(KINDS):
        raise typer.BadParameter(f"expected some of {', '.join(KINDS)}")
    chosen = choose_precision(precision)
    judged = _protocol(protocol)
    teach = Teachers([Path(folder) for folder in teachers], judged, chosen) if teachers else None
    recipe = Recipe(
        model=model,
        protocol=judged,
        init="file" if weights else init,  # type: ignore[arg-type]
        init_sha256=hashlib.sha256(weights.read_bytes()).hexdigest() if weights else None,
        scaling=scaling,  # type: ignore[arg-type]
        sizes=_sizes(sizes),
        crop=crop,
        guide=guide,
        counterfactual=counterfactual,
        kinds=listed,
        teachers=teach.identities if teach else (),
        head_epochs=(
            (Recipe.head_epochs if init != "random" else 0) if head_epochs is None else head_epochs
        ),
        head_rate=head_rate,
        batch=batch,
        peak_rate=peak_rate,
        weight_decay=weight_decay,
        label_smoothing=label_smoothing,
        dropout=dropout,
        augmentation=augmentation,
        class_weight=class_weight,
        average=average,
        patience=patience,
        precision=chosen,
        seed=seed,
    )
    check_unseen(recipe.init_sha256, recipe.protocol)
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
    parts = split(dataset, recipe.protocol, seed=recipe.seed)
    run = Run(recipe, parts, dataset, folder, weights=weights, teach=teach)
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
    if protocol == UNSEEN:
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
        elif kept and kept[-1] in _FILES:
            kept.append(Path(argument).name)
        elif option in _PLACES and "=" in argument:
            kept += [option, "DIR"]
        elif option in _FILES and "=" in argument:
            kept += [option, Path(argument.split("=", 1)[1]).name]
        elif argument != "--resume":
            kept.append(argument)
    return kept


@fail_with_sentence
def evaluate(
    protocol: Annotated[str, typer.Option(help="official or unseen-patients.")],
    data: Data,
    model: Annotated[str, typer.Option(help="A model, all, controls or ensemble.")] = "all",
    runs: Annotated[Path, typer.Option(help="Where training left its runs.")] = RUNS,
    compute: Compute = "local",
) -> None:
    """Predict the validation and test parts, store the predictions, derive the figures."""
    from core.dataset.collection import load_dataset
    from core.evaluate.make.controls import evaluate_controls
    from core.evaluate.make.models import evaluate_ensemble, evaluate_models, known_models

    chosen = _protocol(protocol)
    models_dir = Settings().models_dir
    dataset = load_dataset(data)
    if model == "controls":
        emit(evaluate_controls(dataset, chosen, models_dir))
        return
    names = known_models(models_dir, runs, chosen) if model == "all" else [model]
    results: dict[str, Any] = {}
    if model != "ensemble":
        results = dict(evaluate_models(names, chosen, dataset, models_dir, runs, compute))
    command = f"python -m core evaluate --model ensemble --protocol {chosen} --data DIR"
    ensemble = evaluate_ensemble(models_dir, chosen, command)
    emit(results | ({"ensemble": ensemble} if ensemble else {}))


def _protocol(name: str) -> Protocol:
    if name not in PROTOCOLS:
        raise typer.BadParameter(f"expected one of {', '.join(PROTOCOLS)}")
    return name
