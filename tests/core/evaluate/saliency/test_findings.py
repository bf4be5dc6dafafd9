"""Which method the measures of a network favour."""

from __future__ import annotations

from core.evaluate.saliency.findings import fared, favoured, insensitive, survival
from core.evaluate.saliency.read import Measure, MethodScores, SaliencyScores
from core.evaluate.saliency.store import SaliencyProvenance


def of(pointing: float, half: float, gain: float = 0.1, kept: float = 0.0) -> MethodScores:
    """Pointing with an interval of half a width, its gain over the blob, its sanity."""
    return MethodScores(
        {
            "pointing": Measure(pointing, pointing - half, pointing + half, 200, 50),
            "sanity_half_spearman": Measure(kept, kept, kept, 20, 20),
        },
        {},
        {"pointing": Measure(gain, gain - half, gain + half, 200, 50)},
    )


def scores(**methods: MethodScores) -> SaliencyScores:
    provenance = SaliencyProvenance(
        name="toy",
        weights_sha256="0" * 64,
        cases_sha256="0" * 64,
        seed=0,
        sizes={},
        samples={},
        settings={},
        methods=tuple(methods),
        command="",
        packages={},
    )
    named = {name.replace("_", "-"): found for name, found in methods.items()}
    return SaliencyScores(
        schema_version=1,
        saliency_sha256="0" * 64,
        provenance=provenance,
        bootstrap={},
        methods=named,
        agreement={},
    )


def test_beside_a_centre_blob_the_interval_decides() -> None:
    found = scores(
        gradcam=of(0.4, 0.05, gain=0.1),
        layercam=of(0.4, 0.05, gain=0.01),
        gradient=of(0.4, 0.05, gain=-0.1),
        centre_blob=MethodScores({}, {}, {}),
    )
    said = [fared(found, n) for n in ("gradcam", "layercam", "gradient", "centre-blob", "lime")]
    assert said == ["better", "level", "worse", None, None]


def test_what_survives_is_named_with_the_worst_first() -> None:
    found = scores(
        gradcam=of(0.4, 0.05, kept=0.1),
        guided_backprop=of(0.4, 0.05, kept=0.9),
        layercam=of(0.4, 0.05, kept=0.6),
        random=of(0.4, 0.05, kept=1.0),  # a control
        gradient=MethodScores({}, {}, {}),
    )
    assert list(survival(found)) == ["guided-backprop", "layercam", "gradcam"]
    assert insensitive(found) == ("guided-backprop", "layercam")


def test_the_best_by_far() -> None:
    assert favoured(scores(gradcam=of(0.4, 0.05), layercam=of(0.9, 0.05))) == "layercam"


def test_of_those_that_cannot_be_told_apart_the_first() -> None:
    assert favoured(scores(layercam=of(0.9, 0.05), gradcam=of(0.86, 0.05))) == "gradcam"
    assert favoured(scores(gradient=of(0.9, 0.05), layercam=of(0.84, 0.05))) == "gradient"


def test_what_ignores_the_weights_or_no_more_than_a_blob_is_not_favoured() -> None:
    fixed, blob = of(0.95, 0.02, kept=0.9), of(0.9, 0.02, gain=0.01)
    assert favoured(scores(guided_backprop=fixed, layercam=blob)) is None
    assert favoured(scores(guided_backprop=fixed, occlusion=of(0.5, 0.05))) == "occlusion"
    assert favoured(scores(centre_blob=of(0.99, 0.01))) is None  # a control
    assert favoured(scores()) is None
