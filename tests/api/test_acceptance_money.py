"""Acceptance scenarios about vouchers and reconciliation, by number, through the API with exactly the figures given; on both engines."""

from __future__ import annotations

import io
import random
import threading
from typing import Any

import pytest

from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.subsidy.casefile import evaluate
from equipment_share.models.base import db
from equipment_share.queries.ledger import account, balance, mismatches
from tests.api.conftest import World
from tests.api.door import Door, refusal
from tests.builders import a_firm, an_instrument, local

VOUCHER = {
    "code": "CAP", "name": "Half, at most 2,000 a use", "issue_mode": "apply", "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}],
    "caps": {"per_order_fen": 200_000}, "budget": {"total_fen": 10_000_000}, "docs_required": [],
}  # fmt: skip
FROM = "2026-09-08T09:00:00+08:00"


def _voucher(world: World, amount: int, **changes: Any) -> str:
    """The firm has a voucher of that amount and no other programme."""
    document = {**VOUCHER, **changes}
    assert world.clerk.post("/programmes", document).status_code == 201
    assert world.reviewer.post(f"/programmes/{document['code']}/versions/1/publish").status_code == 200
    asked = world.firm.post("/vouchers", {"programme": document["code"], "amount_fen": amount})
    world.clerk.post(f"/vouchers/{asked.json['id']}/check")
    issued = world.reviewer.post(f"/vouchers/{asked.json['id']}/issue")
    assert issued.json["available_fen"] == amount
    return f"/vouchers/{asked.json['id']}"


def _wallet(world: World, voucher: str) -> tuple[int, int, int]:
    """Available, held, consumed."""
    found = world.firm.get(voucher).json
    assert found["issued_fen"] == sum(found[f"{name}_fen"] for name in ("available", "held", "consumed", "expired", "revoked"))
    return found["available_fen"], found["held_fen"], found["consumed_fen"]


def _three(quote: dict[str, Any]) -> tuple[int, int, int]:
    return quote["gross_fen"], sum(entry["amount_fen"] for entry in quote["subsidies"]), quote["net_fen"]


def _dear(world: World, hourly: int, **rules: Any) -> str:
    return str(an_instrument(world.people["owner"], hourly=hourly, rules={"grid_minutes": 1, **rules}).id)


def _used(world: World, key: str, start: str, end: str) -> dict[str, Any]:
    """Approve, use, confirm; the booking as it then is."""
    world.owner.post(f"/bookings/{key}/approve")
    world.at(local("2026-09-08 20:00"))
    assert world.owner.post(f"/bookings/{key}/usage", {"start": start, "end": end}).status_code == 200
    return world.firm.post(f"/bookings/{key}/confirm").json


def test_26_the_voucher_pays_what_is_left_and_only_for_what_was_used(world: World) -> None:
    voucher = _voucher(world, 50_000)
    instrument = _dear(world, 90_000)
    wish = {**world.wish(FROM, "2026-09-08T11:00:00+08:00", programmes=["CAP"]), "instrument": instrument}

    quote = world.firm.post("/quotes", wish).json
    booking = world.firm.post("/bookings", wish).json
    held = _wallet(world, voucher)
    used = _used(world, booking["id"], FROM, "2026-09-08T10:00:00+08:00")

    assert _three(quote) == (180_000, 50_000, 130_000)
    assert (quote["subsidies"][0]["binding"], quote["subsidies"][0]["raw_fen"]) == ("PER_VOUCHER", 90_000)
    assert held == (0, 50_000, 0)
    assert _three(used["charge"]) == (90_000, 45_000, 45_000)
    assert _wallet(world, voucher) == (5_000, 0, 45_000)


