"""A line of the log for machines is one JSON object, whatever is in it."""

from __future__ import annotations

import json
import logging
import sys

from core.log import JsonFormatter, begin, request


def record(message: str, *values: object, error: bool = False) -> logging.LogRecord:
    told = sys.exc_info() if error else None
    return logging.LogRecord("core.x", logging.WARNING, "x.py", 1, message, values, told)


def test_a_line_is_an_object_with_its_request() -> None:
    number = begin()
    line = JsonFormatter().format(record('%s left\nthe "list"', "one"))
    assert "\n" not in line
    said = json.loads(line)
    assert said["message"] == 'one left\nthe "list"'
    assert (said["level"], said["logger"], said["request"]) == ("WARNING", "core.x", number)
    assert begin() != number
    request.set("")
    assert "request" not in json.loads(JsonFormatter().format(record("x")))


def test_an_error_brings_its_traceback() -> None:
    try:
        raise KeyError("gone")
    except KeyError:
        said = json.loads(JsonFormatter().format(record("failed", error=True)))
    assert "KeyError: 'gone'" in said["error"]
