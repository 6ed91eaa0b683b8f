"""Idempotency-Key: one effect and one answer per key, however the second call comes; and the limits of a minute."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from equipment_share.adapters.turnstile import Turnstile
from equipment_share.models.base import db
from tests.api.conftest import World
from tests.api.door import Door, refusal


def test_the_same_request_gets_the_first_answer(world: World) -> None:
    key = {"Idempotency-Key": "order-1"}
    first = world.firm.post("/bookings", world.wish(purpose="断口"), headers=key)
    again = world.firm.post("/bookings", dict(reversed(world.wish(purpose="断口").items())), headers=key)
    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")
    assert again.headers["Location"] == first.headers["Location"] == f"/api/v1/bookings/{first.json['id']}"
    assert len(world.firm.get("/bookings").json["items"]) == 1
    assert world.firm.get("/vouchers").json["items"][0]["held_fen"] == 40_000


def test_another_request_under_the_key_is_refused(world: World) -> None:
    key = {"Idempotency-Key": "order-1"}
    booking = world.firm.post("/bookings", world.wish(), headers=key).json
    assert refusal(world.firm.post("/bookings", world.wish(purpose="other"), headers=key)) == (422, "key_reused")
    assert refusal(world.firm.post(f"/bookings/{booking['id']}/cancel", {"reason": "x"}, headers=key)) == (422, "key_reused")
    assert (
        world.rival.post("/bookings", world.wish("2026-09-08T14:00:00+08:00", "2026-09-08T15:00:00+08:00"), headers=key).status_code == 201
    )


def test_a_refusal_is_decided_anew(world: World) -> None:
    world.booked()
    key = {"Idempotency-Key": "order-2"}
    assert refusal(world.rival.post("/bookings", world.wish(), headers=key)) == (409, "slot_taken")
    world.firm.post("/bookings/1/cancel", {"reason": "free again"})
    answer = world.rival.post("/bookings", world.wish(), headers=key)
    assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (201, None)


def test_an_act_under_a_key_happens_once(world: World) -> None:
    path = f"/bookings/{world.booked()['id']}/approve"
    answers = [world.owner.post(path, headers={"Idempotency-Key": "yes"}) for _ in range(3)]
    assert [answer.json["status"] for answer in answers] == ["approved"] * 3
    assert len({answer.data for answer in answers}) == 1
    assert refusal(world.owner.post(path)) == (409, "already_decided")


def test_a_key_is_short_and_printable(world: World) -> None:
    for key in ("", " ", "x" * 256, "a\tb", "a\x7fb"):
        assert refusal(world.firm.post("/bookings", world.wish(), headers={"Idempotency-Key": key})) == (422, "bad_key"), repr(key)
    for key in ("x", "x" * 255, "a b: c/ü"):
        assert world.firm.post("/bookings", world.wish(), headers={"Idempotency-Key": key}).status_code in (201, 409)


def test_a_secret_is_told_once_and_kept_nowhere(world: World) -> None:
    path = f"/organisations/{world.people['firm'].organisation_id}/members"
    body = {"email": "new@test.example", "role": "firm_user"}
    first = world.firm.post(path, body, headers={"Idempotency-Key": "invite"})
    again = world.firm.post(path, body, headers={"Idempotency-Key": "invite"})
    secret = first.json["link"].rsplit("/", 1)[-1]
    assert len(secret) > 20
    assert again.json == {**first.json, "link": None}
    assert secret not in str(db.session.execute(text("SELECT body FROM kept_answer")).all())


def test_many_at_once_under_one_key_make_one_booking(world: World, app: Flask) -> None:
    answers: list[tuple[int, bytes, str | None]] = []
    doors = [Door(app) for _ in range(8)]

    def ask(door: Door) -> None:
        door.headers = world.firm.headers
        with app.app_context():
            answer = door.client.post("/api/v1/bookings", json=world.wish(), headers={**door.headers, "Idempotency-Key": "race"})
            answers.append((answer.status_code, answer.data, answer.headers.get("Idempotent-Replayed")))

    threads = [threading.Thread(target=ask, args=(door,)) for door in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    made = [answer for answer in answers if answer[0] == 201]
    assert len(made) == 8 or {answer[0] for answer in answers} == {201, 409}
    assert len({body for _, body, _ in made}) == 1
    assert [replayed for *_, replayed in made].count(None) == 1
    db.session.rollback()  # the test's own snapshot is older than the race
    assert world.firm.get("/bookings?total=1").json["total"] == 1


def test_a_running_first_request_is_in_progress(world: World, app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer: the second request waits for its turn and gets the first answer")
    row = "INSERT INTO kept_answer (user_id, key, route, fingerprint, status, body, location, made_at) VALUES (:u, 'slow', '', '', 0, '{}', '', now())"
    with db.engine.connect() as other:
        other.execute(text(row), {"u": world.people["firm"].id})
        assert refusal(world.firm.post("/bookings", world.wish(), headers={"Idempotency-Key": "slow"})) == (409, "in_progress")
        other.rollback()
    assert world.firm.post("/bookings", world.wish(), headers={"Idempotency-Key": "slow"}).status_code == 201


def test_bookings_and_quotes_have_a_limit_a_minute(world: World, tmp_path: Path) -> None:
    world.app.instance_path, world.app.config["RATE_LIMITS"] = str(tmp_path), "on"
    quotes = [world.firm.client.post("/api/v1/quotes", json={}, headers=world.firm.headers).status_code for _ in range(601)]
    assert (quotes.count(422), quotes.count(429)) == (600, 1)
    bookings = [world.firm.client.post("/api/v1/bookings", json={}, headers=world.firm.headers) for _ in range(121)]
    assert refusal(bookings[-1]) == (429, "rate_limited")
    assert 0 < int(bookings[-1].headers["Retry-After"]) <= 60
    assert [answer.status_code for answer in bookings[:-1]] == [422] * 120
    assert world.rival.post("/quotes", world.wish()).status_code == 200


def test_one_limit_for_all_processes(tmp_path: Path) -> None:
    one, other = Turnstile(tmp_path / "turnstile"), Turnstile(tmp_path / "turnstile")
    assert [door.passes("user:1", 3) == 0 for door in (one, other, one, other)] == [True, True, True, False]
    assert one.passes("user:2", 3) == 0
