"""What a booking's own page offers at each moment, and what it says about who is next."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters import clock
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.planning import Waiting
from equipment_share.services.bookings.changes import change_booking
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking, propose_time
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.instruments.listing import change_instrument
from equipment_share.web.filters import local
from tests.api.door import at_instant
from tests.builders import NOW, a_booking, a_firm, a_programme, an_instrument, an_owner, tuesday
from tests.support.people import signed_in
from tests.web.test_prices_pages import with_add_ons


@pytest.fixture
def still(app: Flask, tmp_path: Any) -> Any:
    """The house's clock stands at `NOW`, on a Monday at eight."""
    at_instant(tmp_path, NOW)
    yield lambda moment: at_instant(tmp_path, moment)
    clock.follow(None)


def _wish(start: str = "2026-09-08T10:00", end: str = "2026-09-08T12:00", **more: str) -> dict[str, str]:
    return {"mode": "guided", "start": start, "end": end, "samples": "0", **more}


def _text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_check_in_is_offered_from_the_grace_on_and_who_is_early_is_told_when(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    signed_in(client, firm)
    page, button = f"/bookings/{booking.id}", f'action="/bookings/{booking.id}/check-in"'

    early = _text(client.get(page))
    refused = client.post(f"{page}/check-in")
    still(tuesday("09:30"))
    on_time = _text(client.get(page))
    still(tuesday("12:00"))
    over = _text(client.get(page))

    assert button not in early and "2026-09-08 09:30" in early
    assert refused.status_code == 409
    assert 'class="note amber" role="status"' in _text(refused) and page in _text(refused)
    assert db.session.get_one(Booking, booking.id).state.value == "approved"
    assert button in on_time and "data-opens" not in on_time
    assert button not in over and "data-opens" not in over


def test_a_proposal_waits_for_the_firm_with_its_price_its_reason_and_the_firms_own_deadline(
    app: Flask, client: FlaskClient, still: Any
) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, rules={"min_minutes": 120})
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    start, end = tuesday("14:00") + timedelta(days=7), tuesday("15:00") + timedelta(days=7)
    propose_time(booking.id, start=start, end=end, override="repair until then", by=owner, at=NOW)
    signed_in(client, firm)

    page, first = _text(client.get(f"/bookings/{booking.id}")), _text(client.get("/me"))
    still(tuesday("10:00"))
    late = _text(client.get(f"/bookings/{booking.id}"))

    who = re.search(r'<p class="who-next">(.*?)</p>', page)
    assert who is not None and "2026-09-08 10:00" in who[1]
    assert "2026-09-08 10:00" in first
    waiting = page[page.index("data-proposal") :]
    assert "repair until then" in waiting and "¥200.00" in waiting  # one hour at 400, half of it the voucher's
    assert "accept-proposal" in page and "/cancel" in page
    assert "accept-proposal" not in late


