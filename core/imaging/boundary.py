"""The one boundary behind which strangers' files are read.

Readers run in a process of their own with a limit on its memory; it is ended where it takes too
long, and a new one takes its place. Whatever a file does to a decoder, the app goes on, and the
person gets a sentence.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import ImageError
from core.imaging.clock import Clock
from core.imaging.image import MRIImage
from core.imaging.limits import MAX_SECONDS
from core.imaging.stack import Contents, Plane
from core.imaging.uploads import Opened
from core.imaging.worker import receive, send
from core.settings import PROJECT

log = logging.getLogger(__name__)

_OPENING = 3  # times as long as one slice may take, for an upload that is large
_LARGE = 8 * 2**20  # bytes
_ROOM = 256 * 2**20  # bytes
_STARTING = 120  # seconds that a new process may take before it answers at all


class Reader:
    """Reads files in a process of its own; safe to share between threads.

    The process starts with the first file and ends with `close`, or with this process.

    Parameters
    ----------
    seconds : float
        How long one slice may take.
    room : int
        Bytes of decoded slices that are kept, the least recently used going first.
    """

    def __init__(self, seconds: float = MAX_SECONDS, room: int = _ROOM) -> None:
        self._seconds, self._room = seconds, room
        self._decoded: dict[tuple[str, int], MRIImage] = {}
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._holds = ""

    def open(self, files: Sequence[tuple[str, bytes]]) -> tuple[Opened, ...]:
        """Sort what was dropped into scans; see `core.imaging.uploads.open_files`.

        What cannot be opened together is opened one by one, so that one bad file never stops
        the others.
        """
        try:
            return self._open(files)
        except ImageError as error:
            if len(files) == 1:
                return (Opened(files[0][0], error=error),)
            return tuple(scan for file in files for scan in self.open([file]))

    def read(self, scan: Opened, frame: int) -> MRIImage:
        """Read one slice.

        Raises
        ------
        ImageError
            If it cannot be decoded, shows nothing, or takes too long or too much memory.
        """
        if scan.contents is None:
            raise scan.error or ImageError("{name} cannot be read.", name=scan.name)
        sha256 = scan.contents.sha256
        ask = {"what": "read", "sha256": sha256, "name": scan.name, "frame": frame}
        with self._turn:
            if known := self._decoded.pop((sha256, frame), None):
                self._decoded[sha256, frame] = known  # now the latest
                return known
            parts = () if self._holds == sha256 else scan.parts
            head, blobs = self._ask(ask, parts, self._seconds, scan.name)
            if head.get("absent"):
                head, blobs = self._ask(ask, scan.parts, self._seconds, scan.name)
            self._holds = sha256
            return self._kept(_image(head, blobs[0]))

    def warm(self) -> None:
        """Start the process before the first file comes.

        Raises
        ------
        ImageError
            If it does not start; the next file tries again.
        """
        with self._turn:
            self._started()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _kept(self, image: MRIImage) -> MRIImage:
        self._decoded[image.sha256, image.frame] = image
        taken = sum(other.pixels.nbytes for other in self._decoded.values())
        while taken > self._room and len(self._decoded) > 1:
            taken -= self._decoded.pop(next(iter(self._decoded))).pixels.nbytes
        return image

    def _open(self, files: Sequence[tuple[str, bytes]]) -> tuple[Opened, ...]:
        ask = {"what": "open", "names": [name for name, _data in files]}
        who = files[0][0] if files else ""
        with self._turn:
            parts = [data for _name, data in files]
            times = _OPENING if sum(map(len, parts)) > _LARGE else 1
            head, blobs = self._ask(ask, parts, times * self._seconds, who)
        rest = iter(blobs)
        return tuple(
            Opened(
                row["name"],
                tuple(next(rest) for _part in range(row["parts"])),
                _contents(row["contents"]) if row["contents"] else None,
                _error(row["error"]) if row["error"] else None,
                row["left_out"],
            )
            for row in head["scans"]
        )

    def _ask(
        self, ask: dict[str, Any], parts: Sequence[bytes], seconds: float, name: str
    ) -> tuple[dict[str, Any], list[bytes]]:
        process = self._started()
        self._holds = ""
        clock = Clock(process, seconds)
        answer = None
        try:
            assert process.stdin and process.stdout
            send(process.stdin, ask, parts)
            answer = receive(process.stdout)
        except (OSError, ValueError) as error:
            log.warning("The reader stopped: %s", type(error).__name__)
        finally:
            clock.stop()
        if answer is None:
            self._end()
            raise _too_long(name, seconds) if clock.late else _gave_up(name)
        head, blobs = answer
        if head.get("memory"):
            self._end()
            raise ImageError(
                "{name} takes more memory than is safe to read, so it was not opened.", name=name
            )
        if head.get("error"):
            raise _error(head["error"])
        return head, blobs

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.imaging.worker"],
                cwd=PROJECT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            self._wait_until_ready(self._process)
        return self._process

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Let the process import its libraries before the clock of a file runs."""
        timer = threading.Timer(_STARTING, process.kill)
        timer.start()
        try:
            assert process.stdin and process.stdout
            send(process.stdin, {"what": "open", "names": []}, [])
            if receive(process.stdout) is None:
                raise OSError("no answer")
        except OSError:
            log.error("The process that reads files did not start")
            self._end()
            raise ImageError("Files cannot be read now; please try again later.") from None
        finally:
            timer.cancel()

    def _end(self) -> None:
        process, self._process, self._holds = self._process, None, ""
        if process:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if stream:
                        stream.close()


def _too_long(name: str, seconds: float) -> ImageError:
    return ImageError(
        "{name} takes longer than {seconds} seconds to read, so it was not opened.",
        name=name,
        seconds=round(seconds),
    )


def _gave_up(name: str) -> ImageError:
    return ImageError("{name} is damaged in a way that ended its reader.", name=name)


def _error(refused: dict[str, Any]) -> ImageError:
    template, params = refused["template"], refused["params"]
    return ImageError(template, **params)


def _contents(fields: dict[str, Any]) -> Contents:
    planes = tuple(Plane(**plane) for plane in fields.pop("planes"))
    windows = tuple((float(c), float(w)) for c, w in fields.pop("windows"))
    return Contents(**fields, planes=planes, windows=windows)


def _image(head: dict[str, Any], pixels: bytes) -> MRIImage:
    shape = tuple(head["shape"])
    fields: dict[str, Any] = {k: v for k, v in head.items() if k not in ("shape", "sizes")}
    for pair in ("spacing_mm", "values", "levels"):
        fields[pair] = tuple(fields[pair]) if fields[pair] else None
    return MRIImage(np.frombuffer(pixels, np.float32).reshape(shape), **fields)
