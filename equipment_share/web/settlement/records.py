"""The audit log as people read it: found by number or name, narrowed, each line in words, and the same as a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.periods import BUREAU_ZONE, bureau_day
from equipment_share.queries.naming import Named, found_by, named, objects_of
from equipment_share.queries.records import Narrowing, Record, acts_in_history, length_of_log
from equipment_share.queries.records import records as listed
from equipment_share.web.access import can, may, me
from equipment_share.web.fields import asked, asked_day, asked_number
from equipment_share.web.settlement.facts import fact_words
from equipment_share.wording import WORDS, word
from equipment_share.wording.audit import act_words

records = Blueprint("records", __name__, url_prefix="/audit")
A_PAGE = 25
SIGN_INS = ("sign_in", "sign_out")
"""Left out until they are asked for: most days they are most of the log."""
IN_A_FILE = 10_000
PAGES = {
    "claim": ("claims.show", Act.SEE_CLAIMS, "claim_id"), "voucher": ("vouchers.show", Act.SEE_VOUCHERS, "voucher_id"),
    "batch": ("batches.show", Act.SEE_BATCHES, "batch_id"), "booking": ("bookings.show", Act.SEE_BOOKINGS, "booking_id"),
    "transfer": ("books.way", Act.FOLLOW_MONEY, "transfer_id"), "inspection": ("inspections.show", Act.SEE_BATCHES, "inspection_id"),
    "organisation": ("organisations.show", Act.SEE_ORGANISATIONS, "organisation_id"), "instrument": ("instruments.show", Act.SEE_CATALOGUE, "instrument_id"),
    "programme": ("programmes.show", Act.SEE_LEDGER, "number"),
}  # fmt: skip
"""The page of each kind of thing, the act it needs and what its address calls the key."""


def page_of(thing: Named) -> str:
    """Where the thing is shown, nothing where the reader may not look or it has no page."""
    endpoint, act, key = PAGES.get(thing.kind, ("", Act.SEE_AUDIT, ""))
    if not endpoint or not can(act.value):
        return ""
    if thing.code:
        return url_for(endpoint, code=thing.code, number=thing.label.removeprefix(thing.code).strip())
    values: dict[str, Any] = {key: thing.id}
    return url_for(endpoint, **values)


@records.get("/records")
@may(Act.SEE_AUDIT)
def index() -> ResponseReturnValue:
    """The log, newest first, as narrow as the address says."""
    wanted = _wanted()
    rows = listed(me(), _narrowing(wanted), before=asked_number("after"), limit=A_PAGE + 1)
    more, rows = (rows[A_PAGE - 1].seq if len(rows) > A_PAGE else None), rows[:A_PAGE]
    acts = sorted({*WORDS["audit_act"], *acts_in_history(me())}, key=act_words)
    return render_template(
        "settlement/records.html", rows=rows, more=more, wanted=wanted, acts=acts, things=named(row.object for row in rows), page_of=page_of,
        act_words=act_words, fact_words=fact_words, whole=length_of_log(me()),
    )  # fmt: skip


@records.get("/records.csv")
@may(Act.SEE_AUDIT)
def download() -> ResponseReturnValue:
    """The same lines as a file, the newest ten thousand."""
    rows = listed(me(), _narrowing(_wanted()), limit=IN_A_FILE)
    header = [
        gettext("No."), gettext("When"), gettext("Person"), gettext("Role"), gettext("Act"), gettext("Kind"), gettext("Object"), gettext("Facts"),
        gettext("As sealed"), gettext("Seal"),
    ]  # fmt: skip
    answer = Response(csv_bytes(header, _cells(rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = attachment(f"audit-{bureau_day(now())}.csv")
    return answer


def _cells(rows: list[Record]) -> Iterable[list[str | int | None]]:
    things = named(row.object for row in rows)
    for row in rows:
        kind, _, key = row.object.partition(":")
        yield [
            row.seq, row.at.astimezone(BUREAU_ZONE).isoformat(sep=" ", timespec="seconds"), row.by_name, word("role", row.by_role),
            act_words(row.act), word("audit_object", kind), things[row.object].label if row.object in things else key,
            "; ".join(f"{label} {value}" for label, value in fact_words(kind, row.facts)),
            json.dumps({"action": row.act, "object": row.object, **row.facts}, ensure_ascii=False), row.seal,
        ]  # fmt: skip


@records.get("/find")
@may(Act.SEE_AUDIT)
def find() -> ResponseReturnValue:
    """From a number or a name to the thing; where several are called so, to choose from."""
    text = asked("q", most=120)
    found = found_by(text, by=me())
    if len(found) == 1 and (page := page_of(found[0])):
        return redirect(page, 303)
    return render_template("settlement/found.html", q=text, found=found, page_of=page_of)


def _wanted() -> dict[str, str]:
    """What the address narrows the list to."""
    first, last = asked_day("from"), asked_day("to")
    return {
        "person": asked("person", most=120), "act": asked("act", most=60), "object": asked("object", most=120),
        "from": str(first or ""), "to": str(last or ""), "sign_ins": "1" if asked("sign_ins") == "1" else "",
    }  # fmt: skip


def _narrowing(wanted: Mapping[str, Any]) -> Narrowing:
    text = wanted["object"]
    first, last = (date.fromisoformat(wanted[name]) if wanted[name] else None for name in ("from", "to"))
    sealed = text.partition(":")[2].isdecimal()  # the name that a list of what was found gives
    objects = None if not text else [text] if sealed else objects_of(found_by(text, by=me()))
    without = () if wanted["act"] or wanted["sign_ins"] else SIGN_INS
    return Narrowing(wanted["person"], wanted["act"], objects, first, last, without)
