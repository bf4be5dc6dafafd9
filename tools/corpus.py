"""What becomes of the test files of libraries: read, or refused with which sentence.

``python -m tools.corpus FOLDER… > tests/core/imaging/corpus.csv`` reads every file below the
folders behind the boundary and writes a table; a folder may be given a name as ``NAME=FOLDER``.
The folders that are installed with the development requirements are always read.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import data_store.data
import nibabel
import pydicom

from core.imaging.boundary import Reader

INSTALLED = {
    "pydicom": Path(pydicom.__file__).parent / "data" / "test_files",
    "pydicom-data": Path(next(iter(data_store.data.__path__))),
    "nibabel": Path(nibabel.__file__).parent / "tests" / "data",
}


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    Attributes
    ----------
    source, file : str
        Which collection, and the path in it.
    outcome : str
        The kind of file that was read, or ``refused``.
    scans, slices : int
        How many scans it held, and slices in all.
    sentence : str
        Why it was refused, without the file's name and what would be accepted.
    """

    source: str
    file: str
    outcome: str
    scans: int
    slices: int
    sentence: str


def outcomes(source: str, folder: Path, reader: Reader) -> Iterator[Outcome]:
    """Read every file below a folder; the boundary holds each to its time and memory."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix in (".py", ".pyc"):
            continue
        file = path.relative_to(folder).as_posix()
        opened = reader.open([("FILE", path.read_bytes())])
        read = [scan for scan in opened if scan.contents]
        kinds = sorted({scan.contents.source for scan in read if scan.contents})
        sentence = next((str(scan.error) for scan in opened if scan.error), "")
        sentence = sentence.split(";")[0].removeprefix("FILE ").rstrip(".")
        slices = sum(scan.contents.frames for scan in read if scan.contents)
        yield Outcome(source, file, " ".join(kinds) or "refused", len(read), slices, sentence)


def main() -> None:
    """Write the table to standard output."""
    given = (argument.split("=", 1) for argument in sys.argv[1:])
    folders = INSTALLED | {name: Path(folder) for name, folder in given}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(Outcome.__dataclass_fields__)
    reader = Reader()
    for source, folder in folders.items():
        for outcome in outcomes(source, folder, reader):
            writer.writerow(vars(outcome).values())
    reader.close()


if __name__ == "__main__":
    main()
