"""Examples of the pictures that break the shortcut, as they ship with the app.

They are made by command (`core.training.examples`), out of training pictures that may be
shown, by the code that training uses. Nothing here imports training.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import N_, DataError

FOLDER = Path(__file__).parent
IMAGES = FOLDER / "images"
NAME = "examples.json"
COMMAND = "python -m core counterfactual-examples --data DIR"

Kind = Literal["mirror-healthy", "mirror-ill", "paste-ill", "paste-healthy"]
TITLES: dict[Kind, str] = {
    "mirror-healthy": N_("The half without the lesion, twice"),
    "mirror-ill": N_("The half with the lesion, twice"),
    "paste-ill": N_("The lesion in another head"),
    "paste-healthy": N_("Tissue in another head"),
}
REASONS: dict[Kind, str] = {
    "mirror-healthy": N_(
        "No tumour, in the look of a source whose pictures all show one: the look alone no "
        "longer says tumour."
    ),
    "mirror-ill": N_("Still a tumour, so that symmetry does not give the answer away."),
    "paste-ill": N_(
        "A tumour, in the look of a source whose pictures show none: the look alone no longer "
        "says no tumour."
    ),
    "paste-healthy": N_(
        "The tissue opposite the lesion, put there the same way, and no tumour: a seam does not "
        "give the answer away."
    ),
}


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Origin(_Strict):
    """A picture of the collection that an example was made from.

    Attributes
    ----------
    file : str
        Its square as the network sees it, under `IMAGES`; the donor's with the lesion's
        outline in cyan.
    path : str
        In the collection: ``split/label/name``.
    label : str
    source, licence : str
    """

    file: str
    path: str
    label: str
    source: str
    licence: str


class Example(_Strict):
    """One counterfactual picture.

    Attributes
    ----------
    kind : str
    file : str
        Under `IMAGES`.
    label : str
        The class that training gives it.
    """

    kind: Kind
    file: str
    label: str


class Examples(_Strict):
    """All examples of one donor, and how they were made.

    Attributes
    ----------
    donor, host : Origin
        With the lesion, and without a tumour.
    made : tuple of Example
        One of each kind.
    """

    donor: Origin
    host: Origin
    made: tuple[Example, ...]


class Stored(_Strict):
    """A whole ``examples.json``."""

    command: str
    dataset_sha256: str
    seed: int
    packages: dict[str, str]
    sets: tuple[Examples, ...]


@cache
def stored(folder: Path = FOLDER) -> Stored:
    """Read what ships.

    Raises
    ------
    DataError
        If it is not there or has another shape.
    """
    file = folder / NAME
    try:
        return Stored.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise DataError(
            "The examples of counterfactual pictures are not stored; `{command}` makes them.",
            command=COMMAND,
        ) from error
