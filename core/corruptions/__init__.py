"""Named, seeded, pure changes to a scan, from nothing to severe."""

from core.corruptions.apply import altered, changed, corrupt
from core.corruptions.base import SEVERITIES, Box, Change, Corruption
from core.corruptions.table import CORRUPTIONS

__all__ = [
    "CORRUPTIONS",
    "SEVERITIES",
    "Box",
    "Change",
    "Corruption",
    "altered",
    "changed",
    "corrupt",
]
