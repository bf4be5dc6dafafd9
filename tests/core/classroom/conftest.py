"""Both databases: an SQLite file, and a real PostgreSQL that lives as long as the tests."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from core.classroom import connect


def _programs():
    """Folder of PostgreSQL's programs, the newest version first; None where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name),
               default=None)  # fmt: skip


@pytest.fixture(scope="session")
def cluster():
    """Start a cluster on a free port; its address, and what restarts it without warning.

    PostgreSQL refuses to run as root.
    """
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL on this machine (Debian: apt install postgresql)")
    root = os.geteuid() == 0
    user = "postgres" if root else getpass.getuser()
    become = ["runuser", "-u", user, "--"] if root else []
    # Not under pytest's own folders, which are closed to every user but the one that runs it.
    home = Path(tempfile.mkdtemp(prefix="glassbrain-postgres-"))
    if root:
        shutil.chown(home, user)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]

    def run(program, *options):
        subprocess.run([*become, programs / program, *options], check=True, cwd=home,
                       stdout=subprocess.DEVNULL)  # fmt: skip

    data = home / "data"
    run("initdb", "--auth=trust", "--no-sync", "-U", "glassbrain", "-D", data)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={home}"
    run("pg_ctl", "-D", data, "-l", home / "log", "-o", options, "-w", "start")
    yield (
        f"postgresql://glassbrain@127.0.0.1:{port}/postgres",
        lambda: run("pg_ctl", "-D", data, "-l", home / "log", "-o", options, "-w", "-m",
                    "immediate", "restart"),
    )  # fmt: skip
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def postgres(cluster):
    """Address of the cluster."""
    return cluster[0]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Address of each database in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres")
    return f"sqlite:///{tmp_path / 'classroom.sqlite3'}"


@pytest.fixture
def engine(url):
    """A database that is ready; the same one for all tests on PostgreSQL."""
    engine = connect(url)
    yield engine
    engine.dispose()
