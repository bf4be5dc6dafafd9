"""The command as a shell starts it, on the shipped scans and a shipped model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.labels import CLASS_NAMES
from core.registry import discover
from core.settings import PROJECT

SCANS = sorted((PROJECT / "tests" / "data").glob("*.png"))


def test_one_scan_a_class() -> None:
    assert [scan.stem for scan in SCANS] == list(CLASS_NAMES)
    assert sum(scan.stat().st_size for scan in SCANS) < 300_000


def test_predict_prints_json_and_nothing_else(tmp_path: Path) -> None:
    specs, _ = discover(PROJECT / "models")
    if "mobilenetv2" not in specs:
        pytest.skip("mobilenetv2 is not trained")
    broken = tmp_path / "broken.png"
    broken.write_bytes(SCANS[0].read_bytes()[:200])
    command = [sys.executable, "-m", "core", "predict", broken, *SCANS, "--model", "mobilenetv2"]
    done = subprocess.run([*command, "--json"], cwd=PROJECT, capture_output=True, text=True)
    rows = json.loads(done.stdout)
    assert done.returncode == 1  # for the broken file alone
    assert set(rows[0]) == {"file", "error"}
    assert [row["file"] for row in rows[1:]] == [str(scan) for scan in SCANS]
    digest = specs["mobilenetv2"].manifest.weights_sha256
    for row in rows[1:]:
        assert row["weights_sha256"] == digest and list(row["probabilities"]) == [*CLASS_NAMES]
