"""A firm shows that it belongs to a class, the bureau answers, and the firm is told in time that it ends."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from equipment_share.adapters.attachments import attachment
from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.outbox import HistoryStep, Letter
from equipment_share.models.people import Organisation, User
from equipment_share.services.jobs import run_due
from tests.api.conftest import World
from tests.api.door import broken, refusal
from tests.builders import NOW


def firm_id(world: World) -> int:
    return int(world.people["firm"].organisation_id)


def handed_in(world: World, who: str = "firm", **more: Any) -> Any:
    """One proof of the high-tech certificate."""
    data = {"tag": "hnte", "number": "GR2026", "valid_until": "2027-03-31", "file": (io.BytesIO(b"%PDF-1.4 x"), "证书.pdf"), **more}
    data = {name: value for name, value in data.items() if value is not None}
    return world.doors[who].post(f"/organisations/{firm_id(world)}/proofs", data=data, content_type="multipart/form-data")


def letters(kind: str) -> int:
    return db.session.query(Letter).filter_by(kind=kind).count()


def test_an_accepted_proof_writes_the_tag_with_its_last_good_day(world: World) -> None:
    made = handed_in(world)
    listed = world.firm.get(f"/organisations/{firm_id(world)}/proofs").json["items"]

    accepted = world.clerk.post(f"/proofs/{made.json['id']}/accept")
    again = world.clerk.post(f"/proofs/{made.json['id']}/accept")

    tags = world.clerk.get(f"/organisations/{firm_id(world)}").json["tags"]
    events = [
        step.event
        for step in db.session.query(HistoryStep).filter_by(kind="organisation", object_id=firm_id(world)).order_by(HistoryStep.id)
    ]
    assert (made.status_code, made.json["status"], made.json["file"]["name"]) == (201, "submitted", "证书.pdf")
    assert [row["id"] for row in listed] == [made.json["id"]]
    assert (accepted.json["status"], refusal(again)) == ("accepted", (409, "already_decided"))
    assert tags == [{"tag": "tech_sme", "valid_until": None}, {"tag": "hnte", "valid_until": "2027-03-31"}]
    assert events[-2:] == ["proof_submitted", "proof_accepted"]
    clerks = db.session.query(User).filter_by(role=Role.BUREAU_CLERK).count()
    assert (letters("proof_submitted"), letters("proof_accepted")) == (clerks, 1)


def test_a_refusal_says_why_and_writes_no_tag(world: World) -> None:
    made = handed_in(world, file=None)

    silent = world.clerk.post(f"/proofs/{made.json['id']}/refuse", {})
    refused = world.clerk.post(f"/proofs/{made.json['id']}/refuse", {"reason": "证书不清晰"})

    assert broken(silent) == {("reason", "required")}
    assert (refused.json["status"], refused.json["reason"]) == ("refused", "证书不清晰")
    assert world.clerk.get(f"/organisations/{firm_id(world)}").json["tags"] == [{"tag": "tech_sme", "valid_until": None}]
    assert letters("proof_refused") == 1


def test_who_may_and_whose_it_is(world: World) -> None:
    made = handed_in(world).json["id"]
    page = f"/organisations/{firm_id(world)}/proofs"

    assert [world.doors[who].get(page).status_code for who in ("firm", "clerk", "auditor", "rival", "owner")] == [200, 200, 200, 404, 403]
    assert [handed_in(world, who).status_code for who in ("rival", "clerk", "owner")] == [404, 403, 403]
    assert [world.doors[who].post(f"/proofs/{made}/accept").status_code for who in ("firm", "reviewer", "leader")] == [403, 403, 403]
    assert world.clerk.post("/proofs/999/accept").status_code == 404


def test_every_problem_of_a_proof_at_once(world: World) -> None:
    answer = handed_in(world, number=None, file=None, valid_until="2026-09-06")

    assert (answer.status_code, broken(answer)) == (422, {("number", "required"), ("valid_until", "in_the_past")})


def test_a_firm_is_told_once_thirty_days_before_a_tag_ends(world: World) -> None:
    proof = handed_in(world, valid_until="2026-10-30").json["id"]
    world.clerk.post(f"/proofs/{proof}/accept")

    done = [run_due(at=NOW + timedelta(days=days))["classes that end soon"] for days in (22, 23, 23, 40, 60)]

    assert done == [0, 1, 0, 0, 0]  # the last good day is the 53rd from now
    assert letters("tag_ending") == 1
    firm = db.session.get_one(Organisation, firm_id(world))
    assert firm.tags[-1] == {"tag": "hnte", "valid_until": "2026-10-30"}


def test_the_file_of_a_proof_is_for_its_firm_and_the_bureau(world: World) -> None:
    proof, bare = (handed_in(world, **more).json["id"] for more in ({}, {"file": None}))

    found = {name: world.doors[name].get(f"/proofs/{proof}/file") for name in ("firm", "clerk", "finance", "rival", "owner", "visitor")}

    assert {name: answer.status_code for name, answer in found.items()} == {
        "firm": 200, "clerk": 200, "finance": 200, "rival": 404, "owner": 403, "visitor": 401,
    }  # fmt: skip
    assert (found["firm"].data, found["firm"].mimetype) == (b"%PDF-1.4 x", "application/pdf")
    assert found["firm"].headers["Content-Disposition"] == attachment("证书.pdf")
    assert refusal(world.firm.get(f"/proofs/{bare}/file")) == (404, "not_found")
