"""An upload that is a picture of the collection is said to be one, with what that means."""

import io
import re

import pytest
from PIL import Image, ImageOps

from core import cases
from core.audit.stored import stored
from core.gallery import samples

from .opening import opened, section
from .words import healthy, text

CASE = next(iter(cases.cases().values()))
SAMPLE = next(iter(samples().values()))
READERS = ("classify", "explain", "compare", "what-if")


def mirrored() -> bytes:
    with Image.open(io.BytesIO(cases.read_bytes(CASE))) as picture:
        ImageOps.mirror(picture.convert("L")).save(out := io.BytesIO(), "JPEG", quality=70)
    return out.getvalue()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The app without a network: what is on the desk is recognised all the same."""
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return opened("classify")


def test_a_mirrored_copy_is_recognised_on_every_page(desk):
    desk.file_uploader[0].upload("mine.jpg", mirrored())
    desk.run()
    for page in READERS:
        words = text(healthy(desk.switch_page(f"pages/{page}.py").run()))
        assert "This is the mirror image of a picture of the collection" in words
        assert "its patient was kept apart" in words


def test_a_picture_of_ones_own_is_not(desk):
    plain = Image.linear_gradient("L").resize((200, 240))
    plain.save(out := io.BytesIO(), "PNG")
    desk.file_uploader[0].upload("mine.png", out.getvalue())
    assert "picture of the collection" not in text(healthy(desk.run()))


def the_note():
    import streamlit as st

    from core.audit.stored import stored
    from core.imaging import read_image
    from pages._ui.base import cache
    from pages._ui.base.uploads import Scan
    from pages._ui.scan import recognised

    file = next(p.path for p in stored().pictures if p.path.name == st.query_params["file"])
    scan = Scan("mine.png", read_image(file.read_bytes(), "mine.png"))
    recognised.note(scan, cache.models()[0].values())


def the_heads():
    import streamlit as st

    from pages._ui.scan import reading

    reading.heads("DenseNet121", "Glioma", st.query_params.get("source", ""))


def test_a_picture_that_was_in_training_is_called_that(specs):
    from core.dataset.recognise import recognise
    from core.imaging import read_image

    found = {
        picture.path.name: recognise(read_image(picture.path.read_bytes(), "a").pixels)
        for picture in stored().pictures
    }
    learned = [
        name for name, known in found.items() if known and known.in_training("unseen-patients")
    ]
    assert learned, "none of the audit's pictures is recognised as one of the training"
    app = section(the_note, file=learned[0])
    assert "This picture was in training" in app.warning[0].value
    for spec in specs.values():
        assert spec.manifest.title in app.warning[0].value


def test_where_the_source_says_otherwise_both_stand_at_equal_size():
    alone = section(the_heads)
    assert [head.value for head in alone.subheader] == ["Glioma"]
    both = section(the_heads, source="Meningioma")
    assert [head.value for head in both.subheader] == ["Glioma", "Meningioma"]
    assert re.search("DenseNet121.*Its source", text(both), re.DOTALL)
