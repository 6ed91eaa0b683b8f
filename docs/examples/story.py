"""The whole story through the JSON API, with the standard library only.

    python3 docs/examples/story.py http://127.0.0.1:5000 TOKENS.json [CLOCK_FILE]

The same from the environment: BASE_URL, TOKENS, CLOCK_FILE. TOKENS.json holds an API token for each part (`flask token create EMAIL`):
{"firm": ..., "owner": ..., "clerk": ..., "reviewer": ..., "leader": ..., "finance": ...}; {"instrument": ID} may name an instrument of the
owner at 400.00 an hour, else one is looked for. CLOCK_FILE is the server's own, where it has one: the script then moves time on instead of
waiting for the slot. Prints every figure; exits 1 when one is not what it should be.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

SHANGHAI = timezone(timedelta(hours=8))
USED = timedelta(minutes=90)


class Door:
    """One person at the API."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base.rstrip("/") + "/api/v1", token

    def call(self, method: str, path: str, body: Any = None, kind: str = "application/json", key: str = "") -> Any:
        """One call, its JSON answer. Whoever repeats it with the same key gets the first answer again. Raises urllib's HTTPError."""
        data = None if body is None and method == "GET" else body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        headers = {"Authorization": f"Bearer {self.token}"}
        if data is not None:
            headers |= {"Content-Type": kind, "Idempotency-Key": key or uuid.uuid4().hex}
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


def an_instrument(owner: Door, parts: dict[str, str]) -> dict[str, Any]:
    """An instrument of the owner at 400.00 an hour that takes vouchers."""
    if "instrument" in parts:
        return owner.get(f"/instruments/{parts['instrument']}")  # type: ignore[no-any-return]
    code = owner.get("/me")["organisation"]["code"]
    listed = owner.get(f"/instruments?{urllib.parse.urlencode({'owner': code, 'mode': 'guided', 'voucher': 1, 'limit': 200})}")["items"]
    for row in listed:
        if (row["price_from_fen"], row["price_unit"]) == (40_000, "hour"):
            alone = owner.get(f"/instruments/{row['id']}")
            if not alone["rules"]["auto_approve"] and alone["rules"]["charge_basis"] == "used":
                return alone  # type: ignore[no-any-return]
    sys.exit("the owner has no instrument at 400.00 an hour that asks for approval")


def a_free_slot(firm: Door, instrument: str, hours: int) -> tuple[datetime, datetime]:
    """The first free hours on the hour, from tomorrow on."""
    now = datetime.now(SHANGHAI)
    if soonest := firm.get(f"/instruments/{instrument}")["next_free"]:
        now = max(now, datetime.fromisoformat(soonest))
    span = {"from": (now + timedelta(days=1)).isoformat(), "to": (now + timedelta(days=31)).isoformat()}
    for free in firm.get(f"/instruments/{instrument}/availability?{urllib.parse.urlencode(span)}")["free"]:
        start = datetime.fromisoformat(free["start"]) + timedelta(minutes=59)
        start = start.replace(minute=0, second=0, microsecond=0)
        if start + timedelta(hours=hours) <= datetime.fromisoformat(free["end"]):
            return start, start + timedelta(hours=hours)
    sys.exit("nothing is free for a month")


def wallet(firm: Door, programme: str) -> dict[str, int]:
    """What the firm's voucher of a programme holds, frees and has spent."""
    row = next(row for row in firm.get(f"/vouchers?programme={programme}&status=issued")["items"])
    return {name: row[f"{name}_fen"] for name in ("available", "held", "consumed")}