def test_26_no_use_gets_more_than_two_thousand(world: World) -> None:
    voucher = _voucher(world, 250_000)
    instrument = _dear(world, 90_000)
    wish = {**world.wish(FROM, "2026-09-08T14:00:00+08:00", programmes=["CAP"]), "instrument": instrument}

    booking = world.firm.post("/bookings", wish).json

    assert _three(booking["quote"]) == (450_000, 200_000, 250_000)
    assert booking["quote"]["subsidies"][0]["binding"] == "PER_ORDER"
    assert _wallet(world, voucher) == (50_000, 200_000, 0)


def test_27_the_odd_fen_is_the_firms(world: World) -> None:
    voucher = _voucher(world, 50_000)
    wish = {**world.wish(FROM, "2026-09-08T10:00:00+08:00", programmes=["CAP"]), "instrument": _dear(world, 1_051)}

    booking = world.firm.post("/bookings", wish).json
    used = _used(world, booking["id"], FROM, "2026-09-08T10:00:00+08:00")

    assert _three(booking["quote"]) == _three(used["charge"]) == (1_051, 525, 526)
    assert _wallet(world, voucher) == (49_475, 0, 525)


def _random_case(chance: random.Random) -> tuple[dict[str, Any], int, int]:
    """A case file with its fee and the cap of one use."""
    fee, cap = chance.randint(1, 10 ** chance.randint(1, 9)), chance.randint(0, 10 ** chance.randint(1, 8))
    weights = [{"code": f"s{number}", "weight": chance.randint(1, 9)} for number in range(chance.randint(1, 4))]
    programme = {
        "code": "R", "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": chance.randint(0, 10_000)}]}], "caps": {"per_order_fen": cap},
        "rounding": {"mode": chance.choice(["floor", "half_up"]), "unit_fen": 1}, "sources": weights,
    }  # fmt: skip
    line = {"kind": "machine_time", "category": "shared_instrument", "amount_fen": fee, "vat_bp": 0, "flags": []}
    order = {"date": "2026-05-04", "completed_on": "2026-05-06", "provider_region": "haining", "lines": [line]}
    return {"order": order, "firm": {"tags": [], "region": "haining"}, "stage": "quote", "programmes": [programme]}, fee, cap


def test_27_of_ten_thousand_amounts_and_shares_the_three_numbers_add_up() -> None:
    chance = random.Random(27)
    for number in range(10_000):
        case, fee, cap = _random_case(chance)

        decision: Any = evaluate(case)

        gross, subsidy, net = _three(decision)
        assert (gross, gross - subsidy) == (fee, net), number
        assert 0 <= subsidy <= min(fee, cap), number
        assert sum(row["amount_fen"] for row in decision["subsidies"][0]["sources"]) == subsidy, number


def test_27_the_door_decides_as_the_function_does(world: World) -> None:
    chance = random.Random(2_700)
    cases = [_random_case(chance)[0] for _ in range(25)]

    assert [world.clerk.post("/programmes/evaluate", case).json for case in cases] == [evaluate(case) for case in cases]


