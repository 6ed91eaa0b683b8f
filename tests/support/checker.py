"""A checker of the open audit dump that shares no code with the product: it knows `contract.md` §5 and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections import defaultdict
from typing import Any

LIVE = {"submitted", "approved", "in_use", "usage_recorded", "disputed", "offered"}
DONE = {"confirmed", "invoiced", "completed", "adjusted"}
ROADS = {
    ("treasury", "programme"), ("programme", "voucher"), ("voucher", "payable"), ("payable", "batch"), ("batch", "paid"), ("batch", "payable"),
    ("voucher", "programme"), ("voucher", "expired"), ("voucher", "revoked"), ("payable", "voucher"), ("programme", "payable"),
    ("programme", "treasury"), ("paid", "payable"),
}  # fmt: skip


def faults(dump: dict[str, list[dict[str, Any]]], audit_key: str) -> list[str]:
    """Everything in the dump that must never be; an empty list is the only good answer."""
    return [*_ledger(dump), *_overlaps(dump), *_bookings(dump), *_chain(dump, audit_key)]


def _ledger(dump: dict[str, list[dict[str, Any]]]) -> list[str]:
    accounts = {row["id"]: row for row in dump["accounts"]}
    steps = {row["id"]: row for row in dump["transfers"]}
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    found, resolved = [], defaultdict(list)
    for step in dump["transfers"]:
        road = (accounts[step["dr"]]["kind"], accounts[step["cr"]]["kind"])
        if road not in ROADS:
            found.append(f"{step['id']}: no such road {road}")
        if step["phase"] in ("capture", "release"):
            resolved[step["of"]].append(step)
            sums[step["dr"]]["dr_pend"] -= steps[step["of"]]["amount"]
            sums[step["cr"]]["cr_pend"] -= steps[step["of"]]["amount"]
        if step["phase"] == "hold":
            sums[step["dr"]]["dr_pend"] += step["amount"]
            sums[step["cr"]]["cr_pend"] += step["amount"]
        elif step["phase"] != "release":
            sums[step["dr"]]["dr_post"] += step["amount"]
            sums[step["cr"]]["cr_post"] += step["amount"]
    found += [f"hold {key} resolved {len(rows)} times" for key, rows in resolved.items() if len(rows) > 1]
    found += [f"hold {key} captured above" for key, rows in resolved.items() for row in rows if row["amount"] > steps[key]["amount"]]
    for account in dump["accounts"]:
        own = sums[account["id"]]
        if account["bounded"]:
            found += [
                f"account {account['id']} {name}" for name in ("dr_pend", "dr_post", "cr_pend", "cr_post") if account[name] != own[name]
            ]
            if own["dr_post"] + own["dr_pend"] > own["cr_post"]:
                found.append(f"account {account['id']} overspent")
    return found


def _overlaps(dump: dict[str, list[dict[str, Any]]]) -> list[str]:
    busy = sorted((row["unit"], row["busy_from"], row["busy_to"], row["id"]) for row in dump["bookings"] if row["blocking"])
    return [f"{a[3]} overlaps {b[3]}" for a, b in itertools.pairwise(busy) if a[0] == b[0] and b[1] < a[2]]


def _bookings(dump: dict[str, list[dict[str, Any]]]) -> list[str]:
    steps = {row["id"]: row for row in dump["transfers"]}
    resolution = {row["of"]: row for row in dump["transfers"] if row["phase"] in ("capture", "release")}
    refunds: dict[str, int] = defaultdict(int)
    for step in dump["transfers"]:
        if step["phase"] == "refund":
            refunds[step["of"]] += step["amount"]
    found = []
    for row in dump["bookings"]:
        if row["price"] is not None and row["price"] != row["subsidy"] + row["firm_share"]:
            found.append(f"booking {row['id']}: parts do not add up")
        holds = row["hold"] if isinstance(row["hold"], list) else [row["hold"]] if row["hold"] else []
        ends = [resolution.get(key) for key in holds]
        if row["status"] in LIVE and any(ends):
            found.append(f"booking {row['id']} is {row['status']} and its hold is gone")
        elif row["status"] in DONE and _captured(ends, refunds if row["status"] == "adjusted" else {}) != row["subsidy"]:
            found.append(f"booking {row['id']}: captured is not the subsidy")
        elif row["status"] not in LIVE | DONE and any(end is None or end["phase"] != "release" for end in ends):
            found.append(f"booking {row['id']} is {row['status']} and its hold is not released")
        if any(steps[key]["phase"] != "hold" for key in holds):
            found.append(f"booking {row['id']}: a hold that is none")
    return found


def _captured(ends: list[dict[str, Any] | None], refunds: dict[str, int]) -> int:
    """What was captured; of an adjusted use less what came back."""
    return sum(end["amount"] - refunds.get(end["id"], 0) for end in ends if end and end["phase"] == "capture")


def _chain(dump: dict[str, list[dict[str, Any]]], key: str) -> list[str]:
    prev = "00" * 32
    for row in dump["audit"]:
        canonical = json.dumps(json.loads(row["doc"]), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        h = hmac.new(key.encode(), bytes.fromhex(prev) + canonical.encode(), hashlib.sha256).hexdigest()
        if (row["prev"], row["h"], row["doc"]) != (prev, h, canonical):
            return [f"audit row {row['seq']} does not follow"]
        prev = h
    return []
