"""The independent checker finds no fault in a lived life, and finds each of many planted ones (R07)."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

from equipment_share.queries.dump import KEYS, dumped
from tests.api.conftest import World
from tests.api.test_settlement import HEADER, _sent
from tests.support.checker import Dump, faults


def dump_of() -> Dump:
    """The dump as a program reads it."""
    whole: dict[str, list[Any]] = {key: [] for key in KEYS}
    for key, row in dumped():
        whole[key].append(row)
    return dict(json.loads(json.dumps(whole)))


def _lived(world: World) -> Dump:
    """A use that was paid and closed, one that is held, one that was cancelled."""
    batch = _sent(world)
    world.finance.post(batch + "/bank-return", data=HEADER + "1,paid,2026-10-09,R1,40000\n", content_type="text/csv")
    assert world.closer.post(batch + "/close").json["status"] == "closed"
    world.booked(start="2026-09-09T10:00:00+08:00", end="2026-09-09T12:00:00+08:00")
    gone = world.booked(start="2026-09-09T14:00:00+08:00", end="2026-09-09T16:00:00+08:00")
    world.firm.post(f"/bookings/{gone['id']}/cancel", {"reason": "x"})
    return dump_of()


def _set(key: str, number: int, **values: Any) -> Callable[[Dump], None]:
    return lambda dump: dump[key][number].update(values)


def _step(phase: str, **values: Any) -> Callable[[Dump], None]:
    return lambda dump: next(row for row in dump["transfers"] if row["phase"] == phase).update(values)


def _again(key: str, number: int, **values: Any) -> Callable[[Dump], None]:
    return lambda dump: dump[key].append({**dump[key][number], **values})


def _gone(key: str, number: int) -> Callable[[Dump], None]:
    def harm(dump: Dump) -> None:
        dump[key].pop(number)

    return harm


def _both(*harms: Callable[[Dump], None]) -> Callable[[Dump], None]:
    def harm(dump: Dump) -> None:
        for one in harms:
            one(dump)

    return harm


HARMS: dict[str, tuple[Callable[[Dump], None], str]] = {
    "an amount": (_set("transfers", 0, amount=1), "account"),
    "a road": (lambda dump: dump["transfers"][0].update(dr=dump["transfers"][0]["cr"], cr=dump["transfers"][0]["dr"], phase="hold"), "no such road"),
    "an amount of nothing": (_step("hold", amount=0), "no such amount"),
    "an amount below zero": (_step("capture", amount=-1), "no such amount"),
    "the order of steps": (_set("transfers", 1, seq=1), "out of order"),
    "a hold that resolves": (_step("hold", of="1"), "not of what it says"),
    "a release of a part": (_step("release", amount=1), "released is not the hold"),
    "a capture above": (_step("capture", amount=10**9), "captured above"),
    "a refund above": (lambda dump: dump["transfers"].append({**next(row for row in dump["transfers"] if row["phase"] == "capture"), "id": "990", "seq": 990, "phase": "refund", "of": next(row for row in dump["transfers"] if row["phase"] == "capture")["id"], "amount": 10**9}), "refunded above"),
    "a step twice": (_again("transfers", -1), "twice"),
    "a sum": (lambda dump: next(row for row in dump["accounts"] if row["bounded"]).update(cr_post=1), "cr_post"),
    "an overlap": (_again("bookings", 1, id="99", hold=None, subsidy=0, firm_share=80_000), "overlaps"),
    "an interval": (_set("bookings", 1, end="2026-09-09T01:00:00Z"), "no interval"),
    "a part below zero": (_set("bookings", 1, subsidy=-1, firm_share=80_001), "below zero"),
    "the parts": (_set("bookings", 1, firm_share=1), "do not add up"),
    "a hold of two": (lambda dump: dump["bookings"][2].update(hold=dump["bookings"][1]["hold"]), "of 2 bookings"),
    "a hold of nobody": (_set("bookings", 1, hold=None), "nobody's"),
    "a hold that is none": (_set("bookings", 1, hold="1"), "a hold that is none"),
    "a capture of another": (_set("bookings", 1, capture="1"), "not those of its holds"),
    "a state without its release": (_set("bookings", 1, status="cancelled_by_firm"), "not released"),
    "a state without its hold": (_set("bookings", 2, status="approved"), "hold is gone"),
    "a subsidy": (_set("bookings", 0, subsidy=1, firm_share=79_999), "captured is not the subsidy"),
    "a claim above": (_set("claims", 0, amount=40_001), "claimed above"),
    "a claim of no use": (_set("claims", 0, booking="2"), "claimed above"),
    "a claim twice": (_again("claims", 0, id="99", status="draft", batch=None), "claimed 2 times"),
    "a claim of no batch": (_set("claims", 0, batch=None), "in no batch"),
    "a draft in a batch": (_set("claims", 0, status="draft"), "in a batch"),
    "a claim unpaid": (_set("claims", 0, status="batched"), "a claim is not"),
    "a total": (_set("batches", 0, total=40_001), "total is not its lines"),
    "a total and its claim": (_both(_set("batches", 0, total=39_999), _set("claims", 0, amount=39_999)), "not their totals"),
    "a batch that is gone": (_gone("batches", 0), "not their totals"),
    "a payment that is not out": (_gone("transfers", -1), "is not out"),
    "a hash": (_set("batches", 0, file_hash=None), "no hash of its file"),
    "a hash too early": (_set("batches", 0, status="locked"), "a hash of no file"),
    "a refused batch with claims": (_set("batches", 0, status="refused"), "has claims"),
    "two live batches": (_both(*(_again("batches", 0, id=str(n), status="open", total=0, file_hash=None) for n in (98, 99))), "2 live batches"),
    "one file twice": (_again("batches", 0, id="99"), "one file for 2"),
    "a line of the audit": (_set("audit", 2, doc="{}"), "does not follow"),
    "a gap in the audit": (_gone("audit", 3), "audit row 4 is missing"),
    "a cut in front of the audit": (_gone("audit", 0), "audit row 1 is missing"),
}  # fmt: skip


def test_every_planted_harm_is_seen(world: World) -> None:
    dump = _lived(world)
    # the last step of a closed life must be its payment, for the harm that takes it away
    dump["transfers"].sort(key=lambda row: row["seq"])
    assert faults(dump, "test") == []

    unseen = {}
    for name, (harm, says) in HARMS.items():
        spoilt = copy.deepcopy(dump)
        if name == "a payment that is not out":
            kinds = {row["id"]: row["kind"] for row in spoilt["accounts"]}
            spoilt["transfers"].sort(key=lambda row: kinds[row["cr"]] == "paid")
        harm(spoilt)
        found = faults(spoilt, "test")
        if not any(says in fault for fault in found):
            unseen[name] = found

    assert unseen == {}
    assert len(HARMS) == 40
