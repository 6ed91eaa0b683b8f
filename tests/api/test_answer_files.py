"""A question that asks for a file: handed in first, named in the request, fetched by the two sides alone."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from equipment_share.models.base import db
from equipment_share.models.instruments import StoredFile
from equipment_share.services.jobs import run_due
from tests.api.conftest import World
from tests.api.door import broken, refusal
from tests.builders import NOW

PDF = b"%PDF-1.4 the specimen"
ASKED = {"key": "plan", "label": "实验方案", "kind": "file", "required": True}


def asked_for_a_plan(world: World) -> None:
    """The instrument asks for a file."""
    assert world.owner.patch(f"/instruments/{world.instrument}", {"questions": [ASKED]}).status_code == 200


def handed_in(door: Any, content: bytes = PDF, name: str = "plan.pdf") -> Any:
    """One upload."""
    return door.post("/answer-files", data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def test_a_file_is_handed_in_then_named_and_only_the_two_sides_fetch_it(world: World) -> None:
    asked_for_a_plan(world)

    made = handed_in(world.firm)
    booking = world.booked(answers={"plan": made.json["id"]})

    path = f"/answer-files/{made.json['id']}"
    assert (made.status_code, made.json["name"], made.json["size"]) == (201, "plan.pdf", len(PDF))
    assert booking["answers"] == {"plan": made.json["id"]}
    assert [world.doors[name].get(path).data for name in ("firm", "owner")] == [PDF, PDF]
    assert [world.doors[name].get(path).status_code for name in ("rival", "stranger", "clerk", "finance", "visitor")] == [
        404,
        404,
        403,
        403,
        401,
    ]
    assert [world.doors[name].get(f"/bookings/{booking['id']}").json["answers"] for name in ("clerk", "finance", "auditor")] == [{}, {}, {}]


def test_nobody_but_its_firm_sees_a_file_before_it_belongs_to_a_booking(world: World) -> None:
    made = handed_in(world.firm)

    found = [world.doors[name].get(f"/answer-files/{made.json['id']}").status_code for name in ("firm", "owner", "rival")]

    assert found == [200, 404, 404]


def test_a_required_file_that_is_missing_or_another_firms_is_refused(world: World) -> None:
    asked_for_a_plan(world)
    foreign = handed_in(world.rival).json["id"]

    missing = world.firm.post("/bookings", world.wish())
    stolen = world.firm.post("/bookings", world.wish(answers={"plan": foreign}))
    no_token = world.firm.post("/bookings", world.wish(answers={"plan": "../etc/passwd"}))

    assert (missing.status_code, broken(missing)) == (422, {("answers.plan", "required")})
    assert (stolen.status_code, broken(stolen)) == (422, {("answers.plan", "not_found")})
    assert (no_token.status_code, broken(no_token)) == (422, {("answers.plan", "not_found")})
    assert world.firm.get("/bookings").json["items"] == []


def test_a_file_goes_along_when_the_booking_moves_and_serves_a_second_one(world: World) -> None:
    asked_for_a_plan(world)
    token = handed_in(world.firm).json["id"]
    first = world.booked(answers={"plan": token})

    moved = world.firm.post(f"/bookings/{first['id']}/change", {"start": "2026-09-08T13:00:00+08:00", "end": "2026-09-08T14:00:00+08:00"})
    second = world.booked(start="2026-09-09T10:00:00+08:00", end="2026-09-09T11:00:00+08:00", answers={"plan": token})

    assert moved.status_code == 201
    assert (moved.json["answers"], second["answers"]) == ({"plan": token}, {"plan": token})
    assert world.owner.get(f"/answer-files/{token}").data == PDF


def test_kinds_and_sizes_are_those_of_evidence(world: World) -> None:
    program, empty = handed_in(world.firm, b"MZ\x90", "a.pdf"), handed_in(world.firm, b"", "a.pdf")

    assert refusal(program) == (422, "file_kind")
    assert refusal(empty) == (422, "required")
    assert refusal(handed_in(world.owner)) == (403, "forbidden")


def test_a_file_that_no_booking_names_within_a_week_is_deleted_once(world: World) -> None:
    asked_for_a_plan(world)
    left = handed_in(world.firm).json["id"]
    named = handed_in(world.firm, name="named.pdf").json["id"]
    world.booked(answers={"plan": named})
    job = "answer files that nothing names"

    done = [run_due(at=NOW + timedelta(days=days))[job] for days in (6, 8, 8)]

    assert done == [0, 1, 0]
    assert refusal(world.firm.get(f"/answer-files/{left}")) == (404, "not_found")
    assert world.owner.get(f"/answer-files/{named}").data == PDF
    assert [row.name for row in db.session.query(StoredFile)] == ["named.pdf"]
    assert refusal(world.firm.post("/bookings", world.wish(answers={"plan": left}))) == (422, "not_found")
