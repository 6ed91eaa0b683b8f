"""Acceptance scenarios about changes, waiting lists and series, by number, through the API; on both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.queries.ledger import mismatches
from equipment_share.services.jobs import run_due
from tests.api.conftest import World
from tests.api.door import Door, broken, refusal
from tests.api.test_acceptance_slots import _approved, _ask, _rules
from tests.builders import NOW, a_firm, local


def _stands(door: Door, key: str) -> tuple[str, bool]:
    found = door.get(f"/bookings/{key}").json
    return found["status"], found["blocking"]


def _held(door: Door) -> int:
    """What the firm's vouchers hold, in fen."""
    return sum(row["held_fen"] for row in door.get("/vouchers").json["items"])


def _change(door: Door, key: str, start: str, end: str) -> Any:
    return door.post(f"/bookings/{key}/change", {"start": f"{start}:00+08:00", "end": f"{end}:00+08:00"})


def test_16_shortening_keeps_the_approval_and_holds_less(world: World) -> None:
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    assert _held(world.firm) == 40_000

    made = _change(world.firm, old, "2026-09-08T10:30", "2026-09-08T11:30")

    assert (made.status_code, made.json["status"], made.json["change_of"], made.json["blocking"]) == (201, "approved", old, True)
    assert (made.json["quote"]["gross_fen"], made.json["quote"]["net_fen"]) == (40_000, 20_000)
    assert _stands(world.firm, old) == ("rescheduled", False)
    assert _held(world.firm) == 20_000
    assert _ask(world.rival, world, "2026-09-08T11:30", "2026-09-08T12:00").status_code == 201
    assert [step["event"] for step in world.firm.get(f"/bookings/{old}").json["history"]][-1] == "rescheduled"


@pytest.mark.parametrize(
    ("start", "end", "new_blocks", "extra"),
    [
        ("2026-09-08T11:00", "2026-09-08T14:00", False, 20_000),  # it meets the old slot: one wide busy interval
        ("2026-09-09T10:00", "2026-09-09T12:00", True, 0),  # elsewhere: both block
        ("2026-09-08T12:00", "2026-09-08T14:00", False, 0),  # it touches
    ],
)
def test_16_a_move_waits_while_the_old_slot_is_kept_and_the_owner_decides(
    world: World, start: str, end: str, new_blocks: bool, extra: int
) -> None:
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")

    made = _change(world.firm, old, start, end)
    new = made.json["id"]

    assert (made.status_code, made.json["status"], made.json["blocking"]) == (201, "submitted", new_blocks)
    assert _stands(world.firm, old) == ("approved", True)
    assert _held(world.firm) == 40_000 + extra  # the old hold, and only what the new one needs above it
    assert refusal(_ask(world.rival, world, start, end)) == (409, "slot_taken")
    assert refusal(_ask(world.rival, world, "2026-09-08T10:00", "2026-09-08T11:00")) == (409, "slot_taken")
    assert refusal(_change(world.firm, old, start, end)) == (409, "invalid_transition")

    decided = world.owner.post(f"/bookings/{new}/approve")

    assert (decided.status_code, decided.json["status"], decided.json["blocking"]) == (200, "approved", True)
    assert _stands(world.firm, old) == ("rescheduled", False)
    assert _held(world.firm) == decided.json["quote"]["gross_fen"] // 2 == 40_000 + extra
    assert mismatches() == []
    if start.startswith("2026-09-09"):
        assert _ask(world.rival, world, "2026-09-08T10:00", "2026-09-08T12:00").status_code == 201


def test_16_a_refused_move_leaves_the_old_booking_as_it_was(world: World) -> None:
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    new = _change(world.firm, old, "2026-09-08T11:00", "2026-09-08T14:00").json["id"]

    assert world.owner.post(f"/bookings/{new}/reject", {"reason": "x"}).status_code == 200

    assert _stands(world.firm, old) == ("approved", True)
    assert _stands(world.firm, new) == ("rejected", False)
    assert _held(world.firm) == 40_000
    assert _ask(world.rival, world, "2026-09-08T12:00", "2026-09-08T14:00").status_code == 201


