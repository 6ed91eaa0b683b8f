"""Argon2id behind one door, with a cheap profile for tests."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_DEAR = PasswordHasher()
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_in_use = {"hasher": _DEAR}


def use_profile(name: str) -> None:
    """Choose `dear` (the default) or `cheap`, once, when the house is wired."""
    _in_use["hasher"] = _CHEAP if name == "cheap" else _DEAR


def hashed(password: str) -> str:
    """The hash to keep."""
    return _in_use["hasher"].hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one; an unknown person costs the same time as a known one."""
    hasher = _in_use["hasher"]
    try:
        return hasher.verify(kept or hasher.hash("nobody"), password) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
