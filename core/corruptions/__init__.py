"""Named, seeded, pure changes to a scan, from nothing to severe."""

from core.corruptions.apply import altered, changed, corrupt
from core.corruptions.base import SEVERITIES, Change, Corruption, Region
from core.corruptions.table import CORRUPTIONS

__all__ = [
    "CORRUPTIONS",
    "SEVERITIES",
    "Change",
    "Corruption",
    "Region",
    "altered",
    "changed",
    "corrupt",
]
