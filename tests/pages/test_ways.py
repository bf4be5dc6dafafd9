"""A scan met anywhere opens everywhere, and the way back stays; no network is needed for it."""

import pytest

from core.gallery import samples
from pages._ui.scan.ways import READERS

from .opening import opened
from .words import healthy


@pytest.fixture
def app(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    return opened()


def links(app):
    """Links of the page by address."""
    return {link.proto.page: link.proto for link in app.get("page_link")}


def test_a_reader_leads_to_all_others_and_back_to_where_one_came_from(app):
    first, second = list(samples())[:2]
    app.button_group(key="opens").set_value("compare").run()
    app.button(key=f"open-{first}").click().run()
    assert healthy(app).title[0].value == "Compare the networks"
    others = {page for page in READERS if page in app.session_state["_pages"]} - {"compare"}
    assert set(links(app)) == {*others, ""}
    assert links(app)[""].label == "Back to the overview"
    assert {links(app)[page].query_string for page in others} == {f"sample={first}"}
    app.switch_page("pages/compare.py").run()  # where the click led; the test must say so
    app.button(key="step-chevron_right").click().run()
    assert {links(app)[page].query_string for page in others} == {f"sample={second}"}


def test_a_scan_of_ones_own_goes_along_without_a_key(app):
    app.switch_page("pages/classify.py").run()
    app.file_uploader[0].upload("scan.jpg", next(iter(samples().values())).path.read_bytes())
    found = links(healthy(app.run()))
    assert set(found) >= {"explain", "compare"}
    assert not any(found[page].query_string for page in ("explain", "compare"))
