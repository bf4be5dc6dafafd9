"""What a library raises over a damaged file becomes one sentence."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import N_, ImageError
from core.imaging.sniff import ACCEPTED

_log = logging.getLogger(__name__)

DAMAGED = {
    "DICOM": N_(
        "{name} is a DICOM file that is damaged, incomplete or of a rare kind; "
        "whole files in one of these formats are accepted: {accepted}."
    ),
    "NIfTI": N_(
        "{name} is a NIfTI file that is damaged, incomplete or of a rare kind; "
        "whole files in one of these formats are accepted: {accepted}."
    ),
}
_ANY = N_(
    "{name} is damaged, incomplete or of a rare kind; "
    "whole files in one of these formats are accepted: {accepted}."
)


@contextmanager
def sentences(name: str, kind: str) -> Iterator[None]:
    """Turn whatever a damaged file makes a library raise into one sentence.

    Parameters
    ----------
    name : str
        For the sentence only, never logged.
    kind : str
        Of file; a key of `DAMAGED`, or another that the log names and the sentence does not.

    Raises
    ------
    ImageError
        Instead of any exception but `ImageError` and `MemoryError`, which come through.
    """
    try:
        yield
    except (ImageError, MemoryError):
        raise
    except Exception as error:
        _log.info("A %s file could not be decoded: %s", kind, type(error).__name__)
        raise ImageError(DAMAGED.get(kind, _ANY), name=name, accepted=ACCEPTED) from None
