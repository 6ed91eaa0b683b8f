"""Use cases after a booking's slot has begun: what was used, whether both agree, and what is charged for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import BookingAct, BookingState, next_state
from equipment_share.domain.errors import Invalid, InvalidTransition, Problem
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.quotes import Quote, quote
from equipment_share.domain.settlement.claims import ClaimAct, ClaimState, next_claim_state
from equipment_share.domain.subsidy.awards import ProgrammeState, Stage
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.bookings import Booking, UsageRecord, VoucherUse
from equipment_share.models.settlement import Claim
from equipment_share.queries.bookings.bookings import booking_held, booking_locked, voucher_uses
from equipment_share.queries.bookings.charging import lines_of_use, said_lines
from equipment_share.queries.bookings.quoting import MOST_SAMPLES, rules_of
from equipment_share.queries.firms import firm_facts
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.queries.settlement import claim_of
from equipment_share.queries.vouchers import used_in
from equipment_share.services.bookings.endings import end_without_use
from equipment_share.services.bookings.holds import capture_subsidies, payee_of
from equipment_share.services.letters import tell_bureau, tell_firm, tell_owner
from equipment_share.services.transaction import record, transaction, use_case


@use_case
def record_usage(
    booking_id: int,
    *,
    start: datetime,
    end: datetime,
    samples: int = 0,
    lines: Sequence[Mapping[str, object]] | None = None,
    note: str = "",
    version: int | None = None,
    by: Actor,
    at: datetime,
) -> Booking:
    """The keeper writes down what was used; it implies check-in and check-out, and makes the fee.

    Without `lines` the add-ons are those that were ordered.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, InvalidTransition.
    """
    require(by, Act.RECORD_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        is_off = off_days(at)
        before = booking.state
        booking.state = next_state(before, BookingAct.RECORD_USAGE)
        if at < booking.starts_at:
            raise InvalidTransition(state=before.value, act="record_usage")
        used = used_slot(booking, start, end, samples, at=at)

        booking.used_lines = said_lines(booking, lines)
        booking.checked_in_at = booking.checked_in_at or used.start
        booking.checked_out_at = booking.checked_out_at or used.end
        write_usage(session, booking, used, samples, note, said_by="owner", by=by, at=at)
        booking.answer_by = workdays_later(at, rules_of(booking.rules).confirm_days, is_off)
        record(session, "booking", booking, "usage_recorded", by=by, at=at, before=before, facts={"gross_fen": booking.gross.fen})
        tell_firm(session, booking, "usage_recorded", at=at, facts={"net_fen": booking.net.fen})
    return booking


def used_slot(booking: Booking, start: datetime, end: datetime, samples: int, *, at: datetime) -> Slot:
    """The used time, inside the booked window and the grace around it, and not in the future.

    Raises: Invalid with every problem.
    """
    problems = []
    grace = rules_of(booking.rules).grace_minutes * MINUTE
    if end <= start:
        problems.append(Problem("end_before_start", "end"))
    if start < booking.starts_at - grace or start >= booking.ends_at:
        problems.append(Problem("outside_booked_slot", "start"))
    if end > at:
        problems.append(Problem("in_the_future", "end"))
    if end > booking.ends_at + max(grace, booking.ends_at - booking.starts_at):
        problems.append(Problem("too_long", "end"))
    if not 0 <= samples <= MOST_SAMPLES:
        problems.append(Problem("out_of_range", "samples", {"low": 0, "high": MOST_SAMPLES}))
    if problems:
        raise Invalid(problems)
    return Slot(start, end)


def write_usage(session: Session, booking: Booking, used: Slot, samples: int, note: str, *, said_by: str, by: Actor, at: datetime) -> None:
    """Keep the record and let the charge follow it; the add-ons are those the booking says were used."""
    session.add(
        UsageRecord(
            booking_id=booking.id,
            starts_at=used.start,
            ends_at=used.end,
            samples=samples,
            lines=booking.used_lines,
            note=note,
            said_by=said_by,
            by_id=by.id,
            made_at=at,
        )
    )
    booking.used_from, booking.used_to, booking.used_samples = used.start, used.end, samples
    charge = charge_for(booking, used, samples, voucher_uses(booking.id))
    booking.charge = charge.document()
    booking.gross, booking.subsidy, booking.net = charge.gross, charge.subsidy, charge.net


def charge_for(booking: Booking, used: Slot, samples: int, uses: Sequence[VoucherUse]) -> Quote:
    """The charge of a use: the prices of the booking, the actual quantity, `min(rule(actual), held)`."""
    ordered, completed = bureau_day(booking.made_at), last_day(used.end)
    candidates = _held_programmes(booking, used, uses)
    facts_on = completed if any(p.tier_at == "usage" for p, _ in candidates) else ordered
    return quote(
        lines_of_use(booking, used, samples),
        candidates,
        firm_facts(booking.firm, booking.instrument.owner, facts_on),
        ordered_on=ordered,
        completed_on=completed,
        provider_region=booking.instrument.region,
        stage=Stage.CLAIM,
    )


def _held_programmes(booking: Booking, used: Slot, uses: Sequence[VoucherUse]) -> list[tuple[Programme, ProgrammeState]]:
    """Each programme that holds for this booking, in its order, with the state its rules look at now."""
    by_programme: dict[str, list[VoucherUse]] = {}
    for use in uses:
        by_programme.setdefault(use.programme_code, []).append(use)
    programmes = {code: terms(own[0].programme.document) for code, own in by_programme.items()}
    periods = {code: programme.period_of(last_day(used.end)) for code, programme in programmes.items()}
    spent = used_in(booking.firm_id, periods, without_booking=booking.id)
    found = []
    for code, programme in programmes.items():
        untils = [use.voucher.valid_until for use in by_programme[code] if use.voucher.valid_until]
        held = total(use.held if use.resolved_id is None else use.captured for use in by_programme[code])
        state = ProgrammeState(
            annual_used=spent.get(code, ZERO),
            held=held,
            voucher_left=held,
            voucher_valid_until=max(untils) if untils else None,
        )
        found.append((programme, state))
    return found


@use_case
def confirm_usage(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """The firm agrees: the subsidy is captured, the rest of the hold is free, a draft claim is made.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CONFIRM_USE)
    with transaction() as session:
        booking = booking_locked(booking_id, by, version)
        _confirm(session, booking, by=by, at=at)
    return booking


