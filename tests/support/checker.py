"""A checker of the open audit dump that shares no code with the product: it knows `contract.md` §5 and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
from collections import Counter, defaultdict
from typing import Any

Row = dict[str, Any]
Dump = dict[str, list[Row]]
LIVE = {"submitted", "approved", "in_use", "usage_recorded", "disputed", "offered"}
DONE = {"confirmed", "invoiced", "completed", "adjusted"}
ROADS = {
    ("treasury", "programme"): {"direct"}, ("programme", "treasury"): {"direct"}, ("programme", "voucher"): {"direct"},
    ("voucher", "programme"): {"direct"}, ("programme", "payable"): {"direct"}, ("voucher", "expired"): {"direct"},
    ("voucher", "revoked"): {"direct"}, ("voucher", "payable"): {"hold", "capture", "release"}, ("payable", "voucher"): {"refund"},
    ("payable", "batch"): {"direct"}, ("batch", "payable"): {"direct"}, ("batch", "paid"): {"direct"}, ("paid", "payable"): {"direct"},
}  # fmt: skip
IN_BATCH = {"batched", "paid", "payment_failed"}
GATHERED = {"locked", "reviewed", "approved", "sent", "part_failed", "paid", "closed"}
SENT = {"sent", "part_failed", "paid", "closed"}
SUMS = ("dr_pend", "dr_post", "cr_pend", "cr_post")


def faults(dump: Dump, audit_key: str) -> list[str]:
    """Everything in the dump that must never be; an empty list is the only good answer."""
    return [
        *_steps(dump), *_ledger(dump), *_overlaps(dump), *_bookings(dump), *_holds(dump), *_claims(dump), *_batches(dump),
        *_batch_money(dump), *_chain(dump, audit_key),
    ]  # fmt: skip


def _steps(dump: Dump) -> list[str]:
    """Each step by itself: a road that exists, an amount, a cause where one is needed, and its place in the order."""
    kinds, steps = {row["id"]: row["kind"] for row in dump["accounts"]}, {row["id"]: row for row in dump["transfers"]}
    found, last = [], -1
    refunds: dict[str, int] = defaultdict(int)
    for step in dump["transfers"]:
        name, of = step["id"], steps.get(step["of"] or "")
        if step["phase"] not in ROADS.get((kinds[step["dr"]], kinds[step["cr"]]), set()):
            found.append(f"{name}: no such road")
        if step["amount"] < 0 or (step["amount"] == 0 and step["phase"] != "capture"):
            found.append(f"{name}: no such amount")
        if step["seq"] <= last:
            found.append(f"{name}: out of order")
        last = step["seq"]
        wanted = {"capture": "hold", "release": "hold", "refund": "capture"}.get(step["phase"])
        if (wanted is None) != (step["of"] is None) or (of is not None and of["phase"] != wanted):
            found.append(f"{name}: not of what it says")
        if step["phase"] == "release" and of is not None and of["amount"] != step["amount"]:
            found.append(f"{name}: released is not the hold")
        if step["phase"] == "refund":
            refunds[step["of"]] += step["amount"]
    found += [f"capture {key}: refunded above" for key, amount in refunds.items() if amount > steps[key]["amount"]]
    return found + [f"step {key} twice" for key, count in Counter(row["id"] for row in dump["transfers"]).items() if count > 1]


def _ledger(dump: Dump) -> list[str]:
    """Holds are resolved once and never above, and every stored sum is the sum of its steps."""
    steps = {row["id"]: row for row in dump["transfers"]}
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    found, resolved = [], defaultdict(list)
    for step in dump["transfers"]:
        if step["phase"] in ("capture", "release") and step["of"] in steps:
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
            found += [f"account {account['id']} {name}" for name in SUMS if account[name] != own[name]]
            if own["dr_post"] + own["dr_pend"] > own["cr_post"]:
                found.append(f"account {account['id']} overspent")
    return found


def _overlaps(dump: Dump) -> list[str]:
    """No two blocking bookings share a moment of one unit, and every interval is one."""
    rows = [row for row in dump["bookings"] if row["blocking"]]
    busy = sorted((row["unit"], row["busy_from"], row["busy_to"], row["id"]) for row in rows)
    found = [f"{a[3]} overlaps {b[3]}" for a, b in itertools.pairwise(busy) if a[0] == b[0] and b[1] < a[2]]
    odd = [row["id"] for row in dump["bookings"] if row["end"] <= row["start"]]
    odd += [row["id"] for row in rows if row["busy_from"] > row["start"] or row["busy_to"] <= row["busy_from"]]
    return found + [f"booking {key}: no interval" for key in odd]


def _many(value: str | list[str] | None) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _kept(dump: Dump) -> dict[str, int]:
    """What is left of each capture after its refunds."""
    kept = {row["id"]: row["amount"] for row in dump["transfers"] if row["phase"] == "capture"}
    for row in dump["transfers"]:
        if row["phase"] == "refund" and row["of"] in kept:
            kept[row["of"]] -= row["amount"]
    return kept


def _bookings(dump: Dump) -> list[str]:
    """The three numbers add up, and a booking's state and its money say the same."""
    steps, kept = {row["id"]: row for row in dump["transfers"]}, _kept(dump)
    resolution = {row["of"]: row for row in dump["transfers"] if row["phase"] in ("capture", "release")}
    found = []
    for row in dump["bookings"]:
        if row["price"] is not None and row["price"] != row["subsidy"] + row["firm_share"]:
            found.append(f"booking {row['id']}: parts do not add up")
        if row["price"] is not None and min(row["price"], row["subsidy"], row["firm_share"]) < 0:
            found.append(f"booking {row['id']}: a part below zero")
        holds = _many(row["hold"])
        if any(key not in steps or steps[key]["phase"] != "hold" for key in holds):
            found.append(f"booking {row['id']}: a hold that is none")
            continue
        ends = [resolution.get(key) for key in holds]
        captured = {end["id"]: kept[end["id"]] for end in ends if end and end["phase"] == "capture"}
        if row["status"] in LIVE and any(ends):
            found.append(f"booking {row['id']} is {row['status']} and its hold is gone")
        elif row["status"] in DONE and row["subsidy"] not in (sum(captured.values()), sum(steps[key]["amount"] for key in captured)):
            found.append(f"booking {row['id']}: captured is not the subsidy")
        elif row["status"] not in LIVE | DONE and any(end is None or end["phase"] != "release" for end in ends):
            found.append(f"booking {row['id']} is {row['status']} and its hold is not released")
        if set(_many(row["capture"])) != set(captured):
            found.append(f"booking {row['id']}: its captures are not those of its holds")
    return found


