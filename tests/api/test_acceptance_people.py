"""Acceptance scenarios about training and silence, by number, through the API and the jobs; on both engines."""

from __future__ import annotations

from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.outbox import Letter
from equipment_share.queries.people import people_with_role
from equipment_share.services.jobs import run_due
from tests.api.conftest import World
from tests.api.door import refusal
from tests.api.test_acceptance_slots import _approved, _ask, _rules
from tests.builders import local


def test_17_who_is_not_trained_is_refused_and_asks_and_is_good_up_to_the_last_day(world: World) -> None:
    _rules(world, authorisation_required=True, horizon_days=365)
    refused = _ask(world.firm, world, "2026-09-08T10:00", "2026-09-08T11:00")
    samples = world.firm.post("/quotes", world.wish(mode="commissioned", samples=1)).json
    asked = world.firm.post("/training", {"instrument": world.instrument})
    again = world.firm.post("/training", {"instrument": world.instrument})

    assert (refused.status_code, refused.json["errors"][0]["code"], refused.json["errors"][0]["overridable_by"]) == (
        422,
        "not_authorised",
        "owner",
    )
    assert "not_authorised" not in [problem["code"] for problem in samples["problems"]]
    assert (asked.status_code, asked.json["status"], again.json["id"]) == (201, "asked", asked.json["id"])
    assert refusal(world.stranger.post(f"/training/{asked.json['id']}/grant", {})) == (404, "not_found")

    granted = world.owner.post(f"/training/{asked.json['id']}/grant", {"valid_until": "2026-09-30"})
    before = _ask(world.firm, world, "2026-09-29T10:00", "2026-09-29T11:00")
    last = _ask(world.firm, world, "2026-09-30T23:00", "2026-10-01T00:00")
    after = _ask(world.firm, world, "2026-10-09T10:00", "2026-10-09T11:00")

    assert (granted.status_code, granted.json["status"]) == (200, "granted")
    assert (before.status_code, last.status_code) == (201, 201)
    assert (after.status_code, after.json["code"]) == (422, "not_authorised")
    assert world.rival.get("/training").json["items"] == []


def test_17_an_authorisation_that_ended_meanwhile_is_seen_at_check_in(world: World) -> None:
    _rules(world, authorisation_required=True)
    email = world.people["firm"].email
    path = f"/instruments/{world.instrument}/authorisations"
    assert world.owner.post(path, {"email": email, "valid_until": "2026-12-31"}).status_code == 201
    key = _approved(world, "2026-09-08T10:00", "2026-09-08T12:00")
    assert world.owner.post(path, {"email": email, "valid_until": "2026-09-07"}).status_code == 201
    world.at(local("2026-09-08 10:00"))

    at_the_door = world.firm.post(f"/bookings/{key}/check-in")
    assert world.owner.post(path, {"email": email, "valid_until": "2026-09-08"}).status_code == 201

    assert (at_the_door.status_code, at_the_door.json["code"]) == (422, "not_authorised")
    assert world.firm.post(f"/bookings/{key}/check-in").json["status"] == "in_use"
    assert [row["valid_until"] for row in world.owner.get(path).json["items"]] == ["2026-09-08"]


def test_17_a_refusal_needs_a_reason_and_is_told(world: World) -> None:
    _rules(world, authorisation_required=True)
    key = world.firm.post("/training", {"instrument": world.instrument}).json["id"]

    without = world.owner.post(f"/training/{key}/refuse", {})
    refused = world.owner.post(f"/training/{key}/refuse", {"reason": "名额已满"})

    assert without.status_code == 422
    assert (refused.json["status"], world.firm.get("/training").json["items"][0]["reason"]) == ("refused", "名额已满")
    assert refusal(world.owner.post(f"/training/{key}/grant", {})) == (409, "already_decided")


def test_15_silence_is_reminded_then_told_to_the_bureau_then_ends_and_each_once(world: World) -> None:
    asked = _ask(world.firm, world, "2026-09-30T10:00", "2026-09-30T12:00").json["id"]  # Monday 7 September, 9 o'clock
    names = ("requests to remind of", "requests to tell the bureau of", "requests that nobody answered")
    seen = []
    for moment in (
        "2026-09-08 08:59",
        "2026-09-08 09:07",
        "2026-09-08 09:08",
        "2026-09-09 09:00",
        "2026-09-09 12:00",
        "2026-09-10 09:00",
        "2026-09-10 09:01",
    ):
        done = run_due(at=local(moment))
        seen.append(tuple(done[name] for name in names))
    world.at(local("2026-09-10 10:00"))

    found = world.firm.get(f"/bookings/{asked}").json
    assert seen == [(0, 0, 0), (1, 0, 0), (0, 0, 0), (0, 1, 0), (0, 0, 0), (0, 0, 1), (0, 0, 0)]
    assert [step["event"] for step in found["history"]] == ["submitted", "reminded", "escalated", "expired"]
    assert (found["status"], found["blocking"], world.firm.get("/vouchers").json["items"][0]["held_fen"]) == ("expired", False, 0)
    kinds = [letter.kind for letter in db.session.query(Letter).order_by(Letter.id)]
    assert [kinds.count(kind) for kind in ("booking_reminder", "booking_escalated", "booking_expired")] == [
        1,
        len(people_with_role(Role.BUREAU_CLERK)),
        2,
    ]


def test_15_a_request_that_was_answered_is_not_reminded_of(world: World) -> None:
    _approved(world, "2026-09-30T10:00", "2026-09-30T12:00")

    done = run_due(at=local("2026-09-20 09:00"))

    assert (done["requests to remind of"], done["requests to tell the bureau of"], done["requests that nobody answered"]) == (0, 0, 0)