def _confirm(session: Session, booking: Booking, *, by: Actor, at: datetime) -> None:
    before = booking.state
    booking.state = next_state(before, BookingAct.CONFIRM)
    if booking.used_from is None or booking.used_to is None or booking.charge is None:
        raise AssertionError("a recorded use has its times and its charge")
    uses = voucher_uses(booking.id)
    charge = charge_for(booking, Slot(booking.used_from, booking.used_to), booking.used_samples or 0, uses)
    booking.charge = charge.document()
    booking.gross, booking.subsidy, booking.net = charge.gross, charge.subsidy, charge.net
    booking.confirmed_at, booking.answer_by = at, None
    session.flush()

    amounts = {award.programme: award.amount for award in charge.awards}
    held = Money(sum(use.held.fen for use in uses))
    captured = capture_subsidies(session, uses, amounts, by=by, at=at, effective_at=min(at, booking.used_to))
    for code, amount in captured.items():
        if amount:
            _draft_claim(session, booking, next(use for use in uses if use.programme_code == code), amount, by=by, at=at)
    facts = {"gross_fen": charge.gross.fen, "subsidy_fen": charge.subsidy.fen, "released_fen": (held - charge.subsidy).fen}
    record(session, "booking", booking, "confirmed", by=by, at=at, before=before, facts=facts)
    tell_owner(session, booking, "usage_confirmed", at=at, facts=facts)


