"""Building block: a promise is kept; a voucher of just that amount is issued, held and captured in one unit (`contract.md` §4a)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.vouchers import OverBudget, VoucherState
from equipment_share.models.bookings import Booking, Promise, VoucherUse
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.settlement import Claim
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.bookings.bookings import booking_locked
from equipment_share.queries.closed import counts_at
from equipment_share.services.posting import lock_accounts, open_account, post
from equipment_share.services.transaction import record


def pay_out(session: Session, claim: Claim, said: Promise, amount: Money, *, by: Actor, at: datetime) -> None:
    """Keep a promise with an amount: programme to voucher, voucher to payable, and the booking's books follow.

    Raises: OverBudget when the programme has less; what may be cut is decided before.
    """
    code, programme = claim.programme_code, terms(claim.programme.document)
    booking = booking_locked(claim.booking_id, None)
    voucher = said.voucher or _voucher_for(session, claim, booking, programme, amount, at=at)
    house = open_account(session, AccountKind.VOUCHER, str(voucher.id), programme_code=code, organisation_id=booking.firm_id)
    voucher.account_id = house.id
    source = open_account(session, AccountKind.PROGRAMME, code, programme_code=code)
    payable = open_account(session, AccountKind.PAYABLE, f"{code}:{claim.payee_id}", programme_code=code, organisation_id=claim.payee_id)
    if source.bounded and _left(session, source, house) < amount:
        raise OverBudget(left_fen=source.sums.available.fen)

    hold, taken = _walk(
        session, claim, (source, house, payable), amount, when=counts_at(code, min(at, booking.used_to or at)), by=by, at=at
    )
    session.add(
        VoucherUse(
            booking_id=booking.id,
            position=said.position,
            programme_code=code,
            version_id=said.version_id,
            voucher_id=voucher.id,
            held=amount,
            hold_id=hold.id,
            resolved_id=taken.id,
            captured=amount,
            base=said.base,
            counts_on=said.counts_on,
        )
    )
    said.ended = "kept"
    booking.subsidy, booking.net = booking.subsidy + amount, booking.net - amount
    session.flush()


def _walk(
    session: Session, claim: Claim, houses: tuple[LedgerAccount, LedgerAccount, LedgerAccount], amount: Money, *, when: datetime, by: Actor,
    at: datetime,
) -> tuple[LedgerTransfer, LedgerTransfer]:  # fmt: skip
    """Issue, hold and capture in one go; answers hold and capture."""
    source, house, payable = houses
    same = {"programme_code": claim.programme_code, "booking_id": claim.booking_id, "effective_at": when}
    post(session, source, house, amount, Phase.DIRECT, by=by, at=at, reason="claim", **same)  # type: ignore[arg-type]
    hold = post(session, house, payable, amount, Phase.HOLD, by=by, at=at, **same)  # type: ignore[arg-type]
    return hold, post(session, house, payable, amount, Phase.CAPTURE, of=hold, by=by, at=at, reason="claim approved", **same)  # type: ignore[arg-type]


def _left(session: Session, source: LedgerAccount, house: LedgerAccount) -> Money:
    return lock_accounts(session, [source.id, house.id])[source.id].sums.available


def _voucher_for(session: Session, claim: Claim, booking: Booking, programme: Programme, amount: Money, *, at: datetime) -> Voucher:
    """A voucher of just the claim's amount, used up as it is issued."""
    period, today = programme.period_of(claim.completed_on), bureau_day(at)
    voucher = Voucher(
        number=f"V-{claim.number}", programme_code=claim.programme_code, version_id=claim.version_id, firm_id=booking.firm_id,
        state=VoucherState.EXHAUSTED, wanted=amount, period_first_on=period.first_on, period_last_on=period.last_on, valid_from=today,
        valid_until=period.last_on if period.last_on >= today else today, made_at=at,
    )  # fmt: skip
    session.add(voucher)
    session.flush()
    return voucher


def affordable(session: Session, claim: Claim, programme: Programme, *, by: Actor, at: datetime) -> Money:
    """What first come, first served still gives a claim; less than it asks only where a part is better than nothing (W6).

    Raises: OverBudget.
    """
    source = open_account(session, AccountKind.PROGRAMME, claim.programme_code, programme_code=claim.programme_code)
    if not source.bounded:
        return claim.amount
    left = lock_accounts(session, [source.id])[source.id].sums.available
    if left >= claim.amount:
        return claim.amount
    if left <= ZERO or not programme.partial_ok:
        raise OverBudget(left_fen=left.fen)
    record(
        session,
        "claim",
        claim,
        "cut_to_budget",
        by=by,
        at=at,
        before=claim.state,
        facts={"asked_fen": claim.amount.fen, "amount_fen": left.fen},
    )
    return left
