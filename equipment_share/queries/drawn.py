"""What a firm, or all firms of one controller, have drawn of programmes in their periods: held, consumed and promised."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, bindparam, case, func, literal, or_, select, union_all
from sqlalchemy.orm import lazyload

from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period
from equipment_share.models.base import MoneyColumn, db
from equipment_share.models.bookings import Booking, Promise, VoucherUse
from equipment_share.models.people import Organisation
from equipment_share.queries.ledger import as_money


@dataclass(frozen=True)
class Drawn:
    """What counts against a period's limits, and the eligible base behind it (cumulative bands)."""

    amount: Money = ZERO
    base: Money = ZERO


NOTHING_DRAWN = Drawn()
_ANY = 2**62
"""Greater than any booking's id: all of them were asked for before it."""
_STANDING = (
    select(Promise)
    .where(Promise.booking_id == bindparam("booking"), Promise.ended == "")
    .order_by(Promise.position, Promise.id)
    .options(lazyload(Promise.programme), lazyload(Promise.voucher))  # most bookings have no promise
)


@dataclass(frozen=True)
class Counted:
    """Whose draws count, in which period."""

    firms: Collection[int]
    period: Period


def group_of(firm: Organisation) -> list[int]:
    """The firms that one controller stands behind, this one among them."""
    if not firm.controller:
        return [firm.id]
    return sorted(db.session.scalars(select(Organisation.id).where(Organisation.controller == firm.controller)))


def drawn(counted: Mapping[str, Counted], *, without_booking: int | None = None, base_before: int | None = None) -> dict[str, Drawn]:
    """By programme what counts in its period; one question whatever their number.

    A hold counts whole until it is resolved, then what was captured; a promise counts while it stands. Of the eligible base only that of
    bookings asked for before `base_before` counts: cumulative bands go on where the period stood then (W4).
    """
    if not counted:
        return {}
    wanted: dict[str, object] = {"before": base_before if base_before is not None else _ANY, "without": without_booking or 0}
    wanted["firms"] = sorted({firm for of in counted.values() for firm in of.firms})
    for number, (code, of) in enumerate(counted.items()):
        wanted |= {f"code{number}": code, f"firms{number}": list(of.firms)}
        wanted |= {f"first{number}": of.period.first_on, f"last{number}": of.period.last_on}
    found = db.session.execute(_drawn(len(counted)), wanted)
    return {code: Drawn(as_money(amount), as_money(base)) for code, amount, base in found}


@cache
def _drawn(programmes: int) -> Select[Any]:
    """The question for so many programmes, built once: building it anew for every booking would take longer than running it.

    Both halves begin with the firms' own bookings, so that it takes as long as they have bookings, however many the pool has.
    """
    use, promise = VoucherUse, Promise
    amount = case((use.resolved_id.is_(None), use.held), else_=use.captured)
    rows = union_all(_inside(use, amount, programmes), _inside(promise, promise.amount, programmes).where(promise.ended == "")).subquery()
    return select(rows.c.code, func.sum(rows.c.amount), func.sum(rows.c.base)).group_by(rows.c.code)


def _inside(kind: type[VoucherUse] | type[Promise], amount: SQLColumnExpression[Any], programmes: int) -> Select[Any]:
    """The rows of one kind that count, each with its amount and, where its booking was asked for in time, its base."""
    inside = [
        (kind.programme_code == bindparam(f"code{number}"))
        & kind.counts_on.between(bindparam(f"first{number}"), bindparam(f"last{number}"))
        & Booking.firm_id.in_(bindparam(f"firms{number}", expanding=True))
        for number in range(programmes)
    ]
    base = case((kind.booking_id < bindparam("before"), kind.base), else_=literal(ZERO, MoneyColumn()))
    query = select(kind.programme_code.label("code"), amount.label("amount"), base.label("base")).select_from(kind)
    query = query.join(Booking, Booking.id == kind.booking_id).where(Booking.firm_id.in_(bindparam("firms", expanding=True)))
    return query.where(or_(*inside), kind.booking_id != bindparam("without"))


def promised_on(voucher_ids: Collection[int]) -> dict[int, Money]:
    """What stands promised against vouchers whose money moves at the claim."""
    if not voucher_ids:
        return {}
    query = select(Promise.voucher_id, func.sum(Promise.amount)).where(Promise.voucher_id.in_(voucher_ids), Promise.ended == "")
    return {key: as_money(amount) for key, amount in db.session.execute(query.group_by(Promise.voucher_id)) if key is not None}


def promised_of(codes: Collection[str]) -> dict[str, Money]:
    """What stands promised of programmes in all."""
    if not codes:
        return {}
    query = select(Promise.programme_code, func.sum(Promise.amount)).where(Promise.programme_code.in_(codes), Promise.ended == "")
    return {code: as_money(amount) for code, amount in db.session.execute(query.group_by(Promise.programme_code))}


def promises_of(booking_id: int) -> list[Promise]:
    """The promises on a booking that still stand, in their order."""
    return list(db.session.scalars(_STANDING, {"booking": booking_id}))
