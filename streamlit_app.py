"""Router of the app: what every page shares, and one line for each page."""

from pathlib import Path

import streamlit as st

from core import __version__
from core.errors import N_
from pages._ui.base import components, journal, language, networks, own_words, state
from pages._ui.base.text import _

UI = Path(__file__).parent / "pages" / "_ui"
SECTIONS = {  # heading -> (script, address ("" opens first), title, icon)
    "": (("overview", "", N_("Overview"), "home"),),
    N_("Read a scan"): (
        ("classify", "classify", N_("Classify"), "radiology"),
        ("explain", "explain", N_("Explain"), "troubleshoot"),
        ("compare", "compare", N_("Compare"), "compare"),
        ("what-if", "what-if", N_("What if"), "tune"),
    ),
    N_("Judge the networks"): (
        ("leaderboard", "leaderboard", N_("Leaderboard"), "leaderboard"),
        ("cases", "cases", N_("Cases"), "grid_view"),
        ("headline", "headline", N_("Headline decoder"), "calculate"),
        ("cost", "cost", N_("Cost"), "balance"),
        ("dataset", "dataset", N_("Dataset"), "database"),
        ("model-cards", "model-cards", N_("Model cards"), "badge"),
    ),
    N_("Teach and learn"): (
        ("tour", "tour", N_("Tour"), "tour"),
        ("gallery", "gallery", N_("Gallery"), "collections"),
        ("quiz", "quiz", N_("Quiz"), "quiz"),
        ("classroom", "classroom", N_("Classroom"), "groups"),
        ("shortcuts", "shortcuts", N_("Clever Hans"), "psychology_alt"),
        ("glossary", "glossary", N_("Glossary"), "menu_book"),
    ),
}

journal.enter()
networks.warm()
language.enter()
st.set_page_config(  # before the navigation, whose icons Streamlit would fetch from elsewhere
    page_icon=UI / "base" / "mark.svg",
    layout="wide",
    menu_items={
        "About": f"**Glassbrain** {__version__} · {_(components.DISCLAIMER)}"
    },  # also shows the themes
)
st.logo(UI / "base" / "logo.svg", size="large", icon_image=UI / "base" / "logo.svg")
components.style()
pages = {
    _(heading) if heading else "": [
        st.Page(f"pages/{script}.py", title=_(title), icon=f":material/{icon}:",
                url_path=address or None, default=not address)
        for script, address, title, icon in entries
    ]
    for heading, entries in SECTIONS.items()
}  # fmt: skip
page = st.navigation(pages, position="top")
st.set_page_config(page_title=f"{page.title} · Glassbrain")
state.enter(page.url_path, {p.url_path: p for section in pages.values() for p in section})
language.switch()
own_words.write()
networks.place()
sheet = st.container(key="page")
components.footer()  # before the page, which may be slow, into the place below it
with sheet, components.guarded():
    components.run(page)
with components.guarded():
    networks.prepare()
