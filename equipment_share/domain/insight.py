"""An owner's months: what was used, what it brought, how fast requests were answered; and what became of the vouchers' part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.scorecards import middle
from equipment_share.domain.settlement.claims import ClaimState

MOST_MONTHS = 36
C = ClaimState
WAITING = frozenset({C.DRAFT, C.RETURNED})
CHECKING = frozenset({C.SUBMITTED, C.IN_REVIEW, C.CHECKED})
APPROVED = frozenset({C.APPROVED, C.PUBLICISED, C.BATCHED, C.PAYMENT_FAILED})
PAID = frozenset({C.PAID, C.ADJUSTED})


@dataclass(frozen=True)
class Use:
    """One settled use: the day it ended, and its three amounts."""

    on: date
    gross: Money
    subsidy: Money
    net: Money


@dataclass(frozen=True)
class Asked:
    """One request: the day it was made, and how many minutes its answer took; none when it ran out."""

    on: date
    minutes: int | None


@dataclass(frozen=True)
class Claimed:
    """One claim of an owner."""

    on: date
    amount: Money
    state: ClaimState


@dataclass(frozen=True)
class MonthOfWork:
    """What one month brought, and how its requests were treated."""

    month: Period
    uses: int
    gross: Money
    subsidy: Money
    net: Money
    answered: int
    unanswered: int
    answer_minutes: int | None
    no_shows: int


@dataclass(frozen=True)
class MonthOfMoney:
    """What came in for one month's uses, and where the vouchers' part of it stands."""

    month: Period
    uses: int
    gross: Money
    net: Money
    subsidy: Money
    waiting: Money
    checking: Money
    approved: Money
    paid: Money


def months_of(period: Period) -> list[Period]:
    """The calendar months that a period touches, the oldest first, at most 36.

    Units: whole months. Rounding: none. Raises: nothing.
    Source: docs/rules.md#owner-months
    """
    first, last = period.first_on, period.last_on
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    begin = first.year * 12 + first.month - 1
    return [Period.months((begin + i) // 12, (begin + i) % 12 + 1, 1) for i in range(max(0, count - MOST_MONTHS), count)]


def work_by_month(period: Period, uses: Sequence[Use], requests: Sequence[Asked], no_shows: Iterable[date]) -> list[MonthOfWork]:
    """Uses count in the month they ended, requests in the month they were made, no-shows in the month of their slot.

    Units: whole fen, whole minutes. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#owner-months
    """
    absent = list(no_shows)
    made = []
    for month in months_of(period):
        own = [use for use in uses if use.on in month]
        asked = [one.minutes for one in requests if one.on in month]
        spans = [span for span in asked if span is not None]
        gross, subsidy, net = (total(getattr(use, name) for use in own) for name in ("gross", "subsidy", "net"))
        made.append(
            MonthOfWork(
                month, len(own), gross, subsidy, net, len(spans), len(asked) - len(spans), middle(spans), sum(on in month for on in absent)
            )
        )
    return made


def money_by_month(period: Period, uses: Sequence[Use], claims: Sequence[Claimed]) -> list[MonthOfMoney]:
    """The fees of a month's uses; and the claims of uses completed in it by where they stand, those given up left out.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#owner-months
    """
    made = []
    for month in months_of(period):
        own = [use for use in uses if use.on in month]
        gross, net, subsidy = (total(getattr(use, name) for use in own) for name in ("gross", "net", "subsidy"))
        stands = [
            total(one.amount for one in claims if one.on in month and one.state in group) for group in (WAITING, CHECKING, APPROVED, PAID)
        ]
        made.append(MonthOfMoney(month, len(own), gross, net, subsidy, *stands))
    return made
