"""What excites each class most in a network: pictures made by activation maximisation.

Not a tumour, and not a scan: the picture, of all that can be drawn, that this network
answers to with its class. Where a border or a texture dominates it, so it may in a scan.
`core.portraits.make` makes them; here they are read.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.errors import DataError
from core.files import read_as
from core.labels import CLASS_NAMES
from core.registry import ModelSpec

FOLDER = "portraits"
NAME = "portraits.json"
BORDER = 1.5  # times its share of the cells, from which the border is said to dominate
TEXTURE = 0.5  # of the spectrum's power, from which fine texture is said to dominate


class Portrait(BaseModel):
    """The picture of one class, and what the network says of it.

    Attributes
    ----------
    sha256 : str
        Of the PNG file.
    logit, probability : float
        Of the class, for this picture; the probability is calibrated.
    border : float
        Grad-CAM of the class in the outermost cells, over their share of the cells: 1 is
        evenly spread.
    texture : float
        Share of the picture's spectral power at periods below 8 pixels, the mean left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    logit: float
    probability: float
    border: float
    texture: float

    @property
    def from_border(self) -> bool:
        """Whether the border dominates."""
        return self.border >= BORDER

    @property
    def from_texture(self) -> bool:
        """Whether a fine texture dominates."""
        return self.texture >= TEXTURE


class Portraits(BaseModel):
    """All portraits of a network, and how they were made.

    Attributes
    ----------
    name, weights_sha256 : str
    steps, seed : int
    settings : dict of str to float
        Rate of the optimiser, weights of the regularisers, jitter in pixels, rotation in
        degrees.
    seconds : float
    command : str
    packages : dict of str to str
    portraits : dict of str to Portrait
        By class.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    name: str
    weights_sha256: str
    steps: int
    seed: int
    settings: dict[str, float]
    seconds: float
    command: str
    packages: dict[str, str]
    portraits: dict[str, Portrait]


def command(name: str) -> str:
    """Give the command that makes the portraits of a network."""
    return f"python -m core portraits --model {name}"


def picture_path(spec: ModelSpec, class_name: str) -> Path:
    """Give the file of a class's picture."""
    return spec.folder / FOLDER / f"{class_name}.png"


def read_portraits(spec: ModelSpec) -> tuple[Portraits, dict[str, bytes]]:
    """Read the portraits of a network.

    Returns
    -------
    found : Portraits
    pictures : dict of str to bytes
        PNG files by class.

    Raises
    ------
    DataError
        If they are missing, have another shape, are of other weights than the app serves,
        or a picture is not the one that was made.
    """
    absent = DataError(
        "There are no portraits of {name}.", name=spec.name, command=command(spec.name)
    )
    paths = {name: picture_path(spec, name) for name in CLASS_NAMES}
    found = read_as(Portraits, spec.folder / FOLDER / NAME, absent, *paths.values())
    pictures = {name: path.read_bytes() for name, path in paths.items()}
    if (found.name, found.weights_sha256) != (spec.name, spec.manifest.weights_sha256):
        raise DataError(
            "The portraits of {name} are of other weights than the app serves.",
            name=spec.name,
            command=command(spec.name),
        )
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in pictures.items()}
    if digests != {name: p.sha256 for name, p in found.portraits.items()}:
        raise DataError(
            "A portrait of {name} is not the picture that was made.",
            name=spec.name,
            command=command(spec.name),
        )
    return found, pictures
