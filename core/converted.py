"""Networks converted to OpenVINO and kept on disk, so that a later start needs no TensorFlow.

A converted network is made from the weights that its manifest vouches for, and kept under a
key of their sha256, of the versions that it was made with and of this processor. Whatever
does not fit, or was altered, is made anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import platform
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.engine import openvino_graph, valid_layers
from core.files import sha256
from core.registry import ModelSpec, check_weights, load_model
from core.settings import Settings

log = logging.getLogger(__name__)

_FORM = 1  # raise it when `core.engine` draws its graph otherwise
_PACKAGES = ("openvino", "tensorflow", "tensorflow-cpu", "keras")
_GRAPH, _WEIGHTS, _FACTS = "graph.xml", "graph.bin", "facts.json"


@dataclass(frozen=True)
class Converted:
    """A converted network on disk.

    Attributes
    ----------
    graph : Path
        For `core.engine.openvino_run`.
    layers : tuple of str
        Layers that maps can be read from, which only the original can tell.
    """

    graph: Path
    layers: tuple[str, ...]


def folder(spec: ModelSpec) -> Path:
    """Where the converted form of a model is, or would be."""
    m = spec.manifest
    parts = (_FORM, m.weights_sha256, m.cam_layer, m.input_size, _versions(), _processor())
    key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    return Settings().cache_dir / "openvino" / f"{spec.name}-{key}"


def read(spec: ModelSpec) -> Converted | None:
    """Find the converted form; None where there is none, or it is not as it was written."""
    place = folder(spec)
    try:
        facts = json.loads((place / _FACTS).read_bytes())
        for name in (_GRAPH, _WEIGHTS):
            if facts[name] != sha256(place / name):
                log.warning("%s was altered; it is made anew", place / name)
                return None
        return Converted(place / _GRAPH, tuple(facts["layers"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def layers(spec: ModelSpec) -> tuple[str, ...] | None:
    """Layers that maps can be read from, if the converted form is there to tell."""
    try:
        return tuple(json.loads((folder(spec) / _FACTS).read_bytes())["layers"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def make(spec: ModelSpec) -> Converted:
    """Convert a model and keep it; imports TensorFlow, takes seconds.

    Raises
    ------
    ModelError
        As `core.registry.load_model`.
    OSError
        If it cannot be written.
    """
    import openvino as ov

    model = load_model(spec)
    place = folder(spec)
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as name:
        new = Path(name) / place.name
        new.mkdir()
        graph = openvino_graph(model, spec.manifest.cam_layer)
        ov.save_model(graph, new / _GRAPH, compress_to_fp16=False)
        facts: dict[str, Any] = {name: sha256(new / name) for name in (_GRAPH, _WEIGHTS)}
        (new / _FACTS).write_text(json.dumps({**facts, "layers": valid_layers(model)}))
        if (found := read(spec)) is not None:  # another process was faster, and may be opening it
            return found
        shutil.rmtree(place, ignore_errors=True)
        try:
            new.replace(place)
        except OSError:  # another process was faster
            if read(spec) is None:
                raise
    log.info("%s is converted: %s", spec.name, place)
    found = read(spec)
    assert found is not None
    return found


def ensure(spec: ModelSpec) -> Converted:
    """Find the converted form, or make it.

    Raises
    ------
    ModelError
        If the weights are not the manifest's.
    OSError
        If it cannot be written.
    """
    check_weights(spec)
    return read(spec) or make(spec)


def _versions() -> tuple[str, ...]:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return tuple(found)


@cache
def _processor() -> str:
    """Name of the processor, with what it can do, which the compiled form depends on."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    said = {line.partition(":")[0].strip(): line.partition(":")[2].strip() for line in lines}
    return f"{platform.machine()} {said.get('model name', '')} {said.get('flags', '')}"
