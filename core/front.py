"""The front door: a scan read, a network loaded, an answer, a map, a picture of it.

These are the names that ``import core`` offers. Whoever needs more takes the parts:
`core.imaging`, `core.registry`, `core.inference`, `core.explain`, `core.evaluate`.
"""

from __future__ import annotations

from pathlib import Path

from core import imaging
from core.errors import ImageError, ModelError
from core.explain import METHODS, Explainer, SaliencyMap
from core.explain.overlay import overlay
from core.explain.targets import Target
from core.imaging import MRIImage
from core.inference import Classifier, Prediction
from core.registry import ModelSpec, discover
from core.settings import Settings

__all__ = ["METHODS", "load", "models", "overlay", "predict", "read_image", "saliency_map"]


def read_image(file: str | Path) -> MRIImage:
    """Read a scan.

    Parameters
    ----------
    file : str or Path

    Returns
    -------
    MRIImage
        Float32 pixels (H, W) in [0, 1].

    Raises
    ------
    ImageError
        If it cannot be opened, or as `core.imaging.read_image`.
    """
    path = Path(file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImageError(
            "{name} cannot be opened ({reason}).", name=path.name, reason=error.strerror
        ) from error
    return imaging.read_image(data, path.name)


def models(folder: str | Path | None = None) -> dict[str, ModelSpec]:
    """List the networks that can be used, by name.

    Parameters
    ----------
    folder : str or Path, optional
        Where they lie: `core.settings.Settings.models_dir` otherwise.

    Raises
    ------
    ModelError
        If there are none; it says how to get them.
    """
    home = Path(folder) if folder else Settings().models_dir
    specs, unavailable = discover(home)
    if not specs:
        raise unavailable[0].reason if unavailable else no_models(home)
    return specs


def no_models(folder: Path) -> ModelError:
    """Say that a folder holds no network, and how to get one."""
    return ModelError(
        "No model is in {folder}. Set `GLASSBRAIN_MODELS_DIR` to the folder models of Glassbrain's "
        "repository, or train one with `python -m core train`.",
        folder=folder,
    )


def load(name: str, folder: str | Path | None = None) -> Explainer:
    """Load a network: its weights verified, its answers explainable, safe to share.

    Parameters
    ----------
    name : str
        One of `models`.
    folder : str or Path, optional
        As for `models`.

    Raises
    ------
    ModelError
        If there is none of that name, or its weights are not those of its manifest.
    """
    specs = models(folder)
    if name not in specs:
        raise ModelError(
            "There is no trained model {name}; there are {known}.",
            name=name,
            known=", ".join(specs),
        )
    return Explainer(Classifier(specs[name]))


def predict(scan: MRIImage, network: Explainer) -> Prediction:
    """Classify a scan: a class, calibrated probabilities, and the evidence for each class."""
    return network.classifier.predict(scan)


def saliency_map(
    scan: MRIImage,
    network: Explainer,
    method: str = "gradcam",
    target: Target = "predicted",
    *,
    versus: Target | None = None,
    layer: str | None = None,
    seed: int = 0,
) -> SaliencyMap:
    """Draw what speaks for a class on the scan itself.

    Parameters
    ----------
    scan : MRIImage
    network : Explainer
        From `load`.
    method : str
        Key of `METHODS`.
    target : str or int
        A class by name or index, or ``predicted``.
    versus : str or int, optional
        Another class: why `target` rather than this.
    layer : str, optional
        Where class activation methods read; the network's own otherwise.
    seed : int
        Of methods that draw at random.

    Returns
    -------
    SaliencyMap
        ``heat`` is float32 of the scan's shape, in [0, 1].

    Raises
    ------
    ExplainError
        As `core.explain.saliency`.
    """
    return network.explain(scan, method, target, versus=versus, layer=layer, seed=seed)
