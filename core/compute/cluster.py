"""Joining a Ray cluster: the one that ``RAY_ADDRESS`` names or that this machine belongs to.

Where there is none, one is started on this machine. Each machine of a cluster has Glassbrain
and the models in the same place, as one image of the app has.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from core.errors import N_, ComputeError
from core.settings import PROJECT, Settings

log = logging.getLogger(__name__)

MISSING = N_("Ray is not installed, so that no network can run on a cluster.")
LOST = N_("The cluster that runs the networks gave no answer; please try again later.")


def need() -> None:
    """Find Ray.

    Raises
    ------
    ComputeError
        If it is not installed.
    """
    # Ray prefers a replica whose queue it has looked at lately, and forgets one that had nothing
    # to do for ten seconds: a class that asks at once then asks the busy one alone. Our answers
    # take longer than a look.
    os.environ.setdefault("RAY_SERVE_QUEUE_LENGTH_CACHE_TIMEOUT_S", "0")  # read at the import
    try:
        import ray.data
        import ray.serve  # noqa: F401
    except ImportError as error:
        raise ComputeError(MISSING, command="pip install -r requirements-ray.txt") from error


def connect() -> Any:
    """Join the cluster, once a process; gives the module `ray`.

    Raises
    ------
    ComputeError
        If Ray is not installed, or there is a cluster that cannot be reached.
    """
    need()
    import ray

    if not ray.is_initialized():
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers
        try:
            ray.init(namespace="glassbrain", log_to_driver=False, logging_level=logging.WARNING)
        except (ConnectionError, RuntimeError, ValueError) as error:
            log.error("the cluster: %s", error)
            raise ComputeError(LOST) from error
    return ray


def environment() -> dict[str, Any]:
    """Say what a process of the cluster needs to find Glassbrain and to answer as this one."""
    told = {
        "PYTHONPATH": str(PROJECT),
        "GLASSBRAIN_COMPUTE": "local",
        "GLASSBRAIN_ENGINE": Settings().engine,
    }
    return {"env_vars": told}
