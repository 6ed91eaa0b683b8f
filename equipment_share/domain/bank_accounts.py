"""Where an organisation's money goes: what an account looks like, and the two hands that change it. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from equipment_share.domain.errors import invalid

_ACCOUNT = re.compile("[A-Z]{0,4}[0-9]{8,30}")
"""Digits as banks print them; accounts of the free-trade zones and of non-residents begin with letters."""


class ChangeState(StrEnum):
    """A change of account is decided once."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def account_typed(text: str, *, known: str, waits: bool) -> str:
    """An account as it is kept: without the spaces and dashes that people type.

    Units: none. Rounding: none.
    Raises: Invalid `required`, `not_an_account`, `same_account` when it is the one that is known, `change_waits` when another change is undecided.
    Source: docs/rules.md#bank-accounts
    """
    account = _compact(text)
    if not account:
        raise invalid("required", "account")
    if not _ACCOUNT.fullmatch(account):
        raise invalid("not_an_account", "account")
    if account == _compact(known):
        raise invalid("same_account", "account")
    if waits:
        raise invalid("change_waits", "account")
    return account


def _compact(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def masked(account: str) -> str:
    """The last four signs, for whoever has only to recognise it; nothing of a number too short to hide.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#bank-accounts
    """
    return f"•••• {account[-4:]}" if len(account) > 7 else "••••" if account else ""
