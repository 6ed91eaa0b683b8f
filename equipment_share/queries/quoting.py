"""What a wish would cost, and why: one question for the preview and for the booking itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from equipment_share.domain.awards import ProgrammeState, Stage
from equipment_share.domain.bookings import Timetable, slot_problems
from equipment_share.domain.errors import NotFound, Problem
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.pricing import ANYBODY, Mode, NoPrice, PricedLine, PriceItem, items_for, price
from equipment_share.domain.programmes import Programme
from equipment_share.domain.quotes import Quote, quote
from equipment_share.domain.rules import Rules
from equipment_share.domain.timeslots import LONGEST, Slot
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import ProgrammeVersion
from equipment_share.queries.firms import firm_facts, tags_on
from equipment_share.queries.instruments import price_items, timetable
from equipment_share.queries.ledger import account_or_none
from equipment_share.queries.vouchers import VoucherRow, has_auto_voucher, programmes_in_force, usable_vouchers, used_in, with_figures

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
class Candidate:
    """A programme in force, the firm's vouchers in it, and the state its rules look at."""

    version: ProgrammeVersion
    programme: Programme
    vouchers: tuple[VoucherRow, ...]
    state: ProgrammeState


@dataclass(frozen=True)
class Quoted:
    """A quote with every reason why it could not be booked, and what made it."""

    quote: Quote
    problems: tuple[Problem, ...]
    item: PriceItem | None
    user_class: str
    candidates: tuple[Candidate, ...]


def quote_for(wish: BookingWish, instrument: Instrument, firm: Organisation, *, at: datetime) -> Quoted:
    """Price a wish, even when the slot cannot be had; reads only.

    The same call makes the preview and the frozen quote of a booking (I6).
    """
    problems = wish_problems(wish, instrument, at=at)
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


def _timetable(wish: BookingWish, instrument: Instrument, *, at: datetime) -> Timetable:
    """The instrument's timetable around a wish; around now, when the wish itself is no time."""
    if wish.start < wish.end <= wish.start + LONGEST:
        return timetable(instrument, Slot(wish.start, wish.end).widened(2880, 2880), at=at)
    return timetable(instrument, Slot(at, at + LONGEST), at=at)


def _price_item(wish: BookingWish, instrument: Instrument, firm: Organisation, *, at: datetime) -> tuple[str, PriceItem | None]:
    if wish.mode not in set(Mode):
        return ANYBODY, None
    for user_class in (*sorted(tags_on(firm, bureau_day(at))), ANYBODY):
        items = price_items(instrument.id, user_class, bureau_day(at))
        try:
            return user_class, items_for(items, Mode(wish.mode))
        except NoPrice:
            continue
    return ANYBODY, None


def candidates_for(
    wanted: str | Sequence[str], instrument: Instrument, firm: Organisation, *, ordered_on: date, completed_on: date
) -> list[Candidate]:
    """The programmes that a wish may draw on, in the order the contract gives (`contract.md` §2a *Programmes*)."""
    if not instrument.takes_vouchers:
        return []
    in_force = {version.code: (version, programme) for version, programme in programmes_in_force(ordered_on)}
    if wanted == "auto":
        pairs = list(in_force.values())
    else:
        if missing := [code for code in wanted if code not in in_force]:
            raise NotFound(programme=missing[0])
        pairs = [in_force[code] for code in wanted]
    made = (
        _candidate(version, programme, firm, ordered_on=ordered_on, completed_on=completed_on, named=wanted != "auto")
        for version, programme in pairs
    )
    return [candidate for candidate in made if candidate is not None]


def _candidate(
    version: ProgrammeVersion, programme: Programme, firm: Organisation, *, ordered_on: date, completed_on: date, named: bool
) -> Candidate | None:
    """One programme with the firm's vouchers; nothing for a firm that has none, unless the programme was named."""
    rows = tuple(with_figures(usable_vouchers(firm.id, version.code, ordered_on)))
    valid = tuple(row for row in rows if row.voucher.valid_until and row.voucher.valid_until >= completed_on)
    rows = valid or rows
    left, until = _left_of(rows, version, programme, firm, on=ordered_on)
    if left is None and not named:
        return None
    period = programme.period_of(completed_on)
    state = ProgrammeState(
        annual_used=used_in(firm.id, version.code, period),
        voucher_left=ZERO if left is None else left,
        voucher_valid_until=until,
        budget_left=_budget_left(version.code, programme),
    )
    return Candidate(version, programme, rows, state)


def _left_of(
    rows: Sequence[VoucherRow], version: ProgrammeVersion, programme: Programme, firm: Organisation, *, on: date
) -> tuple[Money | None, date | None]:
    """What the vouchers still bear, and until when; a grant that is due counts as if it had been made."""
    if rows:
        untils = [row.voucher.valid_until for row in rows if row.voucher.valid_until]
        if programme.reserve_at == "hold":
            return total(row.voucher.wanted - row.figures.issued for row in rows), max(untils)
        return total(row.figures.available for row in rows), max(untils)
    tags = tags_on(firm, on)
    if programme.issue_mode == "auto" and programme.is_open_to(tags) and not firm.barred:
        period = programme.period_of(on)
        if not has_auto_voucher(f"{version.code}:{firm.id}:{period.first_on}"):
            quota = programme.quota_for(tags) or ZERO
            left = _account_left(version.code)
            return (quota if left is None else min(quota, left)), programme.valid_until(on, period)
    return None, None


def _account_left(code: str) -> Money | None:
    """What the programme's own account still gives; None when it has no budget."""
    house = account_or_none(AccountKind.PROGRAMME, code)
    return house.sums.available if house is not None and house.bounded else None


def _budget_left(code: str, programme: Programme) -> Money | None:
    """At `reserve_at: issue` holds never touch the programme, so its budget is no limit (`contract.md` §4a)."""
    return _account_left(code) if programme.reserve_at == "hold" else None


def rules_of(document: Mapping[str, object]) -> Rules:
    """A booking's own copy of the rules."""
    return Rules.parse(dict(document.items()))
