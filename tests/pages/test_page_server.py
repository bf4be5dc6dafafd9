"""The process that draws pages computes nothing: it has neither TensorFlow nor OpenVINO."""

import json
import os
import subprocess
import sys

from core.settings import PROJECT

SESSION = """
import json, sys
from pages._ui.base import networks
from tests.pages.opening import opened
said = {}
for page in ("classify", "explain"):
    app = opened(page, sample="glioma-0209", model=sys.argv[1], methods="gradcam,centre-blob")
    assert not app.exception and not app.error, (page, app.error, app.exception)
    said[page] = " ".join(e.value for e in [*app.markdown, *app.caption])
libraries = sorted({"tensorflow", "keras", "openvino"} & set(sys.modules))
print(json.dumps({"libraries": libraries, "worker": networks.compute().pid, "said": said}))
networks.compute().close()
"""


def test_pages_read_and_explain_a_scan_without_a_network_library(specs):
    smallest = min(specs.values(), key=lambda spec: spec.manifest.parameters)
    run = subprocess.run(
        [sys.executable, "-c", SESSION, smallest.name],
        cwd=PROJECT, env=os.environ | {"GLASSBRAIN_COMPUTE": "worker"},
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["libraries"] == []
    assert found["worker"]
    for page in ("classify", "explain"):
        assert f"weights {smallest.manifest.weights_sha256[:12]}" in found["said"][page]
    assert "Grad-CAM" in found["said"]["explain"]
