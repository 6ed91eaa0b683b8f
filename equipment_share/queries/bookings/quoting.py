"""What a wish would cost, and why: one question for the preview and for the booking itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from equipment_share.domain.bookings.conduct import ban_problems, gap_problems
from equipment_share.domain.bookings.life import Timetable, slot_problems, training_problems
from equipment_share.domain.bookings.options import NO_OPTIONS, Options
from equipment_share.domain.bookings.questions import read_answers, read_questions
from equipment_share.domain.bookings.quotas import quota_problems, window
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Problem
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.pricing import Mode, PricedLine
from equipment_share.domain.programmes.days import ServiceDays
from equipment_share.domain.quotes import Quote, quote
from equipment_share.domain.subsidy.awards import Stage
from equipment_share.domain.tariffs import Tariff, Use, price
from equipment_share.domain.timeslots import LONGEST, Slot
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation
from equipment_share.queries.bookings.bookings import conduct_of, counted_bookings, voucher_uses
from equipment_share.queries.bookings.candidates import Candidate, Instead, candidates_for
from equipment_share.queries.bookings.quotations import quotation_of
from equipment_share.queries.firms import firm_facts, tags_on
from equipment_share.queries.instruments.authorisations import authorised_until
from equipment_share.queries.instruments.instruments import rules_in_force, timetable
from equipment_share.queries.instruments.prices import tariff_for
from equipment_share.queries.vouchers import InForce

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
    answers: Mapping[str, object] = field(default_factory=dict)
    options: Options = NO_OPTIONS
    quotation: int | None = None
    """The formal quotation whose prices it is to have."""


@dataclass(frozen=True)
class Quoted:
    """A quote with every reason why it could not be booked, and what made it."""

    quote: Quote
    problems: tuple[Problem, ...]
    tariff: Tariff | None
    candidates: tuple[Candidate, ...]
    answers: Mapping[str, object] = field(default_factory=dict)


def quote_for(
    wish: BookingWish, instrument: Instrument, firm: Organisation, *, user_id: int | None, at: datetime, old: Booking | None = None,
    in_force: Sequence[InForce] | None = None,
) -> Quoted:  # fmt: skip
    """Price a wish, even when the slot cannot be had; reads only.

    The same call makes the preview and the frozen quote of a booking (I6). `old` is the booking that a change replaces.
    Who has asked for the programmes in force hands them in.
    """
    tags = tags_on(firm, bureau_day(at))
    problems = wish_problems(wish, instrument, tags=tags, at=at) + _quota_problems(wish, instrument, firm, user_id, old)
    problems += _training_problems(wish, instrument, user_id, at=at) + _conduct_problems(wish, instrument, user_id, old, at=at)
    answers, wrong_answers = read_answers(read_questions(instrument.questions, "questions")[0], wish.answers)
    problems += wrong_answers
    tariff, unpriced = _tariff(wish, instrument, firm, tags, is_change=old is not None, at=at)
    problems += unpriced
    lines = lines_of(wish, instrument, tariff) if tariff is not None else []
    on = bureau_day(at)
    completed = last_day(wish.end)
    days = ServiceDays(on, bureau_day(wish.start), completed)
    candidates = candidates_for(wish.programmes, instrument, firm, days, instead=instead_of(old) if old else None, in_force=in_force)
    made = quote(
        lines,
        [(c.programme, c.state) for c in candidates],
        firm_facts(firm, instrument.owner, on),
        ordered_on=on,
        completed_on=completed,
        provider_region=instrument.region,
        stage=Stage.QUOTE,
    )
    return Quoted(made, tuple(problems), tariff, tuple(candidates), answers)


def instead_of(old: Booking) -> Instead:
    """What a booking that is to be replaced holds."""
    holds: dict[int, Money] = {}
    for use in voucher_uses(old.id):
        if use.resolved_id is None:
            holds[use.voucher_id] = holds.get(use.voucher_id, ZERO) + use.held
    return Instead(old.id, holds)


def wish_problems(wish: BookingWish, instrument: Instrument, *, tags: Collection[str] = (), at: datetime) -> list[Problem]:
    """Every broken rule of a wish, at once, as the rules hold for a firm of some classes."""
    problems: list[Problem] = []
    if wish.mode not in set(Mode) or (instrument.modes and wish.mode not in instrument.modes):
        problems.append(Problem("not_a_choice", "mode"))
    if not 0 <= wish.samples <= MOST_SAMPLES:
        problems.append(Problem("out_of_range", "samples", {"low": 0, "high": MOST_SAMPLES}))
    elif wish.mode == Mode.COMMISSIONED and wish.samples < 1:
        problems.append(Problem("required", "samples"))
    table = _timetable(wish, instrument, at=at)
    return problems + slot_problems(wish.start, wish.end, replace(table, rules=table.rules.for_classes(tags)), at=at)


def _quota_problems(
    wish: BookingWish, instrument: Instrument, firm: Organisation, user_id: int | None, old: Booking | None
) -> list[Problem]:
    """What the quotas of the instrument say; no question where it has none."""
    quotas = rules_in_force(instrument).quotas
    if not quotas or not wish.start < wish.end <= wish.start + LONGEST:
        return []
    zone, wanted = ZoneInfo(instrument.time_zone), Slot(wish.start, wish.end)
    spans = [window(wanted.start, quota.per, zone) for quota in quotas]
    whole = Slot(min(span.start for span in spans), max(span.end for span in spans))
    counted = counted_bookings(instrument.id, firm.id, whole, without=old.id if old else None)
    return quota_problems(quotas, wanted, user_id, counted, zone)


def _conduct_problems(
    wish: BookingWish, instrument: Instrument, user_id: int | None, old: Booking | None, *, at: datetime
) -> list[Problem]:
    """What a person's own other bookings say: too close a neighbour, too many no-shows. No question where no rule asks."""
    rules = rules_in_force(instrument)
    if not (rules.gap_minutes or rules.strikes) or user_id is None or not wish.start < wish.end:
        return []
    reach = timedelta(days=max(rules.strike_days + rules.ban_days, LONGEST.days) + 15)
    found = [row for row in conduct_of(instrument.id, user_id, since=at - reach) if old is None or row[0].id != old.id]
    standing = [row.slot for row, missed in found if not missed]
    return gap_problems(rules, Slot(wish.start, wish.end), standing) + ban_problems(
        rules, [row.starts_at for row, missed in found if missed], at=at
    )