def test_16_cancelling_the_old_booking_ends_its_change_too(world: World) -> None:
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    new = _change(world.firm, old, "2026-09-08T11:00", "2026-09-08T14:00").json["id"]

    assert world.firm.post(f"/bookings/{old}/cancel", {"reason": "x"}).status_code == 200

    assert [_stands(world.firm, key)[0] for key in (old, new)] == ["cancelled_by_firm"] * 2
    assert _held(world.firm) == 0
    assert _ask(world.rival, world, "2026-09-08T10:00", "2026-09-08T14:00").status_code == 201


def test_16_moving_does_not_move_the_cut_off_of_the_first_slot(world: World) -> None:
    _rules(world, cancel_fee_bp=2000)
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")  # free until 7 September 10:00
    new = _change(world.firm, old, "2026-10-08T10:00", "2026-10-08T12:00").json["id"]
    world.owner.post(f"/bookings/{new}/approve")
    world.at(local("2026-09-07 10:01"))

    answer = world.firm.post(f"/bookings/{new}/cancel", {"reason": "x"})

    assert (answer.json["status"], answer.json["charge"]["gross_fen"]) == ("cancelled_by_firm", 16_000)


def test_16_moving_nearer_takes_the_nearer_cut_off(world: World) -> None:
    _rules(world, cancel_fee_bp=2000)
    old = _approved(world, "2026-10-08T10:00", "2026-10-08T12:00")
    new = _change(world.firm, old, "2026-09-08T10:00", "2026-09-08T12:00").json["id"]
    world.owner.post(f"/bookings/{new}/approve")
    world.at(local("2026-09-08 09:59"))

    answer = world.firm.post(f"/bookings/{new}/cancel", {"reason": "x"})

    assert (answer.json["status"], answer.json["charge"]["gross_fen"]) == ("cancelled_by_firm", 16_000)


@pytest.mark.parametrize(("shortened_at", "fee"), [("2026-09-07 09:00", 2_000), ("2026-09-08 08:00", 16_000)])
def test_making_it_shorter_after_the_cut_off_does_not_make_stepping_back_cheaper(world: World, shortened_at: str, fee: int) -> None:
    _rules(world, cancel_fee_bp=2000)
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")  # 800.00, free until 7 September 10:00
    world.at(local(shortened_at))
    middle = _change(world.firm, old, "2026-09-08T10:00", "2026-09-08T11:00").json["id"]
    new = _change(world.firm, middle, "2026-09-08T10:00", "2026-09-08T10:15").json["id"]
    world.at(local("2026-09-08 08:01"))

    answer = world.firm.post(f"/bookings/{new}/cancel", {"reason": "x"})

    assert (answer.json["status"], answer.json["charge"]["gross_fen"]) == ("cancelled_by_firm", fee)


def test_a_change_of_a_booking_that_has_begun_or_is_over_is_refused(world: World) -> None:
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    world.at(local("2026-09-08 10:00"))
    assert refusal(_change(world.firm, old, "2026-09-09T10:00", "2026-09-09T12:00")) == (409, "invalid_transition")
    world.at(NOW)
    assert refusal(_change(world.firm, old, "2026-09-08T10:00", "2026-09-08T12:00")) == (422, "unchanged")
    assert broken(_change(world.firm, old, "2026-09-08T12:00", "2026-09-08T10:00")) >= {("end", "end_before_start")}
    assert world.firm.post(f"/bookings/{old}/cancel", {"reason": "x"}).status_code == 200
    assert refusal(_change(world.firm, old, "2026-09-09T10:00", "2026-09-09T12:00")) == (409, "already_decided")


