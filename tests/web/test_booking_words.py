"""What the booking form, a booking and its series call things, offer and give along."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from equipment_share.adapters import clock
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation, User
from equipment_share.models.planning import Series
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking
from equipment_share.services.bookings.offers import offer_slot
from equipment_share.services.bookings.series import request_series
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.transaction import answered_in_one
from tests.api.door import at_instant
from tests.builders import NOW, a_booking, a_firm, a_programme, a_wish, an_instrument, an_officer, an_owner, tuesday
from tests.support.people import signed_in
from tests.web.world import BUREAU

WISH = {"mode": "guided", "start": "2026-09-08T10:00", "end": "2026-09-08T12:00", "samples": "0"}


@pytest.fixture(autouse=True)
def still(app: Flask, tmp_path: Any) -> Any:
    """The house's clock stands at `NOW`, on a Monday at nine in Shanghai."""
    at_instant(tmp_path, NOW)
    yield lambda moment: at_instant(tmp_path, moment)
    clock.follow(None)


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_a_price_names_the_voucher_by_its_newest_name_and_never_by_its_code(app: Flask, client: FlaskClient) -> None:
    a_programme(code="HLF", name="Half of everything")
    firm, instrument = a_firm(), an_instrument(an_owner())
    booking = a_booking(firm, instrument, tuesday("14:00"), tuesday("16:00"))
    signed_in(client, firm)

    quoted = _text(client.post(f"/instruments/{instrument.id}/quote", data=WISH))
    pages = [quoted, _text(client.get(f"/bookings/{booking.id}")), _text(client.get("/wallet"))]

    assert "¥400.00" in quoted
    assert all("Half of everything" in page for page in pages)
    assert [re.findall(r"\bHLF\b", re.sub(r"<[^>]*>", " ", page)) for page in pages[:2]] == [[], []]
    assert quoted.count("50 %") == 1  # said once, behind Why?


def _settled(owner: User, firm: User) -> None:
    """Streets and telephones of both sides."""

    def written(session: Any) -> None:
        there, here = session.get_one(Organisation, owner.organisation_id), session.get_one(Organisation, firm.organisation_id)
        there.address, there.phone, there.contact_name = "Haichang Road 9", "0573-111", "Reception"
        here.phone, here.contact_name = "0573-222", "Lab of the firm"

    answered_in_one(written)


def test_street_and_telephones_are_for_the_two_sides_of_a_booking_and_the_street_alone_for_everybody(
    app: Flask, client: FlaskClient
) -> None:
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    _settled(owner, firm)
    instrument = an_instrument(owner, location="House 1, room 101")
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))

    public = _text(client.get(f"/instruments/{instrument.id}"))
    seen = {}
    for name, person in {"firm": firm, "owner": owner, "clerk": an_officer(BUREAU[0]), "rival": rival}.items():
        signed_in(client, person)
        seen[name] = _text(client.get(f"/bookings/{booking.id}"))

    assert "Haichang Road 9 · House 1, room 101" in public and "0573-111" not in public
    assert (
        'href="tel:0573-111"' in seen["firm"] and "Haichang Road 9 · House 1, room 101" in seen["firm"] and "0573-222" not in seen["firm"]
    )
    assert 'href="tel:0573-222"' in seen["owner"] and firm.email in seen["owner"] and "0573-111" not in seen["owner"]
    assert "0573" not in seen["clerk"] + seen["rival"] and "Haichang" not in seen["rival"]


def test_one_booking_goes_into_a_calendar_with_time_place_and_how_sure_it_is(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    _settled(owner, firm)
    instrument = an_instrument(owner, location="room 101")
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    address = f"/bookings/{booking.id}/calendar.ics"

    def event(person: User) -> tuple[Any, dict[str, str]]:
        signed_in(client, person)
        answer = client.get(address)
        one = next(iter(Calendar.from_ical(answer.data).walk("VEVENT")))
        assert (one["DTSTART"].dt, one["DTEND"].dt) == (tuesday("10:00"), tuesday("12:00"))
        return answer, {name: str(one[name]) for name in ("SUMMARY", "STATUS", "LOCATION", "UID")}

    _, waits = event(firm)
    approve_booking(booking.id, by=owner, at=NOW)
    answer, sure = event(owner)
    offered = _text(client.get(f"/bookings/{booking.id}"))
    cancel_booking(booking.id, by=firm, at=NOW)
    db.session.expire_all()

    assert waits == {
        "SUMMARY": instrument.name_zh, "STATUS": "TENTATIVE", "LOCATION": "Haichang Road 9 · room 101", "UID": f"{booking.number}@equipment-share",
    }  # fmt: skip
    assert (sure["SUMMARY"], sure["STATUS"]) == (f"{firm.organisation.name} · {instrument.name_zh}", "CONFIRMED")
    assert answer.content_type == "text/calendar; charset=utf-8" and f"{booking.number}.ics" in answer.headers["Content-Disposition"]
    assert f'href="{address}"' in offered
    assert client.get(address).status_code == 404 and address not in _text(client.get(f"/bookings/{booking.id}"))


def _series(firm: User, instrument: Instrument, weeks: int) -> tuple[Series, list[Booking]]:
    """A slot of two hours on Tuesday at ten, week after week; each date approved by its owner."""
    wish = a_wish(instrument, tuesday("10:00"), tuesday("12:00"))
    series, dates = request_series(wish, f"FREQ=WEEKLY;COUNT={weeks}", only_if_all=True, by=firm, at=NOW)
    return series, [row.booking for row in dates if row.booking is not None]


def test_the_rest_of_a_series_is_cancelled_in_one_step_with_its_figures_said_before_and_after(
    app: Flask, client: FlaskClient, still: Any
) -> None:
    a_programme()
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner, rules={"cancel_cutoff_minutes": 1440, "cancel_fee_bp": 2000})
    series, rows = _series(firm, instrument, 4)
    for row in rows[:3]:
        approve_booking(row.id, by=owner, at=NOW)
    cancel_booking(rows[2].id, by=firm, at=NOW)
    still(tuesday("12:30") + timedelta(days=6))  # the first is over, the second begins in less than a day
    signed_in(client, firm)

    page = _text(client.get(f"/series/{series.id}"))
    says = page[page.index('class="act-reason"') :]
    sent = {name: re.findall(rf'name="{name}" value="([^"]*)"', says)[0] for name in ("bookings", "most_fee_fen")}
    answer = _text(client.post(f"/series/{series.id}/cancel", data={**sent, "reason": "no more samples"}, follow_redirects=True))
    db.session.expire_all()

    assert sent == {"bookings": f"{rows[1].number} {rows[3].number}", "most_fee_fen": "16000"}
    assert "¥160.00" in says and "¥800.00" in says  # a fifth of 800.00; half of two times 800.00 is free again
    assert "¥160.00" in answer and "¥800.00" in answer and 'class="act-reason"' not in answer
    assert [(row.state.value, row.late_fee.fen) for row in rows] == [
        ("approved", 0), ("cancelled_by_firm", 16_000), ("cancelled_by_firm", 0), ("cancelled_by_firm", 0),
    ]  # fmt: skip
    assert [row.subsidy.fen for row in rows] == [40_000, 0, 0, 0]
    signed_in(client, rival)
    assert client.post(f"/series/{series.id}/cancel", data=sent).status_code == 404


