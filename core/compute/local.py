"""Networks in this very process: for the command line, notebooks and tests."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from core.compute.base import Compute, Waiting, nobody
from core.compute.wire import Kind, Lane
from core.explain import Explainer
from core.explain.progress import Progress, ignore
from core.inference import Classifier
from core.registry import ModelSpec
from core.store import store

_NAME = "network"


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
        key = (spec.manifest.weights_sha256, f"{_NAME} {spec.name}")
        with self._loading:
            held: Explainer | None = store().get(key)
            if held is None or held.classifier.spec != spec:
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

    def answer(
        self,
        lane: Lane,
        kind: Kind,
        spec: ModelSpec,
        payload: Any,
        waiting: Waiting = nobody,
        progress: Progress = ignore,
    ) -> Any:
        """Answer one request in the asking thread."""
        return self.work(spec, kind, [payload], progress)[0]

    def warm(self, spec: ModelSpec) -> None:
        """Do nothing: what is asked for is loaded when it is asked for."""

    def close(self) -> None:
        """Do nothing: the store is the process's."""

    def _keep(self, explainer: Explainer) -> None:
        spec = explainer.classifier.spec
        key = (spec.manifest.weights_sha256, f"{_NAME} {spec.name}")
        store().put(key, explainer, explainer.classifier.nbytes)
