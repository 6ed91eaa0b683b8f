"""Acceptance scenarios about slots, by number, through the API with exactly the figures given; on both engines."""

from __future__ import annotations

from typing import Any

import pytest

from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.services.jobs import run_due
from tests.api.conftest import World
from tests.api.door import Door, refusal
from tests.builders import a_firm, local


def _rules(world: World, **rules: Any) -> None:
    answer = world.owner.patch(f"/instruments/{world.instrument}", {"rules": rules})
    assert answer.status_code == 200, answer.text


def _ask(door: Door, world: World, start: str, end: str, **more: Any) -> Any:
    return door.post("/bookings", world.wish(f"{start}:00+08:00", f"{end}:00+08:00", **more))


def _charged(found: dict[str, Any]) -> int:
    """What a booking costs now: its charge, else nothing."""
    return int(found["charge"]["gross_fen"]) if found["charge"] else 0


def _approved(world: World, start: str, end: str) -> str:
    made = _ask(world.firm, world, start, end)
    assert made.status_code == 201, made.text
    assert world.owner.post(f"/bookings/{made.json['id']}/approve").status_code == 200
    return str(made.json["id"])


def test_01_back_to_back_is_accepted(world: World) -> None:
    assert _ask(world.firm, world, "2026-09-08T09:00", "2026-09-08T10:00").status_code == 201
    assert _ask(world.rival, world, "2026-09-08T10:00", "2026-09-08T11:00").status_code == 201


def test_04_maintenance_refuses_what_it_crosses_and_nothing_that_touches_it(world: World) -> None:
    window = {"start": "2026-09-08T12:00:00+08:00", "end": "2026-09-08T14:00:00+08:00", "reason": "校准"}
    assert world.owner.post(f"/instruments/{world.instrument}/maintenance", window).status_code == 201

    across = _ask(world.firm, world, "2026-09-08T11:00", "2026-09-08T13:00")
    until = _ask(world.firm, world, "2026-09-08T11:00", "2026-09-08T12:00")
    since = _ask(world.firm, world, "2026-09-08T14:00", "2026-09-08T15:00")

    assert (across.status_code, across.json["code"]) == (422, "maintenance")
    assert (until.status_code, since.status_code) == (201, 201)


def test_05_maintenance_over_bookings_shows_them_first_and_then_cancels_them_free(world: World) -> None:
    first = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    second = _ask(world.rival, world, "2026-09-08T13:00", "2026-09-08T14:00").json["id"]
    window = {"start": "2026-09-08T09:00:00+08:00", "end": "2026-09-08T18:00:00+08:00", "reason": "故障"}

    asked = world.owner.post(f"/instruments/{world.instrument}/maintenance", window)
    before = world.firm.get(f"/bookings/{first}").json["status"]
    done = world.owner.post(f"/instruments/{world.instrument}/maintenance", {**window, "cancel_bookings": True})

    assert refusal(asked) == (409, "bookings_affected")
    assert before == "approved"
    assert done.status_code == 201
    for door, key in ((world.firm, first), (world.rival, second)):
        found = door.get(f"/bookings/{key}").json
        assert (found["status"], found["blocking"], _charged(found)) == ("cancelled_by_owner", False, 0)
        voucher = door.get("/vouchers").json["items"][0]
        assert (voucher["held_fen"], voucher["available_fen"]) == (0, 20_000_000)


def test_06_opening_hours_refuse_partly_outside_and_take_two_windows_that_touch(world: World) -> None:
    hours = [{"weekday": day, "from": a, "to": b} for day in range(1, 6) for a, b in (("08:00", "12:00"), ("12:00", "18:00"))]
    assert world.owner.patch(f"/instruments/{world.instrument}", {"hours": hours}).status_code == 200

    partly = _ask(world.firm, world, "2026-09-08T07:00", "2026-09-08T09:00")
    over_both = _ask(world.firm, world, "2026-09-08T11:00", "2026-09-08T13:00")
    closed = _ask(world.firm, world, "2026-09-12T10:00", "2026-09-12T11:00")

    assert (partly.status_code, partly.json["code"]) == (422, "outside_opening_hours")
    assert over_both.status_code == 201
    assert (closed.status_code, closed.json["code"]) == (422, "outside_opening_hours")


