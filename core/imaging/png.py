"""Drop from a PNG what is not picture: words, colour profiles, whatever else came along.

An oversized text beside sound pixels then condemns nothing, and what a text says of a patient
is gone before a picture library sees it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ANIMATION = (b"acTL", b"fcTL", b"fdAT")
_KEPT = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sBIT", b"pHYs", b"eXIf", *_ANIMATION)


def bare(data: bytes) -> bytes:
    """Return the same picture without its texts; as it is where its chunks are not whole."""
    chunks = list(_chunks(data))
    if not chunks or chunks[-1][0] != b"IEND":
        return data
    kept = b"".join(data[start:end] for kind, start, end in chunks if kind in _KEPT)
    return _SIGNATURE + kept


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 12 + length
        if end > len(data):
            return
        kind = data[at + 4 : at + 8]
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
