"""The process that reads strangers' files: ``python -m core.imaging.worker``.

It talks over its standard input and output: a line of JSON, then the bytes that it announces.
What a library prints about a file goes nowhere. `core.imaging.boundary` is the other end.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import IO, Any

from core.errors import ImageError
from core.imaging import open_stack, read_frame
from core.imaging.limits import MAX_MEMORY
from core.imaging.stack import Stack
from core.imaging.uploads import Opened, open_files

Answer = tuple[dict[str, Any], Sequence[bytes | memoryview]]

_held: dict[str, Stack] = {}  # the file that was read last stays open


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """Read one message; None where the other end has gone."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    head: dict[str, Any] = json.loads(line)
    blobs = [stream.read(size) for size in head["sizes"]]
    whole = all(len(b) == size for b, size in zip(blobs, head["sizes"], strict=True))
    return (head, blobs) if whole else None


def send(stream: IO[bytes], head: dict[str, Any], blobs: Sequence[bytes | memoryview]) -> None:
    """Write one message."""
    stream.write(json.dumps(head | {"sizes": [len(b) for b in blobs]}).encode() + b"\n")
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def _refused(error: ImageError) -> dict[str, Any]:
    return {"template": error.template, "params": error.params}


def _opened(head: dict[str, Any], blobs: list[bytes]) -> Answer:
    rows: list[dict[str, Any]] = []
    kept: list[bytes] = []
    for scan in open_files(list(zip(head["names"], blobs, strict=True))):
        rows.append(_row(scan))
        kept += scan.parts
    return {"scans": rows}, kept


def _row(scan: Opened) -> dict[str, Any]:
    return {
        "name": scan.name,
        "parts": len(scan.parts),
        "contents": asdict(scan.contents) if scan.contents else None,
        "error": _refused(scan.error) if scan.error else None,
        "left_out": scan.left_out,
    }


def _read(head: dict[str, Any], blobs: list[bytes]) -> Answer:
    sha256, name = head["sha256"], head["name"]
    if blobs:
        _held.clear()
        stack = open_stack(tuple(blobs), name)
        stack.contents = replace(stack.contents, sha256=sha256)
        _held[sha256] = stack
    if sha256 not in _held:
        return {"absent": True}, []
    try:
        image = read_frame(_held[sha256], name, head["frame"])
    except BaseException:
        _held.clear()  # a library may have left it half read
        raise
    fields = {k: v for k, v in vars(image).items() if k != "pixels"}
    return fields | {"shape": image.shape}, [image.pixels.data.cast("B")]


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer until the other end goes."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit_memory()
    while message := receive(sys.stdin.buffer):
        head, blobs = message
        try:
            answer = _read(head, blobs) if head["what"] == "read" else _opened(head, blobs)
            send(answers, *answer)
        except ImageError as error:
            send(answers, {"error": _refused(error)}, [])
        except MemoryError:
            del message, blobs
            send(answers, {"memory": True}, [])


if __name__ == "__main__":
    main()
