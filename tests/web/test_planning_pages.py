"""Changes, offers, series, baskets, the page at the instrument and upkeep, as a person clicks through them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters import clock
from equipment_share.domain.tariffs import Terms
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.planning import Fault, Series, Waiting
from equipment_share.queries.instruments.calendar import days_named
from equipment_share.services.bookings.changes import change_booking
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.calendar import name_day
from equipment_share.services.instruments.listing import set_prices
from equipment_share.services.jobs import run_due
from equipment_share.web.filters import local
from tests.api.door import at_instant
from tests.builders import NOW, SYSTEM, a_booking, a_firm, a_programme, an_instrument, an_owner, bureau_day, tuesday
from tests.support.people import signed_in


@pytest.fixture
def still(app: Flask, tmp_path: Any) -> Any:
    """The house's clock stands at `NOW`."""
    at_instant(tmp_path, NOW)
    yield lambda moment: at_instant(tmp_path, moment)
    clock.follow(None)


def _wish(start: str = "2026-09-08T10:00", end: str = "2026-09-08T12:00", **more: str) -> dict[str, str]:
    return {"mode": "guided", "start": start, "end": end, "samples": "0", **more}


def _text(answer: Any) -> str:
    return answer.get_data(as_text=True)


def _state(booking: Booking) -> str:
    db.session.rollback()
    return db.session.get_one(Booking, booking.id).state.value


def test_a_taken_slot_leads_into_the_line_and_an_offer_is_taken_on_its_page(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner, first, second = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner)
    key = instrument.id
    taken = a_booking(first, instrument, tuesday("10:00"), tuesday("12:00"))
    signed_in(client, second)

    refused = client.post(f"/instruments/{key}/book", data=_wish())
    assert refused.status_code == 422
    assert f"/instruments/{key}/wait" in _text(refused)
    waits = client.post(f"/instruments/{key}/wait", data=_wish(), follow_redirects=True)
    assert "退出候补" in _text(waits)

    signed_in(client, first)
    client.post(f"/bookings/{taken.id}/cancel", data={"reason": "x"})
    signed_in(client, second)
    offer = db.session.query(Waiting).one().booking_id
    line = _text(client.get("/waiting"))
    until = db.session.get_one(Booking, offer).answer_by
    assert until is not None
    assert local(until) in line.partition("data-until>")[2]
    assert f'href="/bookings/{offer}"' in line
    assert "/leave" not in line  # both ways, taking and leaving, are on the page of the offer
    page = _text(client.get(f"/bookings/{offer}"))
    assert 's-offered">已留给您<' in page
    assert "400.00" in page  # what it would cost the firm, the voucher's half taken off
    answer = client.post(f"/bookings/{offer}/accept-offer", follow_redirects=True)
    assert answer.status_code == 200
    assert db.session.get_one(Booking, offer).net.fen == 40_000


