"""Claims, batches and reports at the door: papers, three hands, the bank's file, and what may not be."""

from __future__ import annotations

import io
from typing import Any

from tests.api.conftest import World
from tests.api.door import Door, broken, refusal
from tests.builders import a_programme, local

HEADER = "line,status,paid_on,reference,amount_fen\n"
AFTER = local("2026-09-08 12:30")


def _confirmed(world: World) -> str:
    booking = world.booked()
    path = f"/bookings/{booking['id']}"
    world.owner.post(path + "/approve")
    world.at(AFTER)
    world.owner.post(path + "/usage", {"start": booking["start"], "end": booking["end"]})
    world.firm.post(path + "/confirm")
    return path


def _paper(door: Door, path: str, leg: str, number: str, **more: Any) -> Any:
    return door.post(path, data={"leg": leg, "number": number, "date": "2026-09-08", **more})


def _approved(world: World) -> str:
    path = _confirmed(world) + "/documents"
    _paper(world.owner, path, "contract", "HT-1")
    _paper(world.owner, path, "invoice", "FP-1", amount_fen="80000")
    _paper(world.firm, path, "payment", "PZ-1", amount_fen="40000")
    claim = f"/claims/{world.owner.get('/claims').json['items'][0]['id']}"
    world.owner.post(claim + "/submit")
    world.clerk.post(claim + "/check")
    world.reviewer.post(claim + "/approve")
    return claim


def _sent(world: World) -> str:
    _approved(world)
    batch = f"/batches/{world.clerk.post('/batches', {'programme': 'HALF', 'period': '2026-09'}).json['id']}"
    for door, verb in ((world.clerk, "lock"), (world.reviewer, "review"), (world.leader, "approve"), (world.clerk, "send")):
        assert door.post(f"{batch}/{verb}").status_code == 200
    return batch


def test_papers_are_asked_for_and_judged(world: World) -> None:
    path = _confirmed(world)
    claim = world.owner.get("/claims").json["items"][0]
    assert {leg["leg"]: leg["state"] for leg in claim["legs"]}["invoice"] == "missing"
    assert refusal(world.owner.post(f"/claims/{claim['id']}/submit")) == (422, "papers_missing")
    assert broken(_paper(world.owner, path + "/documents", "invoice", "FP-1")) == {("amount_fen", "required")}
    assert broken(_paper(world.owner, path + "/documents", "letter", "FP-1")) == {("leg", "not_a_choice")}
    html = {"leg": "result", "number": "R", "file": (io.BytesIO(b"<script>"), "result.pdf")}
    assert broken(world.owner.post(path + "/documents", data=html)) == {("file", "file_kind")}
    twice = {"leg": ["result", "invoice"], "number": "R"}
    assert broken(world.owner.post(path + "/documents", data=twice)) == {("leg", "given_twice")}
    assert broken(_paper(world.owner, path + "/documents", "invoice", "FP-1", amount_fen="1,000", status="paid")) == {
        ("amount_fen", "not_an_integer"), ("status", "unknown_field"),
    }  # fmt: skip
    big = {"leg": "result", "number": "R", "file": (io.BytesIO(b"%PDF-" + b"x" * (20 * 1024 * 1024)), "big.pdf")}
    assert refusal(world.owner.post(path + "/documents", data=big)) == (413, "too_large")
    made = _paper(world.owner, f"/claims/{claim['id']}/evidence", "contract", "HT-1")
    assert (made.status_code, made.json["leg"], made.json["number"]) == (201, "contract", "HT-1")


