"""What happens to a booking after it was asked for: decided, used, confirmed, disputed, proved."""

from __future__ import annotations

from typing import Any

from equipment_share.api import shapes
from equipment_share.api.bodies import Form, Json
from equipment_share.api.fields import Field, ListOf, ObjectOf
from equipment_share.api.kinds import CODE, Choice, Day, Fen, Instant, Integer, Text, YesNo
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.options import MOST_ADD_ONS
from equipment_share.domain.settlement.claims import LEGS
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import booking_seen_by
from equipment_share.queries.bookings.quoting import MOST_SAMPLES
from equipment_share.services.bookings.attendance import check_in, check_out
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking, reject_booking
from equipment_share.services.bookings.disputes import adjudicate, answer_dispute, dispute_usage
from equipment_share.services.bookings.evidence import HandedIn, add_document
from equipment_share.services.bookings.usage import mark_no_show, record_usage

shelf = Shelf("bookings")
BOOKING = Answer("Booking")
REASON = Field("reason", Text(500, lines=True), required=True)
LIFE = ("already_decided", "invalid_transition")
USE_CODES = ("end_before_start", "outside_booked_slot", "in_the_future", "too_long")
ADD_ON = ObjectOf((Field("code", CODE, required=True), Field("quantity", Integer(0, MOST_ADD_ONS), required=True)))
SAMPLES = Field("samples", Integer(0, MOST_SAMPLES), default=0)
USE = (Field("start", Instant(), required=True), Field("end", Instant(), required=True), SAMPLES)


def on_booking(**more: Any) -> dict[str, Any]:
    """What all acts on a booking share."""
    refusals = {409: LIFE} | more.pop("refusals", {})
    return {"sees": by_id(booking_seen_by), "versioned": True, "refusals": refusals} | more


def _reply(booking: Booking, call: Call) -> Reply:
    return Reply(shapes.booking(booking, call.me))


def who(call: Call) -> dict[str, Any]:
    """Who acts, when, and on which version."""
    return {"version": call.version, "by": call.me, "at": call.at}


@shelf.post("/bookings/{id}/approve", Act.DECIDE_BOOKING, "The owner says yes.", BOOKING,
            **on_booking(refusals={403: ("conflict_of_interest",)}))  # fmt: skip
def approve_a_booking(call: Call) -> Reply:
    """Approve."""
    return _reply(approve_booking(call.id, **who(call)), call)


@shelf.post("/bookings/{id}/reject", Act.DECIDE_BOOKING, "The owner says no, and why.", BOOKING, **on_booking(body=Json((REASON,))))
def reject_a_booking(call: Call) -> Reply:
    """Reject."""
    return _reply(reject_booking(call.id, reason=call.body["reason"], **who(call)), call)


@shelf.post("/bookings/{id}/cancel", Act.CANCEL_BOOKING, "Either side steps back.", BOOKING, **on_booking(body=Json((REASON,))))
def cancel_a_booking(call: Call) -> Reply:
    """Cancel."""
    return _reply(cancel_booking(call.id, reason=call.body["reason"], **who(call)), call)


@shelf.post("/bookings/{id}/check-in", Act.CHECK_IN, "Somebody is at the instrument.", BOOKING,
            **on_booking(refusals={422: ("not_authorised",)}))  # fmt: skip
def check_in_to_a_booking(call: Call) -> Reply:
    """Check in."""
    return _reply(check_in(call.id, **who(call)), call)


@shelf.post("/bookings/{id}/check-out", Act.CHECK_IN, "The instrument is free again.", BOOKING, **on_booking())
def check_out_of_a_booking(call: Call) -> Reply:
    """Check out."""
    return _reply(check_out(call.id, **who(call)), call)


@shelf.post("/bookings/{id}/no-show", Act.RECORD_USE, "Nobody came within the grace.", BOOKING, **on_booking())
def mark_a_no_show(call: Call) -> Reply:
    """Mark a no-show."""
    return _reply(mark_no_show(call.id, **who(call)), call)


@shelf.post("/bookings/{id}/usage", Act.RECORD_USE, "What was used; it implies check-in and check-out.", BOOKING,
            **on_booking(refusals={422: (*USE_CODES, "not_offered")}, body=Json((
                *USE, Field("note", Text(500, lines=True), default=""),
                Field("lines", ListOf(ADD_ON, 50), means="Add-ons as they were used; left out: as they were ordered."),
            ))))  # fmt: skip
def record_a_use(call: Call) -> Reply:
    """Record a use."""
    body = call.body
    recorded = record_usage(
        call.id, start=body["start"], end=body["end"], samples=body["samples"], lines=body["lines"], note=body["note"], **who(call)
    )
    return _reply(recorded, call)


@shelf.post("/bookings/{id}/confirm", Act.CONFIRM_USE, "The firm agrees with the record.", BOOKING, **on_booking())
def confirm_a_use(call: Call) -> Reply:
    """Confirm."""
    return _reply(confirm_usage(call.id, **who(call)), call)


@shelf.post("/bookings/{id}/dispute", Act.CONFIRM_USE, "The firm says what would be right.", BOOKING,
            **on_booking(refusals={422: USE_CODES}, body=Json((
                REASON, Field("start", Instant()), Field("end", Instant()), Field("samples", Integer(0, MOST_SAMPLES)),
            ))))  # fmt: skip
def dispute_a_use(call: Call) -> Reply:
    """Dispute."""
    return _reply(dispute_usage(call.id, **call.body, **who(call)), call)


@shelf.post("/bookings/{id}/answer-dispute", Act.RECORD_USE, "The owner takes the firm's figures, or stands by his own.", BOOKING,
            **on_booking(body=Json((Field("accept", YesNo(), required=True), REASON))))  # fmt: skip
def answer_a_dispute(call: Call) -> Reply:
    """Answer a dispute."""
    return _reply(answer_dispute(call.id, **call.body, **who(call)), call)


@shelf.post("/bookings/{id}/adjudicate", Act.ADJUDICATE, "The bureau decides what was used.", BOOKING,
            **on_booking(refusals={403: ("conflict_of_interest",), 422: USE_CODES}, body=Json((*USE, REASON))))  # fmt: skip
def adjudicate_a_use(call: Call) -> Reply:
    """Adjudicate."""
    return _reply(adjudicate(call.id, **call.body, **who(call)), call)


PAPER = Form((
    Field("leg", Choice(LEGS), required=True),
    Field("number", Text(60), default=""),
    Field("date", Day()),
    Field("amount_fen", Fen()),
), file_required=False)  # fmt: skip
EVIDENCE_CODES = ("file_kind", "too_large")


@shelf.post("/bookings/{id}/documents", Act.ADD_EVIDENCE, "Add a contract, invoice, payment proof or result.", Answer("Document"), makes=True,
            sees=by_id(booking_seen_by), body=PAPER, refusals={409: LIFE, 422: EVIDENCE_CODES})  # fmt: skip
def add_a_document(call: Call) -> Reply:
    """Add a paper to a booking."""
    body, file = call.body, call.body["file"]
    made = add_document(
        call.id, leg=body["leg"], number=body["number"], dated_on=body["date"], amount=body["amount_fen"],
        file=HandedIn(file.name, file.content) if file is not None else None,
        by=call.me, at=call.at,
    )  # fmt: skip
    return Reply(shapes.paper(made), 201, f"/api/v1/bookings/{call.id}")
