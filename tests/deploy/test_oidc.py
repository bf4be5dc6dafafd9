"""Signing in by a real server against a provider of the test's own: who may open a room.

Run by ``make test-deploy``; skipped where ``requirements-oidc.txt`` is not installed.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time

import pytest

from core.classroom import connect, open_room
from core.settings import PROJECT
from tools.session import PageError, Session

pytest.importorskip("authlib")
httpx = pytest.importorskip("httpx")
pytestmark = pytest.mark.timeout(900)
SOON = 300  # seconds; the machine may be busy


@pytest.fixture(scope="module")
def provider():
    from tests.deploy.provider import Provider

    made = Provider()
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(provider, tmp_path_factory):
    """The app with sign-in; its address and its database."""
    folder = tmp_path_factory.mktemp("oidc")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, url = f"http://127.0.0.1:{port}", f"sqlite:///{folder / 'rooms.sqlite3'}"
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "{address}/oauth2callback"\ncookie_secret = "{"s" * 40}"\n'
        'client_id = "glassbrain"\nclient_secret = "of the test"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n'
    )
    mine = {
        "GLASSBRAIN_DATABASE_URL": url,
        "GLASSBRAIN_TEACHER_CLAIM": "groups=teachers",
        "GLASSBRAIN_MODELS_DIR": str(folder),  # no network is needed, so none is loaded
    }
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py",
               f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true",
               f"--secrets.files={secrets}"]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | mine, stderr=log)
    deadline = time.monotonic() + SOON
    while True:
        try:
            assert httpx.get(f"{address}/_stcore/health").text == "ok"
            break
        except httpx.TransportError:
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.2)
    yield address, url
    process.terminate()
    process.wait(SOON)


def visit(address, cookies=None, press=None, **link):
    """What the page Classroom offers: keys of its widgets, its texts, where it leads."""

    async def go():
        async with Session(address, cookies=cookies) as tab:
            await tab.open("classroom", patience=SOON, **link)
            if press:
                await tab.press(press, patience=SOON)
            return set(tab.ids), tab.texts, tab.redirect

    return asyncio.run(go())


def sign_in(address):
    """Follow the button as a browser does; the cookies that it then has."""
    _keys, _texts, way = visit(address, press="sign-in")
    with httpx.Client(base_url=address, follow_redirects=True, timeout=SOON) as browser:
        assert browser.get("/_stcore/health").text == "ok"
        assert browser.get(way).status_code == 200
        return dict(browser.cookies)


def test_a_teacher_signs_in_and_may_open_a_room(served, provider):
    address, _url = served
    keys, _texts, _way = visit(address)
    assert "sign-in" in keys and "classroom-open-room" not in keys
    provider.claims = {"email": "t@school.example", "groups": ["staff", "teachers"]}
    keys, _texts, _way = visit(address, sign_in(address))
    assert {"classroom-open-room", "sign-out"} <= keys and "sign-in" not in keys


def test_another_account_may_not(served, provider):
    address, _url = served
    provider.claims = {"email": "s@school.example", "groups": ["students"]}
    keys, texts, _way = visit(address, sign_in(address))
    assert "classroom-open-room" not in keys and "sign-out" in keys
    assert any("This account may not open rooms" in text for text in texts)


def test_a_cookie_that_nobody_signed_is_nobody(served):
    address, _url = served
    forged = {"_streamlit_user": '{"is_logged_in": true, "groups": ["teachers"]}'}
    given = dict(httpx.get(f"{address}/_stcore/health").cookies)
    keys, _texts, _way = visit(address, given | forged)
    assert "sign-in" in keys and "classroom-open-room" not in keys


def test_a_rooms_key_teaches_and_a_code_joins_without_an_account(served):
    address, url = served
    engine = connect(url)
    room, key = open_room(engine, ["glioma-f2010"])
    engine.dispose()
    keys, _texts, _way = visit(address, room=room.code, teacher=key)
    assert "to-answering" in keys
    _keys, texts, _way = visit(address, room=room.code)
    assert any("You are in." in text for text in texts)
    with pytest.raises(PageError, match="not the teacher's"):
        visit(address, room=room.code, teacher="guess")
