"""Rules about people: what a password must be, how many tries, who is the last administrator."""

from __future__ import annotations

from datetime import timedelta

from equipment_share.domain.errors import Conflict, Problem, Refused

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
TRIES_PER_ADDRESS = 50
LINK_LIVES = {"invitation": timedelta(days=7), "first": timedelta(days=7), "reset": timedelta(minutes=30)}
RESET_AGAIN = timedelta(minutes=10)
"""So long a link for a lost password stands as it is, however often another is asked for: no stranger can end it or flood its reader."""
COMMON = frozenset({"haining2026", "password123!", "password123", "admin12345", "1234567890", "qwertyuiop", "haining2026!", "abc1234567"})


class SignInRefused(Refused):
    """Wrong address or password, or too many tries: one answer for all, so that nothing can be learned from it."""

    code = "sign_in_refused"


class TooManyTries(Refused):
    """More calls in a minute than one person may make, or one address that tries too many accounts."""

    code = "rate_limited"


class TokenInvalid(Refused):
    """The link was used, is too old, or never was."""

    code = "token_invalid"


class LastAdmin(Conflict):
    """An organisation keeps at least one administrator."""

    code = "last_admin"


class OwnAccess(Refused):
    """Nobody ends the own access or changes the own role: another administrator does."""

    code = "own_access"


class AccessEnded(Refused):
    """The password is right, but this person's access has been ended."""

    code = "access_ended"


def password_problem(password: str, email: str) -> Problem | None:
    """Why a password may not be used, if so.

    Units: characters; 10 of three kinds, or 16 of any; at most 128, never cut.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#passwords (reliability AU12)
    """
    if len(password) > 128:
        return Problem("password_too_long", "password")
    kinds = sum((any(map(str.islower, password)), any(map(str.isupper, password)), any(map(str.isdigit, password)), _has_other(password)))
    if len(password) < 10 or (len(password) < 16 and kinds < 3):
        return Problem("password_too_weak", "password")
    if (
        password.casefold() in COMMON
        or email.casefold() in password.casefold()
        or password.casefold() == email.split("@", maxsplit=1)[0].casefold()
    ):
        return Problem("password_too_common", "password")
    return None


def _has_other(password: str) -> bool:
    return any(not char.isalnum() or not char.isascii() for char in password)
