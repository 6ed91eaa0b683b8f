"""Building block: a time that became free goes to the first firm that waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Actor
from equipment_share.domain.bookings.life import BookingState, cut_off
from equipment_share.domain.money import ZERO
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.quotes import Quote
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import SYSTEM
from equipment_share.models.planning import Waiting
from equipment_share.queries.bookings.quoting import wish_problems
from equipment_share.queries.bookings.waiting import in_line, waiting_for_booking, wish_of_waiting
from equipment_share.queries.instruments.instruments import free_unit, rules_in_force, units_of
from equipment_share.queries.instruments.prices import tariff_for
from equipment_share.services.letters import tell_firm
from equipment_share.services.transaction import record


def offer_freed(session: Session, instrument: Instrument, freed: Slot, *, not_to: int | None, at: datetime) -> None:
    """Offer a freed time to the first in line whose slot it opens; then to the next whose slot is still free, and so on.

    Never to the firm that gave it up, and in the system's name: whose hand freed a time is no other firm's business.
    The caller holds the units' locks; no account is touched, for an offer holds nothing yet.
    """
    for waiting in in_line(instrument.id, freed, not_to=not_to, at=at):
        unit_id = _opened(instrument, waiting, at=at)
        if unit_id is not None:
            make_offer(session, instrument, waiting, unit_id, by=SYSTEM, at=at)


def _opened(instrument: Instrument, waiting: Waiting, *, at: datetime) -> int | None:
    """A unit that is free for the wish, when no rule stands against it."""
    rules = rules_in_force(instrument)
    busy = Slot(waiting.starts_at, waiting.ends_at).widened(rules.buffer_before_minutes, rules.buffer_after_minutes)
    if any(problem.code != "lead_time" for problem in wish_problems(wish_of_waiting(waiting), instrument, at=at)):
        return None
    return free_unit([unit.id for unit in units_of(instrument.id)], busy)


def make_offer(
    session: Session, instrument: Instrument, waiting: Waiting, unit_id: int, *, reason: str = "", waived: Sequence[str] = (), by: Actor,
    at: datetime,
) -> Booking | None:  # fmt: skip
    """A booking in state `offered` that keeps the slot until its deadline; price and hold come when the firm takes it. None without a price."""
    rules = rules_in_force(instrument)
    tariff = tariff_for(instrument.id, (), waiting.mode, bureau_day(at))
    if tariff is None:
        return None
    busy = Slot(waiting.starts_at, waiting.ends_at).widened(rules.buffer_before_minutes, rules.buffer_after_minutes)
    offer = Booking(
        number=f"B{at:%y%m%d}-{short_code(8)}", instrument_id=instrument.id, unit_id=unit_id, owner_id=instrument.owner_id,
        firm_id=waiting.firm_id, user_id=waiting.user_id, state=BookingState.OFFERED, blocking=True, mode=waiting.mode,
        starts_at=waiting.starts_at, ends_at=waiting.ends_at, busy_from=busy.start, busy_to=busy.end, samples=waiting.samples,
        purpose=waiting.purpose, tariff=tariff.document(), rules=rules.document(), quote=Quote((), ()).document(), gross=ZERO, subsidy=ZERO,
        net=ZERO, free_until=cut_off(waiting.starts_at, rules), answer_by=min(at + rules.offer_minutes * MINUTE, waiting.starts_at), made_at=at,
    )  # fmt: skip
    session.add(offer)
    session.flush()
    waiting.state, waiting.booking_id = "offered", offer.id
    record(session, "booking", offer, "offered", by=by, at=at, reason=reason, facts={"waived": list(waived)} if waived else {})
    tell_firm(session, offer, "offer_made", at=at, facts={"deadline": offer.answer_by.isoformat() if offer.answer_by else ""})
    return offer


def end_waiting(offer: Booking, *, at: datetime, state: str = "lapsed") -> None:
    """An offer was taken or is over, and with it the place in line."""
    waiting = waiting_for_booking(offer.id)
    if waiting is not None:
        waiting.state, waiting.ended_at = state, at
