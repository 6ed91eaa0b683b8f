"""Of the papers of a leg the one of the side that has it at hand counts: the other side cannot spoil a claim with a paper of its own."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from equipment_share.domain.money import Money
from equipment_share.domain.settlement.evidence import Paper, latest
from equipment_share.models.people import User
from equipment_share.models.settlement import Claim
from equipment_share.queries.bookings.bookings import documents_of
from equipment_share.queries.settlement import claims_of_booking, row_of
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.evidence import add_document
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.settlement.claims import submit_claim
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday

AFTER, DAY = tuesday("20:00"), date(2026, 9, 8)


def a_claim(**programme: object) -> tuple[Claim, User, User]:
    """Of a booking that was used and confirmed and has no paper yet; its firm and its owner."""
    a_programme(**programme)
    firm, owner = a_firm(), an_owner()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=booking.starts_at, end=booking.ends_at, by=owner, at=AFTER)
    confirm_usage(booking.id, by=firm, at=AFTER)
    return claims_of_booking(booking.id)[0], firm, owner


def add(claim: Claim, leg: str, number: str, amount: Money | None, by: User, dated_on: date = DAY) -> None:
    """One more paper."""
    add_document(claim.booking_id, leg=leg, number=number, dated_on=dated_on, amount=amount, by=by, at=AFTER)


def stands(claim: Claim, leg: str) -> tuple[str, str]:
    """The state of a leg and the number of the paper that counts for it."""
    found = next(one for one in row_of(claim).legs if one.leg == leg)
    return found.state, found.paper.number if found.paper else ""


def test_a_firm_cannot_spoil_the_owners_invoice_with_one_of_its_own(app: Flask) -> None:
    claim, firm, owner = a_claim()
    add(claim, "invoice", "FP-1", claim.booking.gross, owner)
    add(claim, "invoice", "FORGED", Money(1), firm)

    assert stands(claim, "invoice") == ("ok", "FP-1")
    assert [paper.number for paper in documents_of([claim.booking_id])[claim.booking_id]] == ["FP-1", "FORGED"], "nothing is thrown away"
    add(claim, "invoice", "FP-2", claim.booking.gross, owner)
    assert stands(claim, "invoice") == ("ok", "FP-2"), "its own the owner replaces"


def test_a_forged_invoice_that_comes_first_gives_way_to_the_owners(app: Flask) -> None:
    claim, firm, owner = a_claim()
    add(claim, "invoice", "FORGED", Money(1), firm)
    assert stands(claim, "invoice") == ("different", "FORGED"), "a firm may hand in the invoice it was given, while the owner gave none"
    add(claim, "invoice", "FP-1", claim.booking.gross, owner)
    assert stands(claim, "invoice") == ("ok", "FP-1")


def test_an_owner_cannot_replace_the_firms_proof_of_payment(app: Flask) -> None:
    claim, firm, owner = a_claim()
    add(claim, "payment", "PZ-1", claim.booking.net, firm)
    add(claim, "payment", "PZ-X", Money(1), owner)
    assert stands(claim, "payment") == ("ok", "PZ-1")


def test_the_contract_both_have_so_the_side_that_gave_it_first_replaces_it(app: Flask) -> None:
    claim, firm, owner = a_claim()
    add(claim, "contract", "HT-1", None, owner)
    add(claim, "contract", "HT-X", None, firm)
    assert stands(claim, "contract")[1] == "HT-1"
    add(claim, "contract", "HT-2", None, owner)
    assert stands(claim, "contract")[1] == "HT-2"


def test_the_other_sides_invoice_raises_no_flag_and_moves_no_period(app: Flask) -> None:
    claim, firm, owner = a_claim(period_basis="invoice")
    add(claim, "contract", "HT-1", None, owner)
    add(claim, "invoice", "FP-1", claim.booking.gross, owner, date(2026, 9, 8))
    add(claim, "payment", "PZ-1", claim.booking.net, firm)
    add(claim, "invoice", "FORGED", Money(1), firm, date(2025, 1, 1))

    assert [finding.code for finding in row_of(claim).findings if finding.code in ("X02", "X04", "X05")] == []
    assert submit_claim(claim.id, by=owner, at=AFTER).completed_on == date(2026, 9, 8)


@pytest.mark.parametrize(
    ("leg", "sides", "counts"),
    [("invoice", ["owner", "firm"], 1), ("invoice", ["owner", "firm", "owner"], 3), ("invoice", ["firm", "owner", "firm"], 2),
     ("invoice", ["firm", "firm"], 2), ("payment", ["firm", "owner"], 1), ("result", ["firm", "owner", "firm"], 2),
     ("contract", ["firm", "owner"], 1), ("contract", ["firm", "owner", "firm"], 3), ("invoice", ["", "firm"], 1), ("invoice", ["", ""], 2)],
)  # fmt: skip
def test_which_paper_counts(leg: str, sides: list[str], counts: int) -> None:
    papers = [Paper(number, leg, str(number), str(number), None, None, side=side) for number, side in enumerate(sides, 1)]
    found = latest(papers, leg)
    assert found is not None and found.id == counts