def test_a_claim_is_returned_mended_and_refused(world: World) -> None:
    path = _confirmed(world) + "/documents"
    _paper(world.owner, path, "contract", "HT-1")
    _paper(world.owner, path, "invoice", "FP-1", amount_fen="80000")
    _paper(world.firm, path, "payment", "PZ-1", amount_fen="40000")
    claim = f"/claims/{world.owner.get('/claims').json['items'][0]['id']}"
    assert world.owner.post(claim + "/submit", headers={"If-Match": "1"}).json["status"] == "submitted"
    assert refusal(world.owner.post(claim + "/submit")) == (409, "already_decided")
    assert refusal(world.reviewer.post(claim + "/approve")) == (409, "invalid_transition")
    assert world.clerk.post(claim + "/return", {"reason": "scan unreadable"}).json["status"] == "returned"
    assert world.owner.post(claim + "/submit").json["status"] == "submitted"
    assert world.clerk.post(claim + "/check").json["status"] == "checked"
    assert world.reviewer.post(claim + "/send-back", {"reason": "look again"}).json["status"] == "in_review"
    assert broken(world.clerk.post(claim + "/reject")) == {("reason", "required")}
    assert world.clerk.post(claim + "/reject", {"reason": "X03"}).json["status"] == "rejected"
    wallet = world.firm.get("/vouchers").json["items"][0]
    assert (wallet["consumed_fen"], wallet["available_fen"]) == (0, 20_000_000)


def test_a_firm_sees_no_claim_of_its_owner_and_the_bureau_all(world: World) -> None:
    claim = _approved(world)
    assert world.firm.get("/claims").json["items"] == []
    assert refusal(world.firm.get(claim)) == (404, "not_found")
    assert world.auditor.get("/claims?status=approved&total=1").json["total"] == 1
    assert world.questions(lambda: world.auditor.get("/claims?limit=200")) <= 22


def test_three_hands_for_a_batch(world: World) -> None:
    _approved(world)
    batch = f"/batches/{world.clerk.post('/batches', {'programme': 'HALF', 'period': '2026-09'}).json['id']}"
    assert refusal(world.leader.post(batch + "/approve")) == (409, "invalid_transition")
    assert world.clerk.post(batch + "/lock").json["total_fen"] == 40_000
    assert refusal(world.clerk.post(batch + "/lock")) == (409, "already_decided")
    assert refusal(world.clerk.post(batch + "/review")) == (403, "forbidden")
    assert world.reviewer.post(batch + "/refuse", {"reason": "wrong period"}).json["status"] == "refused"
    assert world.clerk.get("/claims").json["items"][0]["status"] == "approved"
    again = world.clerk.post("/batches", {"programme": "HALF", "period": "2026-09"})
    assert (again.status_code, again.json["status"]) == (201, "open")
    empty = world.clerk.post("/batches", {"programme": "HALF", "period": "2025"}).json
    assert refusal(world.clerk.post(f"/batches/{empty['id']}/lock")) == (422, "empty_batch")
    for programme, period, field in (("HALF", None, "period"), ("HALF", "2026-Q5", "period"), ("NO", "2026", "programme")):
        body = {"programme": programme, "period": period}
        assert {found for found, _ in broken(world.clerk.post("/batches", body))} == {field}


def test_the_banks_file_pays_each_line_once(world: World) -> None:
    batch = _sent(world)

    def bank(rows: str, **more: Any) -> Any:
        return world.finance.post(
            batch + "/bank-return", data=(HEADER + rows).encode(more.pop("encoding", "utf-8")), content_type="text/csv"
        )

    assert refusal(world.closer.post(batch + "/close"))[0] == 409
    for rows, code in (
        ("9,paid,2026-10-09,R1,40000\n", "unknown_line"), ("1,paid,2026-10-09,R1,40001\n", "amount_differs"),
        ("1,maybe,2026-10-09,R1,40000\n", "not_a_choice"), ("1,paid,09.10.2026,R1,40000\n", "not_a_date"), ("1,paid,2026-10-09,R1,400.00\n", "not_an_integer"),
    ):  # fmt: skip
        assert refusal(bank(rows)) == (422, code), rows
    assert world.clerk.get(batch).json["status"] == "sent"
    assert bank("1,failed,,,40000\n").json["status"] == "part_failed"
    paid = bank("1,paid,2026-10-09,R1,40000\n", encoding="utf-8-sig")
    assert (paid.json["status"], paid.json["lines"][0]["result"]) == ("paid", "paid")
    assert bank("1,paid,2026-10-09,R1,40000\n", encoding="gb18030").json == paid.json
    assert refusal(world.finance.post(batch + "/bank-return", data=b"\xff\xfe\x00", content_type="text/csv"))[0] == 422
    assert refusal(world.finance.post(batch + "/bank-return", {"rows": []})) == (415, "wrong_type")
    assert refusal(world.clerk.post(batch + "/bank-return", data=HEADER, content_type="text/csv")) == (403, "forbidden")
    assert world.closer.post(batch + "/close").json["status"] == "closed"
    assert refusal(world.closer.post(batch + "/close")) == (409, "already_decided")


