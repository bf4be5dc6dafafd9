"""Settings of one installation, read from ``GLASSBRAIN_*`` environment variables."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Where things lie and how they run.

    Attributes
    ----------
    models_dir : Path
        One folder a model (``GLASSBRAIN_MODELS_DIR``).
    engine : {"auto", "tensorflow", "openvino"}
        What runs the networks (``GLASSBRAIN_ENGINE``); ``auto`` takes OpenVINO where it is
        installed and was measured to be faster.
    log_level : str
        Level of the log on standard error (``GLASSBRAIN_LOG_LEVEL``).
    database_url : str
        Where the live classroom keeps its rooms (``GLASSBRAIN_DATABASE_URL``): an SQLite file
        or PostgreSQL, as SQLAlchemy writes it; ``~`` is the home folder.
    """

    model_config = SettingsConfigDict(env_prefix="GLASSBRAIN_", frozen=True)

    models_dir: Path = PROJECT / "models"
    engine: Literal["auto", "tensorflow", "openvino"] = "auto"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    database_url: str = "sqlite:///~/.glassbrain/classroom.sqlite3"
