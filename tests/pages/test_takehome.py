"""What is offered to be taken home, and the links that open a page as it was."""

from urllib.parse import parse_qs, urlsplit

import pytest

from core.gallery import samples
from core.labels import CLASS_NAMES

from .words import healthy, text

SAMPLE = next(s for s in samples().values() if s.lesion is not None)
ASKED = {
    "classify": {"method": "eigencam", "target": "pituitary"},
    "explain": {"target": "glioma", "versus": "notumor", "methods": "gradcam,centre-blob"},
    "compare": {"target": "meningioma"},
}


def open_page(app, page, **parameters):
    for key, value in parameters.items():
        app.query_params[key] = value
    return healthy(app.switch_page(f"pages/{page}.py").run())


def link(app):
    """The settings that the page's own link carries."""
    address = next(code.value for code in app.code if "?" in code.value)
    return {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}


@pytest.mark.parametrize("page", ASKED)
def test_a_link_carries_what_is_shown(app, specs, page):
    asked = ASKED[page] | {"sample": SAMPLE.id}
    assert asked.items() <= link(open_page(app, page, **asked)).items()


@pytest.mark.parametrize("page", ASKED)
def test_a_tampered_link_falls_back(app, specs, page):
    keys = ("model", "method", "target", "versus", "layer", "methods")
    junk = dict.fromkeys(keys, "<script>alert(1)</script>,%00")
    shown = link(open_page(app, page, sample=SAMPLE.id, **junk))
    assert "script" not in "".join(shown.values()) and shown["target"] not in CLASS_NAMES


def test_a_link_never_holds_an_upload(app, specs):
    app = open_page(app, "classify")
    app.file_uploader[0].upload("Jane Doe.jpg", SAMPLE.path.read_bytes())
    shown = link(healthy(app.run()))
    assert "sample" not in shown and "Jane" not in str(shown)
    assert "never the image" in text(app)
    assert {"download-pdf", "download-json"} <= {b.key for b in app.get("download_button")}
