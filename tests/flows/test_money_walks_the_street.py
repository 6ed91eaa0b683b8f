"""The main job as use cases: from the wish to the closed batch, every figure to the fen, on both engines."""

from __future__ import annotations

from datetime import date

from flask import Flask

from equipment_share.domain.access import Role
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import BatchState, ClaimState
from equipment_share.queries.ledger import account, balance, mismatches
from equipment_share.queries.reports import reconciliation
from equipment_share.queries.settlement import claims_of_booking, lines_of
from equipment_share.queries.vouchers import vouchers_seen_by
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.evidence import add_document
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.settlement.bank_return import BankAnswer, record_bank_return
from equipment_share.services.settlement.batches import approve_batch, lock_batch, open_batch, review_batch, send_batch
from equipment_share.services.settlement.claims import approve_claim, check_claim, submit_claim
from equipment_share.services.settlement.closing import close_batch
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner, local, tuesday, yuan

Q3 = Period.parse("2026-Q3")


def test_two_hours_are_booked_one_and_a_half_used_and_the_quarter_closes_to_the_fen(app: Flask) -> None:
    a_programme()
    firm, owner = a_firm(), an_owner()
    instrument = an_instrument(owner, hourly=40_000)

    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    assert (booking.gross, booking.subsidy, booking.net) == (yuan("800"), yuan("400"), yuan("400"))
    wallet = vouchers_seen_by(firm)[0].figures
    assert (wallet.issued, wallet.held, wallet.available) == (yuan("200000"), yuan("400"), yuan("199600"))

    approve_booking(booking.id, by=owner, at=NOW)
    after = local("2026-09-08 12:30")
    booking = record_usage(booking.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=after)
    booking = confirm_usage(booking.id, by=firm, at=after)
    assert booking.state is BookingState.CONFIRMED
    assert (booking.gross, booking.subsidy, booking.net) == (yuan("600"), yuan("300"), yuan("300"))
    wallet = vouchers_seen_by(firm)[0].figures
    assert (wallet.held, wallet.consumed, wallet.available) == (Money(0), yuan("300"), yuan("199700"))

    add_document(booking.id, leg="contract", number="HT-1", dated_on=date(2026, 9, 7), by=owner, at=after)
    add_document(booking.id, leg="invoice", number="FP-1", dated_on=date(2026, 9, 8), amount=yuan("600"), by=owner, at=after)
    add_document(booking.id, leg="payment", number="PZ-1", dated_on=date(2026, 9, 8), amount=yuan("300"), by=firm, at=after)
    claim = claims_of_booking(booking.id)[0]
    assert (claim.state, claim.amount) == (ClaimState.DRAFT, yuan("300"))
    submit_claim(claim.id, by=owner, at=after)
    clerk, reviewer, leader = (an_officer(role) for role in (Role.BUREAU_CLERK, Role.BUREAU_REVIEWER, Role.BUREAU_LEADER))
    finance, closer = an_officer(Role.FINANCE), an_officer(Role.BUREAU_REVIEWER)
    check_claim(claim.id, by=clerk, at=after)
    approve_claim(claim.id, by=reviewer, at=after)

    batch, made = open_batch("HALF", Q3, by=clerk, at=after)
    assert made
    lock_batch(batch.id, by=clerk, at=after)
    review_batch(batch.id, by=reviewer, at=after)
    approve_batch(batch.id, by=leader, at=after)
    send_batch(batch.id, by=clerk, at=after)
    assert (len(lines_of(batch.id)), batch.total, len(batch.file_hash)) == (1, yuan("300"), 64)
    answer = BankAnswer(2, 1, "paid", date(2026, 10, 9), "BANK-1", yuan("300"))
    reading = record_bank_return(batch.id, [answer], by=finance, at=after)
    again = record_bank_return(batch.id, [answer], by=finance, at=after)
    assert (reading.paid, reading.unchanged, again.paid, again.unchanged) == (1, 0, 0, 1)
    batch = close_batch(batch.id, by=closer, at=after)
    assert batch.state is BatchState.CLOSED

    report = reconciliation("HALF", Q3, by=clerk)
    figures = report.total
    assert (figures.opening, figures.issued, figures.held) == (Money(0), yuan("200000"), yuan("400"))
    assert (figures.captured, figures.released, figures.closing) == (yuan("300"), yuan("100"), yuan("199700"))
    assert (figures.claimed, figures.approved, figures.paid) == (yuan("300"), yuan("300"), yuan("300"))
    assert report.findings == ()
    assert balance(account(AccountKind.PAID, "HALF").id) == yuan("300")
    assert mismatches() == []
