"""Vouchers and programmes at the door: two hands, budgets, what is left, and the pure decision."""

from __future__ import annotations

from typing import Any

from equipment_share.domain.money import Money
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.models.vouchers import Voucher
from tests.api.conftest import World
from tests.api.door import broken, refusal
from tests.builders import HALF

ASK = {
    "code": "ASK", "name": "By application", "issue_mode": "apply", "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}],
    "caps": {"per_voucher_fen": 100_000, "annual_fen": {"any": 250_000}}, "budget": {"total_fen": 150_000},
}  # fmt: skip


def _published(world: World, **changes: Any) -> None:
    drafted = world.clerk.post("/programmes", {**ASK, **changes})
    assert (drafted.status_code, drafted.json["status"], drafted.json["number"]) == (201, "draft", 1), drafted.text
    assert world.reviewer.post(f"/programmes/{changes.get('code', 'ASK')}/versions/1/publish").json["status"] == "published"


def _issued(world: World, **more: Any) -> str:
    voucher = world.firm.post("/vouchers", {"programme": "ASK", **more}).json
    world.clerk.post(f"/vouchers/{voucher['id']}/check", {"reason": "in order"})
    world.reviewer.post(f"/vouchers/{voucher['id']}/issue")
    return f"/vouchers/{voucher['id']}"


def test_a_voucher_goes_through_two_hands(world: World) -> None:
    _published(world)
    asked = world.firm.post("/vouchers", {"programme": "ASK"})
    assert (asked.status_code, asked.json["status"], asked.json["wanted_fen"], asked.json["issued_fen"]) == (201, "applied", 100_000, 0)
    path = asked.headers["Location"].removeprefix("/api/v1")
    assert refusal(world.reviewer.post(path + "/issue")) == (409, "invalid_transition")
    assert world.clerk.post(path + "/check", headers={"If-Match": "1"}).json["status"] == "checked"
    assert refusal(world.clerk.post(path + "/check")) == (409, "already_decided")
    assert refusal(world.clerk.post(path + "/issue")) == (403, "forbidden")
    issued = world.reviewer.post(path + "/issue").json
    assert (issued["status"], issued["issued_fen"], issued["available_fen"], issued["valid_until"]) == (
        "issued",
        100_000,
        100_000,
        "2026-12-31",
    )
    assert {issued[name] == issued[f"{name}_fen"] for name in ("issued", "available", "held", "consumed", "expired", "revoked")} == {True}


def test_a_budget_is_never_exceeded(world: World) -> None:
    _published(world)
    _issued(world)
    second = world.firm.post("/vouchers", {"programme": "ASK", "amount_fen": 60_000}).json
    world.clerk.post(f"/vouchers/{second['id']}/check")
    assert refusal(world.reviewer.post(f"/vouchers/{second['id']}/issue")) == (422, "over_budget")
    assert world.firm.get(f"/vouchers/{second['id']}").json["status"] == "checked"


def test_a_firm_applies_for_what_its_yearly_limit_leaves_and_then_for_nothing(world: World) -> None:
    """An application that waits counts like a voucher; one that was turned down does not."""
    _published(world, caps={"annual_fen": {"any": 250_000}}, budget={"total_fen": 1_000_000})
    first = world.firm.post("/vouchers", {"programme": "ASK", "amount_fen": 150_000}).json
    too_much = world.firm.post("/vouchers", {"programme": "ASK", "amount_fen": 100_001})
    second = world.firm.post("/vouchers", {"programme": "ASK"}).json
    third = world.firm.post("/vouchers", {"programme": "ASK"})
    world.clerk.post(f"/vouchers/{first['id']}/reject", {"reason": "not this year"})
    again = world.firm.post("/vouchers", {"programme": "ASK"}).json

    assert (broken(too_much), second["wanted_fen"]) == ({("amount_fen", "out_of_range")}, 100_000)
    assert refusal(third) == (422, "not_eligible")
    assert "¥2,500.00" in third.json["detail"]
    assert again["wanted_fen"] == 150_000