def test_a_quota_counts_a_change_in_the_place_of_its_old_booking(world: World) -> None:
    _rules(world, quotas=[{"minutes": 120, "per": "week", "whom": "firm"}])
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")

    assert _change(world.firm, old, "2026-09-09T10:00", "2026-09-09T12:00").status_code == 201
    assert refusal(_ask(world.firm, world, "2026-09-10T10:00", "2026-09-10T10:15")) == (422, "quota_exceeded")


def test_a_proposal_is_taken_with_one_call_and_is_approved_at_once(world: World) -> None:
    asked = world.booked(start="2026-09-08T10:00:00+08:00", end="2026-09-08T12:00:00+08:00")["id"]
    times = {"start": "2026-09-09T14:00:00+08:00", "end": "2026-09-09T17:00:00+08:00"}

    told = world.owner.post(f"/bookings/{asked}/propose", times)
    taken = world.firm.post(f"/bookings/{asked}/accept-proposal")

    assert (told.status_code, told.json["status"], told.json["proposal"]) == (200, "submitted", times)
    assert (taken.status_code, taken.json["status"], taken.json["start"]) == (201, "approved", times["start"])
    assert _stands(world.firm, asked) == ("rescheduled", False)
    assert _held(world.firm) == 60_000


def test_a_proposal_that_somebody_took_meanwhile_is_slot_taken_and_the_request_stays(world: World) -> None:
    asked = world.booked(start="2026-09-08T10:00:00+08:00", end="2026-09-08T12:00:00+08:00")["id"]
    world.owner.post(f"/bookings/{asked}/propose", {"start": "2026-09-09T14:00:00+08:00", "end": "2026-09-09T16:00:00+08:00"})
    assert _ask(world.rival, world, "2026-09-09T15:00", "2026-09-09T16:00").status_code == 201

    assert refusal(world.firm.post(f"/bookings/{asked}/accept-proposal")) == (409, "slot_taken")
    assert _stands(world.firm, asked) == ("submitted", True)
    assert _held(world.firm) == 40_000


def test_a_proposal_outside_the_rules_needs_a_reason_that_stays_in_the_history(world: World) -> None:
    _rules(world, max_minutes=120)
    asked = world.booked(start="2026-09-08T10:00:00+08:00", end="2026-09-08T12:00:00+08:00")["id"]
    long = {"start": "2026-09-09T14:00:00+08:00", "end": "2026-09-09T18:00:00+08:00"}

    assert refusal(world.owner.post(f"/bookings/{asked}/propose", long)) == (422, "too_long")
    assert world.owner.post(f"/bookings/{asked}/propose", {**long, "override": "样品较多"}).status_code == 200
    taken = world.firm.post(f"/bookings/{asked}/accept-proposal")

    assert (taken.status_code, taken.json["status"]) == (201, "approved")
    steps = {step["event"]: step["reason"] for step in world.firm.get(f"/bookings/{asked}").json["history"]}
    assert steps["proposed"] == "样品较多"


def test_10_the_first_in_line_gets_the_offer_then_the_second_and_never_who_cancelled(world: World) -> None:
    taken = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    third = Door(world.app, a_firm())
    slot = {"instrument": world.instrument, "start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T12:00:00+08:00"}
    places = [door.post("/waiting", slot) for door in (world.rival, third, world.firm)]
    assert [answer.status_code for answer in places] == [201, 201, 201]
    assert world.rival.post("/waiting", slot).json["id"] == places[0].json["id"]

    world.firm.post(f"/bookings/{taken}/cancel", {"reason": "x"})

    offers = [door.get("/bookings?status=offered").json["items"] for door in (world.rival, third, world.firm)]
    assert [len(rows) for rows in offers] == [1, 0, 0]
    first = offers[0][0]
    assert (first["blocking"], first["deadline"]) == (True, "2026-09-07T13:00:00+08:00")
    assert refusal(_ask(third, world, "2026-09-08T10:00", "2026-09-08T12:00")) == (409, "slot_taken")
    assert _held(world.rival) == 0
    assert refusal(third.post(f"/bookings/{first['id']}/accept-offer")) == (404, "not_found")

    world.at(NOW + timedelta(hours=4))
    assert refusal(world.rival.post(f"/bookings/{first['id']}/accept-offer")) == (409, "already_decided")
    for _ in range(2):
        run_due(at=NOW + timedelta(hours=4))

    assert _stands(world.rival, first["id"]) == ("expired", False)
    second = third.get("/bookings?status=offered").json["items"]
    assert len(second) == 1
    taken_up = third.post(f"/bookings/{second[0]['id']}/accept-offer", {"max_net_fen": 40_000})
    assert (taken_up.json["status"], taken_up.json["quote"]["net_fen"], _held(third)) == ("submitted", 40_000, 40_000)
    assert refusal(third.post(f"/bookings/{second[0]['id']}/accept-offer")) == (409, "already_decided")
    assert world.firm.get("/bookings?status=offered").json["items"] == []
    assert [row["status"] for row in third.get("/waiting").json["items"]] == ["taken"]
    assert [row["status"] for row in world.rival.get("/waiting").json["items"]] == ["lapsed"]


