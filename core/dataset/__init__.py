"""The collection that everybody trains on: its images on disk, its manifest, its splits.

`collection` reads it; which images belong to one patient or are copies of one picture comes
from the audit's table, `MANIFEST`, which ships here. `recognise` tells whether a scan that
somebody brings is one of its pictures.
"""

from pathlib import Path

MANIFEST = Path(__file__).with_name("manifest.parquet")
TEST_FOLD = 0  # of unseen patients
