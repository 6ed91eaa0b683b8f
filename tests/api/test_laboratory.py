"""The laboratory over the API: made, kept, read again; wrong drafts are named by their place."""

from __future__ import annotations

from tests.api.conftest import World
from tests.api.door import refusal

DRAFT = {"code": "TRY", "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": 2500}]}]}


def test_a_replay_is_made_kept_and_read_by_the_auditor(world: World) -> None:
    made = world.clerk.post("/laboratory", {"period": "2026", "drafts": [DRAFT, {**DRAFT, "code": "TWO"}], "name": "t"})

    assert made.status_code == 201
    assert [draft["code"] for draft in made.json["result"]["drafts"]] == ["TRY", "TWO"]
    assert world.auditor.get(made.headers["Location"].removeprefix("/api/v1")).json == made.json
    assert refusal(world.auditor.post("/laboratory", {"period": "2026", "drafts": [DRAFT]})) == (403, "forbidden")
    assert refusal(world.firm.get("/laboratory/1")) == (403, "forbidden")
    assert world.clerk.get("/laboratory/999").status_code == 404


def test_what_is_wrong_is_named_by_its_place(world: World) -> None:
    answer = world.clerk.post("/laboratory", {"period": "2026", "drafts": [DRAFT, {**DRAFT, "colour": "red"}]})

    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [("drafts[1].colour", "unknown_field")]
    assert world.clerk.post("/laboratory", {"period": "2026", "drafts": []}).status_code == 422
    assert world.clerk.post("/laboratory", {"period": "later", "drafts": [DRAFT]}).json["code"] == "not_a_period"
