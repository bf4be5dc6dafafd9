"""The one interface that everything asks networks through."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from core import converted
from core.compute.queue import Request
from core.compute.wire import Lane
from core.explain import METHODS, Explainer, SaliencyMap
from core.explain.explainer import PREDICTED, is_free
from core.explain.progress import Progress, ignore
from core.explain.targets import Target
from core.imaging import MRIImage
from core.inference import Prediction
from core.preprocess import FloatImage
from core.registry import ModelSpec

Waiting = Callable[[int], None]
Question = Callable[..., Any]  # (explainer, *arguments, [progress=]) -> answer


def nobody(before: int) -> None:
    """Tell nobody how many are before one in the queue."""


class Compute(ABC):
    """Asks networks; safe to share between threads. Every call waits for its answer.

    `waiting` is told, several times a second and in the asking thread, how many requests are
    before this one (0: it is being worked on); `progress` is told ``(done, total)``. Either
    may raise to leave: the request is then withdrawn.

    Each method raises the errors of what it computes (`ModelError`, `ExplainError`), and
    `ComputeError` where no answer came though nothing is wrong with the question.
    """

    def predict(self, spec: ModelSpec, image: MRIImage, *, waiting: Waiting = nobody) -> Prediction:
        """Classify one scan; `core.inference.Classifier.predict`."""
        asked = Request("fast", "predict", spec, image)
        return self.answer(asked, waiting, ignore)  # type: ignore[no-any-return]

    def embed(self, spec: ModelSpec, image: MRIImage, *, waiting: Waiting = nobody) -> FloatImage:
        """Give what the linear head sees of one scan, shape (K,)."""
        asked = Request("fast", "embed", spec, image)
        return self.answer(asked, waiting, ignore)  # type: ignore[no-any-return]

    def explain(
        self,
        spec: ModelSpec,
        image: MRIImage,
        method: str,
        target: Target = PREDICTED,
        *,
        versus: Target | None = None,
        layer: str | None = None,
        seed: int = 0,
        samples: int | None = None,
        progress: Progress = ignore,
        waiting: Waiting = nobody,
        prediction: Prediction | None = None,
    ) -> SaliencyMap:
        """Draw one map; `core.explain.Explainer.explain`.

        One that a forward pass holds does not wait behind slow ones.
        """
        free = is_free(method, layer, spec.manifest.cam_layer) or (
            method in METHODS and METHODS[method].family == "control"
        )
        options = {"versus": versus, "layer": layer, "seed": seed, "samples": samples,
                   "prediction": prediction}  # fmt: skip
        payload = Explainer.explain, (image, method, target), options, True
        lane: Lane = "fast" if free else "slow"
        asked = Request(lane, "ask", spec, payload)
        return self.answer(asked, waiting, progress)  # type: ignore[no-any-return]

    def ask(
        self,
        spec: ModelSpec,
        question: Question,
        *arguments: Any,
        progress: Progress | None = None,
        waiting: Waiting = nobody,
        **options: Any,
    ) -> Any:
        """Answer any other question that takes a network: ``question(explainer, *arguments)``.

        `question` is a function of a module, so that another process can find it;
        arguments and answer can be pickled. It is given `progress` if that is asked for.
        """
        payload = question, arguments, options, progress is not None
        return self.answer(Request("slow", "ask", spec, payload), waiting, progress or ignore)

    def layers(self, spec: ModelSpec) -> tuple[str, ...]:
        """Layers that maps can be read from, input side first."""
        return converted.layers(spec) or self.ask(spec, _layers)

    @abstractmethod
    def answer(self, request: Request, waiting: Waiting, progress: Progress) -> Any:
        """Answer one request: what all of the above come down to."""

    @abstractmethod
    def warm(self, spec: ModelSpec) -> None:
        """Begin to load a network, and do not wait for it."""

    @abstractmethod
    def close(self) -> None:
        """Let go of whatever this holds."""


def _layers(explainer: Explainer) -> tuple[str, ...]:
    return explainer.network.layers
