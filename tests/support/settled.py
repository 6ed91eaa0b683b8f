"""The bureau's hands and the walk of money from a booking to the bank, for tests of what comes before and after it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime

from equipment_share.domain.access import Role
from equipment_share.domain.money import ZERO
from equipment_share.domain.periods import Period, last_day
from equipment_share.models.bookings import Booking
from equipment_share.models.people import User
from equipment_share.models.settlement import Batch, Claim
from equipment_share.queries.settlement import claims_of_booking, lines_of
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.evidence import add_document
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.settlement.bank_return import BankAnswer, record_bank_return
from equipment_share.services.settlement.batches import approve_batch, lock_batch, open_batch, review_batch, send_batch
from equipment_share.services.settlement.claims import approve_claim, check_claim, submit_claim
from equipment_share.services.settlement.closing import close_batch
from tests.builders import an_officer

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Hands:
    """One person for each duty."""

    clerk: User
    reviewer: User
    leader: User
    finance: User
    closer: User


def the_hands() -> Hands:
    """Five persons of the bureau."""
    roles = (Role.BUREAU_CLERK, Role.BUREAU_REVIEWER, Role.BUREAU_LEADER, Role.FINANCE, Role.BUREAU_REVIEWER)
    return Hands(*(an_officer(role) for role in roles))


def used(booking: Booking, owner: User, firm: User, start: datetime, end: datetime, *, at: datetime) -> Booking:
    """Approved, used as said, confirmed."""
    approve_booking(booking.id, by=owner, at=booking.made_at)
    record_usage(booking.id, start=start, end=end, by=owner, at=at)
    return confirm_usage(booking.id, by=firm, at=at)


def handed_in(booking: Booking, owner: User, firm: User, *, at: datetime, refund: bool = False) -> Claim:
    """The first claim of a booking with papers that agree, submitted by its claimant."""
    number, day = next(_numbers), last_day(booking.used_to or booking.ends_at)
    gross, net = booking.gross, booking.net
    add_document(booking.id, leg="contract", number=f"HT-{number}", dated_on=last_day(booking.starts_at), by=owner, at=at)
    add_document(booking.id, leg="invoice", number=f"FP-{number}", dated_on=day, amount=gross, by=owner, at=at)
    add_document(booking.id, leg="payment", number=f"PZ-{number}", dated_on=day, amount=gross if refund else net, by=firm, at=at)
    claim = claims_of_booking(booking.id)[0]
    return submit_claim(claim.id, by=owner if claim.claimant_id == owner.organisation_id else firm, at=at)


def approved(claim: Claim, hands: Hands, *, at: datetime) -> Claim:
    """Checked by the clerk, approved by the reviewer."""
    check_claim(claim.id, by=hands.clerk, at=at)
    return approve_claim(claim.id, by=hands.reviewer, at=at)


def paid(code: str, period: str, hands: Hands, *, at: datetime, payee: str | None = None, close: bool = False) -> Batch:
    """A batch from its opening to the bank's answer, and closed if wanted."""
    batch, _ = open_batch(code, Period.parse(period), payee, by=hands.clerk, at=at)
    lock_batch(batch.id, by=hands.clerk, at=at)
    review_batch(batch.id, by=hands.reviewer, at=at)
    approve_batch(batch.id, by=hands.leader, at=at)
    send_batch(batch.id, by=hands.clerk, at=at)
    answers = [
        BankAnswer(line.line + 1, line.line, "paid", date(2026, 12, 1), f"BANK-{next(_numbers)}", line.amount)
        for line in lines_of(batch.id)
        if line.amount > ZERO
    ]
    batch = record_bank_return(batch.id, answers, by=hands.finance, at=at).batch
    return close_batch(batch.id, by=hands.closer, at=at) if close else batch
