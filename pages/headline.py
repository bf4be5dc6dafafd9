"""Headline decoder."""

from pages._ui import components

components.page_header("x", "y")
