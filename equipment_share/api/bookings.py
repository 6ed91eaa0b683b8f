"""Quotes and bookings: ask what it costs, ask for it, and see what there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equipment_share.adapters.tables import read_table
from equipment_share.api import shapes
from equipment_share.api.bodies import TABLE_CODES, Form, Json
from equipment_share.api.errors import problem_document
from equipment_share.api.fields import Document, Either, Field, ListOf, MapOf, ObjectOf
from equipment_share.api.kinds import CODE, EMAIL, KEY, Choice, Fen, Instant, Integer, Switch, Text, YesNo
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.domain.access import OWNER, Act
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.bookings.options import MOST_ADD_ONS, NO_OPTIONS, Options
from equipment_share.domain.limits import BOOKINGS, QUOTES
from equipment_share.domain.pricing import Mode
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bookings import BookingFilter, booking_seen_by, bookings_seen_by, count_of_bookings
from equipment_share.queries.bookings.previews import preview
from equipment_share.queries.bookings.quoting import MOST_SAMPLES, BookingWish
from equipment_share.queries.bookings.wishes import wished_rows
from equipment_share.services.bookings.offers import offer_slot
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.bookings.tables import import_bookings
from equipment_share.wording import refusal_words

shelf = Shelf("bookings")
BOOKING = Answer("Booking")
OPTIONS = ObjectOf(
    (Field("urgent", YesNo(), default=False),
     Field("add_ons", MapOf(CODE, Integer(1, MOST_ADD_ONS), 50), default={}, means="By the code of the price list's row: how many."))
)  # fmt: skip
SLOT_CODES = (
    "end_before_start", "in_the_past", "not_aligned", "too_short", "too_long", "lead_time", "horizon", "outside_opening_hours", "maintenance",
    "quota_exceeded", "not_authorised", "too_close", "banned", "no_price", "not_offered",
    "quotation_expired",
)  # fmt: skip
WISH = (
    Field("instrument", KEY, required=True),
    Field("mode", Choice(tuple(Mode)), required=True),
    Field("start", Instant(), required=True),
    Field("end", Instant(), required=True),
    Field("samples", Integer(0, MOST_SAMPLES), default=0),
    Field(
        "programmes", Either("auto", ListOf(CODE, 20, once=True)), default="auto", means="`auto`, or codes in the order they are to bear."
    ),
    Field("options", OPTIONS, means="Haste and add-ons, as the instrument's prices offer them."),
    Field("quotation", KEY, means="A formal quotation whose prices it is to have."),
    Field(
        "answers",
        Document("By the key of each of the instrument's `questions`: text, number, choice, true/false, or the `id` of a file handed in."),
        default={},
    ),
)
ORDER = (
    *WISH,
    Field("purpose", Text(500, lines=True), default=""),
    Field("max_net_fen", Fen(), means="The most the firm will pay; a higher net is refused with the new quote."),
    Field("for", EMAIL, means="The person it is for: a colleague, or whom an owner offers the slot."),
    Field("override", Text(500, lines=True), means="An owner's reason to waive own rules; the firm then takes or leaves the offer."),
)


def options_from(body: Mapping[str, Any]) -> Options:
    """What is ordered beside the time."""
    given = body["options"]
    return Options(given["urgent"], given["add_ons"]) if given else NO_OPTIONS


def wish_from(body: Mapping[str, Any]) -> BookingWish:
    """What a body asks for."""
    programmes = body["programmes"] if body["programmes"] == "auto" else tuple(body["programmes"])
    return BookingWish(
        int(body["instrument"]), body["mode"], body["start"], body["end"],
        samples=body["samples"], purpose=body.get("purpose", ""), programmes=programmes, max_net=body.get("max_net_fen"),
        answers=body["answers"], options=options_from(body), quotation=int(body["quotation"]) if body["quotation"] else None,
    )  # fmt: skip


ASKING = {
    403: ("organisation_not_verified",), 404: ("not_found",), 409: ("slot_taken", "voucher_insufficient", "already_decided"), 422: SLOT_CODES,
}  # fmt: skip


@shelf.post("/quotes", Act.QUOTE, "What a use would cost, even when the slot cannot be had; nothing is reserved.", Answer("Quoted"),
            body=Json(WISH), keeps=False, per_minute=QUOTES, refusals={404: ("not_found",)})  # fmt: skip
def quote(call: Call) -> Reply:
    """Price a wish."""
    found = preview(wish_from(call.body), by=call.me, at=call.at)
    return Reply({**shapes.quote(found.quote.document()), "problems": [problem_document(broken) for broken in found.problems]})


@shelf.post("/bookings", Act.REQUEST_BOOKING, "Ask for a slot; the voucher's share is set aside at once.", BOOKING, makes=True,
            body=Json(ORDER), per_minute=BOOKINGS,
            also=Act.OFFER_SLOT, refusals=ASKING | {403: ("organisation_not_verified", "conflict_of_interest"), 422: (*SLOT_CODES, "not_found")})  # fmt: skip
def book(call: Call) -> Reply:
    """Ask for a slot; a colleague's with `for`; an owner offers one to a firm with `for` and `override`."""
    whom, why = call.body["for"] or "", call.body["override"] or ""
    if call.me.role in OWNER:
        made = offer_slot(wish_from(call.body), whom, override=why, by=call.me, at=call.at)
    else:
        made = request_booking(wish_from(call.body), whom=whom, override=why, by=call.me, at=call.at)
    return Reply(shapes.booking(made, call.me), 201, f"/api/v1/bookings/{made.id}")


