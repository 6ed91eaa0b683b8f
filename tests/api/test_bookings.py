"""Bookings at the door: what is asked for, every refusal with its code and figures, and what follows."""

from __future__ import annotations

from typing import Any

import pytest

from equipment_share.models.base import db
from equipment_share.models.bookings import VoucherUse
from tests.api.conftest import World
from tests.api.door import broken, refusal
from tests.builders import local

PATCHED = {"cancel_cutoff_minutes": 1440, "cancel_fee_bp": 2000, "no_show_fee_fen": 5000, "horizon_days": 30, "lead_minutes": 60}


def _rules(world: World, **rules: Any) -> None:
    answer = world.owner.patch(f"/instruments/{world.instrument}", {"rules": rules})
    assert answer.status_code == 200, answer.text


def test_a_taken_slot_names_the_next_free_ones_and_nobody(world: World) -> None:
    world.booked()
    for start, end in (("11:59", "12:30"), ("10:00", "12:00"), ("09:00", "13:00"), ("10:30", "11:00")):
        _rules(world, grid_minutes=1)
        answer = world.rival.post("/bookings", world.wish(f"2026-09-08T{start}:00+08:00", f"2026-09-08T{end}:00+08:00"))
        assert refusal(answer) == (409, "slot_taken")
        first = answer.json["alternatives"][0]
        assert (first["instrument"], first["start"]) == (world.instrument, "2026-09-08T12:00:00+08:00")
        assert answer.json.keys() == {"type", "title", "status", "detail", "code", "alternatives"}
        quote = world.rival.post("/quotes", world.wish(f"2026-09-08T{start}:00+08:00", f"2026-09-08T{end}:00+08:00")).json
        assert [problem["code"] for problem in quote["problems"]] == ["slot_taken"]
        assert quote["gross_fen"] > 0
    for start, end in (("09:00", "10:00"), ("12:00", "13:00")):
        assert world.rival.post("/bookings", world.wish(f"2026-09-08T{start}:00+08:00", f"2026-09-08T{end}:00+08:00")).status_code == 201


def test_every_broken_rule_comes_at_once_and_says_who_may_waive_it(world: World) -> None:
    _rules(world, **PATCHED)
    answer = world.firm.post("/bookings", world.wish("2027-03-01T10:07:00+08:00", "2026-09-01T10:00:00+08:00"))
    rows = {(row["field"], row["code"]): row["overridable_by"] for row in answer.json["errors"]}
    assert answer.status_code == 422
    assert answer.json["code"] == answer.json["errors"][0]["code"] == "end_before_start"
    assert rows == {
        ("end", "end_before_start"): None, ("end", "in_the_past"): None, ("start", "not_aligned"): None, ("start", "horizon"): "owner",
        ("end", "too_short"): "owner",
    }  # fmt: skip
    assert all(row["message"] for row in answer.json["errors"])


def test_a_higher_net_than_shown_is_refused_with_the_new_quote(world: World) -> None:
    answer = world.firm.post("/bookings", world.wish(max_net_fen=39_999))
    assert refusal(answer) == (409, "voucher_insufficient")
    assert (answer.json["quote"]["gross_fen"], answer.json["quote"]["net_fen"]) == (80_000, 40_000)
    assert world.firm.get("/bookings").json["items"] == []
    assert (world.firm.get("/vouchers").json["items"][0]["held_fen"], db.session.query(VoucherUse).count()) == (0, 0)


def test_a_programme_is_wanted_by_name_or_not_at_all(world: World) -> None:
    assert world.booked(programmes=["HALF"])["quote"]["net_fen"] == 40_000
    assert world.booked(start="2026-09-08T13:00:00+08:00", end="2026-09-08T14:00:00+08:00", programmes=[])["quote"]["net_fen"] == 40_000
    assert refusal(world.firm.post("/bookings", world.wish(programmes=["NONE"]))) == (404, "not_found")
    assert broken(world.firm.post("/bookings", world.wish(programmes="all"))) == {("programmes", "not_a_list")}


