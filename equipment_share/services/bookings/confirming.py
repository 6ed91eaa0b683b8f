"""Use cases: both sides agree on a use, in words or by silence; the subsidy is captured and a draft claim made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import BookingAct, BookingState, next_state
from equipment_share.domain.money import Money
from equipment_share.domain.programmes.days import counts_on
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.settlement.claims import ClaimAct, ClaimState, next_claim_state
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking, Promise, VoucherUse
from equipment_share.models.settlement import Claim
from equipment_share.queries.bookings.bearing import service_days
from equipment_share.queries.bookings.bookings import booking_locked, voucher_uses
from equipment_share.queries.closed import Closed, closed_of
from equipment_share.queries.drawn import promises_of
from equipment_share.queries.settlement import claim_of
from equipment_share.services.bookings.holds import capture_subsidies, lock_holds, payee_of, top_up
from equipment_share.services.bookings.promises import follow_use, set_numbers
from equipment_share.services.bookings.usage import charge_for
from equipment_share.services.letters import tell_owner
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def confirm_usage(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The firm agrees: the subsidy is captured, the rest of the hold is free, a draft claim is made.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CONFIRM_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        _confirm(session, booking, by=by, at=at)
    return booking


def _confirm(session: Session, booking: Booking, *, by: Actor, at: datetime) -> None:
    before = booking.state
    after = next_state(before, BookingAct.CONFIRM)
    if booking.used_from is None or booking.used_to is None or booking.charge is None:
        raise AssertionError("a recorded use has its times and its charge")
    used = Slot(booking.used_from, booking.used_to)
    uses, promises = lock_holds(session, voucher_uses(booking.id)), promises_of(booking.id)  # held before the room beside them is read
    charge = charge_for(booking, used, booking.used_samples or 0, uses, promises)
    awards = {award.programme: award for award in charge.awards}
    booking.state, booking.charge = after, charge.document()
    set_numbers(booking, charge, promises)
    booking.confirmed_at, booking.answer_by = at, None
    follow_use(promises, awards)
    bearers: list[VoucherUse | Promise] = [*uses, *promises]
    for bearer in bearers:
        issued_on = bearer.voucher.valid_from if bearer.voucher else None
        bearer.counts_on = counts_on(terms(bearer.programme.document), service_days(booking, used), issued_on)
    held = Money(sum(use.held.fen for use in uses))
    with session.no_autoflush:  # what is closed does not hang on what is being written
        closed = closed_of({bearer.programme_code for bearer in bearers})

    effective_at = {code: closed.counts_at(code, min(at, used.end)) for code in {use.programme_code for use in uses}}
    uses = top_up(session, booking, uses, awards, by=by, at=at)
    captured = capture_subsidies(session, uses, awards, by=by, at=at, effective_at=effective_at)
    for bearer in _one_each([*uses, *promises]):
        amount = captured.get(bearer.programme_code, awards[bearer.programme_code].amount)
        if amount:
            _draft_claim(session, booking, bearer, amount, closed, by=by, at=at)
    facts = {"gross_fen": charge.gross.fen, "subsidy_fen": charge.subsidy.fen, "released_fen": (held - booking.subsidy).fen}
    record(session, "booking", booking, "confirmed", by=by, at=at, before=before, facts=facts)
    tell_owner(session, booking, "usage_confirmed", at=at, facts=facts)


def _one_each(bearers: Sequence[VoucherUse | Promise]) -> list[VoucherUse | Promise]:
    """The first hold or promise of each programme."""
    first: dict[str, VoucherUse | Promise] = {}
    for bearer in bearers:
        first.setdefault(bearer.programme_code, bearer)
    return list(first.values())


def claimant_of(booking: Booking, programme: Programme) -> int:
    """Who claims: the side that the programme names; where either may, the side that is paid."""
    if programme.claimant == "either":
        return payee_of(booking, programme)
    return booking.firm_id if programme.claimant == "firm" else booking.owner_id


def _draft_claim(
    session: Session, booking: Booking, bearer: VoucherUse | Promise, amount: Money, closed: Closed, *, by: Actor, at: datetime
) -> None:
    """A draft claim per booking and programme that pays; where the use was reopened, the same claim begins anew."""
    code, programme = bearer.programme_code, terms(bearer.programme.document)
    completed_on = closed.counts_on(code, bearer.counts_on)
    with session.no_autoflush:  # the claim is written together with what was captured
        old = claim_of(booking.id, code)
    if old is not None:
        before = old.state
        old.state, old.amount, old.asked = next_claim_state(before, ClaimAct.REDRAFT), amount, amount
        old.completed_on = completed_on
        record(session, "claim", old, "drafted", by=by, at=at, before=before, facts={"amount_fen": amount.fen})
        return
    claim = Claim(
        number=f"C-{booking.number}-{code}",
        booking_id=booking.id,
        programme_code=code,
        version_id=bearer.version_id,
        claimant_id=claimant_of(booking, programme),
        payee_id=payee_of(booking, programme),
        amount=amount,
        asked=amount,
        state=ClaimState.DRAFT,
        completed_on=completed_on,
        made_at=at,
    )
    session.add(claim)
    record(session, "claim", claim, "drafted", by=by, at=at, facts={"amount_fen": amount.fen})


@use_case
def confirm_by_silence(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Confirm a use that nobody disputed within its days; False when somebody acted meanwhile."""
    with transaction() as session:
        booking = booking_locked(booking_id, None)
        if booking.state is not BookingState.USAGE_RECORDED or booking.answer_by is None or booking.answer_by > at:
            return False
        _confirm(session, booking, by=by, at=at)
    return True
