"""A competitor sees that a time is occupied and nothing else: not who, not what for, not by which number - on every page, feed and answer."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.api.blueprints import operations
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.services.bookings.decisions import cancel_booking
from equipment_share.services.bookings.offers import wait_for_slot
from tests.api.door import Door
from tests.builders import NOW, a_booking, a_firm, a_wish, an_instrument, an_owner, tuesday
from tests.support.people import signed_in
from tests.web.test_matrix import NOT_HERE, PAGES, _rules
from tests.web.world import a_world, address

SHOWN_TO_ALL = {"reports.publicity", "/publicity"}
"""What the law publishes: firm and amount of paid claims."""


def _secrets(app: Flask) -> list[str]:
    """What only the first firm, its owner and the bureau may know."""
    rows = db.session.query(Booking).all()
    firm = rows[0].firm
    rows[0].purpose, rows[0].answers = "绝密断口 Z9", {"material": "绝密合金 Q7"}
    db.session.commit()
    assert firm.name
    return [firm.name, "绝密断口 Z9", "绝密合金 Q7", *(row.number for row in rows)]


def test_no_page_tells_a_competitor_who_comes_or_why(app: Flask, client: FlaskClient) -> None:
    from flask import url_for

    world = a_world(app)
    secrets, seen, told = _secrets(app), 0, []
    for suffix in ("_2", None):
        person = world.people["firm_admin" + suffix] if suffix else None
        for rule, method in _rules(app):
            letter = "a" if person else "-"
            if method != "GET" or rule.endpoint in NOT_HERE or rule.endpoint in SHOWN_TO_ALL or letter not in PAGES[rule.endpoint]:
                continue
            if person is not None:
                signed_in(client, person)
            else:
                client.delete_cookie("session")
            with app.test_request_context():
                target = url_for(rule.endpoint, **address(world, rule.endpoint, set(rule.arguments), world.people["firm_admin"]))
            text = client.get(target).get_data().decode(errors="replace")
            seen += 1
            told += [f"{rule.endpoint}: {secret}" for secret in secrets if secret in text]

    assert told == []
    assert seen > 30


def test_no_answer_of_the_api_tells_a_competitor_who_comes_or_why(app: Flask) -> None:
    world = a_world(app)
    secrets, told, seen = _secrets(app), [], 0
    rival = Door(app, world.people["firm_admin_2"])
    instrument = world.values["instrument_id"]
    for operation in operations():
        if operation.method != "GET" or operation.path in SHOWN_TO_ALL:
            continue
        path = operation.path.replace("/instruments/{id}", f"/instruments/{instrument}").replace("{id}", str(world.values["booking_id"]))
        path = path.replace("{code}", "HALF").replace("{n}", "1").replace("{secret}", "x" * 30)
        query = "?from=2026-09-07T00:00:00%2B08:00&to=2026-09-14T00:00:00%2B08:00" if path.endswith("availability") else ""
        text = rival.client.get("/api/v1" + path + query, headers=rival.headers).get_data(as_text=True)
        seen += 1
        told += [f"{path}: {secret}" for secret in secrets if secret in text]

    refused = rival.post("/bookings", {
        "instrument": str(instrument), "mode": "guided", "start": tuesday("08:00").isoformat(), "end": tuesday("09:00").isoformat(),
    })  # fmt: skip
    told += [f"refusal: {secret}" for secret in secrets if secret in refused.text]

    assert told == []
    assert seen > 20


def test_a_time_that_a_competitor_gave_up_is_offered_by_the_system_and_not_by_its_person(app: Flask, client: FlaskClient) -> None:
    rival, firm, instrument = a_firm(), a_firm(), an_instrument(an_owner())
    rival.name, firm.language = "竞争者甲", "en"
    db.session.commit()
    taken = a_booking(rival, instrument, tuesday("10:00"), tuesday("12:00"))
    wait_for_slot(a_wish(instrument, tuesday("10:00"), tuesday("12:00")), by=firm, at=NOW)

    cancel_booking(taken.id, by=rival, at=NOW)
    offer = db.session.query(Booking).filter_by(firm_id=firm.organisation_id).one()
    page = signed_in(client, firm).get(f"/bookings/{offer.id}").get_data(as_text=True)
    told = Door(app, firm).get(f"/bookings/{offer.id}").json["history"]

    assert [(step["event"], step["actor"]) for step in told] == [("offered", "system")]
    assert re.search("Offered to you until Mon 7 Sep( 2026)? 13:00", page) and "Accept the offer" in page and "Decline the offer" in page
    assert "竞争者甲" not in page and page.count('<ol class="timeline">') == 1
