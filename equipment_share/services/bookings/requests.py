"""Use cases of a booking before its use: ask, approve, reject, cancel, check in and out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import OWNER, Act, Actor, require, require_no_link
from equipment_share.domain.bookings.life import (
    BookingAct,
    BookingState,
    SlotTaken,
    blocks,
    is_free_to_cancel,
    next_state,
    training_problems,
)
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Forbidden, Invalid, InvalidTransition, NotVerified, invalid
from equipment_share.domain.money import ZERO, BasisPoints, Money
from equipment_share.domain.pricing import Mode
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.domain.vouchers import VoucherInsufficient
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.bookings.alternatives import alternatives
from equipment_share.queries.bookings.bookings import booking_locked, booking_seen_by, competitors_of, units_locked, voucher_uses
from equipment_share.queries.bookings.quoting import BookingWish, Quoted, quote_for, rules_of
from equipment_share.queries.instruments.authorisations import authorised_until
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.queries.instruments.instruments import instrument_seen_by, taken_slots, units_of
from equipment_share.queries.vouchers import firm_locked, voucher_accounts_of
from equipment_share.services.bookings.endings import end_without_use
from equipment_share.services.bookings.holds import hold_subsidies
from equipment_share.services.letters import tell_firm, tell_owner
from equipment_share.services.posting import lock_accounts
from equipment_share.services.transaction import record, transaction, use_case
from equipment_share.services.vouchers.granting import grant_what_is_due


@use_case
def request_booking(wish: BookingWish, *, by: Actor, at: datetime) -> Booking:
    """A firm asks for a slot, and its vouchers set the subsidy aside.

    Raises: Forbidden, NotVerified, NotFound, Invalid with every broken rule, SlotTaken, VoucherInsufficient.
    """
    require(by, Act.REQUEST_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        instrument = instrument_seen_by(wish.instrument_id, None)
        units = units_of(instrument.id)
        units_locked([unit.id for unit in units])
        firm = verified_firm(by)
        grant_what_is_due(session, firm, at=at)
        lock_accounts(session, voucher_accounts_of(firm.id))  # before anything is read from them
        quoted = quote_for(wish, instrument, firm, user_id=by.id, at=at)

        if quoted.problems:
            raise Invalid(quoted.problems)
        rules = Rules.parse(instrument.rules)
        slot = Slot(wish.start, wish.end)
        busy = slot.widened(rules.buffer_before_minutes, rules.buffer_after_minutes)
        taken = taken_slots([unit.id for unit in units], busy)
        free = [unit for unit in units if not any(busy.overlaps(other) for other in taken.get(unit.id, []))]
        if not free:
            raise SlotTaken(alternatives=alternatives(instrument, slot, at=at))
        if wish.max_net is not None and quoted.quote.net > wish.max_net:
            raise VoucherInsufficient(quote=quoted.quote.document())

        booking = _asked(session, wish, instrument, free[0].id, busy, quoted, by=by, at=at)
        hold_subsidies(session, booking, quoted.quote.awards, quoted.candidates, by=by, at=at)
        record(
            session, "booking", booking, "submitted", by=by, at=at, facts={"gross_fen": booking.gross.fen, "held_fen": booking.subsidy.fen}
        )
        _answer_at_once(session, booking, rules, by=by, at=at)
    return booking


def verified_firm(by: Actor) -> Organisation:
    """The firm a person acts for, its row held.

    Raises: NotVerified.
    """
    if by.organisation_id is None:
        raise Forbidden()
    firm = firm_locked(by.organisation_id)
    if firm.state is not OrganisationState.VERIFIED:
        raise NotVerified(state=firm.state.value)
    return firm


def _asked(
    session: Session, wish: BookingWish, instrument: Instrument, unit_id: int, busy: Slot, quoted: Quoted, *, by: Actor, at: datetime
) -> Booking:
    """The booking as it was asked for, everything that must not move with it copied in."""
    if quoted.item is None or by.id is None or by.organisation_id is None:
        raise AssertionError("a wish without problems has a price and a person")
    rules = Rules.parse(instrument.rules)
    booking = Booking(
        number="",
        instrument_id=instrument.id,
        unit_id=unit_id,
        owner_id=instrument.owner_id,
        firm_id=by.organisation_id,
        user_id=by.id,
        state=BookingState.SUBMITTED,
        blocking=blocks(BookingState.SUBMITTED, pending=rules.pending) or rules.auto_approve,
        mode=wish.mode,
        starts_at=wish.start,
        ends_at=wish.end,
        busy_from=busy.start,
        busy_to=busy.end,
        samples=wish.samples,
        purpose=wish.purpose,
        user_class=quoted.user_class,
        price_item=quoted.item.document(),
        rules=rules.document(),
        quote=quoted.quote.document(),
        gross=quoted.quote.gross,
        subsidy=quoted.quote.subsidy,
        net=quoted.quote.net,
        answer_by=min(workdays_later(at, rules.answer["expire"], off_days(at)), wish.start),
        made_at=at,
    )
    booking.number = f"B{at:%y%m%d}-{short_code(8)}"
    session.add(booking)
    session.flush()
    return booking


def _answer_at_once(session: Session, booking: Booking, rules: Rules, *, by: Actor, at: datetime) -> None:
    """Approve under the instrument's own rule, else tell the keeper that somebody waits."""
    if not rules.auto_approve:
        tell_owner(session, booking, "booking_requested", at=at)
        return
    booking.state, booking.answer_by = next_state(booking.state, BookingAct.APPROVE), None
    record(session, "booking", booking, "approved", by=by, at=at, before=BookingState.SUBMITTED, facts={"rule": "auto_approve"})
    tell_firm(session, booking, "booking_approved", at=at)


