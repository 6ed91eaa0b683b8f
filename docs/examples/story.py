"""The whole story through the JSON API, with the standard library only.

    python3 docs/examples/story.py http://127.0.0.1:5000 TOKENS.json

TOKENS.json holds an API token for each part: {"firm": …, "owner": …, "clerk": …, "reviewer": …, "leader": …, "finance": …}
(`flask token create EMAIL`); firm and clerk belong to different organisations, the owner owns an instrument at 400.00 an hour, named by
its id in {"instrument": …}. Prints every figure; exits 1 when one is not what it should be.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.request
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))


class Door:
    """One person at the API."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base.rstrip("/") + "/api/v1", token

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """One call; the JSON answer. Raises urllib's HTTPError with the problem document."""
        data = None if body is None and method == "GET" else body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        headers = {"Authorization": f"Bearer {self.token}"}
        if data is not None:
            headers |= {"Content-Type": kind, "Idempotency-Key": uuid.uuid4().hex}
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def get(self, path: str) -> Any:
        """A question."""
        return self.call("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        """A use case."""
        return self.call("POST", path, body)

    def paper(self, booking: str, **parts: str) -> Any:
        """Add a paper, as a form of parts."""
        edge = uuid.uuid4().hex
        lines = "".join(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items())
        return self.call(
            "POST", f"/bookings/{booking}/documents", f"{lines}--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
        )


def expect(name: str, found: object, wanted: object) -> None:
    """Print a figure and stop when it is wrong."""
    print(f"{name:<28}{found}")
    if found != wanted:
        sys.exit(f"{name}: expected {wanted}")


def three(quote: dict[str, Any]) -> tuple[int, int, int]:
    """Fee, voucher, what the firm pays."""
    return quote["gross_fen"], sum(entry["amount_fen"] for entry in quote["subsidies"]), quote["net_fen"]


def tell(base: str, parts: dict[str, str], move_clock: Any = None) -> None:
    """The story. `move_clock(instant)` moves the server's time on, where the server lets it; else the slot is waited for."""
    firm, owner, clerk, reviewer, leader, finance = (
        Door(base, parts[name]) for name in ("firm", "owner", "clerk", "reviewer", "leader", "finance")
    )
    instrument = parts["instrument"]
    free = firm.get(f"/instruments/{instrument}")["next_free"]
    start = datetime.fromisoformat(free).astimezone(SHANGHAI).replace(minute=0) + timedelta(days=1)
    start = start.replace(hour=10)
    end = start + timedelta(hours=2)
    wish = {"instrument": instrument, "mode": "guided", "start": start.isoformat(), "end": end.isoformat()}

    quote = firm.post("/quotes", **wish)
    expect("quote", three(quote), (80_000, 40_000, 40_000))
    booking = firm.post("/bookings", **wish, max_net_fen=quote["net_fen"])
    expect("booking", booking["status"], "submitted")
    expect("approved", owner.post(f"/bookings/{booking['id']}/approve")["status"], "approved")

    after = end + timedelta(hours=1)
    if move_clock:
        move_clock(after)
    else:
        time.sleep(max(0.0, (after - datetime.now(SHANGHAI)).total_seconds()))
    path = f"/bookings/{booking['id']}"
    used = owner.post(f"{path}/usage", start=start.isoformat(), end=(start + timedelta(minutes=90)).isoformat(), samples=0)
    expect("charge", three(used["charge"]), (60_000, 30_000, 30_000))
    expect("confirmed", firm.post(f"{path}/confirm")["status"], "confirmed")
    day = start.date().isoformat()
    owner.paper(booking["id"], leg="contract", number=f"HT-{booking['number']}", date=day)
    owner.paper(booking["id"], leg="invoice", number=f"FP-{booking['number']}", date=day, amount_fen="60000")
    firm.paper(booking["id"], leg="payment", number=f"PZ-{booking['number']}", date=day, amount_fen="30000")

    claim = next(row for row in owner.get("/claims?limit=200")["items"] if row["booking"] == booking["id"])
    expect("claim", claim["amount_fen"], 30_000)
    for door, act, state in ((owner, "submit", "submitted"), (clerk, "check", "checked"), (reviewer, "approve", "approved")):
        expect(f"claim {act}", door.post(f"/claims/{claim['id']}/{act}")["status"], state)
    quarter = f"{start.year}-Q{(start.month + 2) // 3}"
    batch = clerk.post("/batches", programme=claim["programme"], period=quarter)
    path = f"/batches/{batch['id']}"
    for door, act, state in (
        (clerk, "lock", "locked"),
        (reviewer, "review", "reviewed"),
        (leader, "approve", "approved"),
        (clerk, "send", "sent"),
    ):
        batch = door.post(f"{path}/{act}")
        expect(f"batch {act}", batch["status"], state)
    rows = [f"{line['line']},paid,{day},BK-{batch['id']}-{line['line']},{line['amount_fen']}" for line in batch["lines"]]
    returned = "\n".join(["line,status,paid_on,reference,amount_fen", *rows]).encode()
    expect("bank return", finance.call("POST", f"{path}/bank-return", returned, "text/csv")["status"], "paid")
    expect("closed", reviewer.post(f"{path}/close")["status"], "closed")

    report = clerk.get(f"/reports/reconciliation?programme={claim['programme']}&period={quarter}")
    total = report["total"]
    stock = total["opening_fen"] + total["issued_fen"] - total["captured_fen"] - total["expired_fen"] - total["revoked_fen"]
    expect("report balances", (stock, report["findings"]), (total["closing_fen"], []))
    print(json.dumps(total, indent=1))


if __name__ == "__main__":
    tell(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()))
