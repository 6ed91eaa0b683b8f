"""What a firm may still apply for: a programme's limits beside what it holds and has asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from equipment_share.domain.entitlement import Room
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.vouchers import NotEligible, VoucherState
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import EligibilityProof, ProgrammeVersion, Voucher
from equipment_share.queries.firms import is_barred, tags_on
from equipment_share.queries.ledger import budgets_left
from equipment_share.queries.proofs import proofs_of
from equipment_share.queries.vouchers import VoucherRow, programmes_in_force, vouchers_of

ASKED = (VoucherState.APPLIED, VoucherState.CHECKED)
LIVING = (VoucherState.ISSUED, VoucherState.FROZEN, VoucherState.EXHAUSTED)


@dataclass(frozen=True)
class Offer:
    """A programme that is applied for, as one firm sees it."""

    version: ProgrammeVersion
    programme: Programme
    room: Room
    until: date
    """The last good day of a voucher that was issued today."""
    refusal: NotEligible | None
    """Why the firm cannot apply now."""


@dataclass(frozen=True)
class Grounds:
    """What an application is checked against."""

    room: Room
    refusal: NotEligible | None
    """Why it cannot go on as it is."""
    proofs: tuple[EligibilityProof, ...]
    used: Money
    """Used or set aside of what the firm has of the programme in the period."""
    budget_left: Money | None
    """None for a programme without a budget."""


def offers(firm: Organisation, rows: Sequence[VoucherRow], *, on: date) -> list[Offer]:
    """The programmes in force that are applied for, beside what a firm has of them; one question."""
    found, tags = [], tags_on(firm, on)
    for version, programme in programmes_in_force(on):
        if programme.issue_mode == "apply":
            period = programme.period_of(on)
            own = [row for row in rows if row.voucher.programme_code == version.code]
            room = room_for(programme, own, tags, period)
            found.append(Offer(version, programme, room, programme.valid_until(on, period), _refusal(firm, programme, room, on=on)))
    return found


def _refusal(firm: Organisation, programme: Programme, room: Room, *, on: date) -> NotEligible | None:
    if why := bar_of(firm, programme, on=on):
        return NotEligible(why=why)
    return NotEligible(why="quota_used", drawn=room.drawn) if room.left == ZERO else None


def bar_of(firm: Organisation, programme: Programme, *, on: date) -> str:
    """Why a firm gets nothing of a programme on a day: `barred`, or `class` when it is of none that it is open to; empty if it may."""
    if is_barred(firm, on):
        return "barred"
    return "" if programme.is_open_to(tags_on(firm, on)) else "class"


def unfit(voucher: Voucher, programme: Programme, *, on: date) -> NotEligible | None:
    """Why an application cannot go on: its firm may not have it any more, or the limits leave less than it asks for; one question."""
    return _unfit(voucher, programme, _room_of(voucher, programme, vouchers_of(voucher.firm_id, voucher.programme_code), on=on), on=on)


def _unfit(voucher: Voucher, programme: Programme, room: Room, *, on: date) -> NotEligible | None:
    if why := bar_of(voucher.firm, programme, on=on):
        return NotEligible(why=why)
    return None if room.bears(voucher.wanted) else NotEligible(why="no_longer_fits", wanted=voucher.wanted, left=room.left)


def _room_of(voucher: Voucher, programme: Programme, rows: Sequence[VoucherRow], *, on: date) -> Room:
    period = Period(voucher.period_first_on, voucher.period_last_on)
    return room_for(programme, rows, tags_on(voucher.firm, on), period, ahead_of=voucher.id)


def grounds_of(voucher: Voucher, programme: Programme, *, on: date) -> Grounds:
    """What whoever checks or issues an application has to know; four questions."""
    rows = vouchers_of(voucher.firm_id, voucher.programme_code)
    room = _room_of(voucher, programme, rows, on=on)
    period = Period(voucher.period_first_on, voucher.period_last_on)
    return Grounds(
        room=room,
        refusal=_unfit(voucher, programme, room, on=on),
        proofs=tuple(proofs_of(voucher.firm_id)),
        used=total(row.figures.bound for row in rows if _is_in(row, period)),
        budget_left=budgets_left([voucher.programme_code]).get(voucher.programme_code),
    )


def room_for(
    programme: Programme, rows: Sequence[VoucherRow], tags: Collection[str], period: Period, *, ahead_of: int | None = None
) -> Room:
    """What the limits leave, given every voucher the firm has of the programme.

    With `ahead_of`, an application that is looked at again: it and those that came after it do not count against it.
    """
    counted = [row for row in rows if row.voucher.state not in ASKED or ahead_of is None or row.voucher.id < ahead_of]
    return Room(
        quota=programme.quota_for(frozenset(tags)),
        drawn=total(_face(row) for row in counted if _is_in(row, period)),
        holding=programme.holding,
        standing=total(_unused(row) for row in counted),
        per_voucher=programme.per_voucher,
    )


def _is_in(row: VoucherRow, period: Period) -> bool:
    return Period(row.voucher.period_first_on, row.voucher.period_last_on).meets(period)


def _face(row: VoucherRow) -> Money:
    """What was put on a voucher; of one that lives or is asked for the whole of it, also where its money is lent later (`reserve_at`)."""
    return max(row.figures.issued, row.voucher.wanted) if row.voucher.state in (*ASKED, *LIVING) else row.figures.issued


def _unused(row: VoucherRow) -> Money:
    if row.voucher.state in (*ASKED, *LIVING):
        return max(_face(row) - row.figures.consumed, ZERO)
    return row.figures.available + row.figures.held