def test_an_offer_that_is_declined_goes_to_the_next_and_leaving_the_line_is_final(world: World) -> None:
    taken = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    third = Door(world.app, a_firm())
    slot = {"instrument": world.instrument, "start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T12:00:00+08:00"}
    place = world.rival.post("/waiting", slot).json["id"]
    third.post("/waiting", slot)
    assert refusal(third.call("DELETE", f"/waiting/{place}")) == (404, "not_found")
    world.owner.post(f"/bookings/{taken}/cancel", {"reason": "故障"})
    offer = world.rival.get("/bookings?status=offered").json["items"][0]["id"]

    assert world.rival.post(f"/bookings/{offer}/decline-offer").json["status"] == "expired"
    assert len(third.get("/bookings?status=offered").json["items"]) == 1
    assert refusal(world.rival.call("DELETE", f"/waiting/{place}")) == (409, "already_decided")


def test_who_the_owner_displaced_is_first_in_line_and_a_free_slot_needs_no_line(world: World) -> None:
    third = Door(world.app, a_firm())
    displaced = _approved(world, "2026-09-09T10:00", "2026-09-09T12:00")
    taken = third.post("/bookings", world.wish("2026-09-08T10:00:00+08:00", "2026-09-08T12:00:00+08:00")).json["id"]
    slot = {"instrument": world.instrument, "start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T12:00:00+08:00"}
    free = {**slot, "start": "2026-09-10T10:00:00+08:00", "end": "2026-09-10T12:00:00+08:00"}
    assert refusal(world.rival.post("/waiting", free)) == (409, "slot_free")
    world.rival.post("/waiting", slot)
    world.owner.post(f"/bookings/{displaced}/cancel", {"reason": "故障"})
    world.firm.post("/waiting", slot)

    third.post(f"/bookings/{taken}/cancel", {"reason": "x"})

    assert len(world.firm.get("/bookings?status=offered").json["items"]) == 1
    assert world.rival.get("/bookings?status=offered").json["items"] == []


def _series(world: World, rule: str, take: str, start: str = "2026-09-08T10:00", end: str = "2026-09-08T12:00", **more: Any) -> Any:
    return world.firm.post("/series", world.wish(f"{start}:00+08:00", f"{end}:00+08:00", rrule=rule, take=take, **more))


