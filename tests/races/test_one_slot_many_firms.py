"""Races of real processes through HTTP on the real server: one winner, clear losers, no hold left behind."""

from __future__ import annotations

import json
import multiprocessing
import os
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.people import User
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.vouchers import vouchers_seen_by
from equipment_share.services.people.signin import make_token
from tests.builders import a_firm, a_person, a_programme, an_instrument, an_owner
from tests.support.servers import serving

CLIENTS = 16
ROUNDS = 200 if os.environ.get("SLOW") else 6


def post(base: str, token: str, body: dict[str, Any]) -> tuple[int, str]:
    """One booking request; its status and code."""
    request = urllib.request.Request(
        f"{base}/api/v1/bookings", json.dumps(body).encode(), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)["status"]
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)["code"]


def client(base: str, token: str, bodies: list[dict[str, Any]], gates: list[Any], out: Any) -> None:
    """One process: wait at each gate, then ask."""
    for index, body in enumerate(bodies):
        gates[index].wait(60)
        out.put((index, *post(base, token, body)))


def raced(base: str, tokens: list[str], rounds: list[dict[str, Any]]) -> dict[int, list[tuple[int, str]]]:
    """Every client asks for every round at the same moment."""
    context = multiprocessing.get_context("fork")
    gates, out = [context.Barrier(len(tokens)) for _ in rounds], context.Queue()
    workers = [context.Process(target=client, args=(base, token, rounds, gates, out)) for token in tokens]
    for worker in workers:
        worker.start()
    found: dict[int, list[tuple[int, str]]] = {}
    for _ in range(len(tokens) * len(rounds)):
        index, status, code = out.get(timeout=120)
        found.setdefault(index, []).append((status, code))
    for worker in workers:
        worker.join(20)
    return found


def body(instrument_id: int, start: datetime, hours: int = 1, **more: Any) -> dict[str, Any]:
    """A wish as the API takes it."""
    end = start + timedelta(hours=hours)
    return {"instrument": str(instrument_id), "mode": "guided", "start": start.isoformat(), "end": end.isoformat(), **more}


def next_monday() -> datetime:
    """A Monday at least a week ahead, on the hour."""
    day = now().replace(minute=0, second=0, microsecond=0, hour=2) + timedelta(days=8)
    return day + timedelta(days=-day.weekday() % 7)


def test_sixteen_firms_race_for_one_slot_and_one_wins_every_round(app: Flask, engine_url: str) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    instrument = an_instrument(an_owner(), hourly=40_000, rules={"horizon_days": 730})
    firms = [a_firm() for _ in range(CLIENTS)]
    tokens = [make_token("race", ["read", "write"], by=firm, at=now()) for firm in firms]
    start = next_monday()
    rounds = [body(instrument.id, start + timedelta(hours=index)) for index in range(ROUNDS)]
    db.session.remove()

    with serving(engine_url) as base:
        answers = raced(base, tokens, rounds)

    for index in range(ROUNDS):
        statuses = sorted(status for status, _ in answers[index])
        assert statuses == [201] + [409] * (CLIENTS - 1), f"round {index}: {answers[index]}"
        assert {code for status, code in answers[index] if status == 409} == {"slot_taken"}
    assert db.session.query(Booking).count() == ROUNDS
    assert db.session.query(VoucherUse).count() == ROUNDS
    assert mismatches() == []


def test_03_of_a_hundred_pairs_one_of_each_wins_and_the_other_is_told(app: Flask, engine_url: str) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    instrument = an_instrument(an_owner(), hourly=40_000, rules={"horizon_days": 730})
    tokens = [make_token("race", ["read", "write"], by=a_firm(), at=now()) for _ in range(2)]
    start, pairs = next_monday(), 100
    rounds = [body(instrument.id, start + timedelta(hours=index)) for index in range(pairs)]
    db.session.remove()

    with serving(engine_url) as base:
        answers = raced(base, tokens, rounds)

    assert all(sorted(answers[index]) == [(201, "submitted"), (409, "slot_taken")] for index in range(pairs)), answers
    assert db.session.query(VoucherUse).count() == db.session.query(Booking).count() == pairs
    assert mismatches() == []


def test_sixteen_clients_drain_one_voucher_in_exactly_ten_holds(app: Flask, engine_url: str) -> None:
    a_programme(caps={"annual_fen": {"tech_sme": 100_000}}, budget={"total_fen": 1_000_000})
    owner = an_owner()
    instruments = [an_instrument(owner, hourly=20_000, rules={"horizon_days": 730}).id for _ in range(CLIENTS)]
    admin = a_firm()
    admin_id = admin.id
    people = [a_person(Role.FIRM_USER, admin.organisation) for _ in range(CLIENTS)]
    tokens = [make_token("race", ["read", "write"], by=person, at=now()) for person in people]
    start = next_monday()
    context = multiprocessing.get_context("fork")
    db.session.remove()

    with serving(engine_url) as base:
        gate, out = context.Barrier(CLIENTS), context.Queue()
        workers = [
            context.Process(target=client, args=(base, token, [body(instrument_id, start, max_net_fen=10_000)], [gate], out))
            for token, instrument_id in zip(tokens, instruments, strict=True)
        ]
        for worker in workers:
            worker.start()
        answers = [out.get(timeout=60)[1:] for _ in workers]
        for worker in workers:
            worker.join(20)

    assert sorted(answers) == [(201, "submitted")] * 10 + [(409, "voucher_insufficient")] * 6
    figures = vouchers_seen_by(db.session.get_one(User, admin_id))[0].figures
    assert (figures.issued, figures.held, figures.available) == (Money(100_000), Money(100_000), Money(0))
    assert {use.held for use in db.session.query(VoucherUse)} == {Money(10_000)}
    assert mismatches() == []
