"""Mutated real files, thrown at the boundary: ``python -m tools.fuzz --seconds 300``.

A failure is an exception other than a sentence, or a reader that is not back in time. A reader
that a file ended (the person gets a sentence, the next file a new reader) is counted, not failed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nibabel
import numpy as np
import psutil
import pydicom
from PIL import Image

from core.errors import ImageError
from core.gallery import samples
from core.imaging import read_image
from core.imaging.boundary import Reader

_LARGEST = 300_000  # bytes of a file that is mutated: many small ones find more than few large
_HEADER = 400  # bytes in which a format decides the most
_EDGES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\0\0\0")
_SLOW = 60  # seconds of processor time that no file may take, all that is asked of it together
_SLICES = 3  # of each scan that are read


@dataclass
class Summary:
    """What a run found."""

    seed: int
    inputs: int = 0
    read: int = 0
    refused: int = 0
    readers_ended: int = 0
    out_of_time: int = 0
    out_of_memory: int = 0
    slowest_s: float = 0.0
    failures: list[str] = field(default_factory=list)


def corpus() -> list[bytes]:
    """Real files of every format: of pydicom, nibabel and the gallery, and some made here."""
    folders = (
        Path(pydicom.__file__).parent / "data" / "test_files",
        Path(nibabel.__file__).parent / "tests" / "data",
    )
    paths = [p for folder in folders for p in sorted(folder.rglob("*")) if p.is_file()]
    wanted = (".dcm", ".nii", ".gz")
    files = [p.read_bytes() for p in paths if p.suffix in wanted and p.stat().st_size < _LARGEST]
    files = [data for data in files if _readable(data)]
    files += [sample.path.read_bytes() for sample in list(samples().values())[:3]]
    pixels = np.random.default_rng(0).integers(0, 256, (48, 40), np.uint8)
    deep = pixels.astype(np.uint16) * 200
    for form, array in (("PNG", pixels), ("PNG", deep), ("TIFF", deep), ("BMP", pixels)):
        files.append(_encoded(array, form))
    for form in ("PNG", "TIFF", "WEBP"):
        more = [Image.fromarray(pixels[::-1].copy())] * 3
        files.append(_encoded(pixels, form, save_all=True, append_images=more))
    for method in ("tiff_lzw", "tiff_deflate", "jpeg"):
        files.append(_encoded(pixels, "TIFF", compression=method))
    volume = np.random.default_rng(0).integers(0, 900, (40, 36, 34)).astype(np.int16)
    files.append(nibabel.Nifti1Image(volume, np.eye(4)).to_bytes())
    files.append(_zipped(files[-8:]))
    return files


def mutated(rng: random.Random, files: Sequence[bytes]) -> bytes:
    """Damage a file in one to four ways."""
    data = bytearray(rng.choice(files))
    for _ in range(rng.randint(1, 4)):
        if data:
            rng.choice(_WAYS)(rng, data, files)
    return bytes(data)


def run(
    seconds: float,
    seed: int,
    most: int | None = None,
    tell: Callable[[Summary], None] = lambda _summary: None,
) -> Summary:
    """Throw mutated files at a reader for a while."""
    rng, files, summary, reader = random.Random(seed), corpus(), Summary(seed), Reader()
    end = time.monotonic() + seconds
    while time.monotonic() < end and (most is None or summary.inputs < most):
        data = mutated(rng, files)
        start = _spent()
        try:
            _throw(reader, data, summary)
        except Exception as error:
            summary.failures.append(f"input {summary.inputs}: {type(error).__name__}: {error}")
        took = _spent() - start
        if took > _SLOW:
            summary.failures.append(f"input {summary.inputs}: {took:.0f} s")
        summary.slowest_s = max(summary.slowest_s, round(took, 2))
        summary.inputs += 1
        tell(summary)
    reader.close()
    return summary


def _spent() -> float:
    """Processor time of the readers, those that have ended included: a busy machine adds none."""
    own = psutil.Process()
    times = own.cpu_times()
    spent = times.children_user + times.children_system
    for child in own.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            live = child.cpu_times()
            spent += live.user + live.system
    return float(spent)


def _throw(reader: Reader, data: bytes, summary: Summary) -> None:
    sentences: list[str] = []
    for scan in reader.open([("FILE", data)]):
        if scan.contents is None:
            summary.refused += 1
            sentences.append(str(scan.error))
            continue
        summary.read += 1
        frames = scan.contents.frames
        for frame in {0, frames // 2, frames - 1} if frames >= _SLICES else range(frames):
            try:
                image = reader.read(scan, frame)
                assert np.isfinite(image.shown).all()
            except ImageError as error:
                sentences.append(str(error))
    summary.readers_ended += sum("ended its reader" in s for s in sentences)
    summary.out_of_time += sum("takes longer" in s for s in sentences)
    summary.out_of_memory += sum("more memory" in s for s in sentences)


def _flip(rng: random.Random, data: bytearray, files: Sequence[bytes]) -> None:
    end = min(len(data), rng.choice((_HEADER, len(data))))
    data[rng.randrange(end)] ^= rng.randint(1, 255)


def _edge(rng: random.Random, data: bytearray, files: Sequence[bytes]) -> None:
    at, value = rng.randrange(min(len(data), 4 * _HEADER)), rng.choice(_EDGES)
    data[at : at + rng.choice((2, 4))] = value[: rng.choice((2, 4))]


def _cut(rng: random.Random, data: bytearray, files: Sequence[bytes]) -> None:
    del data[rng.randrange(len(data)) :]


def _drop(rng: random.Random, data: bytearray, files: Sequence[bytes]) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.randint(1, 64)]


def _again(rng: random.Random, data: bytearray, files: Sequence[bytes]) -> None:
    at = rng.randrange(len(data))
    data[at:at] = data[at : at + rng.randint(1, 256)]


def _splice(rng: random.Random, data: bytearray, files: Sequence[bytes]) -> None:
    other = rng.choice(files)
    if other:
        at = rng.randrange(len(other))
        data[rng.randrange(len(data)) :] = other[at : at + 4096]


_WAYS = (_flip, _flip, _flip, _edge, _edge, _cut, _drop, _again, _splice)


def _readable(data: bytes) -> bool:
    try:
        read_image(data, "FILE")
    except ImageError:
        return False
    return True


def _encoded(array: np.ndarray, form: str, **options: object) -> bytes:
    with io.BytesIO() as out:
        Image.fromarray(array).save(out, form, **options)
        return out.getvalue()


def _zipped(files: Sequence[bytes]) -> bytes:
    import zipfile

    with io.BytesIO() as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for n, data in enumerate(files):
                archive.writestr(f"{n}", data)
        return out.getvalue()


def main() -> None:
    """Run and print what was found; exit status 1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    summary = run(asked.seconds, asked.seed)
    print(json.dumps(vars(summary), indent=1))
    sys.exit(bool(summary.failures))


if __name__ == "__main__":
    main()
