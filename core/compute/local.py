"""Networks in this very process: for the command line, notebooks and tests."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from core import converted
from core.compute.base import Compute, Waiting
from core.compute.queue import Request
from core.compute.wire import Answers, Kind, Work, WorkerError
from core.errors import GlassbrainError
from core.explain import Cancelled, Explainer
from core.explain.progress import Progress, ignore
from core.inference import Classifier, choose_backend
from core.memory import at_rest, give_back, resident
from core.registry import ModelSpec
from core.settings import PROJECT, Settings
from core.store import store

log = logging.getLogger(__name__)

_NAME = "network"
_STEPS = 8  # in which the store is cut back, so that what was used last stays where it can


class Local(Compute):
    """Holds networks in `core.store`."""

    def __init__(self) -> None:
        self._loading = threading.Lock()

    def explainer(self, spec: ModelSpec) -> Explainer:
        """Load a network, unless it is held.

        Raises
        ------
        ModelError
            As `Classifier`.
        """
        held = self._held(spec)  # not behind another's load
        if held is None:
            with self._loading:
                held = self._held(spec)
                if held is None:
                    held = Explainer(Classifier(spec))
                    self._keep(held)
        return held

    def work(
        self, spec: ModelSpec, kind: Kind, payloads: Sequence[Any], progress: Progress = ignore
    ) -> list[Any]:
        """Answer several requests of one kind for one network, together where that helps."""
        explainer = self.explainer(spec)
        if kind == "predict":
            return list(explainer.classifier.predict_many(payloads))
        if kind == "embed":
            return [explainer.classifier.embed(image) for image in payloads]
        try:
            return [
                question(
                    explainer, *arguments, **options, **({"progress": progress} if heard else {})
                )
                for question, arguments, options, heard in payloads
            ]
        finally:
            self._keep(explainer)  # by now it may hold the network in two forms

    def answer(self, request: Request, waiting: Waiting, progress: Progress) -> Any:
        """Answer one request in the asking thread."""
        return self.work(request.spec, request.kind, [request.payload], progress)[0]

    def warm(self, spec: ModelSpec) -> None:
        """Do nothing: what is asked for is loaded when it is asked for."""

    def close(self) -> None:
        """Do nothing: the store is the process's."""

    def _held(self, spec: ModelSpec) -> Explainer | None:
        held: Explainer | None = store().get(_key(spec))
        return held if held is not None and held.classifier.spec == spec else None

    def _keep(self, explainer: Explainer) -> None:
        classifier = explainer.classifier
        store().put(_key(classifier.spec), explainer, classifier.nbytes)


def _key(spec: ModelSpec) -> tuple[str, str]:
    return spec.manifest.weights_sha256, f"{_NAME} {spec.name}"


def convert_apart(spec: ModelSpec) -> None:
    """Convert a network in a process of its own, which takes TensorFlow away with it again."""
    if choose_backend(spec, Settings().engine) != "openvino" or converted.read(spec) is not None:
        return
    environment = os.environ | {"GLASSBRAIN_MODELS_DIR": str(spec.folder.parent)}
    command = [sys.executable, "-m", "core", "warm", "--model", spec.name]
    subprocess.run(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, check=False)


def answered(work: Work, do: Callable[[Work], Sequence[Any]]) -> Answers:
    """Do a piece of work for another process; what goes wrong becomes the answer."""
    try:
        return tuple((id, value, None) for id, value in zip(work.ids, do(work), strict=True))
    except (GlassbrainError, Cancelled) as error:
        return tuple((id, None, error) for id in work.ids)
    except Exception as error:
        log.exception("%s with %s", work.kind, work.spec.name)
        return tuple((id, None, WorkerError(repr(error))) for id in work.ids)


def tidy(limit: int) -> None:
    """Cut the store back where this process holds too much for the next piece of work."""
    while (over := resident() - at_rest(limit)) > 0 and store().size:
        store().shrink(store().size - max(over, store().size // _STEPS))
        give_back()