@use_case
def approve_booking(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The owner says yes.

    Where the owner chooses, approval takes the slot and answers the others that waited for it.
    Raises: Forbidden, ConflictOfInterest, NotFound, StaleVersion, AlreadyDecided, InvalidTransition, SlotTaken.
    """
    require(by, Act.DECIDE_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        units_locked([unit.id for unit in units_of(booking_seen_by(booking_id, by).instrument_id)])
        booking = booking_locked(booking_id, by, version)
        if voucher_uses(booking.id):
            require_no_link(by, booking.firm_id)

        before = booking.state
        booking.state = next_state(before, BookingAct.APPROVE)
        if at >= booking.starts_at:
            raise InvalidTransition(state=before.value, act="approve")

        booking.answer_by = None
        if not booking.blocking:
            _take_slot(session, booking, by=by, at=at)
        record(session, "booking", booking, "approved", by=by, at=at, before=before)
        tell_firm(session, booking, "booking_approved", at=at)
    return booking


def _take_slot(session: Session, booking: Booking, *, by: Actor, at: datetime) -> None:
    """Give a chosen request a free unit, and reject every other that now finds none.

    Raises: SlotTaken when no unit is free any more.
    """
    units = [unit.id for unit in units_of(booking.instrument_id)]
    booking.unit_id = _free_unit(booking, units)
    booking.blocking = True
    session.flush()
    for other in competitors_of(booking):
        try:
            _free_unit(other, units)
        except SlotTaken:
            end_without_use(session, other, BookingAct.REJECT, by=by, at=at, reason="competing")


def _free_unit(booking: Booking, units: list[int]) -> int:
    """The unit a request stands on, else the first that is free in its busy time.

    Raises: SlotTaken.
    """
    busy = Slot(booking.busy_from, booking.busy_to)
    taken = taken_slots(units, busy)
    for unit_id in sorted(units, key=lambda unit_id: unit_id != booking.unit_id):
        if not any(busy.overlaps(other) for other in taken[unit_id]):
            return unit_id
    raise SlotTaken()


@use_case
def reject_booking(booking_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The owner says no, and why; slot and hold are free again.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.DECIDE_BOOKING)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        end_without_use(session, booking, BookingAct.REJECT, by=by, at=at, reason=given_reason(reason))
    return booking


@use_case
def cancel_booking(booking_id: int, *, reason: str = "", version: int | None = None, by: Actor, at: datetime) -> Booking:
    """Either side steps back: the firm free until the cut-off and for its fee later, the owner never for a fee.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CANCEL_BOOKING)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        if by.role in OWNER:
            end_without_use(session, booking, BookingAct.CANCEL_BY_OWNER, by=by, at=at, reason=given_reason(reason))
            return booking

        next_state(booking.state, BookingAct.CANCEL_BY_FIRM)
        if at >= booking.starts_at:
            raise InvalidTransition(state=booking.state.value, act="cancel")
        fee = late_fee(booking, at=at)

        end_without_use(session, booking, BookingAct.CANCEL_BY_FIRM, by=by, at=at, reason=reason, fee=fee, fee_label="late_cancel")
    return booking


def late_fee(booking: Booking, *, at: datetime) -> Money:
    """What stepping back costs a firm at an instant: nothing before approval or until the cut-off."""
    rules = rules_of(booking.rules)
    if booking.state is not BookingState.APPROVED or is_free_to_cancel(booking.starts_at, rules, at=at):
        return ZERO
    return booking.gross.share(BasisPoints(rules.cancel_fee_bp))


def given_reason(reason: str) -> str:
    """The reason, which must be there.

    Raises: Invalid `required`.
    """
    if not reason.strip():
        raise invalid("required", "reason")
    return reason.strip()


@use_case
def check_in(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """Somebody is at the instrument, at the earliest the grace before the slot.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHECK_IN)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        before = booking.state
        booking.state = next_state(before, BookingAct.CHECK_IN)
        rules = rules_of(booking.rules)
        if not booking.starts_at - rules.grace_minutes * MINUTE <= at < booking.ends_at:
            raise InvalidTransition(state=before.value, act="check_in")
        if booking.mode != Mode.COMMISSIONED:
            zone, until = ZoneInfo(booking.instrument.time_zone), authorised_until(booking.instrument_id, booking.user_id)
            if problems := training_problems(rules, at, zone, until):
                raise Invalid(problems)

        booking.checked_in_at = at
        record(session, "booking", booking, "checked_in", by=by, at=at, before=before)
    return booking


@use_case
def check_out(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The instrument is free again; an early check-out ends the busy interval there.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHECK_IN)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        next_state(booking.state, BookingAct.CHECK_OUT)
        if booking.checked_out_at is not None or booking.checked_in_at is None or at <= booking.checked_in_at:
            raise InvalidTransition(state=booking.state.value, act="check_out")

        booking.checked_out_at = at
        after = rules_of(booking.rules).buffer_after_minutes * MINUTE
        if booking.starts_at < at and at + after < booking.busy_to:
            booking.busy_to = at + after
        record(session, "booking", booking, "checked_out", by=by, at=at, before=booking.state)
    return booking
