"""What a wish would cost, and why: one question for the preview and for the booking itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from equipment_share.domain.bookings.life import Timetable, slot_problems, training_problems
from equipment_share.domain.bookings.quotas import quota_problems, window
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Problem
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.pricing import ANYBODY, Mode, NoPrice, PricedLine, PriceItem, items_for, price
from equipment_share.domain.quotes import Quote, quote
from equipment_share.domain.subsidy.awards import Stage
from equipment_share.domain.timeslots import LONGEST, Slot
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation
from equipment_share.queries.bookings.bookings import counted_bookings
from equipment_share.queries.bookings.candidates import Candidate, candidates_for
from equipment_share.queries.firms import firm_facts, tags_on
from equipment_share.queries.instruments.authorisations import authorised_until
from equipment_share.queries.instruments.instruments import prices_in_force, timetable

MOST_SAMPLES = 10_000


@dataclass(frozen=True)
class BookingWish:
    """What a firm asks for; whether it may have it is for the rules to say."""

    instrument_id: int
    mode: str
    start: datetime
    end: datetime
    samples: int = 0
    purpose: str = ""
    programmes: str | tuple[str, ...] = "auto"
    max_net: Money | None = None


@dataclass(frozen=True)
class Quoted:
    """A quote with every reason why it could not be booked, and what made it."""

    quote: Quote
    problems: tuple[Problem, ...]
    item: PriceItem | None
    user_class: str
    candidates: tuple[Candidate, ...]


def quote_for(wish: BookingWish, instrument: Instrument, firm: Organisation, *, user_id: int | None, at: datetime) -> Quoted:
    """Price a wish, even when the slot cannot be had; reads only.

    The same call makes the preview and the frozen quote of a booking (I6).
    """
    problems = wish_problems(wish, instrument, at=at) + _quota_problems(wish, instrument, firm, user_id)
    problems += _training_problems(wish, instrument, user_id)
    user_class, item = _price_item(wish, instrument, firm, at=at)
    lines: list[PricedLine] = []
    if item is None:
        problems.append(Problem("no_price", "mode", {"mode": wish.mode}))
    elif wish.end > wish.start and wish.end - wish.start <= LONGEST:
        lines = price(item, minutes=Slot(wish.start, wish.end).minutes, samples=wish.samples)
    on = bureau_day(at)
    completed = last_day(wish.end)
    candidates = candidates_for(wish.programmes, instrument, firm, ordered_on=on, completed_on=completed)
    made = quote(
        lines,
        [(c.programme, c.state) for c in candidates],
        firm_facts(firm, instrument.owner, on),
        ordered_on=on,
        completed_on=completed,
        provider_region=instrument.region,
        stage=Stage.QUOTE,
    )
    return Quoted(made, tuple(problems), item, user_class, tuple(candidates))


def wish_problems(wish: BookingWish, instrument: Instrument, *, at: datetime) -> list[Problem]:
    """Every broken rule of a wish, at once."""
    problems: list[Problem] = []
    if wish.mode not in set(Mode) or (instrument.modes and wish.mode not in instrument.modes):
        problems.append(Problem("not_a_choice", "mode"))
    if not 0 <= wish.samples <= MOST_SAMPLES:
        problems.append(Problem("out_of_range", "samples", {"low": 0, "high": MOST_SAMPLES}))
    elif wish.mode == Mode.COMMISSIONED and wish.samples < 1:
        problems.append(Problem("required", "samples"))
    return problems + slot_problems(wish.start, wish.end, _timetable(wish, instrument, at=at), at=at)


def _quota_problems(wish: BookingWish, instrument: Instrument, firm: Organisation, user_id: int | None) -> list[Problem]:
    """What the quotas of the instrument say; no question where it has none."""
    quotas = Rules.parse(instrument.rules).quotas
    if not quotas or not wish.start < wish.end <= wish.start + LONGEST:
        return []
    zone, wanted = ZoneInfo(instrument.time_zone), Slot(wish.start, wish.end)
    spans = [window(wanted.start, quota.per, zone) for quota in quotas]
    whole = Slot(min(span.start for span in spans), max(span.end for span in spans))
    return quota_problems(quotas, wanted, user_id, counted_bookings(instrument.id, firm.id, whole), zone)


def _training_problems(wish: BookingWish, instrument: Instrument, user_id: int | None) -> list[Problem]:
    """Whether the person may use it; who only sends samples never touches it. No question where no training is needed."""
    rules = Rules.parse(instrument.rules)
    if not rules.authorisation_required or wish.mode == Mode.COMMISSIONED:
        return []
    return training_problems(rules, wish.end, ZoneInfo(instrument.time_zone), authorised_until(instrument.id, user_id))


def _timetable(wish: BookingWish, instrument: Instrument, *, at: datetime) -> Timetable:
    """The instrument's timetable around a wish; around now, when the wish itself is no time."""
    if wish.start < wish.end <= wish.start + LONGEST:
        return timetable(instrument, Slot(wish.start, wish.end).widened(2880, 2880), at=at)
    return timetable(instrument, Slot(at, at + LONGEST), at=at)


def _price_item(wish: BookingWish, instrument: Instrument, firm: Organisation, *, at: datetime) -> tuple[str, PriceItem | None]:
    if wish.mode not in set(Mode):
        return ANYBODY, None
    classes = (*sorted(tags_on(firm, bureau_day(at))), ANYBODY)
    lists = prices_in_force(instrument.id, classes, bureau_day(at))
    for user_class in classes:
        try:
            return user_class, items_for(lists.get(user_class, []), Mode(wish.mode))
        except NoPrice:
            continue
    return ANYBODY, None


def rules_of(document: Mapping[str, object]) -> Rules:
    """A booking's own copy of the rules."""
    return Rules.parse(dict(document.items()))