def test_the_holding_limit_counts_what_is_asked_for(world: World) -> None:
    _published(world, caps={"holding_fen": 120_000, "per_voucher_fen": 100_000, "annual_fen": {"any": 900_000}})
    _issued(world)
    second = world.firm.post("/vouchers", {"programme": "ASK"}).json
    assert second["wanted_fen"] == 20_000
    assert refusal(world.firm.post("/vouchers", {"programme": "ASK"})) == (422, "not_eligible")


def test_money_that_is_lent_later_counts_from_the_day_it_is_granted(world: World) -> None:
    """Where the budget is reserved with each hold a voucher shows nothing issued yet; its firm has it all the same."""
    _published(world, caps={"annual_fen": {"any": 250_000}}, budget={"total_fen": 1_000_000, "reserve_at": "hold"})
    path = _issued(world)
    assert world.firm.get(path).json["issued_fen"] == 0
    assert refusal(world.firm.post("/vouchers", {"programme": "ASK"})) == (422, "not_eligible")


def test_an_application_that_no_longer_fits_is_refused_by_the_clerk_and_by_the_reviewer(world: World) -> None:
    """Two applications for the whole limit, as they were taken before: the earlier one goes on, the later one does not."""
    _published(world, caps={"annual_fen": {"any": 200_000}}, budget={"total_fen": 1_000_000})
    first = world.firm.post("/vouchers", {"programme": "ASK", "amount_fen": 100_000}).json
    later = world.firm.post("/vouchers", {"programme": "ASK", "amount_fen": 100_000}).json
    db.session.get_one(Voucher, int(first["id"])).wanted = Money(200_000)
    db.session.commit()

    refused = world.clerk.post(f"/vouchers/{later['id']}/check")
    for verb, door in (("check", world.clerk), ("issue", world.reviewer)):
        assert door.post(f"/vouchers/{first['id']}/{verb}").status_code == 200
    db.session.get_one(Voucher, int(later["id"])).state = VoucherState.CHECKED
    db.session.commit()
    not_issued = world.reviewer.post(f"/vouchers/{later['id']}/issue")

    assert (refusal(refused), refusal(not_issued)) == ((422, "not_eligible"), (422, "not_eligible"))
    assert "¥1,000.00" in refused.json["detail"]
    assert "¥0.00" in refused.json["detail"]
    assert world.firm.get(f"/vouchers/{later['id']}").json["issued_fen"] == 0


def test_a_firm_that_lost_its_class_is_not_issued_what_it_asked_for(world: World) -> None:
    _published(world, eligible_any=["tech_sme"])
    asked = world.firm.post("/vouchers", {"programme": "ASK"}).json
    world.clerk.post(f"/vouchers/{asked['id']}/check")
    world.clerk.patch(f"/organisations/{world.people['firm'].organisation_id}", {"tags": []})
    assert refusal(world.reviewer.post(f"/vouchers/{asked['id']}/issue")) == (422, "not_eligible")


def test_frozen_by_one_unfrozen_by_another_revoked_by_the_leader(world: World) -> None:
    _published(world)
    path = _issued(world)
    assert broken(world.clerk.post(path + "/freeze", {})) == {("reason", "required")}
    assert world.clerk.post(path + "/freeze", {"reason": "audit"}).json["status"] == "frozen"
    assert world.firm.post("/quotes", world.wish(programmes=["ASK"])).json["net_fen"] == 80_000
    assert refusal(world.clerk.post(path + "/unfreeze", {"reason": "done"})) == (403, "second_person_required")
    assert world.reviewer.post(path + "/unfreeze", {"reason": "done"}).json["status"] == "issued"
    booking = world.booked(programmes=["ASK"])
    revoked = world.leader.post(path + "/revoke", {"reason": "moved away"}).json
    assert (revoked["status"], revoked["held_fen"], revoked["revoked_fen"], revoked["available_fen"]) == ("revoked", 40_000, 60_000, 0)
    world.firm.post(f"/bookings/{booking['id']}/cancel", {"reason": "x"})
    assert world.firm.get(path).json["revoked_fen"] == 100_000


