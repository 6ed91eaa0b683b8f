"""What a firm may still apply for: a programme's limits beside what it holds and has asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from equipment_share.domain.entitlement import Room
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.vouchers import VoucherState
from equipment_share.queries.vouchers import VoucherRow

ASKED = (VoucherState.APPLIED, VoucherState.CHECKED)
LIVING = (VoucherState.ISSUED, VoucherState.FROZEN, VoucherState.EXHAUSTED)


def room_for(
    programme: Programme, rows: Sequence[VoucherRow], tags: Collection[str], period: Period, *, ahead_of: int | None = None
) -> Room:
    """What the limits leave, given every voucher the firm has of the programme.

    With `ahead_of`, an application that is looked at again: it and those that came after it do not count against it.
    """
    counted = [row for row in rows if row.voucher.state not in ASKED or ahead_of is None or row.voucher.id < ahead_of]
    if ahead_of is not None:
        counted = [row for row in counted if row.voucher.id != ahead_of]
    return Room(
        quota=programme.quota_for(frozenset(tags)),
        drawn=total(_face(row) for row in counted if _is_in(row, period)),
        holding=programme.holding,
        standing=total(_unused(row) for row in counted),
        per_voucher=programme.per_voucher,
    )


def _is_in(row: VoucherRow, period: Period) -> bool:
    return row.voucher.period_first_on <= period.last_on and period.first_on <= row.voucher.period_last_on


def _face(row: VoucherRow) -> Money:
    """What was put on a voucher; of one that lives or is asked for the whole of it, also where its money is lent later (`reserve_at`)."""
    return max(row.figures.issued, row.voucher.wanted) if row.voucher.state in (*ASKED, *LIVING) else row.figures.issued


def _unused(row: VoucherRow) -> Money:
    if row.voucher.state in (*ASKED, *LIVING):
        return max(_face(row) - row.figures.consumed, ZERO)
    return row.figures.available + row.figures.held
