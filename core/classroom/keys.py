"""What opens a room: a short code to read aloud, and keys that only their holder knows."""

from __future__ import annotations

import hashlib
import hmac
import secrets

ALPHABET = "CDFHJKLMNPQRTVWX23456789"  # nothing that looks like another, no vowel to spell with
CODE_LENGTH = 5  # 8 million codes


def new_code() -> str:
    """Draw a code for a room."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def tidy(code: str) -> str:
    """Read a code as a person types it: in any case, with spaces or hyphens."""
    return "".join(code.upper().replace("-", " ").split())


def new_key() -> str:
    """Draw a key of 128 random bits, fit for a link."""
    return secrets.token_urlsafe(16)


def digest(key: str) -> str:
    """Give what the database keeps of a key: its sha256; so much chance needs no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def fits(key: str, kept: str) -> bool:
    """Compare a key with what is kept of one, in a time that tells nothing."""
    return hmac.compare_digest(digest(key), kept)