def test_who_may_not_have_it_is_told(world: World) -> None:
    _published(world, eligible_any=["hnte"])
    assert refusal(world.firm.post("/vouchers", {"programme": "ASK"})) == (422, "not_eligible")
    assert refusal(world.firm.post("/vouchers", {"programme": "NONE"})) == (404, "not_found")
    assert refusal(world.firm.post("/vouchers", {"programme": "HALF"})) == (422, "not_by_application")
    for amount in (0, -1, 1.5, "10", None):
        answer = world.firm.post("/vouchers", {"programme": "HALF", "amount_fen": amount})
        assert answer.status_code == 422


def test_returned_and_rejected_with_a_reason(world: World) -> None:
    _published(world)
    for verb, state in (("return", "returned"), ("reject", "rejected")):
        voucher = world.firm.post("/vouchers", {"programme": "ASK", "amount_fen": 1_000}).json
        assert broken(world.clerk.post(f"/vouchers/{voucher['id']}/{verb}")) == {("reason", "required")}
        assert world.clerk.post(f"/vouchers/{voucher['id']}/{verb}", {"reason": "tag missing"}).json["status"] == state
    assert [row["status"] for row in world.clerk.get("/vouchers?programme=ASK&total=1").json["items"]] == ["rejected", "returned"]
    assert world.clerk.get("/vouchers?status=returned&total=1").json["total"] == 1


def test_drafts_are_for_the_bureau_and_published_versions_stay(world: World) -> None:
    world.clerk.post("/programmes", ASK)
    assert [row["code"] for row in world.visitor.get("/programmes").json["items"]] == ["HALF"]
    assert {row["code"] for row in world.clerk.get("/programmes").json["items"]} == {"ASK", "HALF"}
    assert refusal(world.reviewer.post("/programmes/ASK/versions/2/publish")) == (404, "not_found")
    assert world.reviewer.post("/programmes/ASK/versions/1/publish").status_code == 200
    assert refusal(world.reviewer.post("/programmes/ASK/versions/1/publish"))[0] == 409
    second = world.clerk.post("/programmes/ASK/versions", {**ASK, "name": "Second"})
    assert (second.json["number"], second.json["name"], second.json["status"]) == (2, "Second", "draft")
    assert broken(world.clerk.post("/programmes", ASK)) == {("code", "taken")}
    assert refusal(world.clerk.post("/programmes/NONE/versions", {**ASK, "code": "NONE"})) == (404, "not_found")
    found = {row["number"]: row for row in world.visitor.get("/programmes").json["items"] if row["code"] == "ASK"}
    assert (list(found), found[1]["budget"]["total_fen"], found[1]["caps"]["per_voucher_fen"]) == ([1], 150_000, 100_000)


def test_what_a_programme_says_wrong_is_named_by_field(world: World) -> None:
    wrong = {**HALF, "code": "W", "colour": 1, "caps": {"per_order_fen": -1, "annual_fen": {"any": 1.5}}, "flow": "sideways"}
    wrong["rate_rules"] = [{"bands": [{"up_to_fen": 10, "rate_bp": 10_001}, {"up_to_fen": 5, "rate_bp": 1}]}]
    fields = {field for field, _ in broken(world.clerk.post("/programmes", wrong))}
    assert {"colour", "flow"} <= fields
    assert any("per_order_fen" in field for field in fields)
    for document in ({}, {"code": "x" * 41, "name": "x"}, {**ASK, "code": "a b"}, {**ASK, "rate_rules": []}, {**ASK, "budget": []}):
        assert world.clerk.post("/programmes", document).status_code == 422


