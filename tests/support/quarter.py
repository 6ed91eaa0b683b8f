"""One lived quarter: two firms, two owners, four bookings, one closed batch; every report has something to say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.models.settlement import Batch, Claim, FindingLine
from equipment_share.queries.settlement import claims_of_booking, lines_of
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.evidence import add_document
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.settlement.bank_return import BankAnswer, record_bank_return
from equipment_share.services.settlement.batches import approve_batch, lock_batch, open_batch, review_batch, send_batch
from equipment_share.services.settlement.claims import approve_claim, check_claim, submit_claim
from equipment_share.services.settlement.closing import close_batch
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner, local, tuesday

Q3 = Period.parse("2026-Q3")
AFTER = local("2026-09-08 20:00")
SOURCES = [{"code": "city", "weight": 2}, {"code": "province", "weight": 1}]


@dataclass
class Quarter:
    """Who was there and what is left of it."""

    people: dict[str, User]
    instruments: list[Instrument]
    bookings: list[Booking]
    claims: list[Claim]
    batch: Batch


def a_quarter() -> Quarter:
    """300.00 and 200.00 paid to the first owner in a closed batch, 300.00 in checking at the second, 150.00 held there."""
    a_programme(sources=SOURCES, authority="海宁市科学技术局")
    people: dict[str, User] = {"firm": a_firm(), "rival": a_firm(), "owner": an_owner(), "other": an_owner()}
    for role in (Role.BUREAU_CLERK, Role.BUREAU_REVIEWER, Role.BUREAU_LEADER, Role.FINANCE, Role.AUDITOR):
        people[role.value] = an_officer(role)
    people["closer"] = an_officer(Role.BUREAU_REVIEWER)
    instruments = [an_instrument(people["owner"], 40_000), an_instrument(people["other"], 30_000)]
    first = _used(people["firm"], people["owner"], instruments[0], "10:00", "12:00", "11:30")
    second = _used(people["rival"], people["owner"], instruments[0], "13:00", "14:00", "14:00")
    third = _used(people["firm"], people["other"], instruments[1], "14:00", "16:00", "16:00")
    waiting = a_booking(people["rival"], instruments[1], tuesday("10:00"), tuesday("11:00"))
    claims = [_claimed(people["owner"], people["firm"], first), _claimed(people["owner"], people["rival"], second)]
    claims.append(_claimed(people["other"], people["firm"], third))
    for claim in claims[:2]:
        check_claim(claim.id, by=people["bureau_clerk"], at=AFTER)
        approve_claim(claim.id, by=people["bureau_reviewer"], at=AFTER)
    db.session.add(FindingLine(claim_id=claims[2].id, code="X11", severity="warn", subject="price", amount=Money(100), made_at=AFTER))
    db.session.commit()
    return Quarter(people, instruments, [first, second, third, waiting], claims, a_closed_batch(people, AFTER))


def _used(firm: User, owner: User, instrument: Instrument, start: str, end: str, until: str) -> Booking:
    booking = a_booking(firm, instrument, tuesday(start), tuesday(end))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday(start), end=tuesday(until), by=owner, at=AFTER)
    return confirm_usage(booking.id, by=firm, at=AFTER)


def _claimed(owner: User, firm: User, booking: Booking) -> Claim:
    day, code = date(2026, 9, 8), booking.id
    add_document(booking.id, leg="contract", number=f"HT-{code}", dated_on=day, by=owner, at=AFTER)
    add_document(booking.id, leg="invoice", number=f"FP-{code}", dated_on=day, amount=booking.gross, by=owner, at=AFTER)
    add_document(booking.id, leg="payment", number=f"PZ-{code}", dated_on=day, amount=booking.net, by=firm, at=AFTER)
    return submit_claim(claims_of_booking(booking.id)[0].id, by=owner, at=AFTER)


def a_closed_batch(people: dict[str, User], at: datetime, period: Period = Q3) -> Batch:
    """The approved claims of a quarter through all hands to the close."""
    clerk = people["bureau_clerk"]
    batch, _ = open_batch("HALF", period, by=clerk, at=at)
    lock_batch(batch.id, by=clerk, at=at)
    review_batch(batch.id, by=people["bureau_reviewer"], at=at)
    approve_batch(batch.id, by=people["bureau_leader"], at=at)
    send_batch(batch.id, by=clerk, at=at)
    answers = [
        BankAnswer(row, line.line, "paid", date(2026, 9, 9), f"BANK-{batch.id}-{line.line}", line.amount)
        for row, line in enumerate(lines_of(batch.id), 2)
    ]
    record_bank_return(batch.id, answers, by=people["finance"], at=at)
    return close_batch(batch.id, by=people["closer"], at=at)