def moved(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """What changed in a wallet."""
    return {name: after[name] - before[name] for name in before}


def tell(base: str, parts: dict[str, str], move_clock: Callable[[datetime], None] | None = None) -> None:
    """The story. `move_clock(instant)` moves the server's time on, where the server lets it; else the slot is waited for."""
    firm, owner, *bureau = (Door(base, parts[name]) for name in ("firm", "owner", "clerk", "reviewer", "leader", "finance"))
    instrument = an_instrument(owner, parts)
    print(f"{'instrument':<28}{instrument['name_zh']} {instrument['price_from_fen']} fen an {instrument['price_unit']}")
    start, end = a_free_slot(firm, instrument["id"], hours=2)
    wish = {"instrument": instrument["id"], "mode": "guided", "start": start.isoformat(), "end": end.isoformat()}

    quote = firm.post("/quotes", **wish)
    expect("quote", three(quote), (80_000, 40_000, 40_000))
    key = uuid.uuid4().hex
    order = {**wish, "max_net_fen": quote["net_fen"]}
    booking = firm.call("POST", "/bookings", order, key=key)
    expect("booking", (booking["status"], three(booking["quote"])), ("submitted", (80_000, 40_000, 40_000)))
    expect("asked twice, booked once", firm.call("POST", "/bookings", order, key=key)["id"], booking["id"])
    programme = next(entry["programme"] for entry in booking["quote"]["subsidies"] if entry["amount_fen"])
    asked = wallet(firm, programme)
    expect("approved", owner.post(f"/bookings/{booking['id']}/approve")["status"], "approved")
    wait_for(end + timedelta(hours=1), move_clock)

    use(firm, owner, booking, start)
    expect("of 400.00 held, 100.00 back", moved(asked, wallet(firm, programme)), {"available": 10_000, "held": -40_000, "consumed": 30_000})
    settle(owner, *bureau, booking=booking["id"], day=(start + USED).date().isoformat())  # a use counts on the day it ends


def wait_for(moment: datetime, move_clock: Callable[[datetime], None] | None) -> None:
    """Until the slot is over."""
    if move_clock:
        move_clock(moment)
    else:
        time.sleep(max(0.0, (moment - datetime.now(SHANGHAI)).total_seconds()))


def use(firm: Door, owner: Door, booking: dict[str, Any], start: datetime) -> None:
    """One and a half hours were used; both agree, and the papers are added."""
    path = f"/bookings/{booking['id']}"
    used = owner.post(f"{path}/usage", start=start.isoformat(), end=(start + USED).isoformat(), samples=0)
    expect("charge", three(used["charge"]), (60_000, 30_000, 30_000))
    expect("confirmed", firm.post(f"{path}/confirm")["status"], "confirmed")
    day = start.date().isoformat()
    owner.paper(booking["id"], leg="contract", number=f"HT-{booking['number']}", date=day)
    owner.paper(booking["id"], leg="invoice", number=f"FP-{booking['number']}", date=day, amount_fen="60000")
    firm.paper(booking["id"], leg="payment", number=f"PZ-{booking['number']}", date=day, amount_fen="30000")


def settle(owner: Door, clerk: Door, reviewer: Door, leader: Door, finance: Door, *, booking: str, day: str) -> None:
    """The claim through three hands, the batch to the bank and back, and the report that must balance."""
    claim = next(row for row in owner.get("/claims?limit=200")["items"] if row["booking"] == booking)
    expect("claim", claim["amount_fen"], 30_000)
    for door, act, state in ((owner, "submit", "submitted"), (clerk, "check", "checked"), (reviewer, "approve", "approved")):
        expect(f"claim {act}", door.post(f"/claims/{claim['id']}/{act}")["status"], state)
    period = f"{day}..{day}"  # a batch of its own, whatever else runs in this quarter
    batch = clerk.post("/batches", programme=claim["programme"], period=period)
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

    report = clerk.get(f"/reports/reconciliation?programme={claim['programme']}&period={period}")
    total = report["total"]
    stock = total["opening_fen"] + total["issued_fen"] - total["captured_fen"] - total["expired_fen"] - total["revoked_fen"]
    expect("captured, claimed, paid", [total[f"{name}_fen"] for name in ("captured", "claimed", "approved", "paid")], [30_000] * 4)
    expect("report balances", (stock, report["findings"]), (total["closing_fen"], []))
    print(json.dumps(total, indent=1))


def main() -> None:
    """Read the arguments, or the environment, and tell the story."""
    given = dict(zip(("BASE_URL", "TOKENS", "CLOCK_FILE"), sys.argv[1:], strict=False))
    base, tokens, clock = ((given.get(name) or os.environ.get(name, "")) for name in ("BASE_URL", "TOKENS", "CLOCK_FILE"))
    if not base or not tokens:
        sys.exit(__doc__)
    move = (lambda moment: Path(clock).write_text(moment.isoformat()) and None) if clock else None
    tell(base, json.loads(Path(tokens).read_text()), move)


if __name__ == "__main__":
    main()