def test_an_instrument_or_mode_that_is_not_there(world: World) -> None:
    assert refusal(world.firm.post("/bookings", world.wish(instrument="987654"))) == (404, "not_found")
    assert ("mode", "not_a_choice") in broken(world.firm.post("/bookings", world.wish(mode="remote")))
    assert ("samples", "required") in broken(world.firm.post("/bookings", world.wish(mode="commissioned")))


def test_a_late_cancel_costs_what_was_shown_and_gives_the_hold_back(world: World) -> None:
    _rules(world, **PATCHED)
    free, dear = world.booked(), world.booked(start="2026-09-08T14:00:00+08:00", end="2026-09-08T16:00:00+08:00")
    for booking in (free, dear):
        world.owner.post(f"/bookings/{booking['id']}/approve")
    world.at(local("2026-09-07 10:00"))
    cancelled = world.firm.post(f"/bookings/{free['id']}/cancel", {"reason": "sample broke"}).json
    assert (cancelled["status"], cancelled["charge"], cancelled["blocking"]) == ("cancelled_by_firm", None, False)
    world.at(local("2026-09-07 14:00:01"))
    late = world.firm.post(f"/bookings/{dear['id']}/cancel", {"reason": "too late"}).json
    assert (late["charge"]["gross_fen"], late["charge"]["net_fen"], late["charge"]["subsidies"]) == (16_000, 16_000, [])
    assert [line["kind"] for line in late["charge"]["lines"]] == ["penalty"]
    wallet = world.firm.get("/vouchers").json["items"][0]
    assert (wallet["held_fen"], wallet["available_fen"]) == (0, 20_000_000)
    step = late["history"][-1]
    assert (step["from"], step["to"], step["reason"], step["at"]) == (
        "approved",
        "cancelled_by_firm",
        "too late",
        "2026-09-07T14:00:01+08:00",
    )
    assert "@" not in step["actor"]


def test_the_owner_cancels_free_of_charge(world: World) -> None:
    _rules(world, **PATCHED)
    path = f"/bookings/{world.booked()['id']}"
    world.owner.post(path + "/approve")
    world.at(local("2026-09-08 09:30"))
    assert broken(world.owner.post(path + "/cancel", {})) == {("reason", "required")}
    answer = world.owner.post(path + "/cancel", {"reason": "broken lens"}).json
    assert (answer["status"], answer["charge"]) == ("cancelled_by_owner", None)


def test_check_in_and_out_by_either_side(world: World) -> None:
    path = f"/bookings/{world.booked()['id']}"
    assert refusal(world.firm.post(path + "/check-in")) == (409, "invalid_transition")
    world.owner.post(path + "/approve")
    assert refusal(world.firm.post(path + "/check-in")) == (409, "invalid_transition")
    world.at(local("2026-09-08 10:02"))
    assert world.firm.post(path + "/check-in").json["status"] == "in_use"
    assert refusal(world.firm.post(path + "/check-in")) == (409, "already_decided")
    world.at(local("2026-09-08 11:00"))
    assert world.owner.post(path + "/check-out").status_code == 200
    early = world.wish("2026-09-08T11:15:00+08:00", "2026-09-08T12:00:00+08:00")
    assert world.rival.post("/bookings", early).status_code == 201  # an early check-out frees the rest


def test_nobody_came(world: World) -> None:
    _rules(world, **PATCHED)
    path = f"/bookings/{world.booked()['id']}"
    world.owner.post(path + "/approve")
    world.at(local("2026-09-08 10:29"))
    assert refusal(world.owner.post(path + "/no-show")) == (409, "invalid_transition")
    world.at(local("2026-09-08 10:30"))
    answer = world.owner.post(path + "/no-show").json
    assert (answer["status"], answer["charge"]["net_fen"], answer["blocking"]) == ("no_show", 5_000, False)


