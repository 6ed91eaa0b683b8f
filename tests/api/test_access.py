"""Who may: 401, 403, 404, 400/413/415, 422, 409 in this order; one tenant never learns of another."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.exc import OperationalError

from equipment_share.api.blueprints import operations
from equipment_share.domain.access import READERS, Act, Role, may
from equipment_share.models.base import db
from equipment_share.models.vouchers import Voucher
from equipment_share.services.people.members import disable_person
from equipment_share.services.people.signin import use_link
from tests.api.conftest import World
from tests.api.door import PREFIX, Door, broken, refusal
from tests.builders import NOW, a_person, an_instrument, local

REJECT = {"reason": "full"}


def test_each_status_comes_before_the_next(world: World) -> None:
    path = f"/bookings/{world.booked()['id']}/reject"
    bad_json = {"data": b"{", "content_type": "application/json"}
    stale = {"headers": {"If-Match": "7"}}

    assert refusal(world.visitor.post(path, **bad_json)) == (401, "not_signed_in")
    assert refusal(world.firm.post(path, **bad_json)) == (403, "forbidden")
    assert refusal(world.stranger.post(path, **bad_json)) == (404, "not_found")
    assert refusal(world.owner.post(path, **bad_json, **stale)) == (400, "malformed")
    assert refusal(world.owner.post(path, data=b"x", content_type="text/plain", **stale)) == (415, "wrong_type")
    assert refusal(world.owner.post(path, {}, **stale)) == (422, "required")
    assert refusal(world.owner.post(path, REJECT, **stale)) == (409, "stale_version")
    done = world.owner.post(path, REJECT, headers={"If-Match": "1"})
    assert (done.status_code, done.json["status"], done.json["version"]) == (200, "rejected", 2)
    assert refusal(world.owner.post(path, REJECT)) == (409, "already_decided")


def test_a_foreign_object_and_a_missing_one_look_the_same(world: World) -> None:
    booking = world.booked()
    world.owner.post(f"/bookings/{booking['id']}/approve")
    world.at(local("2026-09-08 12:30"))
    world.owner.post(f"/bookings/{booking['id']}/usage", {"start": booking["start"], "end": booking["end"]})
    world.firm.post(f"/bookings/{booking['id']}/confirm")
    claim = world.owner.get("/claims").json["items"][0]["id"]
    voucher = world.firm.get("/vouchers").json["items"][0]["id"]
    organisation = str(world.people["owner"].organisation_id)
    cases = [
        (world.rival, f"/bookings/{booking['id']}", "/bookings/987654"),
        (world.stranger, f"/bookings/{booking['id']}", "/bookings/987654"),
        (world.rival, f"/vouchers/{voucher}", "/vouchers/987654"),
        (world.stranger, f"/claims/{claim}", "/claims/987654"),
        (world.rival, f"/organisations/{organisation}", "/organisations/987654"),
        (world.stranger, f"/instruments/{world.instrument}/maintenance", "/instruments/987654/maintenance"),
    ]
    for door, foreign, missing in cases:
        one, other = door.get(foreign), door.get(missing)
        assert (one.status_code, other.status_code) == (404, 404), foreign
        assert one.data == other.data, foreign
        assert one.headers.to_wsgi_list() == other.headers.to_wsgi_list(), foreign
    version = world.firm.get(f"/bookings/{booking['id']}").json["version"]
    for door, verb in ((world.rival, "cancel"), (world.rival, "confirm"), (world.stranger, "approve"), (world.stranger, "usage")):
        assert refusal(door.post(f"/bookings/{booking['id']}/{verb}", {"reason": "mine"})) == (404, "not_found")
    assert world.rival.get("/bookings").json["items"] == []
    assert world.stranger.get("/claims").json["items"] == []
    assert world.firm.get(f"/bookings/{booking['id']}").json["version"] == version


def test_a_competitor_sees_only_that_a_time_is_occupied(world: World) -> None:
    world.booked(purpose="our secret alloy")
    span = {"from": "2026-09-08T00:00:00+08:00", "to": "2026-09-09T00:00:00+08:00"}
    answers = [
        door.get(f"/instruments/{world.instrument}/availability", query_string=span) for door in (world.rival, world.visitor, world.firm)
    ]
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].json["closed"] == [{"start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T12:00:00+08:00", "reason": "occupied"}]
    taken = world.rival.post("/bookings", world.wish(start="2026-09-08T11:59:00+08:00", end="2026-09-08T13:00:00+08:00"))
    assert world.people["firm"].organisation.name not in taken.text


def test_samples_and_purpose_are_for_the_two_parties(world: World) -> None:
    booking = world.booked(purpose="our secret alloy")
    for door in (world.finance, world.clerk, world.auditor):
        assert "alloy" not in door.get(f"/bookings/{booking['id']}").text
    assert world.owner.get(f"/bookings/{booking['id']}").json["purpose"] == "our secret alloy"


def test_every_act_asks_for_its_role(world: World) -> None:
    doors = {"visitor": world.visitor} | {
        role: world.doors[name]
        for role, name in (
            (Role.FIRM_ADMIN, "firm"), (Role.OWNER_ADMIN, "owner"), (Role.BUREAU_CLERK, "clerk"), (Role.BUREAU_REVIEWER, "reviewer"),
            (Role.BUREAU_LEADER, "leader"), (Role.FINANCE, "finance"), (Role.AUDITOR, "auditor"),
        )
    }  # fmt: skip
    doors[Role.FIRM_USER] = Door(world.app, a_person(Role.FIRM_USER, world.people["firm"].organisation))
    doors[Role.OWNER_OPERATOR] = Door(world.app, a_person(Role.OWNER_OPERATOR, world.people["owner"].organisation))
    for operation in operations():
        if operation.act is None:
            continue
        path = re.sub("{[a-z]+}", "1", operation.path.replace("{id}", "987654").replace("{code}", "NONE").replace("{secret}", "x" * 24))
        for role, door in doors.items():
            answer = door.call(operation.method, path, None if operation.method in ("GET", "DELETE") else {})
            allowed = may(Role.VISITOR if role == "visitor" else role, operation.act)
            wanted = {401} if role == "visitor" else {403}
            assert (answer.status_code in wanted) is not allowed, (role, operation.method, operation.path, answer.status_code)
            assert answer.status_code < 500


def test_the_auditor_changes_nothing(world: World) -> None:
    writing = {operation.act for operation in operations() if operation.method != "GET"}
    assert {act for act in writing if act and may(Role.AUDITOR, act)} == {Act.EVALUATE}
    assert Role.AUDITOR in READERS


def test_a_token_is_asked_for_what_it_may(world: World) -> None:
    reads = Door(world.app, world.people["firm"], scopes=("read",))
    assert reads.get("/bookings").status_code == 200
    assert refusal(reads.post("/bookings", world.wish())) == (403, "forbidden")
    for header in ("Bearer wrong", "Bearer ", "Basic Zm9vOmJhcg==", "bearer", "Bearer " + "x" * 5000):
        answer = world.visitor.get("/instruments", headers={"Authorization": header})
        assert refusal(answer) == (401, "not_signed_in"), header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert refusal(world.visitor.get("/me?token=" + world.firm.headers["Authorization"][7:])) == (401, "not_signed_in")


def test_who_leaves_is_out_at_once(world: World) -> None:
    person = a_person(Role.FIRM_USER, world.people["firm"].organisation)
    door = Door(world.app, person)
    assert door.get("/me").json["email"] == person.email
    disable_person(person.id, by=world.people["firm"], at=NOW)
    assert refusal(door.get("/me")) == (401, "not_signed_in")


def test_me_says_who(world: World) -> None:
    firm = world.people["firm"]
    own = firm.organisation
    assert world.firm.get("/me").json == {
        "email": firm.email,
        "roles": ["firm_admin"],
        "organisation": {"code": own.code, "name": own.name, "kind": "firm", "status": "verified"},
    }


def test_a_strange_address_or_method_answers_as_this_door_does(world: World) -> None:
    for path in ("/nothing", "/bookings/1/move", "/programmes/YH/share-out"):
        answer = world.firm.client.get(PREFIX + path, headers=world.firm.headers)
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json"), path
    answer = world.firm.client.put(f"{PREFIX}/bookings/1", headers=world.firm.headers)
    assert (*refusal(answer), answer.mimetype) == (405, "method_not_allowed", "application/problem+json")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    for path in ("/bookings/1/cancel", "/bookings/1/approve", "/vouchers/1/issue"):
        assert world.firm.client.get(PREFIX + path, headers=world.firm.headers).status_code == 405


def test_nothing_that_a_person_sees_is_kept_by_others(world: World) -> None:
    answer = world.firm.get("/bookings")
    assert answer.headers["Cache-Control"] == "no-store"
    assert {"Authorization", "Cookie"} <= set(answer.vary)
    assert world.visitor.get("/instruments").headers["Cache-Control"] == "no-cache"
    assert world.firm.get("/instruments").headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in world.visitor.get("/instruments", headers={"Origin": "https://evil.example"}).headers


def test_an_unchanged_answer_is_304(world: World) -> None:
    for path in ("/instruments", f"/instruments/{world.instrument}", "/programmes", "/publicity"):
        first = world.visitor.get(path)
        again = world.visitor.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert world.visitor.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    an_instrument(world.people["owner"])
    assert world.visitor.get("/instruments", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_version_is_a_number(world: World) -> None:
    booking = world.booked()
    path = f"/bookings/{booking['id']}/approve"
    for header in ("2", '"2"', "abc", "99999999999999999999", "-1"):
        assert refusal(world.owner.post(path, headers={"If-Match": header})) == (409, "stale_version"), header
    assert world.owner.post(path, headers={"If-Match": f'"{booking["version"]}"'}).status_code == 200


def test_unverified_and_suspended_firms_look_and_do_not_book(world: World) -> None:
    number = str(world.people["firm"].organisation_id)
    assert refusal(world.clerk.post(f"/organisations/{number}/suspend", {})) == (422, "required")
    suspended = world.clerk.post(f"/organisations/{number}/suspend", {"reason": "fraud"})
    assert suspended.json["status"] == "suspended"
    assert refusal(world.firm.post("/bookings", world.wish())) == (403, "organisation_not_verified")
    assert world.firm.get("/instruments").status_code == 200
    assert world.clerk.post(f"/organisations/{number}/verify").json["status"] == "verified"
    assert refusal(world.clerk.post(f"/organisations/{number}/verify")) == (409, "already_decided")
    assert world.booked()["status"] == "submitted"


def test_a_refused_call_changes_nothing(world: World) -> None:
    assert broken(world.firm.post("/bookings", world.wish(end="2026-09-08T09:00:00+08:00"))) >= {("end", "end_before_start")}
    assert world.firm.get("/bookings?total=1").json == {"items": [], "next": None, "total": 0}
    assert (world.firm.get("/vouchers").json["items"][0]["held_fen"], db.session.query(Voucher).count()) == (0, 0)


def test_a_browsers_session_writes_only_with_its_csrf_header(world: World) -> None:
    world.app.config["WTF_CSRF_ENABLED"] = True
    number = world.people["firm"].organisation_id
    link = world.firm.post(f"/organisations/{number}/members", {"email": "new@firm.example", "role": "firm_user"}).json["link"]
    use_link(link.rsplit("/", 1)[-1], "correct horse battery", at=NOW)
    browser = world.app.test_client()
    world.app.config["WTF_CSRF_ENABLED"] = False
    browser.post("/sign-in", data={"email": "new@firm.example", "password": "correct horse battery"})
    world.app.config["WTF_CSRF_ENABLED"] = True
    assert browser.get("/api/v1/me").json["email"] == "new@firm.example"
    for header in ({}, {"X-CSRFToken": "guess"}, {"Content-Type": "text/plain"}):
        answer = browser.post("/api/v1/bookings", json=world.wish(), headers=header)
        assert refusal(answer) == (400, "csrf")
    page = browser.get("/").text
    token = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"|(?:content|value)="([^"]+)"[^>]*name="csrf[-_]token"', page)
    assert token is not None
    good = {"X-CSRFToken": token[1] or token[2]}
    assert browser.post("/api/v1/bookings", json=world.wish(), headers=good).status_code == 201


def test_a_database_that_is_gone_is_said_honestly(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused: password=secret"))

    monkeypatch.setattr("equipment_share.api.bookings.bookings_seen_by", gone)
    answer = world.firm.get("/bookings")
    assert (*refusal(answer), answer.headers["Retry-After"]) == (503, "unavailable", "2")
    assert "secret" not in answer.text


def test_a_fault_of_ours_tells_nothing_of_our_inside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_inside(*_: object, **__: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("equipment_share.api.bookings.bookings_seen_by", broken_inside)
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = world.firm.client.get(f"{PREFIX}/bookings", headers=world.firm.headers)
    assert (*refusal(answer), answer.mimetype) == (500, "server_error", "application/problem+json")
    assert "secret" not in answer.text


def test_every_answer_carries_the_headers_of_the_house(world: World) -> None:
    for answer in (world.visitor.get("/instruments"), world.visitor.get("/me"), world.firm.client.get(f"{PREFIX}/nothing")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
