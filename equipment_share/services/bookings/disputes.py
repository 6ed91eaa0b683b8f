"""Use cases of a disagreement: the firm disputes a record, the owner answers, the bureau decides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import CHARGED, BookingAct, next_state
from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.settlement.claims import NOT_GATHERED, NOT_HANDED_IN, SETTLED, ClaimAct, ClaimState, next_claim_state
from equipment_share.domain.timeslots import Slot
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.bookings import Booking, UsageRecord
from equipment_share.models.settlement import Claim
from equipment_share.queries.bookings.bookings import booking_locked, usage_of, voucher_uses
from equipment_share.queries.bookings.quoting import rules_of
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.queries.settlement import claims_of_booking
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.bookings.returns import give_back_of, reopen_subsidies
from equipment_share.services.bookings.usage import used_slot, write_usage
from equipment_share.services.letters import tell_both, tell_firm, tell_owner
from equipment_share.services.settlement.taking_back import take_effect, written_against
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
        after_submission = booking.state in CHARGED and not _reopened(session, booking, by=by, at=at)
        before = booking.state
        if not after_submission:
            booking.state = next_state(before, BookingAct.DISPUTE)
        said = used_slot(
            booking, start or booking.used_from or booking.starts_at, end or booking.used_to or booking.ends_at, samples or 0, at=at
        )

        pieces = samples if samples is not None else booking.used_samples or 0
        session.add(
            UsageRecord(
                booking_id=booking.id, starts_at=said.start, ends_at=said.end, samples=pieces, note=given_reason(reason), said_by="firm",
                lines=booking.used_lines, by_id=by.id, made_at=at,
            )
        )  # fmt: skip
        booking.answer_by = None
        event = "correction_asked" if after_submission else "disputed"
        facts = {"used": [str(booking.used_from), str(booking.used_to)], "said": [said.start.isoformat(), said.end.isoformat()]}
        record(session, "booking", booking, event, by=by, at=at, before=before, reason=reason, facts=facts)
        tell_owner(session, booking, "usage_disputed", at=at, facts={"reason": reason})
    return booking


def _reopened(session: Session, booking: Booking, *, by: Actor, at: datetime) -> bool:
    """Before the bureau has its claim a settled use is opened again: charge and hold will follow. False when only a new entry can correct it.

    Raises: InvalidTransition when a batch holds the claim.
    """
    claims = claims_of_booking(booking.id)
    if any(claim.state not in NOT_HANDED_IN for claim in claims):
        if all(claim.state in NOT_HANDED_IN | NOT_GATHERED | SETTLED for claim in claims):
            return False
        raise InvalidTransition(state=booking.state.value, act="dispute")
    before = booking.state
    booking.state = next_state(before, BookingAct.REOPEN)
    reopen_subsidies(session, booking, by=by, at=at)
    for claim in claims:
        if claim.state is not ClaimState.WITHDRAWN:
            was, claim.state = claim.state, next_claim_state(claim.state, ClaimAct.WITHDRAW)
            record(session, "claim", claim, "withdrawn", by=by, at=at, before=was, reason="reopened")
    record(session, "booking", booking, "reopened", by=by, at=at, before=before)
    return True


def _corrected(session: Session, booking: Booking, accept: bool, reason: str, *, by: Actor, at: datetime) -> None:
    """The owner's answer to a correction that came after the claim was handed in: an adjusting entry, or nothing.

    Raises: InvalidTransition when nothing was asked, or a batch holds the claim meanwhile.
    """
    records = usage_of(booking.id)
    claims = {claim.programme_code: claim for claim in claims_of_booking(booking.id)}
    if (
        not records
        or records[-1].said_by != "firm"
        or any(claim.state not in NOT_HANDED_IN | NOT_GATHERED | SETTLED for claim in claims.values())
    ):
        raise InvalidTransition(state=booking.state.value, act="answer_dispute")
    before, said = booking.state, records[-1]
    if not accept:
        used = Slot(booking.used_from or booking.starts_at, booking.used_to or booking.ends_at)
        session.add(_said(booking, used, booking.used_samples or 0, reason, by=by, at=at))
        record(session, "booking", booking, "correction_refused", by=by, at=at, before=before, reason=reason)
        tell_firm(session, booking, "correction_refused", at=at, facts={"reason": reason})
        return
    old = booking.gross
    write_usage(session, booking, Slot(said.starts_at, said.ends_at), said.samples, reason, said_by="owner", by=by, at=at)
    booking.state = next_state(before, BookingAct.ADJUST)
    for award in (booking.charge or {})["subsidies"]:
        _take_back(session, said, claims.get(award["programme"]), Money(int(award["amount_fen"])), award["programme"], by=by, at=at)
    facts = {"old_fen": old.fen, "new_fen": booking.gross.fen}
    record(session, "booking", booking, "adjusted", by=by, at=at, before=before, reason=reason, facts=facts)
    tell_both(session, booking, "use_adjusted", at=at, facts=facts)


def _take_back(session: Session, said: UsageRecord, claim: Claim | None, wanted: Money, code: str, *, by: Actor, at: datetime) -> None:
    """What a programme captured above what it now bears goes back: the claim is for the rest, or, once paid, an entry beside it."""
    over = total(use.captured for use in voucher_uses(said.booking_id) if use.programme_code == code) - wanted
    if claim is not None and claim.state in SETTLED:
        if over > ZERO:  # both sides agree, so the firm that asked and the owner who accepts are the two persons (W16)
            take_effect(session, written_against(session, claim, over, said.note, prepared_by=said.by_id, at=at), claim, by=by, at=at)
        return
    if over > ZERO:
        give_back_of(session, said.booking_id, code, over, by=by, at=at)
    if claim is not None and claim.amount != wanted:
        facts = {"old_fen": claim.amount.fen, "amount_fen": wanted.fen}
        claim.amount = claim.asked = wanted
        record(session, "claim", claim, "adjusted", by=by, at=at, before=claim.state, facts=facts)


def _said(booking: Booking, used: Slot, samples: int, note: str, *, by: Actor, at: datetime) -> UsageRecord:
    return UsageRecord(
        booking_id=booking.id,
        starts_at=used.start,
        ends_at=used.end,
        samples=samples,
        note=note,
        said_by="owner",
        lines=booking.used_lines,
        by_id=by.id,
        made_at=at,
    )


@use_case
def answer_dispute(booking_id: int, *, accept: bool, reason: str, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The owner takes the firm's figures, or stands by his own; the firm is asked again.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.RECORD_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        if booking.state in CHARGED:
            _corrected(session, booking, accept, given_reason(reason), by=by, at=at)
        elif accept:
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
