"""One map of one scan put to the test, at once: against the controls, and without knowledge."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.evaluate.saliency.faithfulness import Curves, curves
from core.evaluate.saliency.sanity import STAGES, Similarity, cascade, similarity
from core.explain import METHODS, Explainer, Network, SaliencyMap, saliency
from core.explain.drawing import draw
from core.explain.progress import Progress, ignore
from core.imaging import MRIImage
from core.labels import class_index
from core.preprocess import FloatImage


@dataclass(frozen=True)
class Stage:
    """The map of a network of which a part is destroyed.

    Attributes
    ----------
    name : str
        Key of `core.evaluate.saliency.sanity.STAGES`.
    heat : ndarray of float32, shape of the scan, range [0, 1]
    empty : str or None
        Why there is nothing to draw, as in `SaliencyMap`.
    similarity : Similarity
        To the map of the whole network.
    """

    name: str
    heat: FloatImage = field(repr=False)
    empty: str | None
    similarity: Similarity


def against_controls(
    explainer: Explainer, image: MRIImage, drawn: SaliencyMap, progress: Progress = ignore
) -> dict[str, Curves]:
    """Delete and insert a scan in the order of a map, and in that of each control.

    Parameters
    ----------
    explainer : Explainer
        Of the network that `drawn` explains.
    image : MRIImage
    drawn : SaliencyMap
        Its probability is that of ``drawn.target``, also where the map compares two classes.
    progress : callable
        Told ``(done, total)`` after each map; may raise to leave.

    Returns
    -------
    dict of str to Curves
        By method: the map's own first, then the controls.
    """
    network = explainer.network
    x, _ = explainer.classifier.prepare(image.pixels)
    controls = [name for name, method in METHODS.items() if method.family == "control"]
    names = [drawn.method, *(name for name in controls if name != drawn.method)]
    found = {}
    for done, name in enumerate(names, 1):
        own = name == drawn.method
        values = drawn.values if own else saliency(network, x, name, drawn.target)[0]
        found[name] = curves(network, x[0], values, class_index(drawn.target))
        progress(done, len(names))
    return found


def randomised(
    explainer: Explainer, image: MRIImage, drawn: SaliencyMap, progress: Progress = ignore
) -> tuple[Stage, ...]:
    """Draw a map again while the network is destroyed from the answer down.

    Parameters
    ----------
    explainer, image, drawn
        As `against_controls`.
    progress : callable
        Told ``(done, total)`` as the stages are drawn; may raise to leave.

    Returns
    -------
    tuple of Stage
        In the order of `STAGES`; the network that is served is left alone.

    References
    ----------
    Adebayo et al. 2018, arXiv:1810.03292.
    """
    whole = explainer.network
    scaling = explainer.classifier.spec.manifest.preprocess.params.scaling
    x, geometry = explainer.classifier.prepare(image.pixels)
    stages: list[Stage] = []
    for name, model in cascade(whole.model):
        behind = len(stages)

        def tell(done: int, total: int, behind: int = behind) -> None:
            progress(behind * total + done, len(STAGES) * total)

        values = saliency(
            Network(model, whole.cam_layer, scaling),
            x,
            drawn.method,
            drawn.target,
            versus=drawn.versus,
            layer=drawn.layer,
            progress=tell,
        )[0]
        heat, empty = draw(values, geometry)
        stages.append(Stage(name, heat, empty, similarity(drawn.values, values, whole.size)))
        progress(len(stages), len(STAGES))
    return tuple(stages)
