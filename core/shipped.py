"""Every scan that ships with the app, under one key: the samples of the gallery, the cases."""

from __future__ import annotations

from core import cases
from core.cases import Case
from core.gallery import Sample, samples

Shipped = Sample | Case


def keys() -> tuple[str, ...]:
    """Keys of all shipped scans; no sample and case have the same one."""
    return (*samples(), *cases.cases())


def find(key: str | None) -> Shipped | None:
    """Look up a scan by its key."""
    return samples().get(key or "") or cases.find(key or "")


def read_bytes(scan: Shipped) -> bytes:
    """File of a shipped scan."""
    return scan.path.read_bytes() if isinstance(scan, Sample) else cases.read_bytes(scan)
