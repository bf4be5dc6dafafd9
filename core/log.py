"""The log on standard error: words for a person, or one JSON object a line for a machine.

What is logged names models, methods and kinds of errors; never a file, a patient or what a
person typed.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
from contextvars import ContextVar
from datetime import datetime, timezone

from core.settings import Settings

request: ContextVar[str] = ContextVar("request", default="")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request, and an error's traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        said = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if found := request.get():
            said["request"] = found
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said)


def configure() -> None:
    """Send the log to standard error, as the installation's settings ask."""
    settings = Settings()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonFormatter()
        if settings.log_format == "json"
        else logging.Formatter("%(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=settings.log_level, handlers=[handler])


def begin() -> str:
    """Give what follows, in this thread, a number of its own in the log."""
    number = secrets.token_hex(4)
    request.set(number)
    return number
