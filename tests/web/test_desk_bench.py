"""The run sheet and the board without script: figures, one question, and a page that stays small."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from equipment_share.adapters.clock import now
from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.periods import bureau_day, day_begins
from equipment_share.domain.pricing import PriceItem
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.bench import board_of, run_sheet
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.instruments.listing import set_prices
from tests.builders import NOW, a_booking, a_firm, an_instrument, an_owner, tuesday
from tests.support.counting import questions
from tests.support.people import signed_in


def test_each_turn_says_where_it_stands(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    one, two = an_instrument(owner), an_instrument(owner)
    slots = [(one, "08:00", "09:00"), (one, "10:00", "11:00"), (one, "11:00", "12:00"), (two, "10:00", "12:00"), (two, "20:00", "21:00")]
    rows = [a_booking(firm, which, tuesday(start), tuesday(end)) for which, start, end in slots]
    for row in rows:
        approve_booking(row.id, by=owner, at=NOW)
    check_in(rows[0].id, by=owner, at=tuesday("08:10"))
    check_out(rows[0].id, by=owner, at=tuesday("08:50"))
    check_in(rows[1].id, by=owner, at=tuesday("10:00"))

    found = {row.booking.id: row for row in run_sheet(owner, at=tuesday("11:15"))}
    told = [(found[row.id].stage, found[row.id].late_minutes, found[row.id].over_minutes) for row in rows]

    assert told == [("record", 0, 0), ("running", 0, 15), ("due", 15, 0), ("due", 75, 0), ("later", 0, 0)]
    assert (found[rows[0].id].record_from, found[rows[0].id].record_to) == (tuesday("08:10"), tuesday("08:50"))
    assert [row.id for row in (found[rows[1].id].following, found[rows[3].id].following) if row] == [rows[2].id, rows[4].id]


def test_a_use_that_began_and_ended_before_its_time_can_be_recorded_and_the_sheet_says_with_which_times(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    check_in(booking.id, by=owner, at=tuesday("09:45"))
    check_out(booking.id, by=owner, at=tuesday("09:55"))

    (row,) = run_sheet(owner, at=tuesday("09:56"))
    done = record_usage(booking.id, start=row.record_from, end=row.record_to, by=owner, at=tuesday("09:56"))

    assert (row.stage, row.may_be_recorded, row.record_from, row.record_to) == ("record", True, tuesday("09:45"), tuesday("09:55"))
    assert (done.state, done.used_from, done.used_to, done.gross.fen) == ("usage_recorded", tuesday("09:45"), tuesday("09:55"), 6_667)


def test_before_its_time_a_use_that_nobody_began_is_not_recorded(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)

    with pytest.raises(InvalidTransition):
        record_usage(booking.id, start=tuesday("09:45"), end=tuesday("09:50"), by=owner, at=tuesday("09:55"))


def test_a_check_in_and_check_out_within_one_minute_leave_the_booked_time_in_the_record(app: Flask) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner)
    booking = a_booking(firm, instrument, tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    check_in(booking.id, by=owner, at=tuesday("09:45") + timedelta(seconds=10))
    check_out(booking.id, by=owner, at=tuesday("09:45") + timedelta(seconds=50))

    (at_once,) = run_sheet(owner, at=tuesday("09:45") + timedelta(seconds=55))
    (before,) = run_sheet(owner, at=tuesday("09:50"))
    (after,) = run_sheet(owner, at=tuesday("11:00"))

    assert at_once.may_be_recorded is False
    assert (before.record_from, before.record_to) == (tuesday("09:45"), tuesday("09:50"))
    assert (after.record_from, after.record_to) == (tuesday("10:00"), tuesday("11:00"))


def test_between_check_out_and_record_the_sheet_says_that_the_use_is_over(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    check_in(booking.id, by=owner, at=tuesday("10:00"))
    signed_in(client, owner)
    during = client.get("/desk/run").text
    check_out(booking.id, by=owner, at=tuesday("11:00"))
    after = client.get("/desk/run").text

    assert ('data-standing="out"' in during, 'data-standing="out"' in after) == (False, True)
    assert "Checked out, still to be recorded" in after or "\u5df2\u7b7e\u9000" in after


def test_the_board_of_three_hundred_instruments_is_one_question_and_less_than_200_kb(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    first = an_instrument(owner)
    monday = day_begins(bureau_day(now()) - timedelta(days=bureau_day(now()).weekday()))
    start = monday + timedelta(days=8, hours=10)
    booking = a_booking(firm, first, start, start + timedelta(hours=2), at=now())
    columns = [c for c in Instrument.__table__.columns if c.name != "id"]
    db.session.execute(
        Instrument.__table__.insert(),
        [{c.name: f"N{n}" if c.name == "inner_code" else getattr(first, c.name) for c in columns} for n in range(299)],
    )
    db.session.commit()
    signed_in(client, owner)
    db.session.refresh(owner)
    week = Slot(monday + timedelta(days=7), monday + timedelta(days=14))

    with questions() as asked:
        rows = board_of(owner, week)
    page = client.get(f"/desk/board?week={(start + timedelta(hours=8)).date()}&busy=0")
    day = client.get(f"/desk/board?day={(start + timedelta(hours=8)).date()}")

    assert (len(asked), len(rows), [slip.id for row in rows for slip in row.slips]) == (1, 300, [booking.id])
    assert page.text.count('scope="row"') == 300 and page.text.count('class="slip ') == 1
    assert day.text.count('class="card item slip-card') == 1  # the same as a list, for a phone
    assert len(page.data) < 200_000
    assert 'colspan="4" class="taken"' in day.text and day.text.count('scope="row"') == 1


def test_without_script_a_tap_leads_back_to_the_sheet_and_a_wrong_record_to_the_form(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner), tuesday("10:00"), tuesday("12:00"))
    approve_booking(booking.id, by=owner, at=NOW)
    kept = db.session.get_one(Booking, booking.id)
    begun = now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    kept.starts_at, kept.busy_from, kept.ends_at, kept.busy_to = begun, begun, begun + timedelta(hours=1), begun + timedelta(hours=1)
    db.session.commit()
    signed_in(client, owner)

    tap = client.post(f"/desk/{booking.id}/in")
    wrong = client.post(f"/desk/{booking.id}/usage", data={"start": "2026-01-01T10:00", "end": "x"}, headers={"HX-Request": "true"})

    assert (tap.status_code, tap.headers["Location"]) == (303, "/desk/run")
    assert 'data-stage="running"' in wrong.text and 'class="record" open' in wrong.text and 'value="2026-01-01T10:00"' in wrong.text


def test_samples_on_their_way_stand_on_the_sheet_and_are_moved_from_there(app: Flask, client: FlaskClient) -> None:
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, modes=["guided", "self_operate", "commissioned"])
    start = (now() + timedelta(days=9)).replace(hour=2, minute=0, second=0, microsecond=0)
    items = [PriceItem.parse({"mode": "commissioned", "unit": "hour", "unit_price_fen": 100}, "items")]
    set_prices(instrument.id, items, valid_from=bureau_day(now()), by=owner, at=now())
    wish = BookingWish(instrument.id, "commissioned", start, start + timedelta(hours=1), samples=2)
    booking = request_booking(wish, by=firm, at=now())
    approve_booking(booking.id, by=owner, at=now())
    signed_in(client, owner)

    before = client.get("/desk/run").text
    moved = client.post(f"/desk/{booking.id}/samples", data={"station": "received", "back": "run"})
    after = client.get("/desk/run").text

    assert 'data-samples="awaited"' in before and 'data-figure="samples">1<' in before
    assert (moved.status_code, moved.headers["Location"]) == (303, "/desk/run")
    assert 'data-samples="received"' in after
