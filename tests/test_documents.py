"""What is written for people agrees with what it is about."""

from __future__ import annotations

import re

import pytest

import core
from core.settings import PROJECT
from tools import method_pages

tomllib = pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML")
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/methods.md"]


def test_pages_of_the_methods_are_made_from_the_docstrings() -> None:
    assert method_pages.PAGE.read_text("utf-8") == method_pages.page(), "run `make docs`"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_and_paths_lead_somewhere(name: str) -> None:
    file = PROJECT / name
    text = file.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (file.parent / link).exists()] == []
    paths = re.findall(r"`((?:core|pages|tests|tools|docs|examples)/[\w./-]+)`", text)
    assert [p for p in paths if "NAME" not in p and not (PROJECT / p).exists()] == []


def test_version_is_said_once_and_the_same() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]
    assert f"\nversion: {core.__version__}\n" in (PROJECT / "CITATION.cff").read_text()
    newest = re.search(r"^## (\S+)$", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest and newest[1] == core.__version__


def test_the_picture_of_the_floors_names_what_the_contract_names() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (rooms,) = (c for c in contracts["contracts"] if c.get("containers") == ["core.evaluate"])
    told = (PROJECT / "docs" / "architecture.md").read_text("utf-8")
    for layer in rooms["layers"]:
        assert all(f"{room}/" in told for room in re.findall(r"\w+", layer))


def test_every_page_has_its_row() -> None:
    router = (PROJECT / "streamlit_app.py").read_text("utf-8")
    titles = re.findall(r'\("[\w-]+", "[\w-]*", N_\("([^"]+)"\)', router)
    assert len(titles) == len(list((PROJECT / "pages").glob("*.py")))
    table = (PROJECT / "README.md").read_text("utf-8").split("\n## Pages\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)) - {"page", "---"} == set(titles)


def test_hooks_run_the_programs_of_make_test() -> None:
    hooks = (PROJECT / ".pre-commit-config.yaml").read_text()
    rule = (PROJECT / "Makefile").read_text().split("test: .venv/dev\n")[1].split("\n\n")[0]
    for line in rule.splitlines():
        program = line.strip().removeprefix("$(BIN)/").split()[0]
        assert program == "pytest" or f".venv/bin/{program}" in hooks
