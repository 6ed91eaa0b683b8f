"""How an owner's pool does: its instruments against the whole pool's mean, its months, its money. Few questions, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import CHARGED, BookingState
from equipment_share.domain.insight import Asked, Claimed, MonthOfMoney, MonthOfWork, Use, money_by_month, work_by_month
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.domain.reports.values import share_bp
from equipment_share.domain.scorecards import FULL_MINUTES, minutes_within
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Listing
from equipment_share.models.settlement import Claim
from equipment_share.queries.ledger import as_money
from equipment_share.queries.reporting.pool import used_minutes
from equipment_share.queries.reporting.scope import Scope
from equipment_share.queries.scorecards import answers_of

INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class InstrumentUse:
    """How much one instrument worked in a period, and how much of that for others."""

    id: int
    inner_code: str
    name_zh: str
    name_en: str
    uses: int
    minutes: int
    external_minutes: int
    utilisation_bp: int
    sharing_bp: int


@dataclass(frozen=True)
class PoolUse:
    """An owner's open instruments, the one that worked most on top, and the mean of the whole pool."""

    rows: Sequence[InstrumentUse]
    mean_bp: int
    pool: int
    """How many open instruments the mean is of."""


def use_of_instruments(period: Period, *, by: Actor) -> PoolUse:
    """Utilisation and sharing of one's own open instruments; four questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_INSIGHT)
    sums, whole = used_minutes(Scope((), period)), minutes_within(period, FULL_MINUTES)
    query = select(Instrument.id, Instrument.inner_code, Instrument.name_zh, Instrument.name_en).where(
        Instrument.owner_id == by.organisation_id, Instrument.listing == Listing.OPEN
    )
    rows = []
    for key, code, chinese, english in db.session.execute(query.order_by(Instrument.name_key, Instrument.id)):
        uses, minutes, external = sums.get(key, (0, 0, 0))
        rows.append(
            InstrumentUse(
                key, code, chinese, english, uses, minutes, external, share_bp(minutes, whole) or 0, share_bp(external, minutes) or 0
            )
        )
    open_ids = set(db.session.scalars(select(Instrument.id).where(Instrument.listing == Listing.OPEN)))
    worked = sum(minutes for key, (_, minutes, _) in sums.items() if key in open_ids)
    return PoolUse(sorted(rows, key=lambda row: -row.minutes), share_bp(worked, whole * len(open_ids)) or 0, len(open_ids))


def work_of_months(period: Period, *, by: Actor) -> list[MonthOfWork]:
    """Income, answers and no-shows by month; three questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_INSIGHT)
    requests = [Asked(bureau_day(one.asked_at), one.minutes) for one in answers_of(period, by.organisation_id)]
    span = period.span
    absent = select(Booking.starts_at).where(
        Booking.owner_id == by.organisation_id, Booking.state == BookingState.NO_SHOW, Booking.starts_at >= span.start, Booking.starts_at < span.end
    )  # fmt: skip
    return work_by_month(period, _uses(period, by), requests, [bureau_day(start) for start in db.session.scalars(absent)])


def _uses(period: Period, by: Actor) -> list[Use]:
    span = period.span
    query = select(Booking.used_to, Booking.gross, Booking.subsidy, Booking.net).where(
        Booking.owner_id == by.organisation_id, Booking.state.in_(CHARGED), Booking.used_to > span.start, Booking.used_to <= span.end
    )
    return [Use(_day(used_to), gross, subsidy, net) for used_to, gross, subsidy, net in db.session.execute(query) if used_to is not None]


def _day(end: datetime) -> date:
    return bureau_day(end - INSTANT)


def money_of_months(period: Period, *, by: Actor) -> list[MonthOfMoney]:
    """What came in by month, and what of the vouchers' part is claimed, checked, approved, paid; two questions.

    Raises: Forbidden.
    """
    require(by, Act.OWN_INCOME)
    query = (
        select(Claim.completed_on, Claim.state, func.sum(Claim.amount))
        .where(Claim.payee_id == by.organisation_id, Claim.completed_on.between(period.first_on, period.last_on))
        .group_by(Claim.completed_on, Claim.state)
    )
    claims = [Claimed(on, as_money(amount), state) for on, state, amount in db.session.execute(query)]
    return money_by_month(period, _uses(period, by), claims)
