"""Links into one's own calendar program (`contract.md` §2b)."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from equipment_share.adapters.calendar_file import calendar_file
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.plain import key, local
from equipment_share.domain.access import Act
from equipment_share.models.planning import CalendarLink
from equipment_share.queries.feeds import feed, link_seen_by, links_of
from equipment_share.queries.instruments.instruments import own_instrument
from equipment_share.services.people.calendar_links import end_calendar_link, make_calendar_link

shelf = Shelf("calendars")
MADE = Answer("CalendarMade")
HIDDEN = "shown once"


def _reply(made: tuple[CalendarLink, str]) -> Reply:
    link, secret = made
    base = str(current_app.config["BASE_URL"]).rstrip("/")
    address = f"{base}/api/v1/calendar/{secret}.ics"
    return Reply({"url": HIDDEN, "token_id": key(link.id)}, 201, "/api/v1/me/calendars", told_once={"url": address})


@shelf.post("/me/calendar", Act.KEEP_FEED, "A secret link to one's own bookings, for a calendar program; shown once.", MADE, makes=True,
            refusals={422: ("too_many",)})  # fmt: skip
def link_my_calendar(call: Call) -> Reply:
    """A link to one's own bookings."""
    return _reply(make_calendar_link(by=call.me, at=call.at))


@shelf.post("/instruments/{id}/calendar", Act.OFFER_SLOT, "A secret link to the bookings of an instrument of one's own; shown once.", MADE,
            makes=True, sees=by_id(own_instrument), refusals={422: ("too_many",)})  # fmt: skip
def link_an_instruments_calendar(call: Call) -> Reply:
    """A link to an instrument's bookings."""
    return _reply(make_calendar_link(call.id, by=call.me, at=call.at))


@shelf.get("/me/calendars", Act.KEEP_FEED, "One's calendar links in use, without their secrets.", Answer("CalendarLink", listed=True))
def list_my_calendars(call: Call) -> Reply:
    """One's links."""
    return Reply({"items": [_link(row) for row in links_of(call.me)], "next": None})


@shelf.delete("/me/calendars/{id}", Act.KEEP_FEED, "End a link at once.", Answer("CalendarLink"), sees=by_id(link_seen_by),
              refusals={409: ("already_decided",)})  # fmt: skip
def end_my_calendar(call: Call) -> Reply:
    """End a link."""
    return Reply(_link(end_calendar_link(call.id, by=call.me, at=call.at)))


def _link(row: CalendarLink) -> dict[str, Any]:
    return {"token_id": key(row.id), "instrument": key(row.instrument_id), "made_at": local(row.made_at)}


@shelf.get("/calendar/{secret}.ics", None, "The bookings behind a secret link (RFC 5545).", Answer(media_types=("text/calendar",)), cached=True,
           refusals={404: ("not_found",)})  # fmt: skip
def read_a_calendar(call: Call) -> Response:
    """A feed."""
    name, entries = feed(str(call.path["secret"]), at=call.at)
    return Response(calendar_file(name, entries), content_type="text/calendar; charset=utf-8")
