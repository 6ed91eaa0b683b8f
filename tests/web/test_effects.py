"""What a change would do is shown beside its form before anything is saved; and what an instrument lacks."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.periods import BUREAU_ZONE
from equipment_share.models.base import db
from equipment_share.models.instruments import Maintenance, PriceList
from equipment_share.services.instruments.listing import list_instrument
from tests.builders import a_booking, a_firm, an_instrument, an_owner
from tests.support.people import signed_in
from tests.web.test_prices_pages import rows


def row_of(page: str, sample: str) -> list[str]:
    """The two amounts of one line of the effect."""
    found = re.search(f'data-sample="{sample}".*?</tr>', page, re.DOTALL)
    return re.findall(r"¥[0-9.,]+|—", found[0]) if found else []


def test_the_price_of_a_typical_hour_is_shown_for_each_class_and_nothing_is_published(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    sent = rows({"part": "main", "mode": "guided", "unit": "hour", "unit_price_fen": "500", "setup_fee_fen": "20"})
    before = db.session.query(PriceList).count()

    part = client.post(f"/desk/instruments/{instrument.id}/prices-effect", data={**sent, "user_class": "external"})
    half = client.post(
        f"/desk/instruments/{instrument.id}/price-lists", data={"user_class": "tech_sme", "multiplier_bp": "80", "do": "show"}
    )

    assert row_of(part.text, "external-guided") == ["¥400.00", "¥520.00"]
    assert (half.status_code, row_of(half.text, "tech_sme-guided")) == (200, ["—", "¥320.00"])
    assert row_of(half.text, "external-guided") == ["¥400.00", "¥400.00"]
    assert db.session.query(PriceList).count() == before


def test_a_new_list_says_what_it_follows_row_by_row_and_that_bookings_keep_their_price(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    start = now().astimezone(BUREAU_ZONE).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=7)
    booking = a_booking(a_firm(), instrument, start, start + timedelta(hours=1), at=now())
    since = db.session.query(PriceList).filter_by(instrument_id=instrument.id).one().valid_from
    signed_in(client, owner)
    url, first = f"/desk/instruments/{instrument.id}", (start - timedelta(days=3)).date()
    sent = {**rows({"unit_price_fen": "500"}), "user_class": "external", "valid_from": str(first)}

    part = client.post(f"{url}/prices-effect", data=sent).text
    other = client.post(f"{url}/prices-effect", data={**sent, "user_class": "tech_sme"}).text
    clash = client.post(f"{url}/prices-effect", data={**sent, "valid_from": str(since)}).text
    asked = client.get(f"{url}/prices").text
    client.post(f"{url}/price-lists", data=sent)

    told = part.partition("data-follows")[2].partition("</p>")[0]
    assert str(first) in told and str(since) in told
    changes = dict(re.findall(r'data-change="([a-z_]+)"(.*?)</tr>', part, re.DOTALL))
    assert [re.findall(r"¥[0-9.,]+", changes[mode]) for mode in ("guided", "self_operate")] == [["¥400.00", "¥500.00"], ["¥400.00"]]
    assert 'data-kept="1"' in part and str(since) not in other.partition("data-follows")[2].partition("</p>")[0]
    assert ("data-unsound" in clash, "data-unsound" in part) == (True, False)
    assert asked.index("act-reason") < asked.index('<button class="button">')  # publishing is asked once more
    db.session.expire_all()
    assert booking.gross.fen == 40_000


def test_the_coming_week_is_shown_by_the_typed_hours(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    instrument = an_instrument(owner)
    signed_in(client, owner)

    part = client.post(f"/desk/instruments/{instrument.id}/hours-effect", data={"hours": "1-7 09:00-11:30\n1-7 13:00-15:00"})
    whole = client.post(f"/desk/instruments/{instrument.id}/edit", data={"hours": "1-7 09:00-11:30", "do": "show"})

    assert part.text.count("data-day=") == 7 and part.text.count("09:00–11:30") == 7 and part.text.count("13:00–15:00") == 7
    assert (whole.status_code, whole.text.count("09:00–11:30")) == (200, 7)
    db.session.expire_all()
    assert instrument.hours == []


def test_the_bookings_that_a_closure_touches_are_named_before_it_is_made(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    booking = a_booking(firm, instrument, start, start + timedelta(hours=1), at=now())
    signed_in(client, owner)
    typed = {"closed-start": start, "closed-end": start + timedelta(hours=3)}
    sent = {name: moment.astimezone(BUREAU_ZONE).strftime("%Y-%m-%dT%H:%M") for name, moment in typed.items()}

    part = client.post(f"/desk/instruments/{instrument.id}/closure-effect", data=sent)
    whole = client.post(f"/desk/instruments/{instrument.id}/maintenance", data={**sent, "do": "show"})
    none = client.post(f"/desk/instruments/{instrument.id}/closure-effect", data={})

    assert booking.number in part.text and booking.number in whole.text
    assert booking.number not in none.text
    assert db.session.query(Maintenance).count() == 0


def test_a_closure_repeats_by_a_choice_and_all_its_times_are_looked_at(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    start = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    late = start + timedelta(days=28)
    booking = a_booking(firm, instrument, late, late + timedelta(hours=1), at=now())
    between = a_booking(firm, instrument, start + timedelta(days=7), start + timedelta(days=7, hours=1), at=now())
    signed_in(client, owner)
    clock = {"closed-start": start, "closed-end": start + timedelta(hours=3)}
    sent = {name: moment.astimezone(BUREAU_ZONE).strftime("%Y-%m-%dT%H:%M") for name, moment in clock.items()}
    sent |= {"closed-every": "two_weeks", "closed-times": "3", "closed-reason": "校准"}

    part = client.post(f"/desk/instruments/{instrument.id}/closure-effect", data=sent)
    refused = client.post(f"/desk/instruments/{instrument.id}/maintenance", data=sent)
    done = client.post(f"/desk/instruments/{instrument.id}/maintenance", data={**sent, "closed-cancel_bookings": "1"})

    assert (booking.number in part.text, between.number in part.text) == (True, False)
    assert (refused.status_code, done.status_code) == (409, 302)
    assert [row.starts_at - start for row in db.session.query(Maintenance).order_by(Maintenance.id)] == [
        timedelta(days=days) for days in (0, 14, 28)
    ]
    db.session.expire_all()
    assert (booking.state.value, between.state.value) == ("cancelled_by_owner", "submitted")


def test_the_list_says_what_each_instrument_lacks(app: Flask, client: FlaskClient) -> None:
    owner = an_owner()
    an_instrument(owner, specs=[{"name": "Voltage", "low": 1, "high": 30, "unit": "kV"}])
    list_instrument({"inner_code": "BARE", "name_en": "Bare", "modes": ["guided"]}, by=owner, at=now())
    signed_in(client, owner)

    page = client.get("/desk/instruments/?missing=1").text

    assert sorted(re.findall('data-lack="([a-z]+)"', page)) == ["photo", "photo", "price", "specs"]
    assert '<span class="count" data-figure="lacking">2</span>' in page