def test_11_a_series_with_one_conflict_is_booked_in_seven_or_not_at_all(world: World) -> None:
    blocker = _ask(world.rival, world, "2026-09-22T11:00", "2026-09-22T13:00").json["id"]
    rule = "FREQ=WEEKLY;COUNT=8"

    seen = _series(world, rule, "preview")
    none = _series(world, rule, "none_if_clash")

    assert (seen.status_code, seen.json["id"]) == (200, None)
    assert [row["status"] for row in seen.json["occurrences"]] == ["free", "free", "taken", *["free"] * 5]
    assert [row["date"] for row in seen.json["occurrences"]][2] == "2026-09-22"
    assert refusal(none) == (409, "slot_taken")
    assert [row["status"] for row in none.json["occurrences"]].count("taken") == 1
    assert world.firm.get("/bookings").json["items"] == []
    assert _held(world.firm) == 0

    made = _series(world, rule, "free_ones")
    assert (made.status_code, [row["status"] for row in made.json["occurrences"]].count("booked")) == (201, 7)
    assert _held(world.firm) == 7 * 40_000
    series = made.json["id"]
    assert refusal(world.firm.post(f"/series/{series}/add", {"dates": ["2026-09-22"]})) == (409, "slot_taken")

    world.rival.post(f"/bookings/{blocker}/cancel", {"reason": "x"})
    assert [row["status"] for row in world.firm.get(f"/series/{series}").json["occurrences"]].count("free") == 1
    added = world.firm.post(f"/series/{series}/add", {"dates": ["2026-09-22"]})

    assert [row["status"] for row in added.json["occurrences"]] == ["booked"] * 8
    assert broken(world.firm.post(f"/series/{series}/add", {"dates": ["2026-09-22"]})) == {("dates.0", "taken")}
    assert broken(world.firm.post(f"/series/{series}/add", {"dates": ["2026-09-23"]})) == {("dates.0", "not_a_choice")}
    assert refusal(world.rival.get(f"/series/{series}")) == (404, "not_found")


