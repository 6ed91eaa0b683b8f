"""Building block: a wish becomes a booking, its unit found, its quote frozen, its subsidy set aside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Actor
from equipment_share.domain.bookings.life import BookingAct, BookingState, SlotTaken, blocks, cut_off, next_state
from equipment_share.domain.bookings.questions import read_questions
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Forbidden, Invalid, NotVerified, invalid
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import Mode
from equipment_share.domain.programmes.days import takes_money_at_claim
from equipment_share.domain.timeslots import Slot
from equipment_share.domain.vouchers import VoucherInsufficient
from equipment_share.domain.workdays import workdays_later
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import SYSTEM, Organisation, OrganisationState
from equipment_share.queries.bookings.alternatives import alternatives
from equipment_share.queries.bookings.previews import approves_itself
from equipment_share.queries.bookings.quoting import BookingWish, Quoted, instead_of, quote_for
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.queries.instruments.instruments import free_unit, rules_in_force, units_of
from equipment_share.queries.people import person_by_email
from equipment_share.queries.vouchers import firm_locked, programmes_in_force, voucher_accounts_locked
from equipment_share.services.bookings.answer_files import take_answer_files
from equipment_share.services.bookings.holds import hold_subsidies
from equipment_share.services.bookings.promises import set_numbers
from equipment_share.services.letters import tell_firm, tell_owner
from equipment_share.services.transaction import record
from equipment_share.services.vouchers.granting import grant_what_is_due


@dataclass(frozen=True)
class Whose:
    """The person a booking is for, and the firm, its row held."""

    user_id: int
    firm: Organisation


def whose(by: Actor, whom: str = "") -> Whose:
    """A person who books for the own firm, for oneself or for a colleague.

    Raises: Forbidden, NotVerified, Invalid when nobody of the firm has that address.
    """
    if by.organisation_id is None or by.id is None:
        raise Forbidden()
    colleague = person_by_email(whom) if whom else None
    if whom and (colleague is None or colleague.organisation_id != by.organisation_id or not colleague.active):
        raise invalid("not_found", "for")
    return Whose(colleague.id if colleague else by.id, verified_firm(by.organisation_id))


def verified_firm(firm_id: int) -> Organisation:
    """A firm that may book, its row held.

    Raises: NotVerified.
    """
    firm = firm_locked(firm_id)
    if firm.state is not OrganisationState.VERIFIED:
        raise NotVerified(state=firm.state.value)
    return firm


def quoted_now(
    session: Session, wish: BookingWish, instrument: Instrument, person: Whose, *, old: Booking | None = None, waived: Collection[str] = (),
    at: datetime,
) -> Quoted:  # fmt: skip
    """The quote of a wish with the firm's grants made and its accounts held, so that what it says is still so when it is written.

    Raises: Invalid with every broken rule that is not waived.
    """
    in_force = programmes_in_force(bureau_day(at))
    grant_what_is_due(session, person.firm, in_force=in_force, at=at)
    session.flush()
    voucher_accounts_locked(person.firm.id)  # before anything is read from them
    quoted = quote_for(wish, instrument, person.firm, user_id=person.user_id, at=at, old=old, in_force=in_force)
    broken = [problem for problem in quoted.problems if problem.code not in waived]
    if broken:
        raise Invalid(broken)
    return quoted


def busy_time(wish: BookingWish, rules: Rules) -> Slot:
    """The wished slot with its buffers: what the database guards."""
    return Slot(wish.start, wish.end).widened(rules.buffer_before_minutes, rules.buffer_after_minutes)


def ask(
    session: Session, wish: BookingWish, instrument: Instrument, units: Sequence[int], person: Whose, *, basket: str = "",
    by: Actor, at: datetime,
) -> Booking:  # fmt: skip
    """One wish as a booking. The caller holds the locks of the instrument's `units`.

    Raises: Invalid with every broken rule, SlotTaken, VoucherInsufficient.
    """
    rules = rules_in_force(instrument)
    quoted = quoted_now(session, wish, instrument, person, at=at)
    busy = busy_time(wish, rules)
    unit_id = free_unit(units, busy)
    if unit_id is None:
        raise SlotTaken(alternatives=alternatives(instrument, Slot(wish.start, wish.end), at=at))
    if wish.max_net is not None and quoted.quote.net > wish.max_net:
        raise VoucherInsufficient(quote=quoted.quote.document())

    booking = written(session, wish, instrument, unit_id, busy, quoted, person, basket=basket, at=at)
    hold_subsidies(session, booking, quoted.quote.awards, quoted.candidates, by=by, at=at)
    facts = {"gross_fen": booking.gross.fen, "held_fen": booking.subsidy.fen}
    record(session, "booking", booking, "submitted", by=by, at=at, facts=facts)
    answer_at_once(session, booking, rules, by=by, at=at)
    return booking


OVERRIDABLE = frozenset({"too_short", "too_long", "lead_time", "horizon", "outside_opening_hours", "quota_exceeded", "not_authorised",
                         "too_close", "banned"})  # fmt: skip
"""Rules of the owner that the owner may waive, with a reason."""


def written(
    session: Session, wish: BookingWish, instrument: Instrument, unit_id: int, busy: Slot, quoted: Quoted, person: Whose, *,
    old: Booking | None = None, basket: str = "", at: datetime,
) -> Booking:  # fmt: skip
    """The row of a booking as it was asked for, everything that must not move with time copied in."""
    if quoted.tariff is None:
        raise AssertionError("a wish without problems has a price")
    rules = rules_in_force(instrument)
    begins = min(wish.start, old.starts_at) if old else wish.start
    booking = Booking(
        number=f"B{at:%y%m%d}-{short_code(8)}",
        instrument_id=instrument.id,
        unit_id=unit_id,
        owner_id=instrument.owner_id,
        firm_id=person.firm.id,
        user_id=person.user_id,
        state=BookingState.SUBMITTED,
        blocking=old is None and blocks(BookingState.SUBMITTED, pending=rules.pending),
        mode=wish.mode,
        starts_at=wish.start,
        ends_at=wish.end,
        busy_from=busy.start,
        busy_to=busy.end,
        samples=wish.samples,
        purpose=wish.purpose,
        answers=dict(quoted.answers),
        user_class=quoted.tariff.user_class,
        tariff=quoted.tariff.document(),
        options=wish.options.document(),
        quotation_id=wish.quotation,
        rules=rules.document(),
        free_until=_free_until(wish.start, rules, old),
        basket=basket,
        sample_state="awaited" if wish.mode == Mode.COMMISSIONED else "",
        answer_by=min(workdays_later(at, rules.answer["expire"], off_days(at)), begins),
        change_of_id=old.id if old else None,
        made_at=at,
    )
    set_quote(booking, quoted)
    session.add(booking)
    session.flush()
    take_answer_files(session, booking, read_questions(instrument.questions, "questions")[0], at=at)
    return booking


def _free_until(start: datetime, rules: Rules, old: Booking | None) -> datetime:
    """The cut-off of the first slot stays through every change, for a firm that moves away; one that moves nearer has the nearer one."""
    own = cut_off(start, rules)
    return own if old is None else min(own, old.free_until or cut_off(old.starts_at, Rules.parse(old.rules)))


def set_quote(booking: Booking, quoted: Quoted) -> None:
    """Freeze a quote and its three numbers into a booking."""
    booking.quote = quoted.quote.document()
    set_numbers(booking, quoted.quote, frozenset(c.version.code for c in quoted.candidates if takes_money_at_claim(c.programme)))


def hold_above(session: Session, booking: Booking, quoted: Quoted, old: Booking, *, by: Actor, at: datetime) -> None:
    """What a change needs above the hold of the booking it replaces."""
    hold_subsidies(session, booking, quoted.quote.awards, quoted.candidates, already=instead_of(old).holds, by=by, at=at)


def answer_at_once(session: Session, booking: Booking, rules: Rules, *, by: Actor, at: datetime) -> None:
    """Approve under the instrument's own rule where it holds and the time is free, else tell the keeper that somebody waits."""
    if not approves_itself(booking.slot, booking.instrument, booking.firm, booking.user_id, rules, at=at) or (
        not booking.blocking and booking.change_of_id is None and not _takes_free_unit(booking)
    ):
        tell_owner(session, booking, "booking_requested", at=at)
        return
    booking.state, booking.answer_by, booking.blocking = next_state(booking.state, BookingAct.APPROVE), None, True
    record(session, "booking", booking, "approved", by=SYSTEM, at=at, before=BookingState.SUBMITTED, facts={"rule": "auto_approve"})
    tell_firm(session, booking, "booking_approved", at=at)


def _takes_free_unit(booking: Booking) -> bool:
    unit_id = free_unit(
        [unit.id for unit in units_of(booking.instrument_id)], Slot(booking.busy_from, booking.busy_to), first=booking.unit_id
    )
    booking.unit_id = unit_id or booking.unit_id
    return unit_id is not None


def at_time(wish: BookingWish, start: datetime, end: datetime) -> BookingWish:
    """The same wish at another time; a limit for the net is for the first alone."""
    return replace(wish, start=start, end=end, max_net=None)
