"""The catalogues hold every sentence of the source, and nothing is lost in translation."""

import ast
import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from core.errors import GlassbrainError
from core.settings import PROJECT
from pages._ui.base.language import LANGUAGES, LOCALE

# What must be alike in a sentence and its translation, apart from words and their order.
STRUCTURE = {
    "bold": re.compile(r"\*\*"),
    "code": re.compile(r"`[^`]*`"),
    "line breaks": re.compile(r" {2}\n"),
    "list items": re.compile(r"^- ", re.MULTILINE),
    "links": re.compile(r"\]\([^)]+\)"),
}
TRANSLATED = [language.locale for language in LANGUAGES.values() if language.locale != "en"]


def errors(of=GlassbrainError):
    return [of, *(deeper for cls in of.__subclasses__() for deeper in errors(cls))]


def marked(file, keywords):
    """Every literal that a file gives to a keyword, within an f-string too; pairs of a plural."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            said = node.args[: keywords.get(node.func.id, 0)]
            words = tuple(arg.value for arg in said if isinstance(arg, ast.Constant))
            if words:
                yield words if len(words) > 1 else words[0]


@pytest.fixture(scope="module")
def source():
    """Every sentence, and every pair of singular and plural, that the source marks."""
    keywords = {"_": 1, "N_": 1, "ngettext": 2, **{error.__name__: 1 for error in errors()}}
    folders = (PROJECT / "core", PROJECT / "pages")
    files = [PROJECT / "streamlit_app.py", *(f for home in folders for f in home.rglob("*.py"))]
    return {message for file in files for message in marked(file, keywords)}


def catalogue(path):
    with path.open("rb") as file:
        return {m.id: m for m in read_po(file) if m.id}


@pytest.fixture(params=TRANSLATED)
def translated(request):
    return catalogue(LOCALE / request.param / "LC_MESSAGES" / "glassbrain.po")


def pairs(catalogue):
    """Each sentence beside its translation; of a plural, beside each form."""
    for message in catalogue.values():
        forms = [message.string] if isinstance(message.string, str) else message.string
        for form in forms:
            yield message.id if isinstance(message.id, str) else message.id[-1], form


def fields(template):
    return {name for _text, name, _spec, _conversion in Formatter().parse(template) if name}


def listed(messages):
    return "\n".join(["", *(f"  {message!r}" for message in sorted(messages, key=str))])


def test_the_template_holds_every_sentence(source):
    template = set(catalogue(LOCALE / "glassbrain.pot"))
    if template != source:
        pytest.fail(
            "run `make locale`; it reads no f-string:" + listed(template ^ source), pytrace=False
        )


def test_every_sentence_is_translated(source, translated):
    missing = {
        message
        for message in source
        if message not in translated
        or translated[message].fuzzy
        or not all(form for sentence, form in pairs({message: translated[message]}))
    }
    if missing:
        order = f"run `make locale`, then translate these {len(missing)}:"
        pytest.fail(order + listed(missing), pytrace=False)


def test_translations_keep_fields_and_markdown(translated):
    astray = [
        f"{what} of {sentence!r}"
        for sentence, form in pairs(translated)
        if form
        for what, alike in (
            ("fields", fields(sentence) == fields(form)),
            *(
                (what, sorted(mark.findall(sentence)) == sorted(mark.findall(form)))
                for what, mark in STRUCTURE.items()
            ),
        )
        if not alike
    ]
    if astray:
        pytest.fail(listed(astray), pytrace=False)
