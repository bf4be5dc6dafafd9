"""Router of the app: what every page shares, and one line for each page."""

from pathlib import Path

import streamlit as st

from core.errors import N_
from pages._ui import cache, components, state
from pages._ui.text import _

UI = Path(__file__).parent / "pages" / "_ui"
PAGES = (  # script, address ("" opens first), title, icon, what it is for
    ("overview", "", N_("Overview"), "home", N_("Samples, networks and limits")),
    ("classify", "classify", N_("Classify"), "radiology", N_("A scan, its class and its map")),
    ("explain", "explain", N_("Explain"), "troubleshoot", N_("Many maps, put to the test")),
    ("compare", "compare", N_("Compare"), "compare", N_("One scan, every network")),
    ("leaderboard", "leaderboard", N_("Leaderboard"), "leaderboard", N_("Networks compared")),
    ("cases", "cases", N_("Cases"), "grid_view", N_("The scans behind the numbers")),
    ("dataset", "dataset", N_("Dataset"), "database", N_("What the networks learned from")),
    ("model-cards", "model-cards", N_("Model cards"), "badge", N_("Each network in full")),
)

st.set_page_config(
    page_title="Glassbrain",
    page_icon=UI / "mark.svg",
    layout="wide",
    menu_items={"About": f"**Glassbrain** · {_(components.DISCLAIMER)}"},  # also shows the themes
)
st.logo(UI / "logo.svg", size="large", icon_image=UI / "logo.svg")
components.style()
pages = [
    st.Page(f"pages/{script}.py", title=_(title), icon=f":material/{icon}:", help=_(about),
            url_path=address or None, default=not address)
    for script, address, title, icon, about in PAGES
]  # fmt: skip
page = st.navigation(pages, position="top")
state.enter(page.url_path)
sheet = st.container(key="page")
components.footer()  # before the page, which may be slow, into the place below it
with sheet, components.guarded():
    components.run(page)
cache.import_in_background()  # last, so that the first page paints before TensorFlow loads
