"""Red flags, related parties and random inspections at the door."""

from __future__ import annotations

import hashlib

from equipment_share.domain.access import Role
from equipment_share.models.base import db
from equipment_share.models.people import Organisation
from tests.api.conftest import World
from tests.api.door import Door, refusal
from tests.api.test_settlement import AFTER, HEADER, _confirmed, _paper, _sent
from tests.builders import an_officer


def _key(world: World, who: str) -> str:
    return f"/organisations/{world.people[who].organisation_id}"


def _paid(world: World) -> str:
    batch = _sent(world)
    line = world.clerk.get(batch).json["lines"][0]
    answer = f"{HEADER}{line['line']},paid,2026-09-20,REF-1,{line['amount_fen']}\n"
    assert world.finance.post(f"{batch}/bank-return", data=answer, content_type="text/csv").status_code == 200
    return world.owner.get("/claims").json["items"][0]["id"]


def test_the_bureau_describes_who_is_behind_an_organisation_and_null_clears(world: World) -> None:
    said = {
        "controller": "Zhang San", "legal_rep": "Li Si", "shareholders": [{"name": "Fund", "share_bp": 2_500}], "founded_on": "2026-01-02",
        "insured_staff": 0, "research_spend_fen": 100, "credit_list": "abnormal", "credit_since": "2026-09-01", "barred_until": "2026-12-31",
    }  # fmt: skip
    answer = world.clerk.patch(_key(world, "firm"), said)
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in said} == said

    cleared = world.clerk.patch(_key(world, "firm"), dict.fromkeys(said)).json
    assert [cleared[name] for name in said] == ["", "", [], None, None, None, None, None, None]
    whole = [{"name": "A", "share_bp": 6_000}, {"name": "B", "share_bp": 4_001}]
    assert refusal(world.clerk.patch(_key(world, "firm"), {"shareholders": whole})) == (422, "out_of_range")
    assert refusal(world.firm.patch(_key(world, "firm"), said)) == (403, "forbidden")


def test_parties_of_one_controller_or_large_shareholder_get_nothing_and_a_bar_ends(world: World) -> None:
    def quoted() -> tuple[int, str]:
        entries = world.firm.post("/quotes", world.wish()).json["subsidies"]
        return (entries[0]["amount_fen"], entries[0]["binding"]) if entries else (0, "no programme")

    assert quoted() == (40_000, "RATE")
    for firm, owner in (
        ({"controller": "Zhang San"}, {"controller": "Zhang San"}),
        ({"shareholders": [{"name": "Fund", "share_bp": 2_500}]}, {"shareholders": [{"name": "Fund", "share_bp": 9_000}]}),
    ):
        world.clerk.patch(_key(world, "firm"), firm)
        world.clerk.patch(_key(world, "owner"), owner)
        assert quoted() == (0, "RELATED_PARTY")
        world.clerk.patch(_key(world, "firm"), dict.fromkeys(firm))
    world.clerk.patch(_key(world, "firm"), {"shareholders": [{"name": "Fund", "share_bp": 2_499}]})
    assert quoted() == (40_000, "RATE")

    world.clerk.patch(_key(world, "firm"), {"barred": True, "barred_until": "2026-09-07"})
    assert quoted()[0] == 0
    world.clerk.patch(_key(world, "firm"), {"barred_until": "2026-09-06"})
    assert quoted() == (40_000, "RATE")