def test_an_owner_reads_its_own_row_of_the_report_alone(world: World) -> None:
    _sent(world)
    own = world.owner.get("/reports/reconciliation?programme=HALF&period=2026").json
    assert [row["code"] for row in own["owners"]] == [world.people["owner"].organisation.code]
    assert (own["firms"], own["total"]["captured_fen"]) == ([], 40_000)
    assert world.stranger.get("/reports/reconciliation?programme=HALF&period=2026").json["owners"] == []
    assert refusal(world.firm.get("/reports/reconciliation?programme=HALF&period=2026")) == (403, "forbidden")
    for query in (
        "programme=HALF",
        "programme=HALF&period=26",
        "programme=HALF&period=2026&format=doc",
        "programme=HALF&period=2026&year=1",
    ):
        assert world.clerk.get("/reports/reconciliation?" + query).status_code == 422


def test_a_red_flag_is_disposed_of_once(world: World) -> None:
    path = _confirmed(world) + "/documents"
    _paper(world.owner, path, "contract", "HT-1")
    _paper(world.owner, path, "invoice", "FP-1", amount_fen="80000")
    _paper(world.firm, path, "payment", "PZ-1", amount_fen="39999")
    claim = world.owner.get("/claims").json["items"][0]
    assert claim["findings"] or {leg["state"] for leg in claim["legs"]} - {"ok", "not_needed"}
    world.owner.post(f"/claims/{claim['id']}/submit")
    world.clerk.post(f"/claims/{claim['id']}/check")
    for row in world.clerk.get("/exceptions?undisposed=1&total=1").json["items"]:
        done = world.clerk.post(f"/exceptions/{row['id']}/dispose", {"disposition": "cleared", "reason": "bank fee"})
        assert (done.status_code, done.json["disposition"]) == (200, "cleared")
        assert refusal(world.clerk.post(f"/exceptions/{row['id']}/dispose", {"disposition": "cleared", "reason": "x"})) == (
            409,
            "already_decided",
        )
    assert refusal(world.clerk.post("/exceptions/987654/dispose", {"disposition": "cleared", "reason": "x"})) == (404, "not_found")
    assert broken(world.clerk.post("/exceptions/987654/dispose", {"disposition": "ok"})) == {
        ("disposition", "not_a_choice"),
        ("reason", "required"),
    }


def test_a_long_code_and_a_long_period_have_room(world: World) -> None:
    code = "A-PROGRAMME-WITH-QUITE-A-LONG-CODE-40-CH"
    a_programme(code=code, order=1)
    assert len(code) == 40
    booking = world.booked(programmes=[code])
    world.owner.post(f"/bookings/{booking['id']}/approve")
    world.at(AFTER)
    world.owner.post(f"/bookings/{booking['id']}/usage", {"start": booking["start"], "end": booking["end"]})
    assert world.firm.post(f"/bookings/{booking['id']}/confirm").status_code == 200
    assert world.clerk.post("/batches", {"programme": code, "period": "2026-05-01..2027-04-30"}).status_code == 201
