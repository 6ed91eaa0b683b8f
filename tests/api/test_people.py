"""Organisations and their people at the door."""

from __future__ import annotations

from typing import Any

from stdnum.cn import uscc

from equipment_share.adapters.codes import is_uscc
from tests.api.conftest import World
from tests.api.door import broken, refusal

NEW = {"kind": "firm", "name": "新材料公司", "email": "chief@new.example", "person": "李", "password": "correct horse battery"}


def _code(number: int) -> str:
    body = f"91330481MA2{number:06d}"
    return body + uscc.calc_check_digit(body)


def _register(world: World, **changes: Any) -> Any:
    return world.visitor.post("/organisations", {**NEW, "code": _code(1), **changes})


def test_a_firm_registers_and_waits_for_the_bureau(world: World) -> None:
    assert is_uscc(_code(1))
    made = _register(world)
    assert (made.status_code, made.json["status"], made.json["name"]) == (201, "unverified", "新材料公司")
    path = made.headers["Location"].removeprefix("/api/v1")
    assert refusal(world.firm.get(path)) == (404, "not_found")
    assert [row["id"] for row in world.clerk.get("/organisations?status=unverified&total=1").json["items"]] == [made.json["id"]]
    assert refusal(world.clerk.post(path + "/verify", headers={"If-Match": "9"})) == (409, "stale_version")
    assert world.clerk.post(path + "/verify", headers={"If-Match": str(made.json["version"])}).json["status"] == "verified"


def test_what_is_wrong_with_a_registration_is_said(world: World) -> None:
    assert broken(_register(world, code="123", kind="bureau", email="a@b.example\r\nBcc:x", password="")) == {
        ("kind", "not_a_choice"), ("email", "not_an_email"), ("password", "required"),
    }  # fmt: skip
    assert broken(_register(world, code="91330481MA2000001X", password="short")) == {
        ("code", "not_a_uscc"),
        ("password", "password_too_weak"),
    }
    _register(world)
    assert broken(_register(world)) == {("code", "taken")}
    assert broken(_register(world, code=_code(2))) == {("email", "taken")}
    assert broken(_register(world, role="admin", status="verified")) == {("role", "unknown_field"), ("status", "unknown_field")}
    assert "correct horse" not in _register(world).text


def test_whether_an_address_is_known_is_told_only_when_all_else_is_right(world: World) -> None:
    wrongs: list[dict[str, str]] = [
        {"code": "91330481MA2000001X"},
        {"password": "Short-1"},
        {"code": world.people["firm"].organisation.code},
    ]
    for wrong in wrongs:
        known, unknown = (_register(world, email=email, **wrong) for email in (world.people["owner"].email, "nobody@new.example"))
        assert known.status_code == 422
        assert (known.status_code, known.json["errors"]) == (unknown.status_code, unknown.json["errors"])


def test_a_name_holds_nothing_that_is_not_seen(world: World) -> None:
    made = _register(world, name="\u200b新材\u200d料\ufeff公\u00ad司\u2060")
    assert (made.status_code, made.json["name"]) == (201, "新材料公司")
    assert broken(_register(world, code=_code(3), email="b@new.example", name="\u200b\u3164")) == {("name", "required")}


def test_the_bureau_describes_a_firm_key_by_key(world: World) -> None:
    path = f"/organisations/{world.people['rival'].organisation_id}"
    tags = [{"tag": "hnte", "valid_until": "2027-03-31"}, {"tag": "tech_sme"}]
    told = world.clerk.patch(path, {"tags": tags, "related": [world.people["owner"].organisation.code], "staff": 80, "revenue_fen": 10**9})
    assert told.json["tags"] == [{"tag": "hnte", "valid_until": "2027-03-31"}, {"tag": "tech_sme", "valid_until": None}]
    assert world.clerk.patch(path, {"staff": None}).json["related"] == [world.people["owner"].organisation.code]
    assert world.rival.post("/quotes", world.wish()).json["subsidies"][0]["binding"] == "RELATED_PARTY"
    assert world.clerk.patch(path, {"related": None, "barred": True}).json["related"] == []
    assert (
        world.rival.post("/quotes", world.wish()).json["subsidies"] == []
        or world.rival.post("/quotes", world.wish()).json["net_fen"] == 80_000
    )
    assert broken(world.clerk.patch(path, {"related": ["NOBODY"]})) == {("related", "not_found")}
    assert broken(world.clerk.patch(path, {"tags": [{"tag": "x", "valid_until": "2027-02-30"}], "status": "verified"})) == {
        ("tags[0].valid_until", "not_a_date"), ("status", "unknown_field"),
    }  # fmt: skip
    assert refusal(world.firm.patch(path, {"barred": False})) == (403, "forbidden")


def test_an_administrator_invites_into_the_own_house_only(world: World) -> None:
    own = f"/organisations/{world.people['firm'].organisation_id}/members"
    made = world.firm.post(own, {"email": "new@firm.example", "role": "firm_user", "name": "Wang"})
    assert (made.status_code, made.json["role"]) == (201, "firm_user")
    assert made.json["link"].startswith("http")
    for role in ("bureau_clerk", "owner_admin", "admin", "auditor"):
        assert broken(world.firm.post(own, {"email": f"{role}@firm.example", "role": role})) == {("role", "not_a_choice")}
    assert broken(world.firm.post(own, {"email": "NEW@firm.example", "role": "firm_user"})) == {("email", "taken")}
    foreign = f"/organisations/{world.people['rival'].organisation_id}/members"
    assert refusal(world.firm.post(foreign, {"email": "spy@firm.example", "role": "firm_user"})) == (404, "not_found")
    for email in ("a", "a@b", "a b@c.example", "a@b.example,c@d.example", "x" * 250 + "@c.example", 5):
        assert broken(world.firm.post(own, {"email": email, "role": "firm_user"})) == {("email", "not_an_email")}
