"""The desk of one session: a sample of the app's own, or what a person brought.

An upload adds to what lies there; nothing goes but what is removed. The desk keeps the files,
without what they say of a patient, and only so many bytes of them; slices are decoded when they
are shown, and the reader keeps the latest (`core.imaging.boundary`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import shipped
from core.errors import GlassbrainError, ImageError
from core.imaging import MRIImage, read_image
from core.imaging.uploads import Opened
from core.shipped import Shipped
from pages._ui.base import cache, state

log = logging.getLogger(__name__)

ROOM = 256 * 2**20  # bytes of files that one session may have on its desk
MOST = 500  # scans that it may have there
_UPLOADS, _TAKEN = "_uploads", "_uploads_taken"
_LOOKED_AT = "_looked_at"  # key of the scan that a person looks at, on whichever page


@dataclass(frozen=True)
class Scan:
    """A scan on the desk: to be read, or with the reason why not.

    Attributes
    ----------
    name : str
        What the person calls the file; shown on screen, never logged or cached.
    image : MRIImage, optional
        The slice that is shown. An upload has none until one is asked for (`slice_of`).
    error : GlassbrainError, optional
    sample : Sample or Case, optional
        What is known of a scan that ships with the app.
    file : Opened, optional
        An upload.
    key : str
        Its place on the desk; nothing of it comes from the file.
    """

    name: str
    image: MRIImage | None = None
    error: GlassbrainError | None = None
    sample: Shipped | None = None
    file: Opened | None = None
    key: str = ""

    @property
    def readable(self) -> bool:
        """Whether there is a slice to show."""
        return self.error is None and (self.image is not None or self.file is not None)

    @property
    def slices(self) -> int:
        """Number of slices over all planes."""
        return self.file.contents.frames if self.file and self.file.contents else 1


def uploader_key(kind: str = "files") -> str:
    """Key of an upload widget; a new one empties it, and the next upload adds."""
    return f"upload-{kind}-{st.session_state.get(_TAKEN, 0)}"


def take(kind: str = "files") -> None:
    """Lay what was uploaded on the desk, in front of a sample, beside what lies there."""
    came = st.session_state[uploader_key(kind)]
    before = uploads()
    opened = _open([(file.name, file.getvalue()) for file in came])
    new = _added(before, opened)
    _forget(file.file_id for file in came)
    st.session_state[_TAKEN] = st.session_state.get(_TAKEN, 0) + 1
    if came:
        st.session_state[_UPLOADS] = (*before, *new)
        state.choose("sample", None)
        again = {(file.name, file.contents) for file in opened if file.contents}
        there = [s for s in before if s.file and (s.name, s.file.contents) in again]
        for scan in [scan for scan in (*new, *there) if scan.readable][:1]:
            look_at(scan.key)


def remove(key: str) -> None:
    """Take one scan off the desk."""
    st.session_state[_UPLOADS] = tuple(scan for scan in uploads() if scan.key != key)


def clear() -> None:
    """Take all of a person's scans off the desk."""
    st.session_state[_UPLOADS] = ()


def uploads() -> tuple[Scan, ...]:
    """List what the person brought, whether it is read now or a sample is."""
    return tuple(st.session_state.get(_UPLOADS, ()))


def scans() -> tuple[Scan, ...]:
    """List the scans that are read: the chosen sample, else what was uploaded."""
    sample = shipped.find(st.session_state.get("sample"))
    if sample is None:
        return uploads()
    kept = st.session_state.get("_sample_scan")
    if kept is None or kept.sample.id != sample.id:
        kept = Scan(sample.id, read_image(shipped.read_bytes(sample), sample.id), sample=sample)
        st.session_state["_sample_scan"] = kept
    return (kept,)


def look_at(key: str) -> None:
    """Let every page show this scan of several, until another is chosen; also a callback."""
    st.session_state[_LOOKED_AT] = key


def looked_at(readable: Sequence[Scan]) -> Scan:
    """Find the scan that a person looks at; the first where none of these has been chosen."""
    key = st.session_state.get(_LOOKED_AT)
    return next((scan for scan in readable if scan.key == key), readable[0])


def slice_of(scan: Scan, frame: int) -> Scan:
    """Decode one slice; what comes has an image, or the reason why not."""
    if scan.file is None:
        return scan
    try:
        return replace(scan, image=cache.reader().read(scan.file, frame))
    except ImageError as error:
        return replace(scan, image=None, error=error)


def _open(files: Sequence[tuple[str, bytes]]) -> tuple[Opened, ...]:
    try:
        return cache.reader().open(files)
    except Exception as error:  # whatever it is, the page goes on
        log.error("Reading a file failed unexpectedly: %s", type(error).__name__)
        return tuple(
            Opened(name, error=ImageError("{name} cannot be read.", name=name))
            for name, _data in files
        )


def _added(before: Sequence[Scan], opened: Iterable[Opened]) -> list[Scan]:
    """Make scans of what was opened, as far as there is room; the same twice is once."""
    known = {(s.name, s.file.contents) for s in before if s.file}
    bytes_left = ROOM - sum(_size(s.file) for s in before if s.file)
    new: list[Scan] = []
    for file in opened:
        if file.contents and (file.name, file.contents) in known:
            continue
        number = st.session_state["_scans_ever"] = st.session_state.get("_scans_ever", 0) + 1
        if len(before) + len(new) >= MOST or _size(file) > bytes_left:
            new.append(Scan(file.name, error=_no_room(file.name), key=str(number)))
            if len(before) + len(new) > MOST:
                break  # one sentence for all the rest
            continue
        bytes_left -= _size(file)
        kept = file if file.contents else None
        new.append(Scan(file.name, error=file.error, file=kept, key=str(number)))
    return new


def _size(file: Opened) -> int:
    return sum(map(len, file.parts))


def _no_room(name: str) -> ImageError:
    return ImageError(
        "There is no room for {name}: the desk holds {scans} scans and {limit} MB; "
        "remove some first.",
        name=name,
        scans=MOST,
        limit=ROOM // 2**20,
    )


def _forget(file_ids: Iterable[str]) -> None:
    """Free the memory that Streamlit keeps an upload in until the session ends."""
    context = get_script_run_ctx()
    if context is None:
        return
    for file_id in file_ids:
        context.uploaded_file_mgr.remove_file(context.session_id, file_id)  # type: ignore[attr-defined]
