"""Use cases of the waiting list: stand in line for a taken slot, leave it, take or leave what is offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from equipment_share.domain.access import FIRM, Act, Actor, require
from equipment_share.domain.bookings.life import BookingAct, BookingState, SlotTaken, next_state
from equipment_share.domain.bookings.options import NO_OPTIONS, Options
from equipment_share.domain.bookings.questions import read_questions
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import AlreadyDecided, Conflict, Invalid, InvalidTransition, invalid
from equipment_share.domain.money import Money
from equipment_share.domain.timeslots import Slot
from equipment_share.domain.vouchers import VoucherInsufficient
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.bookings import Booking
from equipment_share.models.planning import Waiting
from equipment_share.queries.bookings.alternatives import alternatives
from equipment_share.queries.bookings.bookings import booking_held, units_locked
from equipment_share.queries.bookings.quoting import BookingWish, Quoted, quote_for, wish_problems
from equipment_share.queries.bookings.waiting import (
    places_of,
    same_place,
    waiting_for_booking,
    waiting_seen_by,
    waived_by_owner,
    was_displaced,
    wish_of_waiting,
)
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.queries.instruments.instruments import free_unit, instrument_seen_by, own_instrument, rules_in_force, units_of
from equipment_share.queries.people import person_by_email
from equipment_share.services.bookings.answer_files import take_answer_files
from equipment_share.services.bookings.asking import (
    OVERRIDABLE,
    Whose,
    answer_at_once,
    busy_time,
    quoted_now,
    set_quote,
    verified_firm,
    whose,
)
from equipment_share.services.bookings.endings import end_without_use
from equipment_share.services.bookings.freed import end_waiting, make_offer
from equipment_share.services.bookings.holds import hold_subsidies
from equipment_share.services.transaction import record, transaction, use_case

MOST_PLACES = 40
"""A firm stands in no more lines at once."""


class SlotFree(Conflict):
    """Nobody has the wanted time: it can be booked."""

    code = "slot_free"


@use_case
def wait_for_slot(wish: BookingWish, *, by: Actor, at: datetime) -> Waiting:
    """A firm stands in line for a taken slot; asking again gives the same place.

    Raises: Forbidden, NotVerified, NotFound, Invalid with every broken rule, SlotFree.
    """
    require(by, Act.WAIT_FOR_SLOT)
    with transaction() as session:
        instrument = instrument_seen_by(wish.instrument_id, None)
        units = [unit.id for unit in units_of(instrument.id)]
        units_locked(units)
        person = whose(by)
        _check_time_alone(wish)
        if problems := wish_problems(wish, instrument, at=at):
            raise Invalid(problems)
        if (same := same_place(instrument.id, person.firm.id, Slot(wish.start, wish.end))) is not None:
            return same
        if free_unit(units, busy_time(wish, rules_in_force(instrument))) is not None:
            raise SlotFree()
        if places_of(person.firm.id) >= MOST_PLACES:
            raise invalid("too_many", "instrument")
        waiting = Waiting(
            instrument_id=instrument.id, firm_id=person.firm.id, user_id=person.user_id, mode=wish.mode, starts_at=wish.start,
            ends_at=wish.end, samples=wish.samples, purpose=wish.purpose, made_at=at,
            programmes=["auto"] if wish.programmes == "auto" else list(wish.programmes),
            was_displaced=was_displaced(instrument.id, person.firm.id, at=at),
        )  # fmt: skip
        session.add(waiting)
        record(session, "waiting", waiting, "waiting_begun", by=by, at=at)
    return waiting


def _check_time_alone(wish: BookingWish) -> None:
    """A place in line and an offer are for a time: what goes beside it is ordered with the booking.

    Raises: Invalid `not_offered`.
    """
    if wish.options != NO_OPTIONS or wish.quotation is not None:
        raise invalid("not_offered", "options" if wish.options != NO_OPTIONS else "quotation")


@use_case
def leave_line(waiting_id: int, *, by: Actor, at: datetime) -> Waiting:
    """Give up one's place; an offer that was made for it is declined.

    Raises: Forbidden, NotFound, AlreadyDecided.
    """
    require(by, Act.WAIT_FOR_SLOT)
    with transaction() as session:
        waiting = waiting_seen_by(waiting_id, by)
        offer = booking_held(waiting.booking_id, by) if waiting.booking_id else None
        session.refresh(waiting, with_for_update={"of": Waiting})
        if waiting.state not in ("waiting", "offered"):
            raise AlreadyDecided(state=waiting.state)
        if offer is not None and offer.state is BookingState.OFFERED:
            end_without_use(session, offer, BookingAct.EXPIRE, by=by, at=at, reason="declined")
        before, waiting.state, waiting.ended_at = waiting.state, "withdrawn", at
        record(session, "waiting", waiting, "waiting_ended", by=by, at=at, before=before)
    return waiting


@use_case
def accept_offer(
    booking_id: int, *, options: Options = NO_OPTIONS, answers: Mapping[str, object] = MappingProxyType({}), max_net: Money | None = None,
    version: int | None = None, by: Actor, at: datetime,
) -> Booking:  # fmt: skip
    """A firm takes what was offered: priced and held now, for this is its submission; the owner is asked as for any request.

    What goes beside the time, and what the owner asks about the samples, is said here: a place in line is for a time alone.

    Raises: Forbidden, NotVerified, NotFound, StaleVersion, Invalid with every broken rule, VoucherInsufficient, AlreadyDecided,
    InvalidTransition.
    """
    require(by, Act.WAIT_FOR_SLOT)
    with transaction() as session:
        offer = booking_held(booking_id, by, version)
        before = offer.state
        offer_state = _open(offer, at=at)
        waiting = waiting_for_booking(offer.id)
        if waiting is None:
            raise AssertionError("an offer is made to a place in line")
        person = Whose(offer.user_id, verified_firm(offer.firm_id))
        waived = {"lead_time", *waived_by_owner(offer.id)}
        wish = replace(wish_of_waiting(waiting), options=options, answers=answers)
        quoted = quoted_now(session, wish, offer.instrument, person, waived=waived, at=at)
        if max_net is not None and quoted.quote.net > max_net:
            raise VoucherInsufficient(quote=quoted.quote.document())

        rules = rules_in_force(offer.instrument)
        _submit(offer, quoted, wish, rules, to=offer_state, at=at)
        end_waiting(offer, at=at, state="taken")
        session.flush()
        take_answer_files(session, offer, read_questions(offer.instrument.questions, "questions")[0], at=at)
        hold_subsidies(session, offer, quoted.quote.awards, quoted.candidates, by=by, at=at)
        facts = {"gross_fen": offer.gross.fen, "held_fen": offer.subsidy.fen}
        record(session, "booking", offer, "submitted", by=by, at=at, before=before, facts=facts)
        answer_at_once(session, offer, rules, by=by, at=at)
    return offer


def _submit(offer: Booking, quoted: Quoted, wish: BookingWish, rules: Rules, *, to: BookingState, at: datetime) -> None:
    """An offer becomes a request: what must not move with time is copied in now."""
    if quoted.tariff is None:
        raise AssertionError("a wish without problems has a price")
    offer.state, offer.user_class, offer.tariff, offer.rules = to, quoted.tariff.user_class, quoted.tariff.document(), rules.document()
    offer.options, offer.answers = wish.options.document(), dict(quoted.answers)
    offer.answer_by = min(workdays_later(at, rules.answer["expire"], off_days(at)), offer.starts_at)
    set_quote(offer, quoted)


def _open(offer: Booking, *, at: datetime) -> BookingState:
    """Where an offer that is still open leads.

    Raises: AlreadyDecided when it was taken or is over; InvalidTransition when this never was an offer.
    """
    target = (
        next_state(offer.state, BookingAct.ACCEPT_OFFER) if waiting_for_booking(offer.id) or offer.state is BookingState.OFFERED else None
    )
    if target is None:
        raise InvalidTransition(state=offer.state.value, act="accept_offer")
    if offer.answer_by is None or at >= offer.answer_by:
        raise AlreadyDecided(state=BookingState.EXPIRED.value)
    return target


@use_case
def offer_slot(wish: BookingWish, whom: str, *, override: str, by: Actor, at: datetime) -> Booking:
    """An owner offers a free slot to a person of a firm, outside the own rules if need be; the firm takes it or leaves it.

    Nothing of the firm's is touched until it does.
    Raises: Forbidden, ConflictOfInterest, NotVerified, NotFound, Invalid with every rule that cannot be waived, SlotTaken.
    """
    require(by, Act.OFFER_SLOT)
    with transaction(lost_race=SlotTaken) as session:
        instrument = own_instrument(wish.instrument_id, by)
        units = [unit.id for unit in units_of(instrument.id)]
        units_locked(units)
        person = person_by_email(whom) if whom else None
        if person is None or person.role not in FIRM or not person.active:
            raise invalid("not_found" if whom else "required", "for")
        firm = verified_firm(person.organisation_id)
        require_no_link(by, firm.id)
        _check_time_alone(wish)
        problems = quote_for(wish, instrument, firm, user_id=person.id, at=at).problems
        waived = sorted({p.code for p in problems if override and p.code in OVERRIDABLE})
        if left := [p for p in problems if p.code not in waived]:
            raise Invalid(left)
        unit_id = free_unit(units, busy_time(wish, rules_in_force(instrument)))
        if unit_id is None:
            raise SlotTaken(alternatives=alternatives(instrument, Slot(wish.start, wish.end), at=at))
        waiting = Waiting(
            instrument_id=instrument.id, firm_id=firm.id, user_id=person.id, mode=wish.mode, starts_at=wish.start, ends_at=wish.end,
            samples=wish.samples, purpose=wish.purpose, made_at=at, programmes=["auto"],
        )  # fmt: skip
        session.add(waiting)
        offer = make_offer(session, instrument, waiting, unit_id, reason=override, waived=waived, by=by, at=at)
        if offer is None:
            raise invalid("no_price", "mode")
    return offer


@use_case
def decline_offer(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """A firm leaves what was offered; it goes to the next in line.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.WAIT_FOR_SLOT)
    with transaction() as session:
        offer = booking_held(booking_id, by, version)
        _open(offer, at=at)
        end_without_use(session, offer, BookingAct.EXPIRE, by=by, at=at, reason="declined")
    return offer
