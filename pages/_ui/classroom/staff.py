"""Signing in, where the installation asks for it of who opens a room (OpenID Connect)."""

from __future__ import annotations

import importlib.util

import streamlit as st

from core.classroom.claims import holds
from core.settings import Settings
from pages._ui.base.text import _


def may_open() -> bool:
    """Whether this person may open rooms; offers to sign in, or out, where that matters.

    Anybody may where ``.streamlit/secrets.toml`` has no section ``auth``.
    """
    if "is_logged_in" not in st.user:
        return True
    if not st.user.is_logged_in:
        if importlib.util.find_spec("authlib") is None:
            st.error(_("Signing in needs a package that is missing: requirements-oidc.txt."))
            return False
        st.caption(_("Rooms are opened by teachers. Students join without an account."))
        st.button(_("Sign in to teach"), key="sign-in", on_click=st.login, icon=":material/login:")
        return False
    allowed = holds(st.user.to_dict(), Settings().teacher_claim)
    if not allowed:
        st.warning(_("This account may not open rooms. Ask who runs this app, or use another."))
    st.button(_("Sign out"), key="sign-out", on_click=st.logout, icon=":material/logout:")
    return allowed