@shelf.post("/bookings/import", Act.REQUEST_BOOKING, "One booking a row (csv, xlsx, json) by the same rules as one by one.", Answer("Import"),
            body=Form((), most_megabytes=10), query=(Field("strict", Switch(), default=False, means="Any refused row: nothing is booked."),),
            per_minute=BOOKINGS, refusals={422: TABLE_CODES})  # fmt: skip
def book_a_table(call: Call) -> Reply:
    """Book a table of wishes."""
    file, strict = call.body["file"], call.query["strict"]
    answers = import_bookings(wished_rows(read_table(file.content, file.name)), strict=strict, by=call.me, at=call.at)
    rejected = [
        {"row": answer.number, "column": problem.field, "code": problem.code, "reason": refusal_words(problem.code, problem.facts)}
        for answer in answers
        for problem in answer.problems
    ]
    created = 0 if strict and rejected else sum(not answer.problems for answer in answers)
    return Reply({"created": created, "updated": 0, "unchanged": 0, "rejected": rejected})


FILTERS = (
    Field("status", Choice(tuple(BookingState))),
    Field("instrument", KEY),
    Field("from", Instant(), means="Starts at or after."),
    Field("to", Instant(), means="Starts before."),
)


@shelf.get("/bookings", Act.SEE_BOOKINGS, "Bookings that the caller is a party of, or may look at; newest first.",
           Answer("Booking", listed=True), query=(*FILTERS, *PAGE))  # fmt: skip
def list_bookings(call: Call) -> Reply:
    """A page of bookings."""
    wanted = call.query
    states = (BookingState(wanted["status"]),) if wanted["status"] else ()
    instrument_id = int(wanted["instrument"]) if wanted["instrument"] else None
    found = BookingFilter(
        states=states, instrument_id=instrument_id, starts_from=wanted["from"], starts_before=wanted["to"], after_id=wanted["cursor"],
        limit=wanted["limit"] + 1,
    )  # fmt: skip
    total = count_of_bookings(call.me, found) if wanted["total"] else None
    return Reply(page(bookings_seen_by(call.me, found), wanted["limit"], lambda rows: shapes.bookings(rows, call.me), _id, total))


def _id(row: Booking) -> int:
    return row.id


@shelf.get("/bookings/{id}", Act.SEE_BOOKINGS, "One booking with its history.", BOOKING, sees=by_id(booking_seen_by))
def show_booking(call: Call) -> Reply:
    """One booking."""
    return Reply(shapes.booking(call.seen, call.me))
