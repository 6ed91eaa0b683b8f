"""What a firm would pay for an ordinary hour, voucher included: many instruments at once, for lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from equipment_share.domain.access import FIRM
from equipment_share.domain.bookings.options import NO_OPTIONS
from equipment_share.domain.periods import bureau_day, day_begins
from equipment_share.domain.pricing import ANYBODY, Mode, NoPrice, PricedLine
from equipment_share.domain.programmes.days import ServiceDays
from equipment_share.domain.quotes import Example, Quote, example, quote
from equipment_share.domain.subsidy.awards import Stage
from equipment_share.domain.tariffs import Use, price
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument, PriceList
from equipment_share.models.people import User
from equipment_share.queries.bookings.candidates import Candidate, candidates_for
from equipment_share.queries.firms import firm_facts, tags_on
from equipment_share.queries.instruments.prices import tariff_among
from equipment_share.queries.ledger import budgets_left
from equipment_share.queries.vouchers import programmes_in_force

HOUR = timedelta(hours=1)


def your_hours(rows: Sequence[Instrument], by: User | None, *, at: datetime) -> dict[int, Quote]:
    """An ordinary hour tomorrow morning (one sample, where samples are priced) of each instrument, for a person's firm.

    The same rules as the quote itself; a fixed number of questions however many instruments. Nothing for others than firms.
    """
    if by is None or by.role not in FIRM or not rows:
        return {}
    today, hour = bureau_day(at), _ordinary_hour(at)
    days = ServiceDays(today, bureau_day(hour.start), bureau_day(hour.start))
    tags = tuple(sorted(tags_on(by.organisation, today)))
    lists = _lists([row.id for row in rows], (*tags, ANYBODY), at=at)
    payable = next((row for row in rows if row.takes_vouchers), None)
    candidates = candidates_for("auto", payable, by.organisation, days) if payable is not None else []
    found = {}
    for row in rows:
        if (lines := _lines(row, lists.get(row.id, {}), tags, hour)) is not None:
            found[row.id] = _quoted(row, lines, candidates if row.takes_vouchers else [], by, days)
    return found


def example_hour(row: Instrument, *, at: datetime) -> Example | None:
    """The same hour for a firm that is made up: of the first class of the first open programme that would bear something of it.

    For who is signed out; three questions at most. None where no programme is open, or no price is published.
    """
    today, hour = bureau_day(at), _ordinary_hour(at)
    offered = [programme for _, programme in programmes_in_force(today) if programme.issue_mode != "none"] if row.takes_vouchers else []
    if not offered:
        return None
    budgets = budgets_left([programme.code for programme in offered])
    tags = {programme.code: next(iter(programme.eligible_any), "") for programme in offered}
    lists = _lists([row.id], [*{tag for tag in tags.values() if tag}, ANYBODY], at=at).get(row.id, {})
    for programme in offered:
        tag = tags[programme.code]
        lines = _lines(row, lists, [tag] if tag else [], hour)
        made = lines and example(
            lines, programme, tag=tag, on=today, completed_on=bureau_day(hour.start), provider_region=row.region,
            budget_left=budgets.get(programme.code),
        )  # fmt: skip
        if made:
            return made
    return None


def _ordinary_hour(at: datetime) -> Slot:
    """From ten to eleven tomorrow."""
    begin = day_begins(bureau_day(at) + timedelta(days=1)) + 10 * HOUR
    return Slot(begin, begin + HOUR)


def _quoted(row: Instrument, lines: Sequence[PricedLine], candidates: Sequence[Candidate], by: User, days: ServiceDays) -> Quote:
    return quote(
        lines,
        [(one.programme, one.state) for one in candidates],
        firm_facts(by.organisation, row.owner, days.ordered_on),
        ordered_on=days.ordered_on,
        completed_on=days.completed_on,
        provider_region=row.region,
        stage=Stage.QUOTE,
    )


def _lists(ids: Sequence[int], classes: Sequence[str], *, at: datetime) -> dict[int, dict[str, PriceList]]:
    """The lists in force of some instruments by class; one question."""
    on = bureau_day(at)
    query = select(PriceList).where(PriceList.instrument_id.in_(ids), PriceList.user_class.in_(classes), PriceList.valid_from <= on)
    query = query.where((PriceList.valid_to.is_(None)) | (PriceList.valid_to >= on)).order_by(PriceList.valid_from, PriceList.id)
    found: dict[int, dict[str, PriceList]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.instrument_id, {})[row.user_class] = row
    return found


def _lines(row: Instrument, lists: Mapping[str, PriceList], tags: Sequence[str], hour: Slot) -> list[PricedLine] | None:
    """The fee of the hour in the first mode that has a price; None when none has."""
    for mode in row.modes or list(Mode):
        try:
            return price(tariff_among(lists, tags, Mode(mode)), Use(hour, ZoneInfo(row.time_zone), 1, NO_OPTIONS))
        except NoPrice:
            continue
    return None
