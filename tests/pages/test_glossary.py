"""The glossary: its page, and its words where they stand on others."""

import pytest

from pages._ui.base.glossary import PARTS, TERMS, meaning
from pages._ui.figures.wording import FIGURES

from .opening import opened
from .words import healthy, text


def test_every_term_is_on_the_page():
    shown = text(healthy(opened("glossary")))
    for term in TERMS.values():
        assert f"**{term.title}**" in shown and term.meaning in shown
    assert sum(map(len, PARTS.values())) == len(TERMS)


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_of_the_board_is_explained(figure):
    assert meaning(figure)


def test_a_term_is_explained_where_it_stands(specs):
    app = healthy(opened("model-cards"))
    told = {caption.value: caption.help for caption in app.caption}
    assert told[TERMS["ece"].title] == TERMS["ece"].meaning
    assert "glossary" in {link.proto.page for link in app.get("page_link")}
