"""Commands that use models: models, explain, methods, benchmark."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from core.architectures import ARCHITECTURES
from core.cli.common import Json, chosen, emit, fail_with_sentence
from core.cli.scans import Frame, PlaneName, scans
from core.errors import ExplainError
from core.files import replacing, write_text
from core.labels import CLASS_NAMES
from core.registry import discover
from core.settings import Settings

log = logging.getLogger(__name__)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (models, explain, methods, benchmark):
        app.command()(command)


def models(as_json: Json = True) -> None:
    """List the models: those that are ready and those that are not, with the reason."""
    specs, unavailable = discover(Settings().models_dir)
    emit(
        [
            {"name": s.name, "available": True, **s.manifest.model_dump(mode="json")}
            for s in specs.values()
        ]
        + [{"name": u.name, "available": False, "error": str(u.reason)} for u in unavailable]
    )


@fail_with_sentence
def explain(
    file: Annotated[Path, typer.Argument(help="A scan.")],
    model: Annotated[str, typer.Option(help="A model's name.")],
    out: Annotated[Path, typer.Option(help="MAP.npy, or OVERLAY.png.")],
    method: Annotated[str, typer.Option(help="See `methods`.")] = "gradcam",
    target: Annotated[str, typer.Option(help="A class, or predicted.")] = "predicted",
    versus: Annotated[str | None, typer.Option(help="Why TARGET rather than this.")] = None,
    layer: Annotated[str | None, typer.Option(help="Where a class activation is read.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of methods that draw at random.")] = 0,
    frame: Frame = None,
    plane: PlaneName = None,
    as_json: Json = True,
) -> None:
    """Draw a saliency map: the numbers (.npy, float32, the scan's own size) or a picture."""
    from core.explain import Explainer
    from core.explain.explainer import method_of
    from core.explain.overlay import overlay, png
    from core.explain.targets import weights_of
    from core.inference import Classifier

    method_of(method)
    weights_of(CLASS_NAMES[0] if target == "predicted" else target)
    if out.suffix not in (".npy", ".png"):
        raise ExplainError("{out} is neither a .npy nor a .png file.", out=out)
    if model == "all":
        raise ExplainError("A map belongs to one model; name it with --model.")
    first, *others = scans([file], frame, plane)
    if first.image is None or others:
        raise first.error or ExplainError("A map belongs to one slice; name it with --frame.")
    image = first.image
    classifier = Classifier(chosen(model)[0])
    prediction = classifier.predict(image)
    found = Explainer(classifier).explain(
        image, method, target, versus=versus, layer=layer, seed=seed, prediction=prediction
    )
    try:
        with replacing(out, parents=False) as part:
            if out.suffix == ".npy":
                np.save(part, found.heat)
            else:
                part.write_bytes(png(overlay(image.shown, found.shown)))
    except OSError as error:
        raise ExplainError(
            "{out} cannot be written ({reason}).", out=out, reason=error.strerror
        ) from error
    emit(
        {
            "file": str(file),
            **first.place(),
            "sha256": image.sha256,
            "model": prediction.model,
            "weights_sha256": prediction.weights_sha256,
            "method": found.method,
            "target": found.target,
            "versus": found.versus,
            "layer": found.layer,
            "seed": seed,
            "predicted": prediction.class_name,
            "empty": found.empty is not None,
            "note": found.empty,
            "out": str(out),
        }
    )


def methods(as_json: Json = True) -> None:
    """List the saliency methods and the controls."""
    from core.explain import METHODS

    fields = (
        "name", "title", "family", "summary", "reference", "needs_gradient",
        "class_dependent", "takes_layer", "signed", "cost",
    )  # fmt: skip
    emit([{field: getattr(method, field) for field in fields} for method in METHODS.values()])


@fail_with_sentence
def benchmark(
    model: Annotated[str, typer.Option(help="An architecture, or all.")] = "all",
    size: Annotated[int, typer.Option(help="Input side in pixels.")] = 224,
    repeats: Annotated[int, typer.Option(help="Timed calls of each kind.")] = 20,
    app: Annotated[bool, typer.Option(help="Time the app's start and measure memory.")] = True,
    saliency: Annotated[
        bool, typer.Option(help="Time the saliency methods as well; minutes a network.")
    ] = False,
    save: Annotated[bool, typer.Option(help="Keep the result for the leaderboard.")] = False,
    as_json: Json = True,
) -> None:
    """Measure speed as ratios within one run (absolute times depend on the machine)."""
    from core.benchmark.run import benchmark as run
    from core.evaluate.stored.layout import benchmark_file

    if model != "all" and model not in ARCHITECTURES:
        raise typer.BadParameter(f"expected all or one of {', '.join(ARCHITECTURES)}")
    if save and model != "all":
        raise typer.BadParameter("--save keeps one run of all, whose times can be compared")
    result = run(model, size, repeats, app=app, explain=saliency)
    if save:
        file = benchmark_file(Settings().models_dir)
        write_text(file, json.dumps(result, indent=1) + "\n")
    emit(result)
