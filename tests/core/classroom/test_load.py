"""The load run counts what it claims to count, on both databases, and leaves nothing behind."""

import json

from sqlalchemy import func, select
from typer.testing import CliRunner

from core.classroom.database import rooms
from core.cli import app


def test_a_small_load(url, engine):
    with engine.connect() as connection:
        before = connection.execute(select(func.count()).select_from(rooms)).scalar_one()
    command = f"classroom-load --students 12 --seconds 0.2 --database {url}".split()
    result = CliRunner().invoke(app, command)
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (report["sent"], report["stored"], report["refused"], report["lost"]) == (12, 12, 0, 0)
    assert report["milliseconds"]["answer"]["n"] == report["milliseconds"]["join"]["n"] == 12
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(rooms)).scalar_one() == before
