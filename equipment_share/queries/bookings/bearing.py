"""What bears a booking when its use is charged: each programme that holds or has promised, with the state that its rules look at now."""

from __future__ import annotations

from collections.abc import Sequence

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.programmes.days import ServiceDays, counts_on, good_until, joint_family
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.subsidy.awards import ProgrammeState
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking, Promise, VoucherUse
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.drawn import NOTHING_DRAWN, Counted, drawn, group_of
from equipment_share.queries.eligibility import class_for
from equipment_share.queries.vouchers import with_figures

Bearers = Sequence[VoucherUse | Promise]


def service_days(booking: Booking, used: Slot) -> ServiceDays:
    """The days of a booking as it was used."""
    return ServiceDays(bureau_day(booking.made_at), bureau_day(used.start), last_day(used.end))


def held_programmes(
    booking: Booking, used: Slot, uses: Sequence[VoucherUse], promises: Sequence[Promise]
) -> list[tuple[Programme, ProgrammeState]]:
    """Each programme that holds or has promised, in the order of the quote; three questions whatever their number."""
    together: list[VoucherUse | Promise] = [*uses, *promises]
    bearers: dict[str, list[VoucherUse | Promise]] = {}
    for row in sorted(together, key=lambda row: row.position):
        bearers.setdefault(row.programme_code, []).append(row)
    programmes = {code: terms(rows[0].programme.document) for code, rows in bearers.items()}
    days = service_days(booking, used)
    families = {code: joint_family(code, programmes.values()) for code, p in programmes.items() if p.joint_cap is not None}
    spent = drawn(
        {code: _counted(booking, programme, days, bearers[code]) for code, programme in programmes.items()},
        without_booking=booking.id,
        base_before=booking.id,
    )
    room = _room(together, programmes)
    found = []
    for code, programme in programmes.items():
        rows, own = bearers[code], spent.get(code, NOTHING_DRAWN)
        held = _held(rows)
        untils = [voucher.valid_until for voucher in _vouchers(rows) if voucher.valid_until]
        state = ProgrammeState(
            annual_used=own.amount,
            period_base=own.base,
            joint_used=total(spent.get(name, NOTHING_DRAWN).amount for name in families.get(code, ())),
            held=None if held is None else held + room.get(code, ZERO),
            voucher_left=None if held is None else held + room.get(code, ZERO),
            voucher_valid_until=good_until(programme, max(untils) if untils else None, days),
            tags=class_for(programme, booking.firm, days, _vouchers(rows)),
        )
        found.append((programme, state))
    return found


def _vouchers(rows: Bearers) -> list[Voucher]:
    return [row.voucher for row in rows if row.voucher is not None]


def _held(rows: Bearers) -> Money | None:
    """What was set aside or promised on a voucher: the ceiling of the claim (domain §0.6). None where nothing was issued beforehand."""
    if any(isinstance(row, Promise) and row.voucher_id is None for row in rows):
        return None
    return total(_ceiling(row) for row in rows)


def _ceiling(row: VoucherUse | Promise) -> Money:
    if isinstance(row, Promise):
        return row.amount
    return row.held if row.resolved_id is None else row.captured


def _counted(booking: Booking, programme: Programme, days: ServiceDays, rows: Bearers) -> Counted:
    issued = [voucher.valid_from for voucher in _vouchers(rows) if voucher.valid_from]
    firms = group_of(booking.firm) if programme.cap_subject == "controller_group" else [booking.firm_id]
    return Counted(firms, programme.period_of(counts_on(programme, days, min(issued) if issued else None)))


def _room(rows: Sequence[VoucherUse | Promise], programmes: dict[str, Programme]) -> dict[str, Money]:
    """What the same vouchers still give above their holds, where a programme tops a hold up (`overrun: topup_if_room`, W15)."""
    open_uses = [
        row for row in rows
        if isinstance(row, VoucherUse) and row.resolved_id is None and programmes[row.programme_code].overrun == "topup_if_room"
    ]  # fmt: skip
    vouchers = {use.voucher_id: use.voucher for use in open_uses}
    room: dict[str, Money] = {}
    for row in with_figures(list(vouchers.values())) if vouchers else ():
        code = row.voucher.programme_code
        room[code] = room.get(code, ZERO) + row.figures.available
    return room