def test_a_proposal_for_a_request_ends_with_the_request_itself(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    begin, end = tuesday("10:00") + timedelta(days=28), tuesday("12:00") + timedelta(days=28)
    booking = a_booking(firm, an_instrument(owner), begin, end)
    propose_time(booking.id, start=begin + timedelta(days=1), end=end + timedelta(days=1), by=owner, at=NOW)
    answer_by = db.session.get_one(Booking, booking.id).answer_by
    signed_in(client, firm)

    page, first = _text(client.get(f"/bookings/{booking.id}")), _text(client.get("/me"))

    assert answer_by is not None and answer_by < begin
    ends = local(answer_by)
    assert ends in page and ends in first
    assert local(begin) not in first


def test_the_owners_rule_is_told_before_sending_after_it_and_in_the_history(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    at_once, asked = an_instrument(owner, rules={"auto_approve": True}), an_instrument(owner)
    wish = {"mode": "guided", "start": "2026-09-08T10:00", "end": "2026-09-08T12:00", "samples": "0"}
    signed_in(client, firm)

    shown = [_text(client.get(f"/instruments/{one.id}/book?start={wish['start']}&end={wish['end']}")) for one in (at_once, asked)]
    sent = [_text(client.post(f"/instruments/{one.id}/book", data=wish, follow_redirects=True)) for one in (at_once, asked)]

    assert ["data-at-once" in page for page in shown] == [True, False]
    assert ["data-rule" in page for page in sent] == [True, False]
    assert all('class="note green" role="status"' in page and "¥400.00" in page for page in sent)


def test_a_place_in_line_is_for_the_time_and_what_goes_beside_it_is_chosen_when_the_offer_is_taken(
    app: Flask, client: FlaskClient, still: Any
) -> None:
    a_programme()
    owner, first, second = an_owner(), a_firm(), a_firm()
    instrument = with_add_ons(owner)
    questions = [{"key": "thickness", "label": "Thickness", "kind": "number", "unit": "mm", "required": True, "choices": []}]
    change_instrument(instrument.id, {"questions": questions}, by=owner, at=NOW)
    taken = a_booking(first, instrument, tuesday("10:00"), tuesday("12:00"), answers={"thickness": 1})
    signed_in(client, second)
    line = client.post(f"/instruments/{instrument.id}/wait", data=_wish(add_on_GRID="4", urgent="1"), follow_redirects=True)
    cancel_booking(taken.id, reason="x", by=first, at=NOW)
    offer = db.session.query(Waiting).one().booking_id

    page = _text(client.get(f"/bookings/{offer}"))
    wrong = client.post(f"/bookings/{offer}/accept-offer", data={"mode": "guided", "answer_thickness": "thick"})
    sent = {"mode": "guided", "add_on_GRID": "4", "answer_thickness": "1.5"}
    done = client.post(f"/bookings/{offer}/accept-offer", data=sent, follow_redirects=True)

    assert line.status_code == 200 and _text(line).count('class="note green"') == 2
    assert 'name="add_on_GRID"' in page and 'name="answer_thickness"' in page and owner.organisation.name in page
    assert wrong.status_code == 422 and 'id="answer_thickness-error"' in _text(wrong)
    booking = db.session.get_one(Booking, offer)
    assert (booking.gross.fen, booking.options, booking.answers) == (90_000, {"add_ons": {"GRID": 4}}, {"thickness": 1.5})
    assert "¥450.00" in _text(done)


def test_a_wrong_answer_is_told_beside_its_question(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    questions = [{"key": "thickness", "label": "Thickness", "kind": "number", "unit": "mm", "required": True, "choices": []}]
    instrument = an_instrument(owner, questions=questions)
    signed_in(client, firm)

    refused = _text(client.post(f"/instruments/{instrument.id}/book", data=_wish(answer_thickness="abc")))

    field = refused[refused.index('id="answer_thickness"') :]
    assert 'value="abc"' in field and 'aria-describedby="answer_thickness-error"' in field[:200]
    assert "Thickness：" in refused[: refused.index('id="answer_thickness"')]


def test_a_taken_time_offers_the_line_at_once_and_other_instruments_with_owner_and_price(
    app: Flask, client: FlaskClient, still: Any
) -> None:
    owner, other, first, second = an_owner(), an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner, class_code="0101")
    an_instrument(other, 30_000, class_code="0101")
    a_booking(first, instrument, tuesday("10:00"), tuesday("12:00"))
    page = f"/instruments/{instrument.id}/book?start=2026-09-08T11:00&end=2026-09-08T12:00"

    signed_in(client, second)
    taken = _text(client.get(page))
    part = _text(client.post(f"/instruments/{instrument.id}/quote", data=_wish("2026-09-08T11:00")))
    signed_in(client, first)
    own = _text(client.get(page))

    wait = f'formaction="/instruments/{instrument.id}/wait"'
    assert wait in taken and "main-act" in taken[taken.index(wait) - 200 : taken.index(wait)]
    dates = taken[taken.index('id="dates-note"') : taken.index('id="options"')]
    assert "alert" in dates and other.organisation.name in dates and "¥300.00" in dates
    assert 'id="dates-note" aria-live="polite" hx-swap-oob="true"' in part and wait in part
    assert first.organisation.name not in taken and "data-own" not in taken
    assert "data-own" in own and wait not in own


def test_a_firm_is_told_softly_that_its_own_bookings_overlap(app: Flask, client: FlaskClient, still: Any) -> None:
    owner, firm = an_owner(), a_firm()
    there = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    instrument = an_instrument(owner)
    signed_in(client, firm)

    page = _text(client.get(f"/instruments/{instrument.id}/book?start=2026-09-08T11:00&end=2026-09-08T13:00"))
    apart = _text(client.get(f"/instruments/{instrument.id}/book?start=2026-09-08T12:00&end=2026-09-08T13:00"))

    assert there.number in page and "main-act" in page
    assert there.number not in apart


def test_a_booking_whose_claim_lacks_papers_names_them_in_the_list(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    used, coming = [
        a_booking(firm, instrument, tuesday(f"{hour}:00"), tuesday(f"{hour + 1}:00")) for hour in (10, 14)
    ]  # fmt: skip
    approve_booking(used.id, by=owner, at=NOW)
    record_usage(used.id, start=used.starts_at, end=used.ends_at, by=owner, at=tuesday("12:00"))
    confirm_usage(used.id, by=firm, at=tuesday("13:00"))
    still(tuesday("13:30"))
    signed_in(client, firm)

    page, listed = _text(client.get("/bookings")), _text(client.get("/me/papers"))

    assert used.number in page and coming.number in page
    assert page.count("/papers") == page.count(f'href="/bookings/{used.id}/papers"') == 1
    assert used.number in listed and coming.number not in listed


def test_what_a_change_holds_and_until_when_cancelling_is_free_is_said_and_the_wallet_adds_up_its_holds(
    app: Flask, client: FlaskClient, still: Any
) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, rules={"cancel_cutoff_minutes": 60, "cancel_fee_bp": 2000})
    booking = a_booking(firm, instrument, tuesday("18:00"), tuesday("20:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    change = change_booking(booking.id, start=tuesday("18:00"), end=tuesday("21:00"), by=firm, at=NOW)
    signed_in(client, firm)

    old, new, wallet = (_text(client.get(page)) for page in (f"/bookings/{booking.id}", f"/bookings/{change.id}", "/wallet"))

    assert "2026-09-08 17:00" in old[old.index("data-free-until") :][:200] and "20 %" in old
    assert "data-shared" in new and "data-shared" not in old
    assert 'data-figure="holds"><strong>¥600.00' in wallet


def test_a_quote_and_a_booking_name_the_programme_and_not_its_code(app: Flask, client: FlaskClient, still: Any) -> None:
    a_programme(code="ZZ", name="海宁市科技创新券")
    firm, instrument = a_firm(), an_instrument(an_owner())
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    signed_in(client, firm)

    form = client.get(f"/instruments/{instrument.id}/book?start=2026-09-08T13:00&end=2026-09-08T15:00").text
    page = client.get(f"/bookings/{booking.id}").text

    assert ("海宁市科技创新券" in page, "海宁市科技创新券" in form) == (True, True)
    assert not re.search(r"\bZZ\b", re.sub("<[^>]*>", " ", form + page))
