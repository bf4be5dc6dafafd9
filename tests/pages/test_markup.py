"""Text from an address, a file's name or a manifest is text: no link, no picture, no element."""

import re

import pytest
from pydantic import ValidationError

from core.gallery import samples
from core.manifest import Manifest
from core.settings import PROJECT
from pages._ui.base.text import plain
from tests.core.toys import toy_manifest

from .opening import opened
from .words import healthy, text

PAYLOADS = (
    "![x](http://example.org/a.png)",
    "[Log in](http://example.org)",
    "<img src=x onerror=alert(1)>",
    ":material/error: **bold** `code` $x$",
)
PAGES = sorted(file.stem for file in (PROJECT / "pages").glob("*.py"))
EVERYWHERE = {"lang", "sample", "model"}  # also where nothing on the page asks for them
NAMED_OTHERWISE = {"classroom": {"room", "teacher", "seat"}, "headline": {"n"}}
SCANS = list(samples().values())


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """What is stored of the networks, without the networks: every question, and it is quick."""
    for folder in (PROJECT / "models").iterdir():
        if (folder / "evaluation").is_dir():
            (tmp_path / folder.name).mkdir()
            (tmp_path / folder.name / "evaluation").symlink_to(folder / "evaluation")
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))


def rendered(app) -> str:
    """All that is read as Markdown or HTML."""
    labels = [element.label for kind in (app.button, app.metric, app.expander) for element in kind]
    return "\n".join([text(app), *labels])


def asked_for(app) -> set[str]:
    """Parameters that the page reads, as it noted them."""
    return {
        found[1] for key in app.session_state
        if (found := re.fullmatch(r"_(\w+)_asked", key))
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_parameter_of_an_address_becomes_markup(page, stored):
    keys = asked_for(healthy(opened(page))) | EVERYWHERE | NAMED_OTHERWISE.get(page, set())
    words = rendered(healthy(opened(page, **dict.fromkeys(keys, " ".join(PAYLOADS)))))
    for payload in PAYLOADS:
        assert payload not in words, f"{page} renders what its address says"


def test_every_page_that_reads_the_address_does_it_by_the_same_functions():
    """A new reader of the address joins this list, and the test above learns its names."""
    pages = PROJECT / "pages"
    files = [f for f in pages.rglob("*.py") if "st.query_params" in f.read_text()]
    assert {str(f.relative_to(pages)) for f in files} == {
        "_ui/base/language.py", "_ui/base/state.py", "_ui/classroom/door.py",
        "_ui/quiz/rounds.py", "_ui/scan/ways.py", "cases.py",
    }  # fmt: skip


def test_no_name_of_a_file_becomes_markup(tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBRAIN_MODELS_DIR", str(tmp_path))
    app, name = opened("classify"), " ".join(PAYLOADS)
    app.file_uploader[0].upload(f"{name}.jpg", SCANS[0].path.read_bytes())
    app.file_uploader[0].upload(f"{name}.txt", b"words")
    app.run()
    for page in ("classify", "explain", "compare", "what-if"):
        words = rendered(healthy(app.switch_page(f"pages/{page}.py").run()))
        assert plain(name) in words
        for payload in PAYLOADS:
            assert payload not in words


@pytest.mark.parametrize(
    "text", ["http://example.org/a", "HTTPS://example.org", "www.example.org", "me@example.org"]
)
def test_no_bare_address_becomes_a_link(text):
    """Markdown as GitHub has it links these after it has undone the escapes."""
    links = r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+"
    shown = re.sub(r"\\(.)", r"\1", plain(text))
    assert re.search(links, text, re.IGNORECASE) and not re.search(links, shown, re.IGNORECASE)
    assert shown.replace("\u2060", "") == text


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("field", ["title", "architecture", "cam_layer", "name"])
def test_a_manifest_whose_names_are_markup_is_refused(payload, field):
    good = toy_manifest("toy", b"weights")
    assert Manifest.model_validate(good)
    with pytest.raises(ValidationError):
        Manifest.model_validate(good | {field: payload})


def test_a_manifests_sentences_are_text():
    from pages._ui.model_cards.view import _cited

    assert _cited("arXiv:1608.06993") == "[arXiv:1608.06993](https://arxiv.org/abs/1608.06993)"
    for payload in PAYLOADS:
        assert payload not in _cited(payload)
        assert payload not in _cited(f"arXiv:{payload}")