def test_12_dates_that_do_not_exist_are_skipped_and_listed_never_shifted(world: World) -> None:
    _rules(world, horizon_days=730)
    monthly = _series(world, "FREQ=MONTHLY;COUNT=4", "preview", "2026-10-31T10:00", "2026-10-31T12:00").json["occurrences"]
    assert [(row["date"], row["status"], row["start"]) for row in monthly] == [
        ("2026-10-31", "free", "2026-10-31T10:00:00+08:00"), ("2026-11-31", "no_such_date", None),
        ("2026-12-31", "free", "2026-12-31T10:00:00+08:00"), ("2027-01-31", "free", "2027-01-31T10:00:00+08:00"),
        ("2027-02-31", "no_such_date", None), ("2027-03-31", "free", "2027-03-31T10:00:00+08:00"),
    ]  # fmt: skip
    fifth = _series(world, "FREQ=MONTHLY;BYDAY=5MO;COUNT=2", "preview", "2026-09-28T10:00", "2026-09-28T12:00").json["occurrences"]
    assert [(row["date"], row["status"]) for row in fifth] == [
        ("2026-09 5MO", "no_such_date"), ("2026-10 5MO", "no_such_date"), ("2026-11-30", "free"), ("2026-12 5MO", "no_such_date"),
        ("2027-01 5MO", "no_such_date"), ("2027-02 5MO", "no_such_date"), ("2027-03-29", "free"),
    ]  # fmt: skip
    leap = _series(world, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20290101", "preview").json["occurrences"]
    assert [(row["date"], row["status"]) for row in leap] == [("2027-02-29", "no_such_date"), ("2028-02-29", "free")]


def test_12_a_rule_of_more_than_52_dates_or_none_is_refused(world: World) -> None:
    assert refusal(_series(world, "FREQ=DAILY;COUNT=53", "preview")) == (422, "too_many")
    assert refusal(_series(world, "FREQ=DAILY", "preview")) == (422, "too_many")
    assert len(_series(world, "FREQ=DAILY;COUNT=52", "preview").json["occurrences"]) == 52
    for bad in ("", "FREQ=HOURLY;COUNT=2", "FREQ=WEEKLY;COUNT=2;UNTIL=20270101", "FREQ=WEEKLY;BYDAY=XX", "nonsense", "FREQ=WEEKLY;COUNT=0"):
        assert _series(world, bad, "preview").status_code == 422, bad


def test_13_daylight_saving_keeps_the_clock_on_the_wall_and_bills_what_has_passed(world: World) -> None:
    _rules(world, horizon_days=365)
    assert world.owner.patch(f"/instruments/{world.instrument}", {"time_zone": "America/New_York"}).status_code == 200
    weekly = world.firm.post(
        "/series", {**world.wish("2026-10-25T09:00:00-04:00", "2026-10-25T10:00:00-04:00"), "rrule": "FREQ=WEEKLY;COUNT=3"}
    )
    assert [row["start"] for row in weekly.json["occurrences"]] == [
        "2026-10-25T21:00:00+08:00", "2026-11-01T22:00:00+08:00", "2026-11-08T22:00:00+08:00",
    ]  # fmt: skip  # 9 o'clock in New York each time

    autumn = world.booked(start="2026-11-01T00:00:00-04:00", end="2026-11-01T06:00:00-05:00")
    spring = world.booked(start="2027-03-14T00:00:00-05:00", end="2027-03-14T06:00:00-04:00")
    assert (autumn["quote"]["gross_fen"], spring["quote"]["gross_fen"]) == (7 * 40_000, 5 * 40_000)

    nights = world.firm.post(
        "/series", {**world.wish("2027-03-12T00:00:00-05:00", "2027-03-12T06:00:00-05:00"), "rrule": "FREQ=DAILY;COUNT=3"}
    )
    assert [row["status"] for row in nights.json["occurrences"]] == ["free", "free", "taken"]
    skipped = world.firm.post(
        "/series", {**world.wish("2027-03-13T02:30:00-05:00", "2027-03-13T03:30:00-05:00"), "rrule": "FREQ=DAILY;COUNT=2"}
    )
    assert [(row["date"], row["status"]) for row in skipped.json["occurrences"]] == [
        ("2027-03-13", "free"), ("2027-03-14T02:30", "no_such_date"),
    ]  # fmt: skip


def test_13_in_shanghai_nothing_moves(world: World) -> None:
    found = _series(world, "FREQ=WEEKLY;COUNT=10", "preview").json["occurrences"]
    assert {row["start"][11:] for row in found} == {"10:00:00+08:00"}


def test_a_basket_books_everything_or_nothing_and_says_which_row(world: World) -> None:
    good, bad = world.wish(), world.wish("2026-09-08T14:00:00+08:00", "2026-09-08T13:00:00+08:00")
    taken = world.wish("2026-09-09T10:00:00+08:00", "2026-09-09T12:00:00+08:00")
    _ask(world.rival, world, "2026-09-09T11:00", "2026-09-09T12:00")

    wrong = world.firm.post("/baskets", {"items": [good, bad]})
    lost = world.firm.post("/baskets", {"items": [good, taken]})
    before = (world.firm.get("/bookings").json["items"], _held(world.firm))
    made = world.firm.post("/baskets", {"items": [good, world.wish("2026-09-10T10:00:00+08:00", "2026-09-10T12:00:00+08:00")]})

    assert (wrong.status_code, {row["field"] for row in wrong.json["errors"]}) == (422, {"items[1].end"})
    assert (refusal(lost), lost.json["row"]) == ((409, "slot_taken"), 1)
    assert before == ([], 0)
    assert (made.status_code, [row["status"] for row in made.json["items"]], _held(world.firm)) == (201, ["submitted"] * 2, 80_000)
    assert db.session.query(Booking).filter(Booking.basket != "").count() == 2


def test_a_change_across_two_vouchers_moves_every_fen_once(world: World) -> None:
    """The hold of a moved booking ends as one row for each voucher that bears, and the ledger stays whole."""
    old = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    new = _change(world.firm, old, "2026-09-08T10:00", "2026-09-08T16:00").json["id"]
    world.owner.post(f"/bookings/{new}/approve")
    db.session.rollback()

    uses = db.session.query(VoucherUse).filter_by(booking_id=int(new)).all()

    assert [(use.held.fen, use.resolved_id) for use in uses] == [(120_000, None)]
    assert mismatches() == []