def test_a_date_decided_meanwhile_is_named_and_a_dearer_or_empty_rest_cancels_nothing(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, rules={"cancel_cutoff_minutes": 1440, "cancel_fee_bp": 2000})
    series, rows = _series(firm, instrument, 3)
    for row in rows:
        approve_booking(row.id, by=owner, at=NOW)
    numbers = " ".join(row.number for row in rows)
    still(tuesday("11:00"))
    signed_in(client, firm)

    def cancelled(**sent: str) -> str:
        page = _text(client.post(f"/series/{series.id}/cancel", data={"reason": "moved", **sent}, follow_redirects=True))
        db.session.expire_all()
        return page

    nothing = cancelled(bookings=rows[0].number)
    before = [row.state.value for row in rows]
    still(tuesday("11:00") + timedelta(days=6))  # meanwhile the second costs 160.00
    dearer = cancelled(bookings=numbers, most_fee_fen="0")
    still_there = [row.state.value for row in rows]
    done = cancelled(bookings=numbers, most_fee_fen="16000")

    assert before == still_there == ["approved"] * 3
    assert all('class="note amber" role="status"' in page and "¥160.00" not in page[: page.index("<table")] for page in (nothing, dearer))
    assert rows[0].number in done[: done.index("<table")]
    assert [row.state.value for row in rows] == ["approved", "cancelled_by_firm", "cancelled_by_firm"]


def test_a_time_that_repeats_has_one_button_which_shows_its_dates_and_sends_nothing(app: Flask, client: FlaskClient) -> None:
    firm, instrument = a_firm(), an_instrument(an_owner())
    signed_in(client, firm)
    way = f"/instruments/{instrument.id}"
    dates = f'id="send" form="booking" formaction="{way}/series"'

    first = _text(client.get(f"{way}/book?start={WISH['start']}&end={WISH['end']}"))
    once, weekly = (_text(client.post(f"{way}/quote", data={**WISH, "times": "4", "every": every})) for every in ("", "week"))
    sent = client.post(f"{way}/book", data={**WISH, "times": "4", "every": "week", "key": "k"})
    shown = client.post(sent.location, data={**WISH, "times": "4", "every": "week", "key": "k"})
    priced = _text(client.post(f"{way}/book", data={**WISH, "times": "4", "every": "week", "preview": "1"}))

    assert [page.count('id="send"') for page in (first, once, weekly, priced)] == [1, 1, 1, 1]
    assert [dates in page for page in (first, once, weekly, priced)] == [False, False, True, True]
    assert [first.count(f"{way}/series"), priced.count(f"{way}/series")] == [0, 1]
    assert 'value="week" selected' in priced
    assert (sent.status_code, sent.location) == (307, f"{way}/series")  # a browser sends all it had once more
    assert (shown.status_code, shown.text.count("10:00–12:00")) == (200, 4)
    assert db.session.query(Booking).count() == 0
    assert client.post(f"{way}/book", data={**WISH, "every": "", "key": "k2"}).status_code == 303


def test_the_list_says_why_a_voucher_bears_nothing_and_whose_papers_it_asks_for(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    a_programme()
    plain = an_instrument(owner, takes_vouchers=False)
    offer_slot(a_wish(plain, tuesday("14:00"), tuesday("15:00")), firm.email, override="", by=owner, at=NOW)
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    record_usage(booking.id, start=tuesday("10:00"), end=tuesday("11:30"), by=owner, at=tuesday("13:00"))
    confirm_usage(booking.id, by=firm, at=tuesday("14:00"))
    firm.language = "en"
    db.session.commit()
    signed_in(client, firm)

    page = " ".join(client.get("/bookings?show=all").text.split())

    assert "for you to add: Contract, Payment proof<" in page
    assert page.count("What it would cost") == 1
