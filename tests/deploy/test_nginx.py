"""The nginx example in front of a real server: websocket, headers, upload limit, closed metrics."""

import http.server
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from core.settings import PROJECT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx (Debian: apt install nginx-light)")


class App(http.server.BaseHTTPRequestHandler):
    """Says who was asked for what; agrees to any upgrade."""

    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.end_headers()
            self.wfile.write(b"hello")
            self.close_connection = True
            return
        body = f"{self.server.server_port} {self.path} {self.headers['Host']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def front():
    """The example's own text, with the addresses of this machine in place of the containers'."""
    apps = [http.server.ThreadingHTTPServer(("127.0.0.1", 0), App) for _ in range(2)]
    for app in apps:
        threading.Thread(target=app.serve_forever, daemon=True).start()
    # Not under pytest's own folders, which are closed to the user that nginx works as.
    folder, port = Path(tempfile.mkdtemp(prefix="glassbrain-nginx-")), free_port()
    text = (PROJECT / "deploy" / "nginx.conf").read_text()
    for old, new in (
        ("server app:8501;", f"server 127.0.0.1:{apps[0].server_port};"),
        ("# server app2:8501;", f"server 127.0.0.1:{apps[1].server_port};"),
        ("listen 8080;", f"listen 127.0.0.1:{port};"),
        ("/tmp/", f"{folder}/"),
        ("/dev/stderr", f"{folder}/log"),
        ("worker_processes auto;", "worker_processes 1;"),
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text)
    folder.chmod(0o755)
    command = [NGINX, "-c", folder / "nginx.conf", "-p", folder, "-g", "daemon off;"]
    nginx = subprocess.Popen(command)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert nginx.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
    yield f"127.0.0.1:{port}"
    nginx.terminate()
    nginx.wait(10)
    for app in apps:
        app.shutdown()
    shutil.rmtree(folder)


def ask(front, path, data=None):
    return urllib.request.urlopen(urllib.request.Request(f"http://{front}{path}", data), timeout=60)


def test_headers_keep_the_app_out_of_frames_and_scripts_from_elsewhere_out_of_it(front):
    headers = ask(front, "/classify?sample=a").headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "http:" not in policy and "*" not in policy
    assert "nginx/" not in headers["Server"]


def test_requests_of_one_address_stay_with_one_copy_and_keep_their_host(front):
    said = [ask(front, f"/page{n}").read().decode().split() for n in range(12)]
    assert len({port for port, _path, _host in said}) == 1
    assert [path for _port, path, _host in said] == [f"/page{n}" for n in range(12)]
    assert {host for _port, _path, host in said} == {front}


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/classify/_stcore/metrics"])
def test_streamlits_metrics_are_closed(front, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(front, path)
    assert refused.value.code == 404
    assert ask(front, "/_stcore/health").status == 200


def test_an_upload_may_be_as_large_as_the_app_takes_and_no_larger(front):
    assert ask(front, "/upload", bytes(64 * 2**20)).status == 204
    with pytest.raises((urllib.error.HTTPError, ConnectionError, urllib.error.URLError)) as refused:
        ask(front, "/upload", bytes(67 * 2**20))
    assert getattr(refused.value, "code", 413) == 413


def test_a_websocket_goes_through(front):
    host, port = front.split(":")
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall(
            b"GET /_stcore/stream HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        said = b""
        while b"hello" not in said:
            part = line.recv(4096)
            assert part, said
            said += part
    assert said.startswith(b"HTTP/1.1 101")
