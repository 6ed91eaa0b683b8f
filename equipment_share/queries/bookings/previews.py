"""What a wish would cost, why it could not be had, and who would answer it: the answer to a firm that only asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from equipment_share.domain.access import Act, require
from equipment_share.domain.bookings.options import Options
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Problem
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.pricing import ANYBODY, PricedLine, gross
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation, User
from equipment_share.queries.bookings.quoting import BookingWish, Quoted, lines_of, quote_for, wish_problems
from equipment_share.queries.firms import tags_on
from equipment_share.queries.instruments.authorisations import authorised_until
from equipment_share.queries.instruments.instruments import instrument_seen_by, own_instrument, rules_in_force, taken_slots, units_of
from equipment_share.queries.instruments.prices import tariff_for


def preview(wish: BookingWish, *, by: User, at: datetime) -> Quoted:
    """Price a wish for a person's firm; nothing is reserved.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.QUOTE)
    instrument = instrument_seen_by(wish.instrument_id, None)
    quoted = quote_for(wish, instrument, by.organisation, user_id=by.id, at=at)
    if not quoted.problems and _is_taken(wish, instrument):
        return replace(quoted, problems=(Problem("slot_taken", "start"),))
    return quoted


@dataclass(frozen=True)
class ListPrice:
    """What a slot costs by the owner's list before any voucher, whose list that is, and which rules it breaks."""

    lines: tuple[PricedLine, ...]
    user_class: str
    problems: tuple[Problem, ...]

    @property
    def total(self) -> Money:
        """The whole fee."""
        return gross(self.lines)


def list_price(wish: BookingWish, person: User | None, *, by: User, at: datetime) -> ListPrice:
    """Price a slot that an owner is about to offer: for a person who has booked there by the classes of the firm, for anybody else by everybody's list.

    The firm's vouchers are not asked for: what it holds is its own.
    Raises: Forbidden, NotFound.
    """
    require(by, Act.OFFER_SLOT)
    instrument, today = own_instrument(wish.instrument_id, by), bureau_day(at)
    tags = tuple(tags_on(person.organisation, today)) if person is not None else ()
    problems = wish_problems(wish, instrument, tags=tags, at=at)
    tariff = tariff_for(instrument.id, tags, wish.mode, today)
    if tariff is None:
        return ListPrice((), ANYBODY, (*problems, Problem("no_price", "mode", {"mode": wish.mode})))
    if not problems and _is_taken(wish, instrument):
        problems.append(Problem("slot_taken", "start"))
    return ListPrice(tuple(lines_of(wish, instrument, tariff)), tariff.user_class, tuple(problems))


def _is_taken(wish: BookingWish, instrument: Instrument) -> bool:
    rules = rules_in_force(instrument)
    busy = Slot(wish.start, wish.end).widened(rules.buffer_before_minutes, rules.buffer_after_minutes)
    taken = taken_slots([unit.id for unit in units_of(instrument.id)], busy)
    return all(any(busy.overlaps(other) for other in slots) for slots in taken.values())


def preview_change(booking: Booking, wanted: Slot, *, at: datetime) -> Quoted:
    """What a booking would cost at another time, its own hold counted as free."""
    return quote_for(
        wish_of(booking, wanted.start, wanted.end), booking.instrument, booking.firm, user_id=booking.user_id, at=at, old=booking
    )


def wish_of(booking: Booking, start: datetime, end: datetime) -> BookingWish:
    """A booking's own wish at another time."""
    programmes = tuple(dict.fromkeys(row["programme"] for row in booking.quote["subsidies"]))
    return BookingWish(
        booking.instrument_id, booking.mode, start, end, samples=booking.samples, purpose=booking.purpose,
        programmes=programmes or "auto", answers=booking.answers, options=Options.parse(booking.options), quotation=booking.quotation_id,
    )  # fmt: skip


def approves_itself(slot: Slot, instrument: Instrument, firm: Organisation, user_id: int, rules: Rules, *, at: datetime) -> bool:
    """Whether the owner's rule answers a request, so that nobody has to."""
    if isinstance(rules.auto_approve, bool):
        return rules.auto_approve
    asks = rules.auto_approve.trained
    until = authorised_until(instrument.id, user_id, idle_days=rules.training_idle_days, at=at) if asks else None
    trained = until is not None and last_day(slot.end) <= until
    return rules.auto_approve.holds(slot, tags=tags_on(firm, bureau_day(at)), is_trained=trained, zone=ZoneInfo(instrument.time_zone))
