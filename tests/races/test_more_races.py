"""Races of sixteen real processes: unequal slots, baskets, approve against cancel, one offer, a quota. No overlap, no fault, one decision."""

from __future__ import annotations

import json
import multiprocessing
import os
import urllib.error
import urllib.request
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Role
from equipment_share.domain.bookings.life import BookingState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.outbox import HistoryStep
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.ledger import mismatches
from equipment_share.services.bookings.decisions import cancel_booking
from equipment_share.services.bookings.offers import MOST_PLACES, wait_for_slot
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.people.signin import make_token
from tests.builders import a_booking, a_firm, a_person, a_programme, an_instrument, an_owner
from tests.races.test_one_slot_many_firms import body, next_monday
from tests.support.servers import serving

CLIENTS = 16
ROUNDS = 50 if os.environ.get("SLOW") else 2
Call = tuple[str, str, dict[str, Any]]
"""Token, path, body."""


def _send(base: str, call: Call) -> tuple[int, str]:
    token, path, sent = call
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(base + "/api/v1" + path, json.dumps(sent).encode(), headers), timeout=60
        ) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)["code"]


def _client(base: str, calls: list[Call], gate: Any, out: Any) -> None:
    for index, call in enumerate(calls):
        gate.wait(60)
        out.put((index, *_send(base, call)))


def _raced(base: str, clients: list[list[Call]]) -> dict[int, Counter[tuple[int, str]]]:
    """Each client's calls, every round at the same moment; answers by round."""
    context = multiprocessing.get_context("fork")
    gate, out = context.Barrier(len(clients)), context.Queue()
    workers = [context.Process(target=_client, args=(base, calls, gate, out)) for calls in clients]
    for worker in workers:
        worker.start()
    found: dict[int, Counter[tuple[int, str]]] = {}
    for _ in range(sum(len(calls) for calls in clients)):
        index, status, code = out.get(timeout=180)
        found.setdefault(index, Counter())[(status, code)] += 1
    for worker in workers:
        worker.join(30)
    return found


def _tokens(count: int = CLIENTS) -> list[str]:
    return [make_token("race", ["read", "write"], by=a_firm(), at=now()) for _ in range(count)]


def _nothing_overlaps() -> None:
    db.session.rollback()
    rows = db.session.query(Booking).filter_by(blocking=True).order_by(Booking.unit_id, Booking.busy_from).all()
    assert [one.id for one, other in pairwise(rows) if one.unit_id == other.unit_id and one.busy_to > other.busy_from] == []
    holding = {use.booking_id for use in db.session.query(VoucherUse) if use.resolved_id is None}
    assert holding <= {row.id for row in rows} | {row.id for row in db.session.query(Booking).filter_by(state=BookingState.SUBMITTED)}
    assert mismatches() == []


def test_unequal_overlapping_slots_with_buffers_never_overlap(app: Flask, engine_url: str) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    instrument = an_instrument(an_owner(), rules={"horizon_days": 730, "buffer_after_minutes": 30}).id
    tokens, start = _tokens(), next_monday()
    clients = [
        [(token, "/bookings", body(instrument, start + timedelta(days=day, hours=number % 5), 1 + number % 4)) for day in range(ROUNDS)]
        for number, token in enumerate(tokens)
    ]
    db.session.remove()

    with serving(engine_url) as base:
        answers = _raced(base, clients)

    for index, counted in answers.items():
        assert set(counted) <= {(201, ""), (409, "slot_taken")}, f"{index}: {counted}"
        assert 1 <= counted[(201, "")] <= 5
    _nothing_overlaps()


def test_baskets_over_the_same_instruments_in_turned_order_do_not_deadlock(app: Flask, engine_url: str) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    owner = an_owner()
    instruments = [an_instrument(owner, rules={"horizon_days": 730}).id for _ in range(3)]
    tokens, start = _tokens(), next_monday()

    def basket(number: int, day: int) -> dict[str, Any]:
        turned = instruments[number % 3 :] + instruments[: number % 3]
        return {"items": [body(key, start + timedelta(days=day)) for key in (turned if number % 2 else turned[::-1])]}

    clients = [[(token, "/baskets", basket(number, day)) for day in range(ROUNDS)] for number, token in enumerate(tokens)]
    db.session.remove()

    with serving(engine_url) as base:
        answers = _raced(base, clients)

    assert all(counted == Counter({(201, ""): 1, (409, "slot_taken"): CLIENTS - 1}) for counted in answers.values()), answers
    assert db.session.query(Booking).count() == 3 * ROUNDS
    _nothing_overlaps()


