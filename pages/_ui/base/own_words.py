"""The words that Streamlit itself writes on its widgets, in the language of the session.

Its front end knows English alone and takes no translation. A style sheet puts ours in their
place: the original is hidden, for those who hear the page as well, and ours is generated.
"""

from __future__ import annotations

import json

import streamlit as st

from pages._ui.base import language
from pages._ui.base.text import _

_ENTER = '[data-testid="InputInstructions"] > span:first-child'
_ZONE = '[data-testid="stFileUploaderDropzone"]'
_FOLDER = '[class*="st-key-upload-folder-"] ' + _ZONE
_DRAGGED = " > input + div > span"  # there while something is held over the zone


def write() -> None:
    """Translate what widgets say by themselves; once a run, by the router."""
    if language.locale() == "en":
        return
    limit = st.get_option("server.maxUploadSize")
    words = {
        f'{_ZONE} [data-testid="stBaseButton-secondary"] p': _("Upload"),
        f'{_FOLDER} [data-testid="stBaseButton-secondary"] p': _("Upload a folder"),
        _ZONE + _DRAGGED: _("Drop the files here"),
        _FOLDER + _DRAGGED: _("Drop the folder here"),
        '[data-testid="stFileUploaderDropzoneInstructions"] span':
            _("{mb} MB per file").format(mb=limit),
        f'.stElementContainer:not(.st-key-classroom_code) {_ENTER}': _("Press Enter to submit"),
        f'{_ENTER}:not(:last-child)': _("Press Enter to submit"),  # with a count of characters
    }  # fmt: skip
    rules = "".join(
        f"{where}{{visibility:hidden;font-size:0!important}}"
        f"{where}::after{{content:{json.dumps(said, ensure_ascii=False)};"
        f"visibility:visible;font-size:0.875rem}}"
        for where, said in words.items()
    )
    st.html(f"<style>{rules}</style>")
