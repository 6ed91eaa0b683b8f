"""Secrets that are shown once and kept as a hash."""

from __future__ import annotations

import hashlib
import secrets


def fresh_token() -> str:
    """A secret nobody can guess, safe in an address."""
    return secrets.token_urlsafe(32)


def kept_form(token: str) -> str:
    """What is stored instead of the secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def short_code(length: int) -> str:
    """A code people read over the phone: no letters that look alike."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(length))
