"""A map says on itself how its method fared beside a centre blob, and only what was measured."""

import json
from shutil import copytree

import pytest

from core.evaluate.saliency.store import FIGURES_NAME, SALIENCY_NAME
from core.registry import read_spec
from core.settings import PROJECT

from .opening import section
from .words import text

STORED = "evaluation/unseen-patients"
SAID = {
    (-0.3, -0.1): "Worse than a centre blob",
    (-0.1, 0.1): "No better than a centre blob",
    (0.1, 0.3): "Better than a centre blob",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """One measured network alone; what was measured of its Grad-CAM is set by a test."""
    measured = sorted((PROJECT / "models").glob(f"*/{STORED}/{FIGURES_NAME}"))
    if not measured:
        pytest.skip("no network's saliency methods are measured")
    model = measured[0].parents[2]
    copytree(model, tmp_path / model.name)
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    (tmp_path / model.name / STORED / FIGURES_NAME).touch()  # another file than was read before
    return tmp_path / model.name / STORED


def store(folder, ends) -> None:
    file = folder / FIGURES_NAME
    record = json.loads(file.read_text())
    gain = record["methods"]["gradcam"]["against_blob"]["pointing"]
    gain |= {"value": sum(ends) / 2, "ci_low": ends[0], "ci_high": ends[1]}
    file.write_text(json.dumps(record))


def the_maps():
    import numpy as np
    import streamlit as st

    from core.answer import Limits
    from core.ensemble import EnsembleSpec, Vote
    from core.imaging import MRIImage
    from core.inference import Prediction
    from core.preprocess import prepare
    from pages._ui.base import cache
    from pages._ui.base.uploads import Scan
    from pages._ui.classify import vote
    from pages._ui.compare import view
    from pages._ui.scan import before_after, cards, reading, takehome, verdicts
    from pages._ui.scan.cards import AllAnswers
    from pages._ui.scan.looks import Look

    spec = next(iter(cache.models()[0].values()))
    pixels = np.linspace(0, 1, 4096, dtype=np.float32).reshape(64, 64)
    image = MRIImage(pixels, sha256="1" * 64, source="png", spacing_mm=None)
    said = Prediction(
        model=spec.name,
        weights_sha256=spec.manifest.weights_sha256,
        image_sha256=image.sha256,
        logits=np.zeros(4, np.float32),
        probabilities=np.array([0.1, 0.7, 0.1, 0.1], np.float32),
        class_maps=np.random.default_rng(0).normal(0, 1, (8, 8, 4)).astype(np.float32),
        geometry=prepare(pixels, 32)[1],
        limits=Limits(),
        latency_ms=1.0,
    )
    look = Look(st.query_params.get("target", "glioma"), 0.5, "inferno", None)
    together = Vote((said, said), said.probabilities.astype(np.float64), Limits())
    ensemble = EnsembleSpec((spec, spec), Limits())
    match st.query_params["where"]:
        case "classify":
            reading.method_map(image, spec, said, "gradcam", look)
        case "compare":
            cards.card(image, spec, said, look)
        case "together":
            view.together(
                image, AllAnswers({"a": spec, "b": spec}, {"a": said, "b": said}, None), look
            )
        case "what-if":
            pair = before_after.BeforeAfter(image, image)
            before_after.cards({spec.name: spec}, pair, {spec.name: (said, said)}, look)
        case "members":
            vote.members(image, ensemble, together, look)
        case "pdf":
            import io

            from pypdf import PdfReader

            heat = np.full((64, 64), 0.5, np.float32)
            file = takehome.report(Scan("a.png", image), spec, said, heat, look, "gradcam")()
            st.markdown(PdfReader(io.BytesIO(file)).pages[0].extract_text())
        case "page":
            versus, layer = (st.query_params.get(key) for key in ("versus", "layer"))
            found = verdicts.of(spec, "gradcam", look.target, layer, versus)
            st.markdown(f"{found} · {found.reason}")


@pytest.mark.parametrize("where", ["classify", "compare", "what-if", "members", "pdf"])
def test_a_map_that_does_worse_than_a_centre_blob_says_so(folder, where):
    store(folder, (-0.3, -0.1))
    assert "Worse than a centre blob" in text(section(the_maps, where=where))


@pytest.mark.parametrize("ends", SAID)
def test_the_verdict_is_what_the_interval_says(folder, ends):
    store(folder, ends)
    assert SAID[ends] in text(section(the_maps, where="compare"))


@pytest.mark.parametrize("where", ["classify", "compare", "what-if", "members", "pdf", "page"])
def test_without_measures_it_is_not_measured_here(folder, where):
    (folder / SALIENCY_NAME).unlink()
    assert "Not measured here" in text(section(the_maps, where=where))


def test_a_mean_of_maps_names_the_verdict_on_each(folder):
    store(folder, (-0.3, -0.1))
    app = section(the_maps, where="together")
    assert "Not measured here" in text(app)
    hint = next(m.proto.help for m in app.markdown if "Not measured here" in m.value)
    title = read_spec(folder.parents[1]).manifest.title
    assert f"{title}: Worse than a centre blob" in hint


@pytest.mark.parametrize("asked", [{"layer": "block_6_expand"}, {"versus": "glioma"}])
def test_a_score_is_not_shown_for_what_was_not_measured(folder, asked):
    said = text(section(the_maps, where="page"))
    assert "points at the lesion in" in said and "Not measured here" not in said
    said = text(section(the_maps, where="page", **asked))
    assert said.count("Not measured here") == 2 and "points at the lesion in" not in said


@pytest.mark.parametrize("where", ["classify", "compare", "what-if", "members", "pdf", "page"])
def test_a_map_of_no_tumour_has_no_lesion_to_point_at(folder, where):
    store(folder, (0.5, 0.6))
    assert "Better than a centre blob" in text(section(the_maps, where=where))
    said = text(section(the_maps, where=where, target="notumor"))
    assert "Not measured here" in said
    assert "centre blob" not in said and "points at the lesion in" not in said