def _training_problems(wish: BookingWish, instrument: Instrument, user_id: int | None, *, at: datetime) -> list[Problem]:
    """Whether the person may use it; who only sends samples never touches it. No question where no training is needed."""
    rules = rules_in_force(instrument)
    if not rules.authorisation_required or wish.mode == Mode.COMMISSIONED:
        return []
    until = authorised_until(instrument.id, user_id, idle_days=rules.training_idle_days, at=at)
    return training_problems(rules, wish.end, ZoneInfo(instrument.time_zone), until)


def _timetable(wish: BookingWish, instrument: Instrument, *, at: datetime) -> Timetable:
    """The instrument's timetable around a wish; around now, when the wish itself is no time."""
    if wish.start < wish.end <= wish.start + LONGEST:
        return timetable(instrument, Slot(wish.start, wish.end).widened(2880, 2880), mode=wish.mode)
    return timetable(instrument, Slot(at, at + LONGEST), mode=wish.mode)


def _tariff(
    wish: BookingWish, instrument: Instrument, firm: Organisation, tags: Collection[str], *, is_change: bool, at: datetime
) -> tuple[Tariff | None, list[Problem]]:
    """The prices of a wish and what stands against them: those of its quotation while that is good, else of the list in force.

    A change whose quotation is over meanwhile goes by the list, as any new request.
    Raises: NotFound for another firm's quotation.
    """
    if wish.quotation is not None:
        kept = quotation_of(wish.quotation, firm.id)
        over = bureau_day(at) > kept.valid_until
        if (kept.instrument_id, kept.wish["mode"]) != (instrument.id, wish.mode):
            return None, [Problem("not_a_choice", "quotation")]
        if over and not is_change:
            return None, [Problem("quotation_expired", "quotation", {"day": kept.valid_until.isoformat()})]
        if not over:
            tariff = Tariff.parse(kept.tariff)
            return tariff, tariff.problems(wish.options)
    found = tariff_for(instrument.id, tuple(tags), wish.mode, bureau_day(at))
    return found, found.problems(wish.options) if found is not None else [Problem("no_price", "mode", {"mode": wish.mode})]


def lines_of(wish: BookingWish, instrument: Instrument, tariff: Tariff) -> list[PricedLine]:
    """The fee of a wish whose time is one."""
    if not wish.start < wish.end <= wish.start + LONGEST:
        return []
    return price(tariff, Use(Slot(wish.start, wish.end), ZoneInfo(instrument.time_zone), wish.samples, wish.options))


def rules_of(document: Mapping[str, object]) -> Rules:
    """A booking's own copy of the rules."""
    return Rules.parse(dict(document.items()))
