"""The owner's inbox without any script: what stands beside each request, and what becomes of many."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.bookings.life import BookingState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.people import User
from equipment_share.queries.bookings.desk import Request, requests_waiting
from equipment_share.services.bookings.changes import change_booking
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking, propose_time
from equipment_share.services.bookings.usage import mark_no_show
from equipment_share.services.instruments.authorisations import authorise
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_owner, tuesday
from tests.support.counting import questions
from tests.support.people import signed_in


def the_queue(owner: User) -> dict[int, Request]:
    """What waits, by booking."""
    return {row.booking.id: row for row in requests_waiting(owner, at=NOW)}


def test_two_who_want_one_time_stand_against_each_other_and_only_the_others_are_clean(app: Flask) -> None:
    owner, firm, rival = an_owner(), a_firm(), a_firm()
    chosen = an_instrument(owner, rules={"pending": "owner_chooses", "buffer_after_minutes": 30})
    one = a_booking(firm, chosen, tuesday("10:00"), tuesday("11:00"))
    other = a_booking(rival, chosen, tuesday("11:15"), tuesday("12:00"))
    apart = a_booking(rival, chosen, tuesday("15:00"), tuesday("16:00"))

    found = the_queue(owner)

    assert {key: [rival.id for rival in row.rivals] for key, row in found.items()} == {one.id: [other.id], other.id: [one.id], apart.id: []}
    assert [key for key, row in found.items() if row.is_clean] == [apart.id]
    assert all(row.has_buffers for row in found.values())

    approve_booking(apart.id, by=owner, at=NOW)
    late = a_booking(firm, chosen, tuesday("17:00"), tuesday("18:00"))
    assert the_queue(owner)[late.id].taken_by == ()


def test_a_time_is_taken_only_when_every_equal_unit_is(app: Flask) -> None:
    owner, firms = an_owner(), [a_firm() for _ in range(3)]
    chosen = an_instrument(owner, rules={"pending": "owner_chooses", "units": 2})
    rows = [a_booking(firm, chosen, tuesday("10:00"), tuesday("11:00")) for firm in firms]
    three = the_queue(owner)

    approve_booking(rows[0].id, by=owner, at=NOW)
    two = the_queue(owner)

    assert {len(row.rivals) for row in three.values()} == {2}
    assert {key: len(row.rivals) for key, row in two.items()} == {rows[1].id: 1, rows[2].id: 1}
    assert {len(row.taken_by) for row in two.values()} == {0}


def test_how_the_firm_behaved_stands_beside_its_request(app: Flask) -> None:
    owner, firm, stranger = an_owner(), a_firm(), a_firm()
    instrument = an_instrument(owner, rules={"cancel_cutoff_minutes": 24 * 60})
    missed, late, early = (a_booking(firm, instrument, tuesday(f"{hour}:00"), tuesday(f"{hour + 1}:00")) for hour in (10, 12, 14))
    for row in (missed, late, early):
        approve_booking(row.id, by=owner, at=NOW)
    cancel_booking(early.id, by=firm, at=NOW)
    cancel_booking(late.id, by=firm, at=tuesday("08:00"))
    mark_no_show(missed.id, by=owner, at=tuesday("11:00"))
    again = a_booking(firm, instrument, tuesday("20:00"), tuesday("21:00"), at=tuesday("12:00"))
    first = a_booking(stranger, instrument, tuesday("22:00"), tuesday("23:00"), at=tuesday("12:00"))

    told = {key: row.behaviour for key, row in the_queue(owner).items()}

    assert (told[again.id].uses, told[again.id].no_shows, told[again.id].late_cancellations) == (0, 1, 1)
    assert (told[first.id].no_shows, told[first.id].late_cancellations, told[first.id].is_doubtful) == (0, 0, False)


def test_a_person_who_is_not_trained_any_more_is_named_before_the_answer(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("11:00"))
    kept = db.session.get_one(Booking, booking.id)
    kept.rules = {**kept.rules, "authorisation_required": True}
    db.session.commit()

    assert the_queue(owner)[booking.id].training == "untrained"
    authorise(instrument.id, firm.email, valid_until=tuesday("10:00").date(), by=owner, at=NOW)
    row = the_queue(owner)[booking.id]
    assert (row.training, row.trained_until, row.is_clean) == ("trained", tuesday("10:00").date(), True)


def test_a_request_with_an_open_proposal_says_so_and_is_not_approved_with_the_others(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    start = (now() + timedelta(days=30)).replace(hour=2, minute=0, second=0, microsecond=0)
    rows = [a_booking(firm, instrument, start + timedelta(hours=2 * n), start + timedelta(hours=2 * n + 1), at=now()) for n in range(3)]
    propose_time(rows[0].id, start=start + timedelta(days=1), end=start + timedelta(days=1, hours=1), by=owner, at=now())
    signed_in(client, owner)

    page = client.get("/desk/").text
    cards = page.split('id="request-')[1:]
    home = client.get("/me").text
    many = client.post("/desk/approve", data={"booking": [str(row.id) for row in rows]}).text

    assert [('data-sign="proposed"' in card, 'name="clean"' in card, "data-approving" in card) for card in cards] == [
        (True, False, True), (False, True, False), (False, True, False),
    ]  # fmt: skip
    assert 'data-figure="waiting">2<' in page and 'data-figure="needs">2<' in home
    assert re.findall('data-outcome="([a-z]+)"', many) == ["open", "done", "done"]
    db.session.expire_all()
    assert [db.session.get_one(Booking, row.id).state.value for row in rows] == ["submitted", "approved", "approved"]


def test_another_time_is_not_offered_for_a_change_and_names_itself_once_it_is_proposed(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    start = (now() + timedelta(days=30)).replace(hour=2, minute=0, second=0, microsecond=0)
    old, other = (a_booking(firm, instrument, start + timedelta(hours=h), start + timedelta(hours=h + 1), at=now()) for h in (0, 4))
    approve_booking(old.id, by=owner, at=now())
    change = change_booking(old.id, start=start + timedelta(hours=8), end=start + timedelta(hours=9), by=firm, at=now())
    signed_in(client, owner)
    cards = {card.split('"')[0]: card for card in client.get("/desk/").text.split('id="request-')[1:]}
    typed = {f"propose-{end}": (start + timedelta(days=1, hours=h + 8)).strftime("%Y-%m-%dT%H:00") for end, h in (("start", 0), ("end", 1))}

    told = client.post(f"/desk/{other.id}/propose", data=typed, headers={"HX-Request": "true"}).text

    assert ["data-propose" in cards[str(row.id)] for row in (change, other)] == [False, True]
    assert typed["propose-start"].replace("T", " ")[11:] in told and 'hx-swap-oob="true">1<' in told


def test_many_are_answered_without_script_and_each_is_told_of(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    hours = [NOW + timedelta(days=3650, hours=hour) for hour in range(3)]
    rows = [a_booking(firm, instrument, start, start + timedelta(hours=1), at=start - timedelta(days=30)) for start in hours]
    cancel_booking(rows[1].id, by=firm, at=NOW)
    signed_in(client, owner)

    page = client.post("/desk/approve", data={"booking": [str(row.id) for row in rows] + ["x", "999999"]}).get_data(as_text=True)

    assert re.findall('data-outcome="([a-z]+)"', page) == ["done", "open", "done"]
    db.session.expire_all()
    assert [db.session.get_one(Booking, row.id).state for row in rows] == [
        BookingState.APPROVED, BookingState.CANCELLED_BY_FIRM, BookingState.APPROVED,
    ]  # fmt: skip


def test_a_part_of_the_page_answers_in_place_and_a_whole_one_leads_back(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    start = NOW + timedelta(days=3650)
    rows = [a_booking(firm, instrument, start + timedelta(hours=hour), start + timedelta(hours=hour + 1), at=start) for hour in (1, 3)]
    signed_in(client, owner)
    part = {"HX-Request": "true"}

    first = client.post(f"/desk/{rows[0].id}/reject", data={"reason": " "}, headers=part)
    second = client.post(f"/desk/{rows[0].id}/approve", headers=part)
    again = client.post(f"/desk/{rows[0].id}/approve", headers=part)
    whole = client.post(f"/desk/{rows[1].id}/reject", data={"reason": "no_staff"})

    assert "data-request" in first.text and 'role="alert"' in first.text
    assert "data-answered" in second.text and 'id="waiting" data-figure="waiting" hx-swap-oob="true">1<' in second.text
    assert "data-answered" in again.text
    assert (whole.status_code, whole.headers["Location"]) == (303, "/desk/")


@pytest.mark.parametrize("count", [2, 12])
def test_the_inbox_takes_the_same_number_of_questions_for_two_and_for_twelve(app: Flask, client: FlaskClient, count: int) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, rules={"pending": "owner_chooses"})
    for hour in range(count):
        a_booking(firm, instrument, tuesday("00:00") + timedelta(hours=hour), tuesday("01:00") + timedelta(hours=hour))
    signed_in(client, owner)

    with questions() as asked:
        answer = client.get("/desk/")

    assert answer.text.count("data-request") == count
    assert len(asked) <= 16, "\n".join(asked)


def test_the_way_to_the_inbox_says_how_many_wait_and_is_right_after_many_were_answered(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    first = now().replace(hour=2, minute=0, second=0, microsecond=0) + timedelta(days=7)
    rows = [a_booking(firm, instrument, first + timedelta(days=day), first + timedelta(days=day, hours=1), at=now()) for day in range(3)]
    count = r'href="/desk/"[^>]*>[^<]*<span class="count inbox-count">([^<]*)<'
    signed_in(client, owner)

    with questions() as asked:
        before = client.get("/desk/offer").text
    many = client.post("/desk/approve", data={"booking": [row.id for row in rows[:2]]}).text
    one = client.post(f"/desk/{rows[2].id}/approve", headers={"HX-Request": "true"}).text
    after = client.get("/desk/offer").text
    signed_in(client, firm)

    assert [re.findall(count, page) for page in (before, many, after)] == [["3", "3"], ["1", "1"], ["", ""]]
    assert '<span hx-swap-oob="innerHTML:.inbox-count"></span>' in one
    assert sum("count(booking" in statement.lower() for statement in asked) == 1
    assert "inbox-count" not in client.get("/bookings").text


def test_answers_for_many_are_offered_only_where_more_than_one_waits(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    signed_in(client, owner)
    pages = []
    for hour in range(2):
        start = NOW + timedelta(days=3650, hours=hour)
        a_booking(firm, instrument, start, start + timedelta(hours=1), at=start - timedelta(days=30))
        pages.append(client.get("/desk/").text)

    assert ['id="many"' in page for page in pages] == [False, True]
    assert [page.count('name="booking"') for page in pages] == [0, 2]
    assert [page.count("data-approve>") for page in pages] == [1, 2]
