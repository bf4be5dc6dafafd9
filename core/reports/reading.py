"""One reading as a report holds it: the answer, the pictures, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.ensemble import Vote
from core.evaluate.stored.provenance import package_versions
from core.explain.overlay import RGB, ColourMap
from core.figure import Figure
from core.imaging import MRIImage
from core.imaging.image import place
from core.inference import Prediction
from core.manifest import Manifest
from core.reports.words import Facts, ReportLanguage

_COMPUTE = ("keras", "tensorflow", "tensorflow-cpu", "openvino", "numpy", "opencv-python-headless")


def packages() -> dict[str, str]:
    """Versions of what computes an answer and its map."""
    return package_versions(_COMPUTE)


@dataclass(frozen=True)
class Drawing:
    """A map as it was shown.

    Attributes
    ----------
    method : str
        Key of the saliency method.
    title : str
        Its name, as a person reads it.
    target : str
        The class that the map explains.
    rgb : ndarray of uint8, shape (h, w, 3), or None
        The map over the scan; None where nothing speaks for the class.
    colour_map : str
    outlined : bool
        Whether the expert's outline of the lesion is drawn on the pictures.
    verdict : str
        How the method fared beside a centre blob on this network, in a few words.
    tested : str
        What was measured of the method on this network, a sentence in the reader's language.
    """

    method: str
    title: str
    target: str
    rgb: RGB | None
    colour_map: ColourMap
    outlined: bool = False
    verdict: str = ""
    tested: str = ""


@dataclass(frozen=True)
class Reading:
    """Everything that a report of one reading shows; nothing of it names the patient.

    Attributes
    ----------
    image : MRIImage
    scan : ndarray of uint8, shape (h, w, 3)
        As it was shown.
    who : str
        Who answers, as a person reads it.
    outcome : Prediction or Vote
    networks : tuple of Manifest
        The network, or the members of the ensemble, in the order of their answers.
    accuracy : Figure or None
        On held-out patients, of these very weights, as stored.
    drawing : Drawing
    source : str
        The class that the scan's source gives it, where the answer is another; in the reader's
        language.
    notes : tuple of str
        What is known of a scan that ships with the app, its source and licence foremost;
        sentences in the reader's language.
    packages : dict of str to str
    """

    image: MRIImage
    scan: RGB
    who: str
    outcome: Prediction | Vote
    networks: tuple[Manifest, ...]
    accuracy: Figure | None
    drawing: Drawing
    source: str = ""
    notes: tuple[str, ...] = ()
    packages: Mapping[str, str] = field(default_factory=packages)

    @property
    def predictions(self) -> tuple[Prediction, ...]:
        """The answers of the single networks."""
        return self.outcome.predictions if isinstance(self.outcome, Vote) else (self.outcome,)


def slice_words(image: MRIImage, language: ReportLanguage) -> str:
    """Say which slice an image is, where there are several; of which volume, where those are."""
    if image.of == 1 and not image.plane:
        return ""
    _ = language.gettext
    volume, at = place(image.number, image.depth)
    said = [_("slice {n} of {all}").format(n=at, all=image.depth)]
    if image.volumes > 1:
        said.insert(0, _("volume {n} of {all}").format(n=volume, all=image.volumes))
    return _(", ").join([*([_(image.plane)] if image.plane else []), *said])


def provenance(reading: Reading, language: ReportLanguage) -> Facts:
    """List what has to be known to get the same answer and the same map again."""
    _, image, drawing = language.gettext, reading.image, reading.drawing
    yield _("Image"), f"sha256 {image.sha256}"
    height, width = image.shape
    size = _("{width} × {height} px").format(width=width, height=height)
    yield _("Size"), f"{size}, {image.source}"
    if said := slice_words(image, language):
        yield _("Slice"), said
    for network in reading.networks:
        weights = f"sha256 {network.weights_sha256}"
        one = len(reading.networks) == 1
        yield _("Weights") if one else network.title, weights
    used = dict.fromkeys(f"{m.preprocess.id} v{m.preprocess.version}" for m in reading.networks)
    yield _("Preprocessing"), ", ".join(used)
    answer = language.class_title(drawing.target)
    yield _("Map"), _("{method} of {answer}").format(method=drawing.title, answer=answer)
    yield _("Packages"), ", ".join(f"{k} {v}" for k, v in reading.packages.items())
    if len(reading.networks) == 1:
        yield (
            _("Again"),
            f"python -m core explain FILE --model {reading.networks[0].name} "
            f"--method {drawing.method} --target {drawing.target} --out map.png{_of(image)}",
        )


def _of(image: MRIImage) -> str:
    """Name the slice as the command line takes it; nothing where there is one."""
    plane = f" --plane {image.plane}" if image.plane else ""
    return f"{plane} --frame {image.number}" if image.of > 1 else plane
