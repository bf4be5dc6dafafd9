"""The process that draws pages computes nothing, and is quick to draw the first of them."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from core.settings import PROJECT
from pages._ui.base import networks
from tests.pages.opening import section

SESSION = """
import json, sys
from pages._ui.base import networks
from tests.pages.opening import opened
NOT_NEEDED = {
    "tensorflow", "keras", "openvino", "sqlalchemy", "pydicom", "nibabel", "jinja2", "pandas"
}
said = {}
libraries = {}
for page in ("classify", "explain"):
    app = opened(page, sample="glioma-0209", model=sys.argv[1], methods="gradcam,centre-blob")
    assert not app.exception and not app.error, (page, app.error, app.exception)
    said[page] = " ".join(e.value for e in [*app.markdown, *app.caption])
    libraries[page] = sorted(NOT_NEEDED & set(sys.modules))
print(json.dumps({"libraries": libraries, "worker": networks.compute().pid, "said": said}))
networks.compute().close()
"""

AHEAD = """
import json, sys
from streamlit import runtime
from core.compute.worker import Worker
begun = []
Worker.warm = lambda self, spec: begun.append([spec.name, "pages._ui.base.records" in sys.modules])
runtime.exists = lambda: True
runtime.get_instance = lambda: runtime.Runtime.__new__(runtime.Runtime)
import pages._ui
print(json.dumps(begun))
"""

OVER = """
import pkgutil, threading
from types import SimpleNamespace
from streamlit import runtime
from streamlit.runtime.scriptrunner import StopException, add_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state import SafeSessionState, SessionState
from core.compute.worker import Worker

def over(*_):
    raise StopException  # as a run does whose browser has gone

run = ScriptRunContext(
    "session", over, "model=mobilenetv2", SafeSessionState(SessionState(), over), None, "", {},
    None, SimpleNamespace(main_script_hash=""), yield_check=over,
)
Worker.warm = lambda self, spec: print(spec.name)
runtime.exists = lambda: True
runtime.get_instance = lambda: runtime.Runtime.__new__(runtime.Runtime)
add_script_run_ctx(threading.current_thread(), run)
import pages._ui  # which begins the networks' process where a server runs
runtime.exists = lambda: False
for module in pkgutil.walk_packages(pages._ui.__path__, "pages._ui.", onerror=print):
    try:
        __import__(module.name)
    except StopException:
        raise SystemExit(f"{module.name} looks into the session while it is imported")
"""


def served(script: str) -> str:
    """What a script prints in a process of its own, which asks networks as a server does."""
    environment = {k: v for k, v in os.environ.items() if k != "GLASSBRAIN_COMPUTE"}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=environment, capture_output=True,
        text=True, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


def test_a_run_that_ends_while_modules_are_imported_takes_none_with_it():
    """Else everyone who waits for that import is told that the module is not there."""
    assert served(OVER).split() == ["mobilenetv2"]


def test_the_networks_process_starts_before_the_first_page_is_imported(specs):
    assert json.loads(served(AHEAD).splitlines()[-1]) == [[next(iter(specs)), False]]


@pytest.mark.parametrize("asked", ["mobilenetv2", "no-such", ""])
def test_the_network_that_the_address_names_is_loaded_first(asked, specs, monkeypatch):
    begun = []

    def script():
        from pages._ui.base import networks

        networks.warm()

    opened = SimpleNamespace(warm=lambda spec: begun.append(spec.name))
    monkeypatch.setattr(networks, "compute", lambda: opened)
    networks.warm.clear()
    section(script, model=asked)
    networks.warm.clear()
    assert begun == [asked if asked in specs else next(iter(specs))]


def test_pages_read_and_explain_a_scan_with_few_libraries(specs):
    smallest = min(specs.values(), key=lambda spec: spec.manifest.parameters)
    run = subprocess.run(
        [sys.executable, "-c", SESSION, smallest.name],
        cwd=PROJECT, env=os.environ | {"GLASSBRAIN_COMPUTE": "worker"},
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["libraries"]["classify"] == []
    assert found["libraries"]["explain"] in ([], ["pandas"])
    assert found["worker"]
    for page in ("classify", "explain"):
        assert f"weights {smallest.manifest.weights_sha256[:12]}" in found["said"][page]
    assert "Grad-CAM" in found["said"]["explain"]
