"""Building blocks: captured money that comes back, whole when a use is opened again, or in part when it was too much."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.ledger import Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.queries.bookings.bookings import voucher_uses
from equipment_share.services.bookings.holds import send_on
from equipment_share.services.posting import lock_accounts, post


def reopen_subsidies(session: Session, booking: Booking, *, by: Actor, at: datetime) -> None:
    """A settled use is open again: each capture is mirrored by a refund and the same amount held anew, in one unit."""
    for use in voucher_uses(booking.id):
        capture = session.get_one(LedgerTransfer, use.resolved_id)
        house, payable = session.get_one(LedgerAccount, capture.dr_id), session.get_one(LedgerAccount, capture.cr_id)
        lock_accounts(session, [house.id])
        if not use.captured:
            session.delete(use)  # it bore nothing, and an amount of zero is no hold
            continue
        code = use.programme_code
        post(session, payable, house, use.captured, Phase.REFUND, programme_code=code, of=capture, booking_id=booking.id, by=by, at=at)
        step = post(session, house, payable, use.captured, Phase.HOLD, programme_code=code, booking_id=booking.id, by=by, at=at)
        use.held, use.hold_id, use.resolved_id, use.captured = use.captured, step.id, None, ZERO
    session.flush()


def give_back(session: Session, use: VoucherUse, amount: Money, *, by: Actor, at: datetime) -> None:
    """Mirror a part of a capture by a refund, payable to voucher; an over voucher's money goes on as after any release."""
    capture = session.get_one(LedgerTransfer, use.resolved_id)
    house, payable = session.get_one(LedgerAccount, capture.dr_id), session.get_one(LedgerAccount, capture.cr_id)
    lock_accounts(session, [house.id])
    post(
        session,
        payable,
        house,
        amount,
        Phase.REFUND,
        programme_code=use.programme_code,
        of=capture,
        booking_id=use.booking_id,
        by=by,
        at=at,
    )
    use.captured = use.captured - amount
    send_on(session, use, house, amount, by=by, at=at)


def give_back_of(session: Session, booking_id: int, code: str, amount: Money, *, by: Actor, at: datetime) -> None:
    """Give a part of what a programme captured on a booking back, the last voucher first.

    Raises: AssertionError when that much was never captured: what may be taken back is decided before.
    """
    over = amount
    for use in reversed([use for use in voucher_uses(booking_id) if use.programme_code == code and use.captured]):
        part = min(over, use.captured)
        if part:
            give_back(session, use, part, by=by, at=at)
            over = over - part
    if over:
        raise AssertionError("no more comes back than was captured")
