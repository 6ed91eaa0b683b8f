"""Vouchers that end with money left, and firms that hardly use what they are entitled to 应享尽享. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from equipment_share.domain.errors import AlreadyDecided
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.proofs import WARNED_DAYS

HARDLY_PERCENT = 10
REMINDED_DAYS = 30
"""So many days lie between two reminders of one programme."""


def is_ending(valid_until: date | None, left: Money, *, on: date) -> bool:
    """Whether a voucher has money left and ends within the days of warning, today included.

    Units: bureau days, the last good day included. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#voucher-warning
    """
    return valid_until is not None and left > ZERO and on <= valid_until <= on + timedelta(days=WARNED_DAYS)


def is_hardly_used(issued: Money, used: Money) -> bool:
    """Whether less than a tenth of a voucher is used; what is set aside for a booking counts as used.

    Units: whole fen. Rounding: none, both sides are multiplied out.
    Raises: nothing.
    Source: docs/rules.md#entitlement
    """
    return issued == ZERO or used.fen * 100 < issued.fen * HARDLY_PERCENT


def may_remind(last: datetime | None, *, at: datetime) -> bool:
    """Whether thirty days lie behind the last reminder.

    Units: elapsed days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#entitlement
    """
    return last is None or at >= last + timedelta(days=REMINDED_DAYS)


def check_reminder(last: datetime | None, *, at: datetime) -> None:
    """Let a firm be reminded once in thirty days.

    Units: elapsed days. Rounding: none.
    Raises: AlreadyDecided.
    Source: docs/rules.md#entitlement
    """
    if not may_remind(last, at=at):
        raise AlreadyDecided(state="entitlement_reminded")