def test_approving_against_cancelling_is_decided_once(app: Flask, engine_url: str) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, rules={"horizon_days": 730})
    start = next_monday()
    keys = [a_booking(firm, instrument, start + timedelta(hours=n), start + timedelta(hours=n + 1), at=now()).id for n in range(ROUNDS)]
    keepers = [a_person(Role.OWNER_OPERATOR, owner.organisation) for _ in range(CLIENTS // 2)]
    clients: list[list[Call]] = []
    for keeper in keepers:
        token = make_token("race", ["read", "write"], by=keeper, at=now())
        clients.append([(token, f"/bookings/{key}/approve", {}) for key in keys])
    for _ in range(CLIENTS // 2):
        token = make_token("race", ["read", "write"], by=a_person(Role.FIRM_USER, firm.organisation), at=now())
        clients.append([(token, f"/bookings/{key}/cancel", {"reason": "x"}) for key in keys])
    db.session.remove()

    with serving(engine_url) as base:
        answers = _raced(base, clients)

    for counted in answers.values():
        assert set(counted) <= {(200, ""), (409, "already_decided"), (409, "invalid_transition")}, counted
        assert 1 <= counted[(200, "")] <= 2  # cancelled; or approved and then cancelled
    for key in keys:
        events = [row.event for row in db.session.query(HistoryStep).filter_by(kind="booking", object_id=key).order_by(HistoryStep.id)]
        assert events in (["submitted", "cancelled_by_firm"], ["submitted", "approved", "cancelled_by_firm"])
    _nothing_overlaps()


def test_one_offer_is_taken_once(app: Flask, engine_url: str) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    owner, giver, waiter = an_owner(), a_firm(), a_firm()
    start, offers = next_monday(), []
    for _ in range(min(ROUNDS, MOST_PLACES)):
        instrument = an_instrument(owner, rules={"horizon_days": 730}).id
        wish = BookingWish(instrument, "guided", start, start + timedelta(hours=1))
        taken = request_booking(wish, by=giver, at=now()).id
        wait_for_slot(wish, by=waiter, at=now())
        cancel_booking(taken, reason="x", by=giver, at=now())
        offers.append(db.session.query(Booking.id).filter_by(instrument_id=instrument, state=BookingState.OFFERED).scalar())
    people = [a_person(Role.FIRM_USER, waiter.organisation) for _ in range(CLIENTS)]
    tokens = [make_token("race", ["read", "write"], by=person, at=now()) for person in people]
    acts = ["accept-offer"] * (CLIENTS - 4) + ["decline-offer"] * 4
    clients = [[(token, f"/bookings/{key}/{act}", {}) for key in offers] for token, act in zip(tokens, acts, strict=True)]
    db.session.remove()

    with serving(engine_url) as base:
        answers = _raced(base, clients)

    assert all(counted == Counter({(200, ""): 1, (409, "already_decided"): CLIENTS - 1}) for counted in answers.values()), answers
    assert {row.state.value for row in db.session.query(Booking).filter(Booking.id.in_(offers))} <= {"submitted", "expired"}
    _nothing_overlaps()


def test_a_quota_of_three_lets_exactly_three_through(app: Flask, engine_url: str) -> None:
    a_programme(budget={"total_fen": 10_000_000_000})
    owner, firm = an_owner(), a_firm()
    quota = {"horizon_days": 730, "quotas": [{"count": 3, "per": "day", "whom": "firm"}]}
    instruments = [an_instrument(owner, rules=quota).id for _ in range(ROUNDS)]
    people = [a_person(Role.FIRM_USER, firm.organisation) for _ in range(CLIENTS)]
    tokens, start = [make_token("race", ["read", "write"], by=person, at=now()) for person in people], next_monday() - timedelta(hours=2)
    clients = [
        [(token, "/bookings", body(key, start + timedelta(minutes=30 * number), 1) | _half(start, number)) for key in instruments]
        for number, token in enumerate(tokens)
    ]
    db.session.remove()

    with serving(engine_url) as base:
        answers = _raced(base, clients)

    assert all(counted == Counter({(201, ""): 3, (422, "quota_exceeded"): CLIENTS - 3}) for counted in answers.values()), answers
    _nothing_overlaps()


def _half(start: Any, number: int) -> dict[str, str]:
    """A slot of half an hour, the number-th of the day."""
    begins = start + timedelta(minutes=30 * number)
    return {"start": begins.isoformat(), "end": (begins + timedelta(minutes=30)).isoformat()}
