"""What Explain and What if give to take home."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.gallery import samples
from core.imaging import read_image
from pages._ui.scan import exports
from pages._ui.scan.looks import Look

SAMPLE = next(s for s in samples().values() if s.lesion is not None)


def test_a_map_is_drawn_at_1024_px_or_more_with_a_legend_if_wanted():
    image = read_image(SAMPLE.path.read_bytes(), "a scan")
    heat = np.random.default_rng(0).random(image.shape, np.float32)
    look = Look("glioma", 0.5, "viridis", SAMPLE.lesion)
    told = exports.lines("VGG16", "Grad-CAM", "glioma", "block5_conv3")
    assert told[0] == "Grad-CAM of Glioma · VGG16 · layer block5_conv3"
    bare, full = (
        Image.open(io.BytesIO(exports.picture(image, heat, look, lines))) for lines in (None, told)
    )
    assert max(bare.size) == max(1024, *image.shape)
    assert full.size[0] == bare.size[0] and full.size[1] > bare.size[1]


@pytest.fixture
def offered(monkeypatch):
    """By label, what a page's download buttons would give."""
    found = {}

    def note(label, data, *_args, **_options):
        found[label] = data() if callable(data) else data

    monkeypatch.setattr(exports.st, "download_button", note)
    return found


def test_maps_come_as_pictures_numbers_and_data(specs, offered):
    from core.explain import Explainer
    from core.inference import Classifier

    spec = next(iter(specs.values()))
    image = read_image(SAMPLE.path.read_bytes(), "a scan")
    classifier = Classifier(spec)
    prediction = classifier.predict(image)
    drawn = Explainer(classifier).explain(image, "gradcam", "glioma", prediction=prediction)
    exports.maps(image, spec, prediction, Look("glioma", 0.5, "inferno", None), {"gradcam": drawn})
    with zipfile.ZipFile(io.BytesIO(offered["Maps as pictures and numbers"])) as archive:
        assert set(archive.namelist()) == {"gradcam.png", "gradcam.npy", "maps.json"}
        assert (np.load(io.BytesIO(archive.read("gradcam.npy"))) == drawn.heat).all()
    (row,) = json.loads(offered["Data as JSON"])
    assert row["weights_sha256"] == spec.manifest.weights_sha256
    assert row["explanation"]["method"] == "gradcam" and row["explanation"]["target"] == "glioma"
    assert offered["Data as CSV"].startswith(b"\xef\xbb\xbfsha256")
