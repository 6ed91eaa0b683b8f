"""The rows of the exceptions, the public list, and of how instruments were used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CompoundSelect, or_, select

from equipment_share.domain.periods import bureau_day
from equipment_share.domain.reports.pool import ExceptionRow
from equipment_share.domain.reports.rows import InstrumentRow
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Listing, MachineUse
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Claim, FindingLine
from equipment_share.queries.publicity import supported
from equipment_share.queries.reporting.books import used_of_bookings
from equipment_share.queries.reporting.scope import Scope

MINUTE = timedelta(minutes=1)


def exception_rows(scope: Scope) -> list[ExceptionRow]:
    """Findings on claims of the period's uses, oldest first; one question."""
    f = FindingLine
    query = (
        select(f.code, f.severity, Claim.id, Claim.number, f.subject, f.amount, f.disposition, f.reason, f.made_at)
        .join(Claim, Claim.id == f.claim_id)
        .where(Claim.programme_code.in_(scope.programmes), Claim.completed_on.between(scope.period.first_on, scope.period.last_on))
        .order_by(f.id)
    )
    return [ExceptionRow(*row[:8], bureau_day(row[8]).isoformat()) for row in db.session.execute(query)]


def public_rows(scope: Scope) -> list[tuple[int, str, int, int]]:
    """Firm, number of claims and amount as the public list has them; one question."""
    return [(firm_id, name, count, amount.fen) for firm_id, name, count, amount in supported(scope.programmes, scope.period)]


def instrument_rows(scope: Scope) -> list[InstrumentRow]:
    """Every instrument that is open or was used, with its minutes; four questions."""
    sums = used_minutes(scope)
    i = Instrument
    query = (
        select(i.id, i.inner_code, i.name_zh, i.name_en, i.owner_id, Organisation.name)
        .join(Organisation, Organisation.id == i.owner_id)
        .where(or_(i.listing == Listing.OPEN, i.id.in_(_used_ids(scope))))
        .order_by(Organisation.name_key, i.owner_id, i.name_key, i.id)
    )
    if scope.owner_id is not None:
        query = query.where(i.owner_id == scope.owner_id)
    return [
        InstrumentRow(row[0], row[1], row[2] or row[3], row[4], row[5], *sums.get(row[0], (0, 0, 0))) for row in db.session.execute(query)
    ]


def used_minutes(scope: Scope) -> dict[int, tuple[int, int, int]]:
    """Uses, effective minutes and those for other units by instrument; three questions. A related firm is no other unit."""
    sums: dict[int, tuple[int, int, int]] = {}
    related = _related()
    for instrument_id, began, ended, pair in _uses(scope):
        minutes = max(1, (ended - began) // MINUTE)
        uses, effective, external = sums.get(instrument_id, (0, 0, 0))
        sums[instrument_id] = (uses + 1, effective + minutes, external + (0 if pair in related else minutes))
    for instrument_id, began, ended in _logged(scope):
        uses, effective, external = sums.get(instrument_id, (0, 0, 0))
        sums[instrument_id] = (uses + 1, effective + max(1, (ended - began) // MINUTE), external)
    return sums


def _in_period(scope: Scope) -> ColumnElement[bool]:
    return Booking.confirmed_at.is_not(None) & (Booking.used_to >= scope.starts_at) & (Booking.used_to < scope.ends_at)


def _used_ids(scope: Scope) -> CompoundSelect[int]:
    used = used_of_bookings(scope)
    captured = select(Booking.instrument_id).join(used, used.c.booking_id == Booking.id)
    confirmed = select(Booking.instrument_id).where(_in_period(scope))
    return captured.union(confirmed)


def _related() -> set[tuple[int, int]]:
    """Every two organisations of which one names the other, both ways round; one question, for few name any."""
    rows = db.session.execute(select(Organisation.id, Organisation.code, Organisation.related)).all()
    ids = {code: key for key, code, _ in rows}
    pairs = {(key, ids[code]) for key, _, related in rows for code in related if code in ids}
    return pairs | {(other, key) for key, other in pairs}


def _uses(scope: Scope) -> Iterable[tuple[int, datetime, datetime, tuple[int, int]]]:
    query = select(Booking.instrument_id, Booking.used_from, Booking.used_to, Booking.firm_id, Booking.owner_id)
    for row in db.session.execute(query.where(_in_period(scope), scope.of_party())):
        if row[1] is not None and row[2] is not None:
            yield row[0], row[1], row[2], (row[3], row[4])


def _logged(scope: Scope) -> Iterable[tuple[int, datetime, datetime]]:
    m = MachineUse
    query = select(m.instrument_id, m.starts_at, m.ends_at).where(m.ends_at >= scope.starts_at, m.ends_at < scope.ends_at)
    for row in db.session.execute(query):
        if row[2] is not None:
            yield row[0], row[1], row[2]
