"""Who of those that signed in may teach: what an identity provider says of them decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def holds(claims: Mapping[str, Any], wanted: str) -> bool:
    """Whether somebody's claims hold what is wanted.

    Parameters
    ----------
    claims : mapping
        Of an ID token, as `streamlit.user` gives them.
    wanted : str
        ``name=value``; a claim with several values needs to have this among them, and a
        name with dots leads into a claim of claims (``realm_access.roles=teacher``). Empty:
        whoever signed in.
    """
    if not wanted:
        return True
    name, _, value = wanted.partition("=")
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    several = isinstance(found, (list, tuple, set, frozenset))
    return value in map(str, found) if several else found is not None and str(found) == value
