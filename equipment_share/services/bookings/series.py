"""Use cases of a wish that repeats: ask for all its dates, for the free ones, or for some more of them later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import ENDED_WITHOUT_USE, BookingState, SlotTaken
from equipment_share.domain.bookings.options import Options
from equipment_share.domain.errors import AlreadyDecided, Invalid, InvalidTransition, Problem, StaleVersion, invalid
from equipment_share.domain.money import Money, total
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.planning import Series, SeriesDate
from equipment_share.queries.bookings.bookings import booking_locked, units_locked
from equipment_share.queries.bookings.fees import late_fee
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.bookings.series import Occurrence, dates_wished, occurrences_of, series_now, series_rows, series_seen_by
from equipment_share.queries.instruments.instruments import instrument_seen_by, units_of
from equipment_share.services.bookings.asking import Whose, ask, at_time, whose
from equipment_share.services.bookings.decisions import step_back
from equipment_share.services.transaction import record, transaction, use_case


@dataclass(frozen=True)
class Rest:
    """The dates of a series that may still be given up, or that were; and those that were not."""

    given_up: tuple[Booking, ...]
    fees: Money
    """What giving them up late costs together."""
    late: int
    """How many of them cost that."""
    freed: Money
    """What the vouchers bear of them now, and would be free again."""
    kept: tuple[Booking, ...] = ()
    """Dates that an act left alone, because they had begun or had been decided meanwhile."""


def rest_of_series(series: Series, *, at: datetime) -> Rest:
    """What giving up every date still to come would mean; nothing is changed."""
    rows = _to_come(series, at=at)
    fees = [late_fee(row, at=at) for row in rows]
    return Rest(tuple(rows), total(fees), sum(fee.fen > 0 for fee in fees), total(row.subsidy for row in rows))


def _to_come(series: Series, *, at: datetime) -> list[Booking]:
    """The bookings of a series that have not begun and still wait or stand."""
    rows = [row.booking for row in series_rows(series.id) if row.booking is not None]
    return [row for row in rows if row.state in (BookingState.SUBMITTED, BookingState.APPROVED) and at < row.starts_at]


@use_case
def cancel_rest(series_id: int, numbers: Collection[str], *, most_fee: Money | None = None, reason: str, by: Actor, at: datetime) -> Rest:
    """The firm gives up the named dates of a series, each as if it were given up alone, all of them in one step.

    `numbers` are the bookings that were shown: a date that came since stays, one that has begun or was decided meanwhile is reported.
    Raises: Forbidden, NotFound, Invalid `required` when no date is left, StaleVersion when it would cost more than was shown, `most_fee`.
    """
    require(by, Act.CANCEL_BOOKING)
    with transaction() as session:
        series = series_seen_by(series_id, by)
        units_locked([unit.id for unit in units_of(series.instrument_id)])
        named = [row.booking for row in series_rows(series.id) if row.booking is not None and row.booking.number in numbers]
        done, kept, fees, freed = [], [], [], []
        for found in named:
            booking = booking_locked(found.id, by)
            borne = booking.subsidy
            try:
                step_back(session, booking, reason=reason, by=by, at=at)
            except (AlreadyDecided, InvalidTransition):  # told before anything is written
                kept.append(booking)
                continue
            done.append(booking)
            fees.append(booking.late_fee)
            freed.append(borne)
        if not done:
            raise invalid("required", "dates")
        if most_fee is not None and total(fees) > most_fee:
            raise StaleVersion()
        facts = {"given_up": len(done), "fee_fen": total(fees).fen}
        record(session, "series", series, "dates_given_up", by=by, at=at, reason=reason, facts=facts)
    return Rest(tuple(done), total(fees), sum(fee.fen > 0 for fee in fees), total(freed), tuple(kept))


def preview_series(wish: BookingWish, rule: str, *, by: Actor, at: datetime) -> list[Occurrence]:
    """Every date of a rule and whether it can be had; nothing is kept.

    Raises: Forbidden, NotFound, Invalid.
    """
    require(by, Act.REQUEST_BOOKING)
    instrument = instrument_seen_by(wish.instrument_id, None)
    return occurrences_of(dates_wished(wish, rule, ZoneInfo(instrument.time_zone)), instrument, wish.mode, at=at)


@use_case
def request_series(wish: BookingWish, rule: str, *, only_if_all: bool, by: Actor, at: datetime) -> tuple[Series, list[Occurrence]]:
    """Ask for every date of a rule: with `only_if_all` none when one cannot be had, else the free ones.

    Dates that do not exist are never a clash. Each booking is an ordinary one, held and answered by itself.
    Raises: Forbidden, NotVerified, NotFound, Invalid, SlotTaken with every date, VoucherInsufficient.
    """
    require(by, Act.REQUEST_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        instrument = instrument_seen_by(wish.instrument_id, None)
        units = [unit.id for unit in units_of(instrument.id)]
        units_locked(units)
        person = whose(by)
        found = occurrences_of(dates_wished(wish, rule, ZoneInfo(instrument.time_zone)), instrument, wish.mode, at=at)
        if only_if_all:
            _all_free(found)
        series = Series(
            instrument_id=instrument.id, firm_id=person.firm.id, user_id=person.user_id, rule=rule.strip(), wish=_kept(wish), made_at=at
        )
        session.add(series)
        session.flush()
        for date in found:
            row = SeriesDate(
                series_id=series.id,
                named=date.name,
                starts_at=date.slot.start if date.slot else None,
                ends_at=date.slot.end if date.slot else None,
            )
            session.add(row)
            if date.status == "free":
                booking = _asked(session, wish, date, instrument, units, person, must=only_if_all, by=by, at=at)
                row.booking_id = booking.id if booking else None
        session.flush()
        booked = sum(row.booking_id is not None for row in series_rows(series.id))
        if not booked:
            _all_free([date for date in found if date.status != "free"])
            raise Invalid([Problem("quota_exceeded", "rrule", {}, "owner")])
        record(session, "series", series, "series_asked", by=by, at=at, facts={"booked": booked, "of": len(found)})
    return series, series_now(series, at=at)


def _all_free(found: Sequence[Occurrence]) -> None:
    """Raises: SlotTaken or Invalid, naming every date that cannot be had."""
    taken = [date for date in found if date.status == "taken"]
    closed = [Problem(date.reason, f"rrule.{date.name}", {}) for date in found if date.status == "closed"]
    if closed:
        raise Invalid(closed)
    if taken:
        raise SlotTaken(occurrences=[_document(date) for date in found])


def _document(date: Occurrence) -> dict[str, object]:
    slot = date.slot
    return {"date": date.name, "start": slot.start if slot else None, "end": slot.end if slot else None, "status": date.status}


def _asked(
    session: Session, wish: BookingWish, date: Occurrence, instrument: Instrument, units: Sequence[int], person: Whose, *, must: bool,
    by: Actor, at: datetime,
) -> Booking | None:  # fmt: skip
    """One date as a booking; None when a rule that counts over all dates (a quota) stops it and that is allowed."""
    if date.slot is None:
        return None
    try:
        return ask(session, at_time(wish, date.slot.start, date.slot.end), instrument, units, person, by=by, at=at)
    except (Invalid, SlotTaken):  # both are told before anything is written
        if must:
            raise
        return None


def _kept(wish: BookingWish) -> dict[str, object]:
    programmes = "auto" if wish.programmes == "auto" else list(wish.programmes)
    return {
        "mode": wish.mode, "samples": wish.samples, "purpose": wish.purpose, "programmes": programmes, "answers": dict(wish.answers),
        "options": wish.options.document(), "quotation": wish.quotation,
    }  # fmt: skip


@use_case
def add_dates(series_id: int, names: Sequence[str], *, by: Actor, at: datetime) -> list[Occurrence]:
    """Ask for dates of a series that were skipped, or were given up, all or none.

    Raises: Forbidden, NotVerified, NotFound, Invalid, SlotTaken, VoucherInsufficient.
    """
    require(by, Act.REQUEST_BOOKING)
    with transaction(lost_race=SlotTaken) as session:
        series = series_seen_by(series_id, by)
        units = [unit.id for unit in units_of(series.instrument_id)]
        units_locked(units)
        person = whose(by)
        rows = {row.named: row for row in series_rows(series.id)}
        wish = series.wish
        programmes = "auto" if wish["programmes"] == "auto" else tuple(wish["programmes"])
        for index, name in enumerate(names):
            row = rows.get(name)
            if row is None or row.starts_at is None or row.ends_at is None:
                raise invalid("not_a_choice", f"dates.{index}")
            if row.booking is not None and row.booking.state not in ENDED_WITHOUT_USE:
                raise invalid("taken", f"dates.{index}")
            one = BookingWish(
                series.instrument_id, wish["mode"], row.starts_at, row.ends_at, samples=wish["samples"], purpose=wish["purpose"],
                programmes=programmes, answers=wish["answers"], options=Options.parse(wish.get("options", {})), quotation=wish.get("quotation"),
            )  # fmt: skip
            row.booking_id = ask(session, one, series.instrument, units, person, by=by, at=at).id
        record(session, "series", series, "dates_added", by=by, at=at, facts={"dates": list(names)})
    return series_now(series, at=at)