def test_a_flag_that_blocks_is_written_down_filtered_and_disposed_of(world: World) -> None:
    path = _confirmed(world) + "/documents"
    _paper(world.owner, path, "contract", "HT-1")
    _paper(world.owner, path, "invoice", "FP-1", amount_fen="80000")
    _paper(world.firm, path, "payment", "PZ-1", amount_fen="40000")
    claim = f"/claims/{world.owner.get('/claims').json['items'][0]['id']}"
    world.owner.post(claim + "/submit")
    for who in ("firm", "owner"):
        db.session.get_one(Organisation, world.people[who].organisation_id).phone = "0573-8712 3456"
    db.session.commit()
    world.clerk.patch(_key(world, "firm"), {"insured_staff": 0})

    assert refusal(world.clerk.post(claim + "/check")) == (422, "papers_missing")
    assert refusal(world.owner.post(claim + "/findings")) == (403, "forbidden")
    raised = {row["code"]: row for row in world.clerk.post(claim + "/findings").json["findings"]}
    assert {code: row["severity"] for code, row in raised.items()} == {"X07": "block", "X16": "warn"}
    assert raised["X07"]["facts"]["value"] == "0573-8712 3456"
    assert world.owner.get(claim).json["findings"] == []

    assert [row["code"] for row in world.clerk.get("/exceptions?code=X16").json["items"]] == ["X16"]
    assert world.clerk.get("/exceptions?severity=block&undisposed=1&total=1").json["total"] == 1
    assert refusal(world.clerk.get("/exceptions?code=X21")) == (422, "not_a_choice")
    row = world.clerk.get("/exceptions?code=X07").json["items"][0]
    assert row["text"].startswith("X07 ")
    assert "0573-8712 3456" in row["text"]
    said = {"disposition": "cleared", "reason": "the park's exchange"}
    assert world.clerk.post(f"/exceptions/{row['id']}/dispose", said).json["disposition"] == "cleared"
    assert refusal(world.clerk.post(f"/exceptions/{row['id']}/dispose", said)) == (409, "already_decided")
    assert world.clerk.post(claim + "/check").json["status"] == "checked"


def test_paid_claims_are_drawn_by_a_seed_from_which_anybody_draws_the_same(world: World) -> None:
    assert refusal(world.clerk.post("/inspections", {"programme": "HALF", "period": "2026-09"})) == (422, "nothing_paid")
    claim = _paid(world)

    made = world.clerk.post("/inspections", {"programme": "HALF", "period": "2026-09"})
    assert (made.status_code, made.json["population"], made.json["share_bp"]) == (201, 1, 500)
    (line,) = made.json["lines"]
    numbers = [line["number"]]
    again = sorted(numbers, key=lambda number: hashlib.sha256((made.json["seed"] + number).encode()).hexdigest())
    assert [row["number"] for row in made.json["lines"]] == again[: -(-len(numbers) * 500 // 10_000)]
    assert line["claim"] == claim
    assert refusal(world.clerk.post("/inspections", {"programme": "HALF", "period": "2026-09"})) == (409, "already_decided")

    path = f"/inspections/{made.json['id']}"
    target = f"{path}/lines/{line['line']}"
    assert refusal(world.clerk.post(target, {"result": "faulty"})) == (422, "required")
    assert refusal(world.clerk.post(f"{path}/lines/999", {"result": "in_order"})) == (404, "not_found")
    assert refusal(world.auditor.post(target, {"result": "in_order"})) == (403, "forbidden")
    found = world.reviewer.post(target, {"result": "faulty", "note": "no report in the archive"}).json["lines"][0]
    assert (found["result"], found["note"]) == ("faulty", "no report in the archive")
    assert refusal(world.clerk.post(target, {"result": "in_order"})) == (409, "already_decided")
    assert world.auditor.get("/inspections?programme=HALF&total=1").json["total"] == 1
    assert world.auditor.get(path).json["lines"][0]["number"] == line["number"]
    assert refusal(world.firm.get("/inspections")) == (403, "forbidden")


def test_a_draw_takes_the_share_of_the_programme_or_more(world: World) -> None:
    _paid(world)
    world.at(AFTER)
    leader = Door(world.app, an_officer(Role.BUREAU_LEADER))

    made = leader.post("/inspections", {"programme": "HALF", "period": "2026-Q3", "share_bp": 2_000}).json

    assert (made["share_bp"], len(made["lines"])) == (2_000, 1)
