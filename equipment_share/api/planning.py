"""Time in a wider sense: changes and proposals, series, baskets, waiting lists and what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from equipment_share.api import shapes
from equipment_share.api.bodies import Json
from equipment_share.api.bookings import ASKING, BOOKING, ORDER, SLOT_CODES, WISH, wish_from
from equipment_share.api.decisions import on_booking, who
from equipment_share.api.fields import Field, ListOf, ObjectOf
from equipment_share.api.kinds import Choice, Fen, Instant, Text
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.plain import key, local
from equipment_share.domain.access import Act
from equipment_share.domain.limits import BOOKINGS
from equipment_share.domain.pricing import Mode
from equipment_share.models.planning import Waiting
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.bookings.series import Occurrence, series_now, series_seen_by
from equipment_share.queries.bookings.waiting import waiting_of, waiting_seen_by
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.services.bookings.baskets import MOST, request_basket
from equipment_share.services.bookings.changes import accept_proposal, change_booking
from equipment_share.services.bookings.decisions import propose_time
from equipment_share.services.bookings.offers import accept_offer, decline_offer, leave_line, wait_for_slot
from equipment_share.services.bookings.series import add_dates, preview_series, request_series

shelf = Shelf("bookings")
TIMES = (Field("start", Instant(), required=True), Field("end", Instant(), required=True))
OVERRIDE = Field("override", Text(500, lines=True), means="Why a rule of the owner is waived; kept in the history.")
SERIES, WAITING = Answer("Series"), Answer("Waiting")


def _made(booking: Any, call: Call) -> Reply:
    return Reply(shapes.booking(booking, call.me), 201, f"/api/v1/bookings/{booking.id}")


@shelf.post("/bookings/{id}/change", Act.CHANGE_BOOKING, "Another time: shorter within the old one at once, any other is asked for again.",
            BOOKING, makes=True, **on_booking(body=Json(TIMES), refusals={409: ("already_decided", "invalid_transition", "slot_taken"),
                                                                          422: (*SLOT_CODES, "unchanged")}))  # fmt: skip
def change_a_booking(call: Call) -> Reply:
    """Change."""
    return _made(change_booking(call.id, start=call.body["start"], end=call.body["end"], **who(call)), call)


@shelf.post("/bookings/{id}/propose", Act.DECIDE_BOOKING, "The owner proposes another time; the request stays as it is.", BOOKING,
            **on_booking(body=Json((*TIMES, OVERRIDE)), refusals={403: ("conflict_of_interest",), 422: SLOT_CODES}))  # fmt: skip
def propose_a_time(call: Call) -> Reply:
    """Propose."""
    body = call.body
    found = propose_time(call.id, start=body["start"], end=body["end"], override=body["override"] or "", **who(call))
    return Reply(shapes.booking(found, call.me))


@shelf.post("/bookings/{id}/accept-proposal", Act.CHANGE_BOOKING, "The firm takes the proposed time: a change that is approved at once.",
            BOOKING, makes=True, **on_booking(refusals={409: ("already_decided", "invalid_transition", "slot_taken"), 422: SLOT_CODES}))  # fmt: skip
def accept_a_proposal(call: Call) -> Reply:
    """Accept a proposal."""
    return _made(accept_proposal(call.id, **who(call)), call)


@shelf.post("/bookings/{id}/accept-offer", Act.WAIT_FOR_SLOT, "Take what the waiting list offers.", BOOKING,
            **on_booking(body=Json((Field("max_net_fen", Fen()),)),
                         refusals={409: ("already_decided", "invalid_transition", "voucher_insufficient"), 422: SLOT_CODES}))  # fmt: skip
def accept_an_offer(call: Call) -> Reply:
    """Accept an offer."""
    return Reply(shapes.booking(accept_offer(call.id, max_net=call.body["max_net_fen"], **who(call)), call.me))


@shelf.post("/bookings/{id}/decline-offer", Act.WAIT_FOR_SLOT, "Leave what the waiting list offers; it goes to the next.", BOOKING,
            **on_booking())  # fmt: skip
def decline_an_offer(call: Call) -> Reply:
    """Decline an offer."""
    return Reply(shapes.booking(decline_offer(call.id, **who(call)), call.me))


@shelf.post("/baskets", Act.REQUEST_BOOKING, "Several bookings in one request, all or none.", Answer("Basket"), makes=True,
            body=Json((Field("items", ListOf(ObjectOf(ORDER), MOST, 1), required=True),)), per_minute=BOOKINGS, refusals=ASKING)  # fmt: skip
def book_a_basket(call: Call) -> Reply:
    """Book a basket."""
    made = request_basket([wish_from(body) for body in call.body["items"]], by=call.me, at=call.at)
    return Reply({"items": shapes.bookings(made, call.me)}, 201, f"/api/v1/bookings/{made[0].id}")


TAKE = Choice(("preview", "none_if_clash", "free_ones"))
RULE = Field("rrule", Text(300), required=True, means="An RFC 5545 rule by days, weeks, months or years; at most 52 dates.")


@shelf.post("/series", Act.REQUEST_BOOKING, "A booking that repeats: its dates, or those of them that are free.", SERIES, makes=True,
            or_answers={200: SERIES}, body=Json((*ORDER, RULE, Field("take", TAKE, default="preview"))), per_minute=BOOKINGS,
            refusals=ASKING | {422: (*SLOT_CODES, "bad_rule", "too_many")})  # fmt: skip
def book_a_series(call: Call) -> Reply:
    """Book a series."""
    wish, rule, take = wish_from(call.body), call.body["rrule"], call.body["take"]
    if take == "preview":
        return Reply(_series(None, rule, preview_series(wish, rule, by=call.me, at=call.at)))
    made, found = request_series(wish, rule, only_if_all=take == "none_if_clash", by=call.me, at=call.at)
    return Reply(_series(made.id, rule, found), 201, f"/api/v1/series/{made.id}")


@shelf.get("/series/{id}", Act.REQUEST_BOOKING, "A series as it stands now.", SERIES, sees=by_id(series_seen_by))
def show_a_series(call: Call) -> Reply:
    """One series."""
    return Reply(_series(call.id, call.seen.rule, series_now(call.seen, at=call.at)))


@shelf.post("/series/{id}/add", Act.REQUEST_BOOKING, "Ask for dates of a series that were skipped, all or none.", SERIES,
            sees=by_id(series_seen_by), body=Json((Field("dates", ListOf(Text(40), 52, 1, once=True), required=True),)),
            refusals=ASKING | {422: (*SLOT_CODES, "taken")})  # fmt: skip
def add_to_a_series(call: Call) -> Reply:
    """Add dates."""
    return Reply(_series(call.id, call.seen.rule, add_dates(call.id, call.body["dates"], by=call.me, at=call.at)))


def _series(series_id: int | None, rule: str, found: Sequence[Occurrence]) -> dict[str, Any]:
    rows = [
        {
            "date": row.name, "start": local(row.slot.start) if row.slot else None, "end": local(row.slot.end) if row.slot else None,
            "status": row.status, "reason": row.reason, "booking": key(row.booking_id),
        }
        for row in found
    ]  # fmt: skip
    return {"id": key(series_id), "rrule": rule, "occurrences": rows}


@shelf.get("/waiting", Act.WAIT_FOR_SLOT, "A firm's own places in line.", Answer("Waiting", listed=True))
def list_waiting(call: Call) -> Reply:
    """Places in line."""
    return Reply({"items": [_place(row) for row in waiting_of(call.me)], "next": None})


@shelf.post("/waiting", Act.WAIT_FOR_SLOT, "Stand in line for a taken slot; asking again gives the same place.", WAITING, makes=True,
            body=Json((*(field for field in WISH if field.name != "mode"), Field("mode", Choice(tuple(Mode)), means="Left out: the instrument's first."),
                       Field("purpose", Text(500, lines=True), default=""))),
            refusals=ASKING | {409: ("slot_free", "already_decided"), 422: (*SLOT_CODES, "too_many")})  # fmt: skip
def wait(call: Call) -> Reply:
    """Stand in line."""
    mode = call.body["mode"] or next(iter(instrument_seen_by(int(call.body["instrument"]), None).modes), "guided")
    wish: BookingWish = wish_from({**call.body, "mode": mode})
    made = wait_for_slot(wish, by=call.me, at=call.at)
    return Reply(_place(made), 201, "/api/v1/waiting")


@shelf.delete(
    "/waiting/{id}", Act.WAIT_FOR_SLOT, "Leave the line.", WAITING, sees=by_id(waiting_seen_by), refusals={409: ("already_decided",)}
)
def stop_waiting(call: Call) -> Reply:
    """Leave the line."""
    return Reply(_place(leave_line(call.id, by=call.me, at=call.at)))


def _place(row: Waiting) -> dict[str, Any]:
    return {
        "id": key(row.id), "instrument": key(row.instrument_id), "start": local(row.starts_at), "end": local(row.ends_at), "mode": row.mode,
        "status": row.state, "booking": key(row.booking_id),
    }  # fmt: skip
