"""How much memory a run has taken."""

from __future__ import annotations

import sys


def peak_gigabytes() -> float:
    """Largest resident size of this process so far, in GB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e6)  # bytes there, kilobytes elsewhere
