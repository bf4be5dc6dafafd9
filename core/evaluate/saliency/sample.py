"""Which scans the saliency methods are measured on: drawn once, the same for every model."""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

from core.cases import Case, cases, spread
from core.explain.base import Method
from core.labels import CLASS_NAMES

SLOW = ("slow", "very slow")  # costs of the methods that get the smaller samples

# Fewer draws than the methods' own, so that six models can be measured in an evening. The
# rest is measured as it is drawn. These numbers are stored with the results.
SAMPLES: dict[str, int] = {
    "scorecam": 32,  # channels
    "rise": 200,  # masks
    "lime": 150,  # samples
    "smoothgrad": 10,  # noisy copies
    "vargrad": 10,
    "integrated-gradients": 16,  # steps
    "integrated-gradients-blur": 16,
}


@dataclass(frozen=True)
class Sizes:
    """Scans of each class that a kind of measure is taken on, at most.

    Attributes
    ----------
    localisation : int
        Scans with an outline, for methods of one or a few passes; three classes have some.
    faithfulness : int
        Scans of all four classes.
    slow : int
        Scans with an outline for both of these, for methods of tens of passes or more.
    disturbed : int
        Scans of all four classes, for sanity and stability.
    disturbed_slow : int
        The same for slow methods; of the three tumour classes.
    """

    localisation: int = 70
    faithfulness: int = 15
    slow: int = 14
    disturbed: int = 5
    disturbed_slow: int = 2

    def limited(self, limit: int | None, faithfulness: int | None = None) -> Sizes:
        """Lower every size to `limit`, and that of faithfulness to another limit.

        Scans that are disturbed are among those that faithfulness is measured on.
        """
        sizes = self if limit is None else Sizes(*(min(n, limit) for n in astuple(self)))
        if faithfulness is None:
            return sizes
        lower = min(sizes.faithfulness, faithfulness)
        return replace(sizes, faithfulness=lower, disturbed=min(sizes.disturbed, lower))


@dataclass(frozen=True)
class ScanSample:
    """Scans in the order of classes, each with its place in its class's draw.

    Attributes
    ----------
    cases : tuple of Case
    places : tuple of int
        0 for the first of its class: a smaller sample is the beginning of a larger one.
    sizes : Sizes
    """

    cases: tuple[Case, ...]
    places: tuple[int, ...]
    sizes: Sizes

    def localisation(self, method: Method) -> list[int]:
        """Positions of the scans that a method is to point out the lesion on."""
        count = self.sizes.slow if method.cost in SLOW else self.sizes.localisation
        return self._first(count, outlined=True)

    def faithfulness(self, method: Method) -> list[int]:
        """Positions of the scans that a method's faithfulness is measured on."""
        if method.cost in SLOW:
            return self._first(self.sizes.slow, outlined=True)
        return self._first(self.sizes.faithfulness, outlined=False)

    def disturbed(self, method: Method) -> list[int]:
        """Positions of the scans, among the former, for sanity and stability."""
        if method.cost in SLOW:
            return self._first(self.sizes.disturbed_slow, outlined=True)
        return self._first(self.sizes.disturbed, outlined=False)

    def _first(self, count: int, *, outlined: bool) -> list[int]:
        return [
            i
            for i, (case, place) in enumerate(zip(self.cases, self.places, strict=True))
            if place < count and (case.lesion is not None or not outlined)
        ]


def draw_sample(sizes: Sizes, seed: int = 0) -> ScanSample:
    """Draw scans of fold 0, stratified by class.

    Tumours are drawn from those with an outline. Within a class every patient (or picture
    family) gives one scan before any gives a second, so that few scans still stand for
    many patients.
    """
    drawn: list[Case] = []
    places: list[int] = []
    for label in CLASS_NAMES:
        known = [case for case in cases().values() if case.label == label]
        outlined = [case for case in known if case.lesion is not None]
        count = max(sizes.localisation, sizes.slow) if outlined else 0
        chosen = spread(outlined or known, seed)[: max(count, sizes.faithfulness, sizes.disturbed)]
        drawn += chosen
        places += range(len(chosen))
    return ScanSample(tuple(drawn), tuple(places), sizes)
