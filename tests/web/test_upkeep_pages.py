"""The owner's upkeep by page: what is planned at all instruments, what a closure would hit, and a step that fits the day."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.bookings.rules import Rules, divides_the_day
from equipment_share.models.base import db
from equipment_share.models.instruments import Maintenance
from equipment_share.services.instruments.closing import close_fault, open_outage, report_fault
from tests.builders import a_booking, a_firm, an_instrument, an_owner
from tests.support.people import signed_in


@pytest.mark.parametrize(("minutes", "fits"), [(5, True), (45, True), (60, True), (1440, True), (7, False), (0, False), (50, False)])
def test_a_step_fits_when_it_divides_the_day(minutes: int, fits: bool) -> None:
    assert divides_the_day(minutes) is fits


def test_a_step_of_seven_minutes_is_refused_and_one_of_thirty_says_whom_it_concerns(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    for _ in range(3):
        an_instrument(owner)
    signed_in(client, owner)

    seven, thirty = (client.post("/desk/upkeep/defaults", data={"grid_minutes": step}, follow_redirects=True) for step in ("7", "30"))

    assert seven.status_code == 422 and 'id="grid_minutes-error"' in seven.text
    db.session.expire_all()
    assert owner.organisation.rules == {"grid_minutes": 30}
    assert "3" in thirty.text.partition('role="status">')[2].partition("</p>")[0]


def test_a_closure_that_is_refused_names_instrument_firm_and_the_way_to_each_booking(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    start = (now() + timedelta(days=20)).replace(hour=2, minute=0, second=0, microsecond=0)
    booking = a_booking(firm, instrument, start, start + timedelta(hours=1), at=now())
    signed_in(client, owner)
    day = (start + timedelta(hours=8)).date().isoformat()
    typed = {"closed-start": f"{day}T09:00", "closed-end": f"{day}T12:00", "closed-reason": "x", "closed-every": ""}

    answers = [
        client.post(f"/desk/instruments/{instrument.id}/maintenance", data=typed),
        client.post("/desk/upkeep/days", data={"first_on": day, "last_on": day}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    for answer in answers:
        part = answer.text.partition('class="hit"')[2].partition("</ul>")[0]
        assert f'href="/bookings/{booking.id}"' in part and booking.firm.name in part and instrument.name_zh in part


def test_planned_times_of_all_instruments_stand_on_one_page_and_one_is_planned_from_there(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    start = now() + timedelta(days=9)
    typed = {"closed-start": start.strftime("%Y-%m-%dT10:00"), "closed-end": start.strftime("%Y-%m-%dT11:00"), "closed-every": "week"}
    url = f"/desk/instruments/{instrument.id}/maintenance"

    once = client.post(url, data={**typed, "closed-times": "1"})
    thrice = client.post(url, data={**typed, "closed-times": "3"})
    page = client.get("/desk/upkeep/").text
    way = client.get(f"/desk/upkeep/?instrument={instrument.id}")

    assert (once.status_code, thrice.status_code, db.session.query(Maintenance).count()) == (422, 302, 3)
    assert 'data-figure="planned">3<' in page
    assert way.headers["Location"] == f"/desk/instruments/{instrument.id}#closure"


def test_a_fault_without_an_outage_does_not_claim_that_something_was_opened_again(app: Flask) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    faults = [report_fault(instrument.id, words="x", by=owner, at=now()) for _ in range(2)]
    open_outage(faults[1].id, until=now() + timedelta(days=1), by=owner, at=now())

    assert [close_fault(fault.id, by=owner, at=now()).maintenance_id is not None for fault in faults] == [False, True]


def test_an_instruments_page_prices_what_it_serves_and_names_what_its_page_lacks(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    instrument.modes, owner.language = ["guided", "commissioned"], "en"
    db.session.commit()
    signed_in(client, owner)

    page = client.get(f"/desk/instruments/{instrument.id}").text
    modes = page.partition('name="price-mode"')[2].partition("</select>")[0]

    assert re.findall(r'option value="(\w+)"', modes) == ["guided", "commissioned"]
    assert '<span class="state s-done">In the pool</span>' in page
    assert re.findall(r'data-lack="\w+" href="([^"]+)">(\w+)<', page) == [
        ("#pictures", "Photo"), (f"/desk/instruments/{instrument.id}/specs", "Specifications"),
    ]  # fmt: skip
    assert ">Plan the maintenance</button>" in page


def test_an_empty_rule_for_all_shows_the_value_that_holds_then(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    owner.organisation.rules = {"max_minutes": 90}
    db.session.commit()
    signed_in(client, owner)

    page = client.get("/desk/upkeep/").text
    shown = {name: re.search(f'<input[^>]*name="{name}"[^>]*>', page) for name in ("grid_minutes", "max_minutes", "cancel_fee_bp")}

    assert [re.findall(r'(placeholder|value)="([^"]*)"', found[0]) for found in shown.values() if found] == [
        [("placeholder", str(Rules().grid_minutes)), ("value", "")],
        [("placeholder", str(Rules().max_minutes)), ("value", "90")],
        [("placeholder", "0"), ("value", "")],
    ]


def test_an_instruments_form_is_saved_beside_and_below_and_an_offer_asks_who_what_when(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    owner.language = "en"
    db.session.commit()
    signed_in(client, owner)

    form = client.get(f"/desk/instruments/{instrument.id}/edit").text
    offer = client.get("/desk/offer").text
    asked = re.findall(r'<(?:select|input|textarea)[^>]* name="(\w+)"', offer.partition('id="offer"')[2])

    assert form.count(">Save the instrument</button>") == 3  # the first of them is what the Enter key presses
    assert form.index('class="save-below"') > form.index("Approve requests at once")
    assert asked == ["csrf_token", "known", "for", "instrument", "mode", "samples", "start", "end", "override"]
