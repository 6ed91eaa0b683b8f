"""The public figures of the pool: how it grows, what vouchers bore, how much was shared; each a sum over the tables, none kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import case, extract, func, select
from sqlalchemy.sql.elements import ColumnElement

from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day, day_begins, months_later
from equipment_share.domain.reports.values import share_bp
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, InstrumentClass, Listing
from equipment_share.queries.ledger import as_money

MONTHS = 12
POOL_TARGET = 300
"""The pool the source document asks for: more than 300 sets (domain §0)."""


@dataclass(frozen=True)
class Headline:
    """What all confirmed uses come to."""

    uses: int
    minutes: int
    gross: Money
    subsidy: Money

    @property
    def saved_bp(self) -> int | None:
        """The share of the fees that firms did not have to pay."""
        return share_bp(self.subsidy.fen, self.gross.fen)


@dataclass(frozen=True)
class Month:
    """One month of the pool."""

    first_on: date
    pool: int
    """Instruments open now that were there when the month ended."""
    uses: int
    minutes: int
    gross: Money
    subsidy: Money
    net: Money

    @property
    def saved_bp(self) -> int | None:
        """The share of the fees that firms did not have to pay."""
        return share_bp(self.subsidy.fen, self.gross.fen)


def _minutes() -> ColumnElement[Any]:
    """The seconds of the uses of a group, added up; an epoch is one on both engines."""
    return func.sum(extract("epoch", Booking.used_to) - extract("epoch", Booking.used_from))


def _confirmed(at: datetime) -> ColumnElement[bool]:
    return Booking.confirmed_at.is_not(None) & (Booking.confirmed_at <= at)


@dataclass(frozen=True)
class Growth:
    """How many instruments were open at a month's end."""

    month: str
    instruments: int


def headline(*, at: datetime) -> Headline:
    """What all confirmed uses come to; one question."""
    query = select(func.count(Booking.id), _minutes(), func.sum(Booking.gross), func.sum(Booking.subsidy)).where(_confirmed(at))
    uses, seconds, gross, subsidy = db.session.execute(query).one()
    return Headline(uses, round(seconds or 0) // 60, as_money(gross), as_money(subsidy))


def months(*, at: datetime, count: int = MONTHS) -> list[Month]:
    """The last months, oldest first, this one included: a use counts where it was confirmed. Two questions."""
    firsts, ends = _spans(at, count)
    pools, used = _pools(ends), _used(day_begins(firsts[0]), ends)
    rows = []
    for index, (first, pool) in enumerate(zip(firsts, pools, strict=True)):
        uses, seconds, gross, net, subsidy = used.get(index, (0, 0, 0, 0, 0))
        rows.append(Month(first, pool, uses, round(seconds or 0) // 60, as_money(gross), as_money(subsidy), as_money(net)))
    return rows


def pool_growth(*, at: datetime, count: int = MONTHS) -> list[Growth]:
    """Open instruments at the end of each of the last months, this one as it stands; one question."""
    firsts, ends = _spans(at, count)
    return [Growth(f"{first:%Y-%m}", pool) for first, pool in zip(firsts, _pools(ends), strict=True)]


def _spans(at: datetime, count: int) -> tuple[list[date], list[datetime]]:
    """The first days of the last months, oldest first, and the instant at which each ends; this month ends now."""
    this = bureau_day(at).replace(day=1)
    firsts = [months_later(this, -back) for back in range(count - 1, -1, -1)]
    return firsts, [*(day_begins(first) for first in firsts[1:]), at + timedelta(seconds=1)]


def _bucket(column: Any, ends: Sequence[datetime]) -> ColumnElement[int]:
    """Which of some spans, told by their ends, an instant falls into."""
    return case(*[(column < end, index) for index, end in enumerate(ends)], else_=len(ends))


def _pools(ends: Sequence[datetime]) -> list[int]:
    """How many open instruments there were at each end; one question."""
    inner = select(_bucket(Instrument.made_at, ends).label("month")).where(Instrument.listing == Listing.OPEN).subquery()
    grown = {row[0]: row[1] for row in db.session.execute(select(inner.c.month, func.count()).group_by(inner.c.month))}
    return list(accumulate(grown.get(index, 0) for index in range(len(ends))))


def _used(begin: datetime, ends: Sequence[datetime]) -> dict[int, tuple[Any, ...]]:
    seconds = extract("epoch", Booking.used_to) - extract("epoch", Booking.used_from)
    inner = (
        select(_bucket(Booking.confirmed_at, ends).label("month"), seconds.label("seconds"), Booking.gross, Booking.net, Booking.subsidy)
        .where(_confirmed(ends[-1]), Booking.confirmed_at >= begin)
        .subquery()
    )
    sums = [func.sum(inner.c[name]) for name in ("seconds", "gross", "net", "subsidy")]
    query = select(inner.c.month, func.count(), *sums).group_by(inner.c.month)
    return {row[0]: tuple(row[1:]) for row in db.session.execute(query)}


def hours_by_class(*, at: datetime) -> list[tuple[InstrumentClass, int, int]]:
    """The second-level classes with their confirmed uses and minutes, the busiest first; one question."""
    query = (
        select(InstrumentClass, func.count(Booking.id), _minutes())
        .join(Instrument, Instrument.class_code == InstrumentClass.code)
        .join(Booking, Booking.instrument_id == Instrument.id)
        .where(_confirmed(at))
        .group_by(InstrumentClass.code)
    )
    rows = [(row[0], row[1], round(row[2] or 0) // 60) for row in db.session.execute(query)]
    return sorted(rows, key=lambda row: (-row[2], row[0].code))