def test_a_change_and_a_proposal_are_asked_for_and_taken_on_the_bookings_page(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    signed_in(client, firm)
    wrong = client.post(f"/bookings/{booking.id}/change", data={"change-start": "2026-09-08T12:00", "change-end": "2026-09-08T10:00"})
    assert wrong.status_code == 422
    assert 'value="2026-09-08T12:00"' in _text(wrong)
    done = client.post(f"/bookings/{booking.id}/change", data={"change-start": "2026-09-08T10:00", "change-end": "2026-09-08T11:00"})
    new = db.session.query(Booking).filter_by(change_of_id=booking.id).one()
    assert (done.status_code, done.headers["Location"]) == (303, f"/bookings/{new.id}")

    signed_in(client, owner)
    told = client.post(f"/bookings/{new.id}/propose", data={"propose-start": "2026-09-09T10:00", "propose-end": "2026-09-09T11:00"})
    assert told.status_code == 303
    signed_in(client, firm)
    assert "/accept-proposal" in _text(client.get(f"/bookings/{new.id}"))
    taken = client.post(f"/bookings/{new.id}/accept-proposal", follow_redirects=True)
    last = db.session.query(Booking).filter_by(change_of_id=new.id).one()
    assert (taken.status_code, last.state.value, last.starts_at) == (200, "approved", tuesday("10:00") + timedelta(days=1))
    assert (_state(booking), _state(new)) == ("rescheduled", "rescheduled")


def test_a_request_that_was_shortened_still_waits_and_can_be_approved(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    shorter = change_booking(booking.id, start=tuesday("10:00"), end=tuesday("11:00"), by=firm, at=NOW)

    assert approve_booking(shorter.id, by=owner, at=NOW).state.value == "approved"


def test_a_series_shows_its_dates_and_books_the_free_ones(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner)
    key = instrument.id
    blocker = a_booking(rival, instrument, tuesday("10:00") + timedelta(days=7), tuesday("12:00") + timedelta(days=7))
    signed_in(client, firm)

    seen = client.post(f"/instruments/{key}/series", data=_wish(every="week", times="4"))
    assert (seen.status_code, _text(seen).count("s-ok")) == (200, 3)
    assert "3 个空闲日期" in _text(seen)
    assert db.session.query(Series).count() == 0
    made = client.post(f"/instruments/{key}/series", data=_wish(every="week", times="4", take="free", key="k1"))
    again = client.post(f"/instruments/{key}/series", data=_wish(every="week", times="4", take="free", key="k1"))
    assert (made.status_code, made.headers["Location"]) == (303, again.headers["Location"])
    assert db.session.query(Booking).filter_by(firm_id=firm.organisation_id).count() == 3
    assert "¥2,400.00" in _text(seen)  # three free dates at 800
    page = _text(client.get(made.headers["Location"]))
    assert re.findall(r'data-figure="(gross|subsidy|net)">(?:<strong>)?([^<]+)', page) == [
        ("gross", "¥2,400.00"), ("subsidy", "¥0.00"), ("net", "¥2,400.00"),
    ]  # fmt: skip
    assert re.search('class="note green" role="status">[^<]*3[^<]*¥2,400.00', page)
    head = page.partition("<thead>")[2].partition("</thead>")[0]
    assert (head.count("<th"), 'colspan="2"' in page, 'name="date"' in page) == (5, True, False)  # no column for boxes that are not there

    signed_in(client, rival)
    client.post(f"/bookings/{blocker.id}/cancel", data={"reason": "x"})
    signed_in(client, firm)
    page = _text(client.get(made.headers["Location"]))
    assert ('colspan="3"' in page, 'name="date"' in page) == (True, True)
    client.post(made.headers["Location"] + "/add", data={"date": "2026-09-15"})
    assert db.session.query(Booking).filter_by(firm_id=firm.organisation_id).count() == 4
    assert client.post(f"/instruments/{key}/series", data=_wish(every="week", times="53")).status_code == 422


def test_a_basket_is_filled_page_by_page_and_sent_whole_or_not_at_all(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    one, two = an_instrument(owner), an_instrument(owner)
    keys = [one.id, two.id]
    taken = a_booking(rival, two, tuesday("11:00"), tuesday("12:00"))
    signed_in(client, firm)
    for key in keys:
        assert client.post(f"/instruments/{key}/basket", data=_wish()).status_code == 303

    assert client.get("/basket").status_code == 200
    refused = client.post("/basket", data={"key": "b1"})
    assert refused.status_code == 422
    assert "第 2 项" in _text(refused)
    assert db.session.query(Booking).filter_by(firm_id=firm.organisation_id).count() == 0

    signed_in(client, rival)
    client.post(f"/bookings/{taken.id}/cancel", data={"reason": "x"})
    signed_in(client, firm)
    for key in keys:
        client.post(f"/instruments/{key}/basket", data=_wish())
    client.post("/basket/remove", data={"row": "0"})
    basket = _text(client.get("/basket"))
    assert owner.organisation.name in basket and 'data-figure="net"' in basket
    sent = client.post("/basket", data={"key": "b2"})
    assert sent.status_code in (303, 422)


def test_samples_are_asked_about_and_only_firm_and_owner_read_the_answers(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    key = an_instrument(owner).id
    signed_in(client, owner)
    rows = {
        "key": ["material", "thickness", "coating", ""], "label": ["材料", "厚度", "镀膜", ""], "kind": ["text", "number", "choice", "text"],
        "more": ["", "mm", "金,铂", ""], "required": ["0", "1"],
    }  # fmt: skip
    assert client.post(f"/desk/instruments/{key}/questions", data=rows).status_code == 302

    signed_in(client, firm)
    form = _text(client.get(f"/instruments/{key}/book"))
    assert all(text in form for text in ("材料", "厚度（mm）", "铂"))
    missing = client.post(f"/instruments/{key}/book", data=_wish(answer_material="断口 X7", answer_thickness="thick"))
    assert missing.status_code == 422
    assert "断口 X7" in _text(missing)
    done = client.post(f"/instruments/{key}/book", data=_wish(answer_material="断口 X7", answer_thickness="1.5", answer_coating="金"))
    assert done.status_code == 303
    booking = db.session.query(Booking).one()
    assert booking.answers == {"material": "断口 X7", "thickness": 1.5, "coating": "金"}
    for person, sees in ((firm, True), (owner, True)):
        signed_in(client, person)
        assert ("断口 X7" in _text(client.get(f"/bookings/{booking.id}"))) is sees
    signed_in(client, rival)
    assert client.get(f"/bookings/{booking.id}").status_code == 404
    assert "断口 X7" not in _text(client.get(f"/instruments/{key}"))


def test_before_an_offer_the_keeper_sees_the_list_price_and_nothing_of_the_firms_vouchers(
    app: Flask, client: FlaskClient, still: Any
) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    a_booking(firm, instrument, tuesday("14:00"), tuesday("15:00"))
    set_prices(instrument.id, [], valid_from=bureau_day(NOW), user_class="tech_sme", terms=Terms(multiplier_bp=8_000), by=owner, at=NOW)
    signed_in(client, owner)
    typed = {"instrument": instrument.id, "mode": "guided", "start": "2026-09-08T10:00", "end": "2026-09-08T12:00"}
    bookings = db.session.query(Booking).count()

    anybody, known, taken, none = (
        _text(client.post("/desk/offer/price", data={**typed, **more}))
        for more in ({}, {"known": firm.email}, {"start": "2026-09-08T14:00", "end": "2026-09-08T15:00"}, {"end": ""})
    )
    whole = _text(client.post("/desk/offer", data={**typed, "do": "show"}))

    figure = r'data-figure="list-price">([^<]+)<'
    assert [re.findall(figure, page) for page in (anybody, known, taken, none)] == [["¥800.00"], ["¥640.00"], ["¥400.00"], []]
    assert re.findall(figure, whole) == ["¥800.00"]
    assert [("data-problems" in page) for page in (anybody, known, taken, none)] == [False, False, True, False]
    assert "¥320.00" not in known and "HALF" not in known  # the voucher would bear half
    assert db.session.query(Booking).count() == bookings


def test_two_taps_at_the_instrument_and_a_fault_that_takes_it_out_of_use(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner)
    key = instrument.id
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    late = a_booking(rival, instrument, tuesday("14:00"), tuesday("15:00"))
    for row in (booking, late):
        approve_booking(row.id, by=owner, at=NOW)
    still(tuesday("09:45"))
    signed_in(client, firm)

    page = _text(client.get(f"/kiosk/{key}"))
    assert f"/kiosk/{key}/{booking.id}/in" in page
    assert f"/kiosk/{key}/{late.id}/in" not in page  # another firm's booking is not there
    client.post(f"/kiosk/{key}/{booking.id}/in")
    assert _state(booking) == "in_use"
    assert client.post(f"/kiosk/{key}/fault", data={"words": ""}).status_code == 422
    assert client.post(f"/kiosk/{key}/fault", data={"words": "真空上不去"}).status_code == 303
    still(tuesday("11:00"))
    client.post(f"/kiosk/{key}/{booking.id}/out")
    db.session.rollback()
    assert db.session.get_one(Booking, booking.id).busy_to == tuesday("11:00")

    signed_in(client, owner)
    fault = db.session.query(Fault).one().id
    assert "真空上不去" in _text(client.get("/desk/upkeep/"))
    asked = client.post(f"/desk/upkeep/faults/{fault}/outage", data={"until": "2026-09-08T18:00"})
    assert (asked.status_code, late.number in _text(asked)) == (409, True)
    done = client.post(f"/desk/upkeep/faults/{fault}/outage", data={"until": "2026-09-08T18:00", "cancel_bookings": "y"})
    assert (done.status_code, _state(late)) == (303, "cancelled_by_owner")
    assert db.session.get_one(Booking, late.id).gross.fen == 0
    assert client.post(f"/desk/upkeep/faults/{fault}/mended").status_code == 303
    assert client.post(f"/desk/upkeep/faults/{fault}/mended").status_code == 409


def test_the_poster_carries_a_code_of_the_page_at_the_instrument(app: Flask, client: FlaskClient, still: Any) -> None:
    owner = an_owner()
    key = an_instrument(owner).id
    signed_in(client, owner)

    page = _text(client.get(f"/desk/instruments/{key}/poster"))

    assert re.search(r"<svg[^>]*qr", page)
    assert f"http://127.0.0.1:5000/kiosk/{key}" in page
    assert "data-print" in page.partition('class="poster"')[2]


def test_the_page_at_the_instrument_shows_its_day_alone_and_asks_before_it_is_left(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    still(tuesday("09:45"))

    for person, way_out in ((owner, "/desk/run"), (firm, "/bookings")):
        signed_in(client, person)
        page = _text(client.get(f"/kiosk/{instrument.id}"))
        before, asked, after = page.partition('<details class="act-reason">')
        assert asked and f'href="{way_out}' in after.partition("</details>")[0]
        assert re.findall('href="/(?!static)[^"]*"', before) == [] and "tabs-bar" not in page and "<nav" not in page
        assert 'action="/sign-out"' in after
        assert "9月8日" in page and f'hx-get="/kiosk/{instrument.id}"' in page


def test_a_use_that_runs_over_is_told_to_who_comes_next_once(app: Flask, still: Any) -> None:
    from equipment_share.models.outbox import Letter
    from equipment_share.services.bookings.attendance import check_in

    owner, firm, rival = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner)
    first = a_booking(firm, instrument, tuesday("10:00"), tuesday("11:00"))
    following = a_booking(rival, instrument, tuesday("11:00"), tuesday("12:00"))
    for row in (first, following):
        approve_booking(row.id, by=owner, at=NOW)
    check_in(first.id, by=firm, at=tuesday("10:00"))

    for minutes in (0, 5, 9):
        run_due(at=tuesday("11:01") + timedelta(minutes=minutes))

    told = [row.user_id for row in db.session.query(Letter).filter_by(kind="use_overruns")]
    assert sorted(told) == sorted([owner.id, rival.id])
    assert _state(following) == "approved"


def test_days_off_close_everything_and_tell_first_what_they_hit(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    signed_in(client, owner)
    days = {"first_on": "2026-09-08", "last_on": "2026-09-09", "reason": "校庆"}

    asked = client.post("/desk/upkeep/days", data=days)
    assert (asked.status_code, booking.number in _text(asked), _state(booking)) == (409, True, "submitted")
    assert client.post("/desk/upkeep/days", data={**days, "cancel_bookings": "y"}).status_code == 303
    assert _state(booking) == "cancelled_by_owner"
    signed_in(client, firm)
    refused = client.post(f"/instruments/{instrument.id}/book", data=_wish())
    assert (refused.status_code, db.session.query(Booking).count()) == (422, 1)


def test_what_an_owner_says_for_all_is_inherited_and_an_instrument_may_say_otherwise(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    plain, own = an_instrument(owner), an_instrument(owner, rules={"max_minutes": 600})
    keys = (plain.id, own.id)
    signed_in(client, owner)

    assert client.post("/desk/upkeep/defaults", data={"max_minutes": "60"}).status_code == 303
    assert client.post("/desk/upkeep/defaults", data={"max_minutes": "60", "min_minutes": "700"}).status_code == 422
    signed_in(client, firm)
    answers = [client.post(f"/instruments/{key}/book", data=_wish()).status_code for key in keys]

    assert answers == [422, 303]


def test_the_administrator_names_a_day_off_and_the_instruments_that_keep_holidays_close(
    app: Flask, client: FlaskClient, still: Any
) -> None:
    from tests.builders import Kind, Role, a_person, an_organisation

    owner, firm = an_owner(), a_firm()
    key = an_instrument(owner, keeps_holidays=True).id
    signed_in(client, a_person(Role.ADMIN, an_organisation(Kind.PLATFORM)))
    assert "2031 年节假日尚未公布" in _text(client.get("/admin/calendar?year=2031"))
    assert client.post("/admin/calendar", data={"day": "2026-09-08", "kind": "off", "name": "校庆日"}).status_code == 303
    assert client.post("/admin/calendar", data={"day": "x", "kind": "off"}).status_code == 422
    week = {"day": "2027-10-01", "until": "2027-10-07", "kind": "off", "name": "国庆"}
    told = client.post("/admin/calendar", data=week, follow_redirects=True).text
    wrong = [client.post("/admin/calendar", data={**week, "until": day}).status_code for day in ("2027-09-30", "2027-11-01")]
    assert ([day.day.isoformat() for day in days_named(2027)], wrong) == ([f"2027-10-0{number}" for number in range(1, 8)], [422, 422])
    assert "7 " in re.findall(r'class="note green"[^>]*>([^<]*)', told)[0]
    assert re.search(r'<details class="act-reason">.*?2027-10-07.*?action="/admin/calendar/2027-10-07/forget"', told, re.DOTALL)
    stretch = re.findall(r'<td class="whole long"[^>]*>2027-10-01[^–]*– 10-07[^<]*</td>\s*<td class="n more"[^>]*>(\d+)</td>', told)
    assert (stretch, told.count("<tr>")) == (["7"], 2)
    assert told.index('name="until"') < told.index("2027-10-01 ")
    signed_in(client, firm)
    assert client.post(f"/instruments/{key}/book", data=_wish()).status_code == 422

    name_day(tuesday("10:00").date(), "work", by=SYSTEM, at=NOW)
    assert client.post(f"/instruments/{key}/book", data=_wish()).status_code == 303
