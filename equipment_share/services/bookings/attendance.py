"""Use cases at the instrument: check in, check out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import BookingAct, BookingState, check_in_opens, next_state, training_problems
from equipment_share.domain.errors import Invalid, InvalidTransition
from equipment_share.domain.pricing import Mode
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import booking_held, booking_locked
from equipment_share.queries.bookings.due import next_on_unit
from equipment_share.queries.bookings.quoting import rules_of
from equipment_share.queries.instruments.authorisations import authorised_until
from equipment_share.services.bookings.freed import offer_freed
from equipment_share.services.letters import tell_firm, tell_owner
from equipment_share.services.transaction import record, transaction, use_case


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
        if not check_in_opens(booking.starts_at, rules) <= at < booking.ends_at:
            raise InvalidTransition(state=before.value, act="check_in")
        if booking.mode != Mode.COMMISSIONED:
            zone = ZoneInfo(booking.instrument.time_zone)
            until = authorised_until(booking.instrument_id, booking.user_id, idle_days=rules.training_idle_days, at=at)
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
        booking = booking_held(booking_id, by, version)
        next_state(booking.state, BookingAct.CHECK_OUT)
        if booking.checked_out_at is not None or booking.checked_in_at is None or at <= booking.checked_in_at:
            raise InvalidTransition(state=booking.state.value, act="check_out")

        booking.checked_out_at = at
        after = rules_of(booking.rules).buffer_after_minutes * MINUTE
        if booking.starts_at < at and at + after < booking.busy_to:
            freed = Slot(at + after, booking.busy_to)
            booking.busy_to = at + after
            session.flush()
            offer_freed(session, booking.instrument, freed, not_to=booking.firm_id, at=at)
        record(session, "booking", booking, "checked_out", by=by, at=at, before=booking.state)
    return booking


@use_case
def tell_of_overrun(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """A use runs over its booked end into the next booking: tell who comes next, and the keepers; False when it ended meanwhile.

    The next booking keeps its time; the keeper ends the use, or proposes another time.
    """
    with transaction() as session:
        booking = booking_locked(booking_id, None)
        if booking.state is not BookingState.IN_USE or booking.checked_out_at is not None or booking.ends_at > at:
            return False
        following = next_on_unit(booking)
        record(
            session, "booking", booking, "overran", by=by, at=at, before=booking.state, facts={"next": following.id if following else None}
        )
        tell_owner(session, booking, "use_overruns", at=at)
        if following is not None:
            tell_firm(session, following, "use_overruns", at=at)
    return True