def _holds(dump: Dump) -> list[str]:
    """Every open hold belongs to one booking, and to one alone."""
    named = Counter(key for row in dump["bookings"] for key in _many(row["hold"]))
    resolved = {row["of"] for row in dump["transfers"] if row["phase"] in ("capture", "release")}
    still_open = [row["id"] for row in dump["transfers"] if row["phase"] == "hold" and row["id"] not in resolved]
    found = [f"hold {key} is open and nobody's" for key in still_open if key not in named]
    return found + [f"hold {key} of {count} bookings" for key, count in named.items() if count > 1]


def _beside(row: dict[str, Any]) -> bool:
    """An entry beside the claims: what is given or taken after payment."""
    return str(row["id"]).startswith("adjustment-")


def _claims(dump: Dump) -> list[str]:
    """One claim a booking and programme, together never above the subsidy, and in a batch exactly when its state says so."""
    subsidies, batches = {row["id"]: row for row in dump["bookings"]}, {row["id"] for row in dump["batches"]}
    sums: dict[str, int] = defaultdict(int)
    found = []
    for row in dump["claims"]:
        if row["status"] not in ("rejected", "withdrawn") and row["booking"] is not None:
            sums[row["booking"]] += row["amount"]
        if row["status"] in IN_BATCH and not _beside(row) and row["batch"] not in batches:
            found.append(f"claim {row['id']} is {row['status']} and in no batch")
        if (
            row["status"] in ("draft", "submitted", "in_review", "returned", "checked", "approved", "publicised")
            and row["batch"] is not None
        ):
            found.append(f"claim {row['id']} is {row['status']} and in a batch")
    found += [
        f"booking {key}: claimed above the subsidy"
        for key, amount in sums.items()
        if key not in subsidies or subsidies[key]["status"] not in DONE or amount > subsidies[key]["subsidy"]
    ]
    twice = Counter((row["booking"], row["programme"]) for row in dump["claims"] if not _beside(row))
    return found + [f"{key}: claimed {count} times" for key, count in twice.items() if count > 1]


