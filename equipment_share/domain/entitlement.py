"""What a firm may still ask for, vouchers that end with money left, and firms that hardly use theirs 应享尽享. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from equipment_share.domain.errors import AlreadyDecided
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.proofs import WARNED_DAYS
from equipment_share.domain.vouchers import LIVING, VoucherState

FIRST_DAYS, LAST_DAYS = 60, 7
"""So many days before its end a voucher is spoken of on the firm's own pages, and so many before it presses; the letter goes in between."""
HARDLY_PERCENT = 10
REMINDED_DAYS = 30
"""So many days lie between two reminders of one programme."""


@dataclass(frozen=True)
class Room:
    """What a programme's limits leave a firm to ask for in a period; None for a limit that the terms do not set.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#voucher-life
    """

    quota: Money | None
    """What a firm of these classes gets in the period."""
    drawn: Money
    """Granted in the period, or applied for and not yet answered."""
    holding: Money | None
    """What may be granted and not used at once."""
    standing: Money
    """Granted and not used, or applied for and not yet answered."""
    per_voucher: Money | None = None

    @property
    def left(self) -> Money | None:
        """The most that one application may ask for; None where no limit is set, never below zero."""
        limits = (
            self.per_voucher,
            None if self.quota is None else self.quota - self.drawn,
            None if self.holding is None else self.holding - self.standing,
        )
        known = [limit for limit in limits if limit is not None]
        return max(min(known), ZERO) if known else None

    def bears(self, wanted: Money) -> bool:
        """Whether an application for so much is within every limit."""
        return self.left is None or wanted <= self.left


def is_ending(valid_until: date | None, left: Money, *, on: date) -> bool:
    """Whether a voucher has money left and ends within the days of warning, today included.

    Units: bureau days, the last good day included. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#voucher-warning
    """
    return valid_until is not None and left > ZERO and on <= valid_until <= on + timedelta(days=WARNED_DAYS)


@dataclass(frozen=True)
class Ending:
    """Money of a voucher that is free and ends on a day; what is set aside for a booking is not in it.

    Units: whole fen, bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#voucher-warning
    """

    amount: Money
    last_on: date
    days_left: int
    """None is left on the last good day itself."""

    @property
    def tier(self) -> int:
        """How near it is: the least of 7, 30 and 60 days that it falls under."""
        return next(days for days in (LAST_DAYS, WARNED_DAYS, FIRST_DAYS) if self.days_left <= days)


def ending(valid_until: date | None, left: Money, *, on: date) -> Ending | None:
    """The money of a voucher that ends within sixty days, today included; None while it has longer, is over, or nothing is free.

    Units: whole fen, bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#voucher-warning
    """
    if valid_until is None or left <= ZERO or not on <= valid_until <= on + timedelta(days=FIRST_DAYS):
        return None
    return Ending(left, valid_until, (valid_until - on).days)


def may_carry(programme: Programme, state: VoucherState, *, carried: bool) -> bool:
    """Whether what is free at a voucher's end goes on into the next period instead of expiring.

    Once, while it lives, and only where there is a next period; money that is lent per hold or claim never was on the voucher.
    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#voucher-warning
    """
    return programme.carry_over and state in LIVING and not carried and programme.period != "lifetime" and programme.reserve_at == "issue"


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