def test_a_disputed_use_is_answered_and_adjudicated(world: World) -> None:
    path = f"/bookings/{world.booked()['id']}"
    world.owner.post(path + "/approve")
    world.at(local("2026-09-08 12:30"))
    use = {"start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T12:00:00+08:00"}
    assert world.owner.post(path + "/usage", use).json["charge"]["gross_fen"] == 80_000
    disputed = world.firm.post(path + "/dispute", {"reason": "stopped at 11", "end": "2026-09-08T11:00:00+08:00"})
    assert disputed.json["status"] == "disputed"
    assert refusal(world.firm.post(path + "/confirm")) == (409, "invalid_transition")
    taken = world.owner.post(path + "/answer-dispute", {"accept": True, "reason": "right"}).json
    assert (taken["status"], taken["charge"]["gross_fen"]) == ("usage_recorded", 40_000)
    world.firm.post(path + "/dispute", {"reason": "still wrong"})
    half = {"start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T10:30:00+08:00", "reason": "log book"}
    assert world.clerk.post(path + "/adjudicate", half).json["charge"]["gross_fen"] == 20_000
    assert world.firm.post(path + "/confirm").json["charge"]["net_fen"] == 10_000
    assert broken(world.owner.post(path + "/usage", {})) == {("start", "required"), ("end", "required")}


def test_a_use_lies_within_what_was_booked(world: World) -> None:
    path = f"/bookings/{world.booked()['id']}"
    world.owner.post(path + "/approve")
    assert refusal(world.owner.post(path + "/usage", {"start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T11:00:00+08:00"})) == (
        409, "invalid_transition",
    )  # fmt: skip
    world.at(local("2026-09-08 12:30"))
    far = world.owner.post(path + "/usage", {"start": "2026-09-08T01:00:00+08:00", "end": "2026-09-20T11:00:00+08:00"})
    assert broken(far) == {("start", "outside_booked_slot"), ("end", "in_the_future"), ("end", "too_long")}


def test_lists_are_narrowed_and_paged_with_a_constant_number_of_questions(world: World) -> None:
    ids = [world.booked(start=f"2026-09-{day:02}T10:00:00+08:00", end=f"2026-09-{day:02}T11:00:00+08:00")["id"] for day in range(8, 15)]
    world.owner.post(f"/bookings/{ids[0]}/approve")
    first = world.firm.get("/bookings?limit=3&total=1").json
    second = world.firm.get("/bookings", query_string={"limit": 3, "cursor": first["next"]}).json
    third = world.firm.get("/bookings", query_string={"limit": 3, "cursor": second["next"]}).json
    assert [row["id"] for page in (first, second, third) for row in page["items"]] == ids[::-1]
    assert (first["total"], third["next"], "total" in second) == (7, None, False)
    assert [row["id"] for row in world.firm.get("/bookings?status=approved").json["items"]] == [ids[0]]
    span = {"from": "2026-09-09T00:00:00+08:00", "to": "2026-09-11T00:00:00+08:00", "instrument": world.instrument}
    assert [row["id"] for row in world.owner.get("/bookings", query_string=span).json["items"]] == [ids[2], ids[1]]
    assert world.questions(lambda: world.owner.get("/bookings?limit=7")) == world.questions(lambda: world.owner.get("/bookings?limit=2"))


def test_the_bureau_sees_what_vouchers_bear(world: World) -> None:
    borne = world.booked()["id"]
    paid = world.booked(start="2026-09-08T13:00:00+08:00", end="2026-09-08T14:00:00+08:00", programmes=[])["id"]
    assert [row["id"] for row in world.clerk.get("/bookings").json["items"]] == [borne]
    assert [row["id"] for row in world.auditor.get("/bookings").json["items"]] == [paid, borne]


@pytest.mark.parametrize("said_of", ["firm", "owner"])
def test_an_owner_that_is_related_to_the_firm_does_not_approve_what_a_voucher_pays(world: World, said_of: str) -> None:
    """Related after the request: the hold stands, and nobody of the related owner decides on it (reliability AC16)."""
    sides = {name: world.people[name].organisation for name in ("firm", "owner")}
    path = f"/bookings/{world.booked()['id']}"
    other = "owner" if said_of == "firm" else "firm"
    related = {"related": [sides[other].code]}
    assert world.clerk.patch(f"/organisations/{sides[said_of].id}", related).status_code == 200

    refused = world.owner.post(path + "/approve")
    world.clerk.patch(f"/organisations/{sides[said_of].id}", {"related": []})

    assert refusal(refused) == (403, "conflict_of_interest")
    assert world.owner.post(path + "/approve").json["status"] == "approved"
