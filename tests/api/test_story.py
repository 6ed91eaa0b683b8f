"""The whole story through the door, every figure to the fen, every answer as declared."""

from __future__ import annotations

import io
from typing import Any

from tests.api.conftest import World
from tests.builders import local

CSV = "line,status,paid_on,reference,amount_fen\n1,paid,2026-10-09,BANK-1,30000\n"


def test_from_the_quote_to_the_closed_batch(world: World) -> None:
    found = world.firm.get("/instruments?q=" + "扫描电镜").json["items"][0]
    assert (found["id"], found["price_from_fen"], found["price_unit"], found["voucher"]) == (world.instrument, 40_000, "hour", True)

    quote = world.firm.post("/quotes", world.wish()).json
    assert (quote["gross_fen"], quote["subsidies"][0]["amount_fen"], quote["net_fen"], quote["problems"]) == (80_000, 40_000, 40_000, [])
    assert quote["subsidies"][0]["explanation"]

    booking = world.booked(max_net_fen=40_000, purpose="断口形貌")
    path = f"/bookings/{booking['id']}"
    assert (booking["status"], booking["quote"]["net_fen"], booking["charge"]) == ("submitted", 40_000, None)
    assert _wallet(world) == {"issued": 20_000_000, "available": 19_960_000, "held": 40_000, "consumed": 0, "expired": 0, "revoked": 0}

    assert world.owner.post(path + "/approve").json["status"] == "approved"
    world.at(local("2026-09-08 12:30"))
    use = {"start": "2026-09-08T10:00:00+08:00", "end": "2026-09-08T11:30:00+08:00"}
    assert world.owner.post(path + "/usage", use).json["charge"]["gross_fen"] == 60_000
    confirmed = world.firm.post(path + "/confirm").json
    charge = confirmed["charge"]
    assert (charge["gross_fen"], charge["subsidies"][0]["amount_fen"], charge["net_fen"]) == (60_000, 30_000, 30_000)
    assert _wallet(world)["available"] == 19_970_000

    _papers(world, path)
    claim = world.owner.get("/claims").json["items"][0]
    assert (claim["status"], claim["amount_fen"], claim["booking"]) == ("draft", 30_000, booking["id"])
    for door, verb, state in (
        (world.owner, "submit", "submitted"),
        (world.clerk, "check", "checked"),
        (world.reviewer, "approve", "approved"),
    ):
        assert door.post(f"/claims/{claim['id']}/{verb}").json["status"] == state

    opened = world.clerk.post("/batches", {"programme": "HALF", "period": "2026-Q3"})
    assert opened.status_code == 201
    again = world.clerk.post("/batches", {"programme": "HALF", "period": "2026-Q3"})
    assert (again.status_code, again.json["id"]) == (200, opened.json["id"])
    batch = f"/batches/{opened.json['id']}"
    steps = (
        (world.clerk, "lock", "locked"), (world.reviewer, "review", "reviewed"), (world.leader, "approve", "approved"),
        (world.clerk, "send", "sent"),
    )  # fmt: skip
    for door, verb, state in steps:
        assert door.post(f"{batch}/{verb}").json["status"] == state
    sent = world.clerk.get(batch).json
    assert (sent["total_fen"], len(sent["lines"]), len(sent["file_hash"])) == (30_000, 1, 64)
    paid = world.finance.post(batch + "/bank-return", data=CSV, content_type="text/csv")
    assert paid.json["status"] == "paid"
    twice = world.finance.post(batch + "/bank-return", data={"file": (io.BytesIO(CSV.encode()), "r.csv")})
    assert twice.json == paid.json
    assert world.closer.post(batch + "/close").json["status"] == "closed"

    report = world.auditor.get("/reports/reconciliation?programme=HALF&period=2026-Q3").json
    total = {name.removesuffix("_fen"): amount for name, amount in report["total"].items()}
    assert total == {
        "opening": 0, "issued": 20_000_000, "held": 40_000, "captured": 30_000, "released": 10_000, "expired": 0, "revoked": 0,
        "claimed": 30_000, "approved": 30_000, "paid": 30_000, "closing": 19_970_000,
    }  # fmt: skip
    assert report["findings"] == []
    public = world.visitor.get("/publicity?programme=HALF").json["items"]
    assert public == [{"firm": world.people["firm"].organisation.name, "amount_fen": 30_000}]


def _wallet(world: World) -> dict[str, Any]:
    row = world.firm.get("/vouchers").json["items"][0]
    return {name: row[f"{name}_fen"] for name in ("issued", "available", "held", "consumed", "expired", "revoked")}


def _papers(world: World, path: str) -> None:
    pdf = (io.BytesIO(b"%PDF-1.4 contract"), "合同.pdf")
    made = world.owner.post(path + "/documents", data={"leg": "contract", "number": "HT-1", "date": "2026-09-07", "file": pdf})
    assert made.status_code == 201
    world.owner.post(path + "/documents", data={"leg": "invoice", "number": "FP-1", "date": "2026-09-08", "amount_fen": "60000"})
    assert world.firm.get(path).json["status"] == "invoiced"
    world.firm.post(path + "/documents", data={"leg": "payment", "number": "PZ-1", "date": "2026-09-08", "amount_fen": "30000"})
    assert world.firm.get(path).json["status"] == "completed"


def test_the_report_comes_as_csv_workbook_and_paper(world: World) -> None:
    world.booked()
    for form, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF-")):
        answer = world.clerk.get(f"/reports/reconciliation?programme=HALF&period=2026-Q3&format={form}")
        assert answer.data.startswith(start)
        assert "attachment" in answer.headers["Content-Disposition"]