CASE: dict[str, Any] = {
    "order": {
        "date": "2026-05-04", "completed_on": "2026-05-06", "provider_region": "haining",
        "lines": [{"kind": "machine_time", "category": "shared_instrument", "amount_fen": 1_860_000, "vat_bp": 0, "flags": []}],
    },
    "firm": {"tags": ["tech_sme"], "region": "haining", "staff": 80, "related_to_owner": False, "barred": False},
    "stage": "quote",
    "programmes": [{
        "code": "YH", "eligible_any": ["tech_sme"], "band_mode": "marginal", "band_base": "order",
        "rate_rules": [{"bands": [{"up_to_fen": 1_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5_000}]}],
        "caps": {"per_order_fen": None, "per_voucher_fen": 2_000_000, "holding_fen": 5_000_000, "annual_fen": {"any": 10_000_000}},
        "sources": [{"code": "city", "weight": 1}], "state": {"annual_used_fen": 0, "voucher_valid_until": "2026-12-31", "period_open": True},
    }],
}  # fmt: skip


def test_a_case_is_decided_by_the_same_function(world: World) -> None:
    answer = world.auditor.post("/programmes/evaluate", CASE).json
    assert (answer["gross_fen"], answer["net_fen"]) == (1_860_000, 430_000)
    entry = answer["subsidies"][0]
    assert {name: entry[name] for name in entry if name != "steps"} == {
        "programme": "YH", "base_fen": 1_860_000, "raw_fen": 1_430_000, "amount_fen": 1_430_000, "binding": "RATE",
        "sources": [{"code": "city", "amount_fen": 1_430_000}],
    }  # fmt: skip
    assert refusal(world.firm.post("/programmes/evaluate", CASE)) == (403, "forbidden")
    for change in ({"stage": "later"}, {"more": 1}, {"programmes": []}, {"order": None}):
        assert world.clerk.post("/programmes/evaluate", {**CASE, **change}).status_code == 422, change


def test_what_comes_without_asking_is_shown_and_not_written(world: World) -> None:
    shown = world.firm.get("/vouchers?total=1").json
    row = shown["items"][0]
    assert (row["programme"], row["status"], row["available_fen"], row["valid_until"], shown["total"]) == (
        "HALF",
        "issued",
        20_000_000,
        "2026-12-31",
        1,
    )
    assert db.session.query(Voucher).count() == 0
    world.booked()
    rows = world.firm.get("/vouchers").json["items"]
    assert [(found["available_fen"], found["held_fen"], found["id"].isdigit()) for found in rows] == [(19_960_000, 40_000, True)]
    assert world.firm.get("/vouchers?status=frozen").json["items"] == []
    assert world.clerk.get("/vouchers?total=1").json["total"] == 1


def test_nobody_decides_about_a_voucher_of_the_own_organisation(world: World) -> None:
    """A person of the bureau who is also of the firm neither checks nor issues nor unfreezes its voucher."""
    _published(world)
    path = f"/vouchers/{world.firm.post('/vouchers', {'programme': 'ASK'}).json['id']}"

    def linked(role: str, *linked_to: int | None) -> None:
        db.session.get_one(User, world.people[role].id).organisation_id = next(iter(linked_to), None)
        db.session.commit()

    firm_id = world.people["firm"].organisation_id
    for role, verb in (("clerk", "check"), ("reviewer", "issue"), ("clerk", "freeze"), ("reviewer", "unfreeze")):
        home = world.people[role].organisation_id
        linked(role, firm_id)
        refused = world.doors[role].post(f"{path}/{verb}", {"reason": "a favour"})
        linked(role, home)
        allowed = world.doors[role].post(f"{path}/{verb}", {"reason": "in order"})
        assert (refusal(refused), allowed.status_code) == ((403, "conflict_of_interest"), 200), verb
