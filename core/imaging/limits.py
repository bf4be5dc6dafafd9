"""How much of a stranger's file is read: bytes, pixels, frames, members, seconds, memory."""

from __future__ import annotations

from core.errors import ImageError

MIN_SIDE = 32  # px; anything smaller is an icon: no anatomy survives in it
MAX_SIDE = 6_000  # px; 17 inches of film at 300 dpi are 5,100; padded to a square it takes 144 MB
MAX_PIXELS = 25_000_000  # a 14 x 17 inch film at 300 dpi has 21 million; peaks near 0.5 GB
MAX_BYTES = 64 * 2**20  # of a picture: MAX_PIXELS at 16 bits is 48 MiB before compression
MAX_VOLUME_BYTES = 200 * 2**20  # of a volume or an archive, as it is uploaded
MAX_UNPACKED = 512 * 2**20  # bytes of what comes out of one archive or compressed volume
MAX_FRAMES = 1_000  # a head volume has a few hundred; Pillow's count is quadratic in them
MAX_MEMBERS = 2_000  # files in one archive
MAX_RATIO = 200  # unpacked over packed bytes of a member larger than a megabyte
MAX_SECONDS = 10  # of processor time for a slice; opening a large upload: three times that
MAX_MEMORY = 3 * 2**30  # bytes of address space of the process that reads


def check_size(width: int, height: int, name: str, accepted: str) -> None:
    """Refuse a picture by the size its header declares, before any pixel is decoded.

    Raises
    ------
    ImageError
        If a side is outside [`MIN_SIDE`, `MAX_SIDE`] or there are over `MAX_PIXELS` pixels.
    """
    if min(width, height) < MIN_SIDE:
        raise ImageError(
            "{name} is too small to show a brain; images of at least {limit} pixels a side "
            "are accepted, in one of these formats: {accepted}.",
            name=name,
            limit=MIN_SIDE,
            accepted=accepted,
        )
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise too_large(name, accepted)


def too_large(name: str, accepted: str) -> ImageError:
    """Say what `check_size` allows, for a reader whose library finds out first."""
    return ImageError(
        "{name} is too large to open safely; images of at most {side} pixels a side and "
        "{megapixels} million pixels are accepted, in one of these formats: {accepted}.",
        name=name,
        side=MAX_SIDE,
        megapixels=MAX_PIXELS // 1_000_000,
        accepted=accepted,
    )


def too_many_bytes(name: str, limit: int, accepted: str) -> ImageError:
    """Say how large a file may be."""
    return ImageError(
        "{name} is larger than {limit} MB; "
        "smaller files in one of these formats are accepted: {accepted}.",
        name=name,
        limit=limit // 2**20,
        accepted=accepted,
    )


def too_many_frames(name: str, accepted: str) -> ImageError:
    """Say how many frames a file may have."""
    return ImageError(
        "{name} has more than {limit} pages; shorter files are accepted, "
        "in one of these formats: {accepted}.",
        name=name,
        limit=MAX_FRAMES,
        accepted=accepted,
    )


def bomb(name: str) -> ImageError:
    """Call a bomb one: a small file that unpacks to more than is safe to hold."""
    return ImageError(
        "{name} looks like a decompression bomb: it unpacks to more than {limit} MB or to more "
        "than {ratio} times its size, so it was not opened.",
        name=name,
        limit=MAX_UNPACKED // 2**20,
        ratio=MAX_RATIO,
    )
