"""Formal quotations: prices that stand for a firm until a day, on the screen and on paper."""

from __future__ import annotations

from typing import Any

from flask import Response

from equipment_share.adapters.attachments import attachment
from equipment_share.api import shapes
from equipment_share.api.bodies import Json
from equipment_share.api.bookings import SLOT_CODES, WISH, wish_from
from equipment_share.api.fields import Field
from equipment_share.api.kinds import Choice
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.api.plain import day, key, local
from equipment_share.domain.access import Act
from equipment_share.domain.limits import QUOTES
from equipment_share.models.bookings import Quotation
from equipment_share.queries.bookings.quotations import count_of_quotations, quotation_seen_by, quotations_of
from equipment_share.services.bookings.printing import quotation_paper
from equipment_share.services.bookings.quotations import make_quotation

shelf = Shelf("bookings")


def _quotation(row: Quotation) -> dict[str, Any]:
    return {
        "id": key(row.id), "number": row.number, "instrument": key(row.instrument_id), "firm": row.firm.code, "mode": row.wish["mode"],
        "start": row.wish["start"], "end": row.wish["end"], "samples": row.wish["samples"], "options": row.wish["options"],
        "user_class": row.user_class, "quote": shapes.quote(row.quote), "valid_until": day(row.valid_until), "made_at": local(row.made_at),
    }  # fmt: skip


@shelf.post("/quotations", Act.QUOTE, "A formal quotation: its prices stand until its last day; no time and no voucher is reserved.",
            Answer("Quotation"), makes=True, body=Json(tuple(field for field in WISH if field.name not in ("quotation", "answers"))),
            per_minute=QUOTES,
            refusals={403: ("organisation_not_verified",), 404: ("not_found",), 422: SLOT_CODES})  # fmt: skip
def make_a_quotation(call: Call) -> Reply:
    """Make a quotation."""
    made = make_quotation(wish_from({**call.body, "quotation": None, "answers": {}}), by=call.me, at=call.at)
    return Reply(_quotation(made), 201, f"/api/v1/quotations/{made.id}")


@shelf.get("/quotations", Act.QUOTE, "A firm's formal quotations, newest first.", Answer("Quotation", listed=True), query=PAGE)
def list_quotations(call: Call) -> Reply:
    """A page of quotations."""
    wanted = call.query
    rows = quotations_of(call.me, after_id=wanted["cursor"], limit=wanted["limit"] + 1)
    total = count_of_quotations(call.me) if wanted["total"] else None
    return Reply(page(rows, wanted["limit"], lambda shown: [_quotation(row) for row in shown], lambda row: row.id, total))


@shelf.get("/quotations/{id}", Act.QUOTE, "One formal quotation, also as paper.",
           Answer("Quotation", media_types=("application/json", "application/pdf")), sees=by_id(quotation_seen_by),
           query=(Field("format", Choice(("json", "pdf")), default="json"),))  # fmt: skip
def show_a_quotation(call: Call) -> Reply | Response:
    """One quotation."""
    if call.query["format"] == "json":
        return Reply(_quotation(call.seen))
    answer = Response(quotation_paper(call.seen), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = attachment(f"{call.seen.number}.pdf")
    return answer