def _together(world: World, bodies: list[dict[str, Any]]) -> list[tuple[int, Any]]:
    """The same person sends them at the same moment; status and body."""
    answers: list[tuple[int, Any]] = []
    gate = threading.Barrier(len(bodies))

    def ask(body: dict[str, Any]) -> None:
        client = world.app.test_client(use_cookies=False)
        with world.app.app_context():
            gate.wait(30)
            answer = client.post("/api/v1/bookings", json=body, headers=world.firm.headers)
            answers.append((answer.status_code, answer.json))

    threads = [threading.Thread(target=ask, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()  # the test's own snapshot is older than the race
    return answers


def _two_of_four_hundred(world: World, **more: Any) -> list[dict[str, Any]]:
    slot = world.wish(FROM, "2026-09-08T10:00:00+08:00", programmes=["CAP"], **more)
    return [{**slot, "instrument": _dear(world, 80_000)} for _ in range(2)]


def test_28_one_voucher_two_instruments_at_the_same_moment(world: World) -> None:
    voucher = _voucher(world, 50_000)

    answers = _together(world, _two_of_four_hundred(world))

    assert sorted(_three(body["quote"])[1] for status, body in answers if status == 201) == [10_000, 40_000]
    assert _wallet(world, voucher) == (0, 50_000, 0)
    assert mismatches() == []


def test_28_who_named_a_highest_price_is_refused_with_the_new_quote(world: World) -> None:
    voucher = _voucher(world, 50_000)

    answers = _together(world, _two_of_four_hundred(world, max_net_fen=40_000))

    assert sorted(status for status, _ in answers) == [201, 409]
    refused = next(body for status, body in answers if status == 409)
    assert (refused["code"], _three(refused["quote"])) == ("voucher_insufficient", (80_000, 10_000, 70_000))
    assert _wallet(world, voucher) == (10_000, 40_000, 0)


@pytest.mark.parametrize("query", ["", "?strict=1"])
def test_28_through_a_table_the_second_row_gets_what_the_first_left(world: World, query: str) -> None:
    voucher = _voucher(world, 50_000)
    rows = [f"{body['instrument']},guided,2026-09-08 09:00,2026-09-08 10:00,CAP" for body in _two_of_four_hundred(world)]
    table = "\n".join(["instrument,mode,start,end,programmes", *rows]).encode()

    answer = world.firm.post("/bookings/import" + query, data={"file": (io.BytesIO(table), "wishes.csv")})

    assert (answer.json["created"], answer.json["rejected"]) == (2, [])
    quotes = [_three(row["quote"])[1] for row in world.firm.get("/bookings").json["items"]]
    assert sorted(quotes) == [10_000, 40_000]
    assert _wallet(world, voucher) == (0, 50_000, 0)


def test_28_fifty_firms_never_get_more_than_the_programme_has(world: World) -> None:
    document = {**VOUCHER, "code": "AUTO", "issue_mode": "auto", "quota_fen": {"any": 30_000}, "budget": {"total_fen": 1_000_000}}
    assert world.clerk.post("/programmes", document).status_code == 201
    world.reviewer.post("/programmes/AUTO/versions/1/publish")
    key, granted = _dear(world, 80_000, pending="owner_chooses"), []

    for _ in range(50):
        door = Door(world.app, a_firm())
        wish = {**world.wish(FROM, "2026-09-08T10:00:00+08:00", programmes=["AUTO"]), "instrument": key}
        assert door.post("/bookings", wish).status_code == 201
        granted += [row["issued_fen"] for row in door.get("/vouchers?programme=AUTO").json["items"]]

    assert (len(granted), sum(granted), granted[33]) == (34, 1_000_000, 10_000)
    assert balance(account(AccountKind.PROGRAMME, "AUTO").id).fen == 0


def _claimed(world: World, hour: int) -> tuple[str, str]:
    """A use of 400.00 with a subsidy of 200.00, confirmed and approved: booking and claim."""
    start, end = f"2026-09-08T{hour:02d}:00:00+08:00", f"2026-09-08T{hour + 1:02d}:00:00+08:00"
    world.at(local("2026-09-07 09:00"))
    booking = world.booked(start=start, end=end)
    _used(world, booking["id"], start, end)
    for door, leg, more in (
        (world.owner, "contract", {}),
        (world.owner, "invoice", {"amount_fen": "40000"}),
        (world.firm, "payment", {"amount_fen": "20000"}),
    ):
        door.post(f"/bookings/{booking['id']}/documents", data={"leg": leg, "number": f"{leg}-{hour}", "date": "2026-09-08", **more})
    claim = next(row for row in world.owner.get("/claims").json["items"] if row["booking"] == booking["id"])
    for door, verb in ((world.owner, "submit"), (world.clerk, "check")):
        assert door.post(f"/claims/{claim['id']}/{verb}").status_code == 200
    return str(booking["id"]), str(claim["id"])


def _approved(world: World, hour: int) -> str:
    """The same, approved."""
    _, claim = _claimed(world, hour)
    assert world.reviewer.post(f"/claims/{claim}/approve").status_code == 200
    return claim


def test_what_a_refused_claim_gives_back_to_a_revoked_voucher_is_revoked_too(world: World) -> None:
    _, claim = _claimed(world, 9)
    voucher = f"/vouchers/{world.firm.get('/vouchers').json['items'][0]['id']}"
    world.leader.post(voucher + "/revoke", {"reason": "moved away"})

    assert world.clerk.post(f"/claims/{claim}/reject", {"reason": "X03"}).json["status"] == "rejected"

    found = world.firm.get(voucher).json
    assert (found["available_fen"], found["consumed_fen"], found["revoked_fen"]) == (0, 0, 20_000_000)


def _batch(world: World) -> Any:
    return world.clerk.post("/batches", {"programme": "HALF", "period": "2026-Q3"})


def test_29_a_use_is_in_one_batch_and_a_refused_batch_frees_its_lines(world: World) -> None:
    claims = [_approved(world, hour) for hour in (9, 11)]
    world.at(local("2026-09-07 09:00"))
    unconfirmed = world.booked(start="2026-09-08T13:00:00+08:00", end="2026-09-08T14:00:00+08:00")
    world.owner.post(f"/bookings/{unconfirmed['id']}/approve")
    world.at(local("2026-09-08 20:00"))
    world.owner.post(f"/bookings/{unconfirmed['id']}/usage", {"start": unconfirmed["start"], "end": unconfirmed["end"]})

    first, again = _batch(world), _batch(world)
    path = f"/batches/{first.json['id']}"
    locked = world.clerk.post(path + "/lock").json

    assert (first.status_code, again.status_code, again.json["id"]) == (201, 200, first.json["id"])
    assert sorted(line["claim"] for line in locked["lines"]) == sorted(claims)
    assert locked["total_fen"] == sum(line["amount_fen"] for line in locked["lines"]) == 40_000
    assert balance(account(AccountKind.BATCH, first.json["id"]).id).fen == 40_000
    assert refusal(world.clerk.post(path + "/lock")) == (409, "already_decided")

    assert world.reviewer.post(path + "/refuse", {"reason": "wrong period"}).json["status"] == "refused"
    assert [world.clerk.get(f"/claims/{key}").json["status"] for key in claims] == ["approved", "approved"]
    second = _batch(world)
    relocked = world.clerk.post(f"/batches/{second.json['id']}/lock").json
    assert (second.status_code, relocked["total_fen"]) == (201, 40_000)
    assert balance(account(AccountKind.BATCH, first.json["id"]).id).fen == 0
    assert refusal(world.clerk.post(f"/batches/{first.json['id']}/lock")) == (409, "invalid_transition")
    assert mismatches() == []


def test_29_a_double_click_makes_and_locks_one_batch(world: World) -> None:
    _approved(world, 9)
    body = {"programme": "HALF", "period": "2026-Q3"}
    answers: list[tuple[int, str]] = []

    def click(path: str, sent: dict[str, Any]) -> None:
        with world.app.app_context():
            answer = world.app.test_client(use_cookies=False).post("/api/v1" + path, json=sent, headers=world.clerk.headers)
            answers.append((answer.status_code, answer.json["id"] if answer.status_code < 300 else answer.json["code"]))

    def twice(path: str, sent: dict[str, Any]) -> list[tuple[int, str]]:
        answers.clear()
        threads = [threading.Thread(target=click, args=(path, sent)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()
        return sorted(answers)

    made = twice("/batches", body)
    locked = twice(f"/batches/{world.clerk.get('/batches').json['items'][0]['id']}/lock", {})

    assert len(world.clerk.get("/batches").json["items"]) == 1
    assert {status for status, _ in made} <= {200, 201, 409}
    assert [status for status, _ in locked] == [200, 409]
    assert locked[1][1] == "already_decided"
    assert world.clerk.get("/batches").json["items"][0]["total_fen"] == 20_000
