"""Told before a voucher ends, once; who is entitled and hardly uses it is on the list, and is reminded once in thirty days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from equipment_share.domain.access import Role
from equipment_share.domain.errors import AlreadyDecided, Forbidden
from equipment_share.domain.vouchers import NotEligible
from equipment_share.models.base import db
from equipment_share.models.outbox import HistoryStep, Letter
from equipment_share.models.people import User
from equipment_share.queries.entitlement import open_holds, unused
from equipment_share.queries.reporting.burning import wallet_burn
from equipment_share.queries.vouchers import usable_vouchers, with_figures
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.jobs import run_due
from equipment_share.services.vouchers.care import remind_of_entitlement
from tests.builders import NOW, a_booking, a_firm, a_person, a_programme, an_instrument, an_officer, an_owner, tuesday, yuan
from tests.support.counting import questions


def a_used_firm(hours: int = 2) -> tuple[User, User]:
    """A firm that used an hour of what it held; the voucher bore half of 400.00 an hour."""
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday(f"{10 + hours}:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("11:00"), by=owner, at=tuesday("13:00"))
    confirm_usage(booking.id, by=firm, at=tuesday("14:00"))
    return firm, owner


def test_a_voucher_with_money_left_is_told_of_once_in_its_last_thirty_days(app: Flask) -> None:
    a_programme()  # valid to the end of the year, the 115th day from now
    firm, _ = a_used_firm()

    done = [run_due(at=NOW + timedelta(days=days))["vouchers that end soon"] for days in (84, 85, 85, 100)]

    letter = db.session.query(Letter).filter_by(kind="voucher_ending", user_id=firm.id).one()
    steps = db.session.query(HistoryStep).filter_by(kind="voucher", event="end_warned").count()
    assert (done, steps) == ([0, 1, 0, 0], 1)
    assert (letter.facts["amount_fen"], letter.facts["valid_until"]) == (yuan("199800.00").fen, "2026-12-31")


def test_a_voucher_without_money_left_is_not_told_of(app: Flask) -> None:
    a_programme(caps={"annual_fen": {"tech_sme": 20_000}})
    a_used_firm(hours=1)

    assert run_due(at=NOW + timedelta(days=90))["vouchers that end soon"] == 0


def test_the_list_has_who_has_no_voucher_and_who_hardly_uses_one(app: Flask) -> None:
    a_programme(caps={"annual_fen": {"tech_sme": 200_000}})
    busy, owner = a_used_firm()  # 200.00 of 2,000.00 is a tenth
    idle, foreign = a_firm(), a_firm(tags=("hnte",))
    later = NOW + timedelta(days=2)

    before = {row.firm.id: row for row in unused(later)}
    small = an_instrument(owner, hourly=10_000)
    a_booking(idle, small, tuesday("15:00"), tuesday("16:00"))  # 50.00 set aside: still less than a tenth
    after = {row.firm.id: row for row in unused(later)}

    assert set(before) == {idle.organisation_id}
    assert (before[idle.organisation_id].voucher, before[idle.organisation_id].email) == (None, idle.email)
    assert (after[idle.organisation_id].issued, after[idle.organisation_id].used) == (yuan("2000.00"), yuan("50.00"))
    assert after[idle.organisation_id].days_left == 113
    assert {busy.organisation_id, foreign.organisation_id} & set(after) == set()


def test_a_firm_is_reminded_once_in_thirty_days_and_only_from_the_list(app: Flask) -> None:
    a_programme(caps={"annual_fen": {"tech_sme": 200_000}})
    busy, _ = a_used_firm()
    idle, clerk = a_firm(), an_officer(Role.BUREAU_CLERK)

    remind_of_entitlement(idle.organisation_id, ["HALF"], by=clerk, at=NOW)
    with pytest.raises(AlreadyDecided):
        remind_of_entitlement(idle.organisation_id, ["HALF"], by=clerk, at=NOW + timedelta(days=29))
    remind_of_entitlement(idle.organisation_id, ["HALF"], by=clerk, at=NOW + timedelta(days=30))

    assert db.session.query(Letter).filter_by(kind="voucher_unused", user_id=idle.id).count() == 2
    with pytest.raises(NotEligible):
        remind_of_entitlement(busy.organisation_id, ["HALF"], by=clerk, at=NOW)
    with pytest.raises(Forbidden):
        remind_of_entitlement(idle.organisation_id, ["HALF"], by=idle, at=NOW)


def test_a_firm_is_reminded_of_several_programmes_in_one_letter_to_everybody_there(app: Flask) -> None:
    a_programme()
    a_programme(code="MORE")
    idle, clerk = a_firm(), an_officer(Role.BUREAU_CLERK)
    other = a_person(Role.FIRM_USER, idle.organisation)

    sent = remind_of_entitlement(idle.organisation_id, ["HALF", "MORE"], by=clerk, at=NOW)

    letters = db.session.query(Letter).filter_by(kind="voucher_unused").all()
    assert (sent, {letter.user_id for letter in letters}) == (2, {idle.id, other.id})
    assert {letter.facts["programme"] for letter in letters} == {"HALF, MORE"}
    for code in ("HALF", "MORE"):
        with pytest.raises(AlreadyDecided):
            remind_of_entitlement(idle.organisation_id, [code], by=clerk, at=NOW + timedelta(days=1))


@pytest.mark.parametrize("firms", [2, 9])
def test_the_list_takes_the_same_number_of_questions_for_few_firms_and_for_many(app: Flask, firms: int) -> None:
    a_programme()
    for _ in range(firms):
        a_firm()
    db.session.expire_all()

    with questions() as asked:
        rows = unused(NOW)

    assert (len(rows), len(asked) <= 6) == (firms, True), "\n".join(asked)


def test_a_wallet_knows_what_is_held_for_what_and_what_was_used_by_month(app: Flask) -> None:
    a_programme()
    firm, owner = a_used_firm()
    waiting = a_booking(firm, an_instrument(owner), tuesday("16:00"), tuesday("18:00"))

    holds, burn = open_holds(firm.organisation_id), wallet_burn(firm.organisation_id, on=date(2026, 9, 8))

    assert [(use.booking.id, use.held) for use in holds] == [(waiting.id, yuan("400.00"))]
    assert [(row.first_on, row.spent, row.held) for row in burn] == [(date(2026, 9, 1), yuan("200.00"), yuan("400.00"))]
    assert (open_holds(owner.organisation_id), wallet_burn(owner.organisation_id, on=date(2026, 9, 8))) == ([], [])
    assert with_figures(usable_vouchers(firm.organisation_id, ["HALF"], NOW.date())["HALF"])[0].figures.held == yuan("400.00")