def test_08_a_quota_counts_whole_bookings_and_its_limit_exactly_is_fine(world: World) -> None:
    _rules(world, grid_minutes=1, quotas=[{"minutes": 600, "per": "week", "whom": "firm"}])
    first = _approved(world, "2026-09-08T08:00", "2026-09-08T13:00")
    reaching = _ask(world.firm, world, "2026-09-09T08:00", "2026-09-09T13:00")
    one_more = _ask(world.firm, world, "2026-09-10T08:00", "2026-09-10T08:15")
    next_week = _ask(world.firm, world, "2026-09-14T08:00", "2026-09-14T09:00")
    rival = _ask(world.rival, world, "2026-09-10T09:00", "2026-09-10T10:00")

    assert (reaching.status_code, next_week.status_code, rival.status_code) == (201, 201, 201)
    assert (one_more.status_code, one_more.json["errors"][0]["code"], one_more.json["errors"][0]["overridable_by"]) == (
        422,
        "quota_exceeded",
        "owner",
    )

    assert world.firm.post(f"/bookings/{reaching.json['id']}/cancel", {"reason": "x"}).status_code == 200
    freed = _ask(world.firm, world, "2026-09-10T10:00", "2026-09-10T15:00")
    world.at(local("2026-09-08 08:40"))
    assert world.owner.post(f"/bookings/{first}/no-show").status_code == 200
    after_no_show = _ask(world.firm, world, "2026-09-11T08:00", "2026-09-11T08:15")

    assert freed.status_code == 201
    assert (after_no_show.status_code, after_no_show.json["code"]) == (422, "quota_exceeded")


def test_09_overnight_is_one_booking_that_counts_once_and_blocks_both_days(world: World) -> None:
    _rules(world, quotas=[{"count": 1, "per": "day", "whom": "firm"}])
    assert _ask(world.firm, world, "2026-09-08T20:00", "2026-09-09T08:00").status_code == 201

    evening = _ask(world.rival, world, "2026-09-08T23:00", "2026-09-08T23:30")
    morning = _ask(world.rival, world, "2026-09-09T07:00", "2026-09-09T09:00")
    same_day = _ask(world.firm, world, "2026-09-08T09:00", "2026-09-08T10:00")
    next_day = _ask(world.firm, world, "2026-09-09T09:00", "2026-09-09T10:00")

    assert refusal(evening) == refusal(morning) == (409, "slot_taken")
    assert (same_day.json["code"], next_day.status_code) == ("quota_exceeded", 201)


def test_14_where_the_owner_chooses_two_wait_for_one_slot_and_approval_answers_the_other(world: World) -> None:
    _rules(world, pending="owner_chooses")
    first = _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T12:00").json
    second = _ask(world.rival, world, "2026-09-08T11:00", "2026-09-08T13:00").json
    beside = _ask(world.rival, world, "2026-09-08T13:00", "2026-09-08T14:00").json
    assert (first["status"], first["blocking"], second["blocking"]) == ("submitted", False, False)

    chosen = world.owner.post(f"/bookings/{second['id']}/approve")
    too_late = world.owner.post(f"/bookings/{first['id']}/approve")
    loser = world.firm.get(f"/bookings/{first['id']}").json

    assert (chosen.status_code, chosen.json["status"], chosen.json["blocking"]) == (200, "approved", True)
    assert refusal(too_late) == (409, "already_decided")
    assert (loser["status"], loser["history"][-1]["reason"]) == ("rejected", "competing")
    assert world.firm.get("/vouchers").json["items"][0]["held_fen"] == 0
    assert world.rival.get(f"/bookings/{beside['id']}").json["status"] == "submitted"
    assert refusal(_ask(world.firm, world, "2026-09-08T11:30", "2026-09-08T12:00")) == (409, "slot_taken")


def test_14_with_two_equal_units_two_are_chosen_and_the_third_is_answered(world: World) -> None:
    _rules(world, pending="owner_chooses", units=2)
    third = Door(world.app, a_firm())
    asked = [_ask(door, world, "2026-09-08T10:00", "2026-09-08T12:00").json["id"] for door in (world.firm, world.rival, third)]

    states = []
    for key in asked[:2]:
        assert world.owner.post(f"/bookings/{key}/approve").status_code == 200
        states.append([row.state.value for row in db.session.query(Booking).order_by(Booking.id)])
        db.session.expire_all()

    assert states == [["approved", "submitted", "submitted"], ["approved", "approved", "rejected"]]


