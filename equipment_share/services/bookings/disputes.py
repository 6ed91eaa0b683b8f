"""Use cases of a disagreement: the firm disputes a record, the owner answers, the bureau decides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require, require_no_link
from equipment_share.domain.bookings.life import BookingAct, next_state
from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.timeslots import Slot
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.bookings import Booking, UsageRecord
from equipment_share.queries.bookings.bookings import booking_locked
from equipment_share.queries.bookings.quoting import rules_of
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.bookings.usage import used_slot, write_usage
from equipment_share.services.letters import tell_both, tell_owner
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def dispute_usage(
    booking_id: int, *, reason: str, start: datetime | None = None, end: datetime | None = None, samples: int | None = None,
    version: int | None = None, by: Actor, at: datetime,
) -> Booking:  # fmt: skip
    """The firm says the record is wrong, and what would be right; both statements are kept.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CONFIRM_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        before = booking.state
        booking.state = next_state(before, BookingAct.DISPUTE)
        said = used_slot(
            booking, start or booking.used_from or booking.starts_at, end or booking.used_to or booking.ends_at, samples or 0, at=at
        )

        pieces = samples if samples is not None else booking.used_samples or 0
        session.add(
            UsageRecord(
                booking_id=booking.id, starts_at=said.start, ends_at=said.end, samples=pieces, note=given_reason(reason), said_by="firm",
                by_id=by.id, made_at=at,
            )
        )  # fmt: skip
        booking.answer_by = None
        record(session, "booking", booking, "disputed", by=by, at=at, before=before, reason=reason)
        tell_owner(session, booking, "usage_disputed", at=at, facts={"reason": reason})
    return booking


@use_case
def answer_dispute(booking_id: int, *, accept: bool, reason: str, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The owner takes the firm's figures, or stands by his own; the firm is asked again.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.RECORD_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        if accept:
            said = _latest(session, booking, "firm")
            _settle(session, booking, Slot(said.starts_at, said.ends_at), said.samples, given_reason(reason), "owner", by=by, at=at)
        else:
            used = Slot(booking.used_from or booking.starts_at, booking.used_to or booking.ends_at)
            _settle(session, booking, used, booking.used_samples or 0, given_reason(reason), "owner", by=by, at=at)
    return booking


@use_case
def adjudicate(
    booking_id: int, *, start: datetime, end: datetime, samples: int, reason: str, version: int | None = None, by: Actor, at: datetime
) -> Booking:
    """The bureau decides what was used.

    Raises: Forbidden, ConflictOfInterest, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.ADJUDICATE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        require_no_link(by, booking.firm_id, booking.owner_id)
        _settle(session, booking, used_slot(booking, start, end, samples, at=at), samples, given_reason(reason), "bureau", by=by, at=at)
    return booking


def _latest(session: Session, booking: Booking, said_by: str) -> UsageRecord:
    rows = session.query(UsageRecord).filter_by(booking_id=booking.id, said_by=said_by)
    return rows.order_by(UsageRecord.id.desc()).first() or _nothing_said()


def _nothing_said() -> UsageRecord:
    raise InvalidTransition(act="answer_dispute")


def _settle(session: Session, booking: Booking, used: Slot, samples: int, reason: str, said_by: str, *, by: Actor, at: datetime) -> None:
    before = booking.state
    booking.state = next_state(before, BookingAct.ANSWER_DISPUTE)
    write_usage(session, booking, used, samples, reason, said_by=said_by, by=by, at=at)
    booking.answer_by = workdays_later(at, rules_of(booking.rules).confirm_days, off_days(at))
    record(
        session, "booking", booking, "dispute_answered", by=by, at=at, before=before, reason=reason, facts={"gross_fen": booking.gross.fen}
    )
    tell_both(session, booking, "dispute_answered", at=at, facts={"reason": reason})
