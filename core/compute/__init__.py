"""Where the networks run: in this process, in one child process, or on a cluster.

Pages, commands and scripts ask through one interface, `Compute`, and never hold a network
themselves. `compute` gives the one that the installation has chosen.
"""

from __future__ import annotations

from core.compute.base import Compute, Waiting, nobody
from core.errors import ComputeError
from core.settings import Settings

__all__ = ["Compute", "ComputeError", "Waiting", "compute", "nobody"]


def compute(usual: str = "local") -> Compute:
    """Open the place that ``GLASSBRAIN_COMPUTE`` names; `usual` where it names none.

    Parameters
    ----------
    usual : {"local", "worker"}

    Raises
    ------
    ComputeError
        If it is a Ray cluster, and Ray is not installed.
    """
    chosen = Settings().compute or usual
    if chosen == "worker":
        from core.compute.worker import Worker

        return Worker()
    if chosen == "ray":
        from core.compute import cluster

        cluster.need()
        from core.compute.ray import Ray

        return Ray()
    from core.compute.local import Local

    return Local()