@pytest.mark.parametrize(("at", "fee"), [("2026-09-09 09:59", 0), ("2026-09-09 10:00", 0), ("2026-09-09 10:01", 36_000)])
def test_19_cancelling_costs_a_fifth_after_the_cut_off_and_the_voucher_never_pays_it(world: World, at: str, fee: int) -> None:
    _rules(world, cancel_cutoff_minutes=1440, cancel_fee_bp=2000, grid_minutes=30)
    key = _approved(world, "2026-09-10T10:00", "2026-09-10T14:30")
    assert world.firm.get(f"/bookings/{key}").json["quote"]["gross_fen"] == 180_000
    world.at(local(at))

    found = world.firm.post(f"/bookings/{key}/cancel", {"reason": "x"}).json

    assert (found["status"], _charged(found), found["charge"]["subsidies"] if fee else []) == ("cancelled_by_firm", fee, [])
    assert world.firm.get("/vouchers").json["items"][0]["held_fen"] == 0


def test_19_after_the_start_only_the_owner_cancels(world: World) -> None:
    key = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    world.at(local("2026-09-08 10:01"))

    assert world.firm.post(f"/bookings/{key}/cancel", {"reason": "x"}).status_code == 409
    assert world.owner.post(f"/bookings/{key}/cancel", {"reason": "故障"}).json["status"] == "cancelled_by_owner"


def test_20_a_no_show_is_recorded_once_however_late_and_often_the_job_runs(world: World) -> None:
    key = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    quiet = run_due(at=local("2026-09-08 10:29"))
    first, second = run_due(at=local("2026-09-08 10:37")), run_due(at=local("2026-09-08 10:37"))
    world.at(local("2026-09-08 10:40"))

    name = "bookings that nobody came to"
    found = world.firm.get(f"/bookings/{key}").json
    assert (quiet[name], first[name], second[name]) == (0, 1, 0)
    assert (found["status"], found["blocking"]) == ("no_show", False)
    assert [step["event"] for step in found["history"]].count("no_show") == 1
    assert _ask(world.rival, world, "2026-09-08T11:00", "2026-09-08T12:00").status_code == 201


@pytest.mark.parametrize(
    ("start", "end", "gross"),
    [("16:17:30", "16:18:10", 667), ("16:17:00", "16:17:15", 667), ("16:17:59", "16:19:01", 1333)],
    ids=["40 s is 1 min", "15 s is 1 min", "62 s is 2 min"],
)
def test_21_minutes_are_cut_at_both_ends_and_never_none(world: World, start: str, end: str, gross: int) -> None:
    _rules(world, grid_minutes=1, min_minutes=1)
    key = _approved(world, "2026-09-08T16:17", "2026-09-08T16:20")
    world.at(local("2026-09-08 17:00"))

    used = world.owner.post(f"/bookings/{key}/usage", {"start": f"2026-09-08T{start}+08:00", "end": f"2026-09-08T{end}+08:00"})

    assert (used.status_code, _charged(used.json)) == (200, gross)  # 400.00 an hour: 6.67 a minute, 13.33 two


@pytest.mark.parametrize(
    ("basis", "figures"), [("reserved", (300, 300, 300)), ("used", (150, 375, 300)), ("reserved_plus_overrun", (300, 375, 375))]
)
def test_22_the_charge_follows_its_basis(world: World, basis: str, figures: tuple[int, int, int]) -> None:
    price = {"valid_from": "2026-09-07", "items": [{"mode": "guided", "unit": "hour", "unit_price_fen": 30_000}]}
    assert world.owner.post(f"/instruments/{world.instrument}/prices", price).status_code == 201
    _rules(world, charge_basis=basis)
    charged = []
    for day, (start, end) in zip((8, 9, 10), (("13:15", "13:45"), ("13:00", "14:15"), ("13:15", "14:15")), strict=True):
        world.at(local("2026-09-07 09:00"))
        key = _approved(world, f"2026-09-{day:02d}T13:00", f"2026-09-{day:02d}T14:00")
        world.at(local(f"2026-09-{day:02d} 16:00"))
        used = {"start": f"2026-09-{day:02d}T{start}:00+08:00", "end": f"2026-09-{day:02d}T{end}:00+08:00"}
        charged.append(_charged(world.owner.post(f"/bookings/{key}/usage", used).json))

    assert tuple(charged) == tuple(figure * 100 for figure in figures)
