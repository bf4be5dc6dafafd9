"""Settings of one installation, read from ``GLASSBRAIN_*`` environment variables."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.memory import available

Place = Literal["local", "ray"]  # of a command's work: this process, or a cluster

PROJECT = Path(__file__).resolve().parents[1]
# Where models and runs lie: in a checkout, or where an installed Glassbrain is called.
HOME = PROJECT if (PROJECT / "pyproject.toml").is_file() else Path()


_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def _bytes(text: object) -> object:
    """Read an amount of memory: ``2GB``, ``1.5 GiB`` or a number of bytes."""
    found = re.fullmatch(r"\s*([\d.]+)\s*([KMG]?i?B?)\s*", str(text), re.IGNORECASE)
    if not found or found[2].upper() not in _UNITS:
        raise ValueError("write an amount of memory such as 2GB or 1500MB")
    return int(float(found[1]) * _UNITS[found[2].upper()])


@cache
def _half() -> int:
    return available() // 2


def _cache_dir() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glassbrain"


class Settings(BaseSettings):
    """Where things lie and how they run.

    Attributes
    ----------
    models_dir : Path
        One folder a model (``GLASSBRAIN_MODELS_DIR``); a checkout's own, or ``./models`` where
        Glassbrain is installed.
    engine : {"auto", "tensorflow", "openvino"}
        What runs the networks (``GLASSBRAIN_ENGINE``); ``auto`` takes OpenVINO where it is
        installed and was measured to be faster.
    compute : {"local", "worker", "ray"} or None
        Where the networks run (``GLASSBRAIN_COMPUTE``): in this process, in one child
        process, or on a Ray cluster (``requirements-ray.txt``). None leaves it to who asks:
        the app takes ``worker``, the command line ``local``.
    memory : int
        Bytes that the process with the networks may take (``GLASSBRAIN_MEMORY``); by default
        half of what the machine, or the container, has. Over four fifths of it after a map
        or a load, the process is begun anew: with less than 1.3 GB after every map that takes
        gradients, for which TensorFlow alone fills 0.7 GB.
    cache_dir : Path
        Where converted networks are kept (``GLASSBRAIN_CACHE_DIR``); it may be deleted.
    log_level : str
        Level of the log on standard error (``GLASSBRAIN_LOG_LEVEL``).
    log_format : {"text", "json"}
        Words, or one JSON object a line (``GLASSBRAIN_LOG_FORMAT``).
    metrics_port : int or None
        Where the app shows counts for Prometheus (``GLASSBRAIN_METRICS_PORT``); None: nowhere.
    metrics_address : str
        On which address (``GLASSBRAIN_METRICS_ADDRESS``).
    teacher_claim : str
        Where people sign in: what lets one open a room (``GLASSBRAIN_TEACHER_CLAIM``), such
        as ``groups=teachers``; by default signing in does.
    database_url : str
        Where the live classroom keeps its rooms (``GLASSBRAIN_DATABASE_URL``): an SQLite file
        or PostgreSQL, as SQLAlchemy writes it; ``~`` is the home folder.
    """

    model_config = SettingsConfigDict(env_prefix="GLASSBRAIN_", frozen=True)

    models_dir: Path = HOME / "models"
    engine: Literal["auto", "tensorflow", "openvino"] = "auto"
    compute: Literal["local", "worker", "ray"] | None = None
    memory: Annotated[int, BeforeValidator(_bytes)] = Field(default_factory=_half, ge=10**8)
    cache_dir: Path = Field(default_factory=_cache_dir)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_address: str = "127.0.0.1"
    teacher_claim: str = Field(default="", pattern=r"^([^=]+=.+)?$")
    database_url: str = "sqlite:///~/.glassbrain/classroom.sqlite3"