def _batches(dump: Dump) -> list[str]:
    """A total is its lines, a hash is there once the file is out, and one batch of a kind lives at a time."""
    sums: dict[str, int] = defaultdict(int)
    for row in dump["claims"]:
        if row["batch"] is not None:
            sums[row["batch"]] += row["amount"]
    found = []
    for row in dump["batches"]:
        name, digest = f"batch {row['id']}", row["file_hash"] or ""
        if row["status"] in GATHERED and row["total"] != sums[row["id"]]:
            found.append(f"{name}: total is not its lines")
        if row["status"] in SENT and (len(digest) != 64 or set(digest) - set("0123456789abcdef")):
            found.append(f"{name}: no hash of its file")
        if row["status"] not in SENT and digest:
            found.append(f"{name}: a hash of no file")
        if row["status"] not in GATHERED and sums[row["id"]]:
            found.append(f"{name} is {row['status']} and has claims")
        own = {claim["status"] for claim in dump["claims"] if claim["batch"] == row["id"]}
        if row["status"] in ("paid", "closed") and own - {"paid", "adjusted", "clawed_back"}:
            found.append(f"{name} is {row['status']} and a claim is not")
    live = Counter((row["programme"], row["period"], row["payee"]) for row in dump["batches"] if row["status"] not in ("refused", "closed"))
    found += [f"{key}: {count} live batches" for key, count in live.items() if count > 1]
    hashes = Counter(row["file_hash"] for row in dump["batches"] if row["file_hash"])
    return found + [f"one file for {count} batches" for count in hashes.values() if count > 1]


def _batch_money(dump: Dump) -> list[str]:
    """What went into the batch accounts and out to the payees are the totals of the batches, no more and no less."""
    kinds = {row["id"]: row["kind"] for row in dump["accounts"]}
    came, paid = Counter[str](), Counter[str]()
    for step in dump["transfers"]:
        road = kinds[step["dr"]], kinds[step["cr"]]
        if road == ("payable", "batch"):
            came[step["cr"]] += step["amount"]
        elif road == ("batch", "payable"):
            came[step["dr"]] -= step["amount"]
        elif road == ("batch", "paid"):
            paid[step["dr"]] += step["amount"]
    booked = Counter((amount, paid[key]) for key, amount in came.items() if amount)
    wanted = Counter(row["total"] for row in dump["batches"] if row["status"] in GATHERED and row["total"])
    settled = Counter((row["total"], row["total"]) for row in dump["batches"] if row["status"] in ("paid", "closed") and row["total"])
    found = [] if Counter(total for total, _ in booked.elements()) == wanted else ["what the batches hold is not their totals"]
    found += [f"batch account {key} paid above" for key, amount in paid.items() if amount > came[key]]
    return found + [f"a batch of {pair[0]} is settled and its money is not out" for pair, count in settled.items() if booked[pair] < count]


def _chain(dump: Dump, key: str) -> list[str]:
    """Each audit row follows the one before, and none is missing."""
    prev = "00" * 32
    for number, row in enumerate(dump["audit"], 1):
        canonical = json.dumps(json.loads(row["doc"]), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        h = hmac.new(key.encode(), bytes.fromhex(prev) + canonical.encode(), hashlib.sha256).hexdigest()
        if row["seq"] != number:
            return [f"audit row {number} is missing"]
        if (row["prev"], row["h"], row["doc"]) != (prev, h, canonical):
            return [f"audit row {row['seq']} does not follow"]
        prev = h
    return []
