"""Whether a scan is a picture of the collection, whatever its file: said where it is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from core.answer import Answered
from core.dataset.recognise import Known, recognise
from core.protocols import UNSEEN
from core.registry import ModelSpec
from pages._ui.base import cache
from pages._ui.base.cache import Asked
from pages._ui.base.text import _, class_title, listed, plain
from pages._ui.base.uploads import Scan

_SIZE = 1024  # bytes of what is kept of a scan, about


def known(scan: Scan) -> Known | None:
    """Look a scan up in the collection, once for each slice of a file."""
    image = scan.image
    if image is None:
        return None
    asked = Asked(image.sha256, image.frame, "", "", "", what="recognised")
    found: tuple[Known | None] = cache.made(
        asked, _SIZE, lambda: (recognise(image.pixels, image.sha256),)
    )
    return found[0]


def labels(scan: Scan) -> tuple[str, ...]:
    """Give the class, or the classes, that a scan's source gives it; none where not known."""
    if scan.sample:
        return (scan.sample.label,)
    found = known(scan)
    return found.labels if found else ()


def otherwise(scan: Scan, outcome: Answered) -> str:
    """Name the class that a scan's source gives it, where the most probable one is another."""
    given = labels(scan)
    if not given or outcome.class_name in given or outcome.verdict == "outside":
        return ""
    return listed(map(class_title, given))


def note(scan: Scan, readers: Iterable[ModelSpec]) -> None:
    """Say that a picture was in training, or was kept for the test, and what that means."""
    found, readers = known(scan), tuple(readers)
    if found is None:
        return
    said = sentence(scan, readers, plain)
    if learned(scan, readers):
        st.warning(said, icon=":material/history_edu:")
    elif said:
        st.info(said, icon=":material/fact_check:")


def sentence(scan: Scan, readers: Sequence[ModelSpec], written: Callable[[str], str] = str) -> str:
    """Say what `note` says; nothing of a sample that nobody here learned from, which says so.

    Parameters
    ----------
    scan : Scan
    readers : sequence of ModelSpec
        Who answers.
    written : callable
        Writes what comes from a file's name.
    """
    found = known(scan)
    if found is None:
        return ""
    taught = [spec.manifest.title for spec in readers if _learned(found, spec)]
    if not taught and scan.sample:
        return ""
    what = (
        _("This is the mirror image of a picture of the collection ({path}), filed as {labels}.")
        if found.mirrored
        else _("This is a picture of the collection ({path}), filed as {labels}.")
    ).format(path=written(found.path), labels=listed(map(class_title, found.labels)))
    if taught:
        apart = all(spec.manifest.training.protocol == UNSEEN for spec in readers)
        if apart and found.path.startswith("test/"):
            what += " " + _(
                "The folder test is that of the official split; networks here are tested on other "
                "patients than they learned from."
            )
        return f"{what} " + _(
            "**This picture was in training** of {models}: an answer to it may be memory, and says "
            "nothing of scans that were never seen."
        ).format(models=listed(taught))
    return f"{what} " + _(
        "It was in the training of no network that is asked here: its patient was kept apart, as "
        "far as patients are known."
    )


def learned(scan: Scan, readers: Iterable[ModelSpec]) -> bool:
    """Whether a scan was in training of any of those who answer."""
    found = known(scan)
    return found is not None and any(_learned(found, spec) for spec in readers)


def _learned(found: Known, spec: ModelSpec) -> bool:
    return found.in_training(spec.manifest.training.protocol)