def _draft_claim(session: Session, booking: Booking, use: VoucherUse, amount: Money, *, by: Actor, at: datetime) -> None:
    """A draft claim per booking and programme that pays."""
    code, programme = use.programme_code, terms(use.programme.document)
    claimant = booking.firm_id if programme.claimant == "firm" else booking.owner_id
    if (old := claim_of(booking.id, code)) is not None:  # the use was reopened: the same claim begins anew
        before = old.state
        old.state, old.amount, old.asked, old.completed_on = (
            next_claim_state(before, ClaimAct.REDRAFT),
            amount,
            amount,
            last_day(booking.used_to or booking.ends_at),
        )
        record(session, "claim", old, "drafted", by=by, at=at, before=before, facts={"amount_fen": amount.fen})
        return
    claim = Claim(
        number=f"C-{booking.number}-{code}",
        booking_id=booking.id,
        programme_code=code,
        version_id=use.version_id,
        claimant_id=claimant,
        payee_id=payee_of(booking, programme),
        amount=amount,
        asked=amount,
        state=ClaimState.DRAFT,
        completed_on=last_day(booking.used_to or booking.ends_at),
        made_at=at,
    )
    session.add(claim)
    record(session, "claim", claim, "drafted", by=by, at=at, facts={"amount_fen": amount.fen})


@use_case
def mark_no_show(booking_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Booking:
    """Nobody came within the grace: the rest of the slot is free, the fee is the rule's, the hold goes back.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.RECORD_USE)
    with transaction() as session:
        _no_show(session, booking_held(booking_id, by, version), by=by, at=at)
    return booking_locked(booking_id, by)


def _no_show(session: Session, booking: Booking, *, by: Actor, at: datetime) -> None:
    rules = rules_of(booking.rules)
    next_state(booking.state, BookingAct.NO_SHOW)
    if at < booking.starts_at + rules.grace_minutes * MINUTE:
        raise InvalidTransition(state=booking.state.value, act="no_show")
    end_without_use(session, booking, BookingAct.NO_SHOW, by=by, at=at, fee=Money(rules.no_show_fee_fen), fee_label="no_show")


@use_case
def expire_request(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """End a request nobody answered in time; False when it was answered meanwhile. Due, and not yet done."""
    with transaction() as session:
        booking = booking_held(booking_id, None)
        waits = booking.state in (BookingState.SUBMITTED, BookingState.OFFERED)
        if not waits or not ((booking.answer_by and booking.answer_by <= at) or booking.starts_at <= at):
            return False
        end_without_use(session, booking, BookingAct.EXPIRE, by=by, at=at, reason="unanswered")
    return True


@use_case
def remind_owner(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Remind the owner of a request that waits; False when it was answered meanwhile."""
    with transaction() as session:
        booking = booking_locked(booking_id, None)
        if booking.state is not BookingState.SUBMITTED:
            return False
        record(session, "booking", booking, "reminded", by=by, at=at, before=booking.state)
        tell_owner(session, booking, "booking_reminder", at=at)
    return True


@use_case
def escalate_request(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Tell the bureau of a request that nobody answers; False when it was answered meanwhile."""
    with transaction() as session:
        booking = booking_locked(booking_id, None)
        if booking.state is not BookingState.SUBMITTED:
            return False
        record(session, "booking", booking, "escalated", by=by, at=at, before=booking.state)
        tell_bureau(session, booking, "booking_escalated", at=at)
    return True


@use_case
def confirm_by_silence(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Confirm a use that nobody disputed within its days; False when somebody acted meanwhile."""
    with transaction() as session:
        booking = booking_locked(booking_id, None)
        if booking.state is not BookingState.USAGE_RECORDED or booking.answer_by is None or booking.answer_by > at:
            return False
        _confirm(session, booking, by=by, at=at)
    return True


@use_case
def notice_no_show(booking_id: int, *, by: Actor, at: datetime) -> bool:
    """Record that nobody came, once the grace is over; False when somebody came or it is too early."""
    with transaction() as session:
        booking = booking_held(booking_id, None)
        due = booking.starts_at + rules_of(booking.rules).grace_minutes * MINUTE
        if booking.state is not BookingState.APPROVED or at < due:
            return False
        _no_show(session, booking, by=by, at=at)
    return True
