"""The public catalogue and the page of one instrument."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.pictures import on_a_card
from equipment_share.domain.errors import NotFound
from equipment_share.domain.periods import bureau_day, day_begins, months_later
from equipment_share.domain.timeslots import Slot
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.boards import answer_time
from equipment_share.queries.instruments.authorisations import authorised_until
from equipment_share.queries.instruments.catalogue import CatalogueWish, week_free
from equipment_share.queries.instruments.favourites import favourite_ids, ratings_of
from equipment_share.queries.instruments.front import class_counts
from equipment_share.queries.instruments.instruments import (
    availability_of,
    first_photos,
    instrument_seen_by,
    owners_with_open_instruments,
    photo_seen_by,
    photos_of,
    price_lists,
    rules_in_force,
)
from equipment_share.queries.instruments.page import next_slots, similar_to
from equipment_share.queries.instruments.prices import items_of
from equipment_share.queries.instruments.usage import usage_of
from equipment_share.queries.instruments.widening import other_names, pool_searched
from equipment_share.queries.instruments.yours import example_hour, your_hours
from equipment_share.web.access import public, visitor_or_me
from equipment_share.web.fields import asked, page_number
from equipment_share.web.instruments.wishes import local_day, wanted_time, when_typed
from equipment_share.web.naming import language

instruments = Blueprint("instruments", __name__)
MOST_ROWS = 400
"""So many instruments the pool calendar knows."""
PAGE_ROWS = 30
"""So many of them stand on one page."""
STEP = 30
"""Minutes of one row of the week grid."""


@instruments.get("/instruments/<number:instrument_id>")
@public
def show(instrument_id: int) -> ResponseReturnValue:
    """One instrument: what it is, what it costs, when it is free."""
    found = instrument_seen_by(instrument_id, visitor_or_me())
    first, rules, person = wanted_start(), rules_in_force(found), visitor_or_me()
    span, minutes = wanted_time()
    slots = next_slots(found, within=span, minutes=minutes or (span.minutes if span else None), at=now())
    days = week_of(found, first)
    until = (
        authorised_until(found.id, person.id, idle_days=rules.training_idle_days, at=now())
        if person is not None and rules.authorisation_required
        else None
    )
    similar = similar_to(found, at=now())
    return render_template(
        "instruments/show.html", instrument=found, rules=rules, until=until, today=bureau_day(now()), prices=_in_force(found),
        week=days, first=first, slots=slots or next_slots(found, at=now()), span=span, fits=bool(slots), files=photos_of(found.id),
        chosen=_chosen(days, span), when=when_typed() if span else {},
        before=first - timedelta(days=7), after=first + timedelta(days=7), answers=answer_time(found.owner_id, at=now()),
        hour=your_hours([found], person, at=now()).get(found.id),
        example=example_hour(found, at=now()) if person is None else None,
        similar=similar, photos=first_photos(similar.instruments), rated=ratings_of(found, person),
        kept=favourite_ids(person), is_own=person is not None and person.organisation_id == found.owner_id,
    )  # fmt: skip


@instruments.get("/instruments/<number:instrument_id>/usage")
@public
def usage(instrument_id: int) -> ResponseReturnValue:
    """How much it is used: a page of its own, and a part of the instrument's page that comes when it is opened."""
    found = instrument_seen_by(instrument_id, visitor_or_me())
    days = [bureau_day(now()) + timedelta(days=i - bureau_day(now()).weekday()) for i in range(7)]
    return render_template("instruments/usage.html", instrument=found, usage=usage_of(found, at=now()), days=days)


def _chosen(week: dict[str, Any], span: Slot | None) -> int:
    """Which of the seven days a phone shows: the wanted one, else the first with something free."""
    if span is not None and bureau_day(span.start) in week["days"]:
        return int(week["days"].index(bureau_day(span.start)))
    return next((i for i in range(7) if any(row["cells"][i]["free"] for row in week["rows"])), 0)


def wanted_start() -> date:
    """The first of the seven days shown: the one the address names, or that its wanted day lies in; else today."""
    today = bureau_day(now())
    given = local_day(request.args.get("week", ""))
    if given is not None:
        return given
    span, _ = wanted_time()
    ahead = (bureau_day(span.start) - today).days if span else 0
    return today + timedelta(days=ahead - ahead % 7)


def wanted_monday() -> date:
    """The Monday of the wanted week, this week's unless the address says otherwise."""
    text = request.args.get("week", "")
    try:
        day = date.fromisoformat(text) if re.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}", text) else bureau_day(now())
    except ValueError:
        day = bureau_day(now())
    return day - timedelta(days=day.weekday())


def _in_force(found: Instrument) -> list[Any]:
    """Price lists that hold today, one of each class."""
    today, seen, rows = bureau_day(now()), set(), []
    for row in price_lists(found.id):
        if row.user_class not in seen and row.valid_from <= today and (row.valid_to is None or row.valid_to >= today):
            seen.add(row.user_class)
            rows.append((row, items_of(row)))
    return rows


def week_of(found: Instrument, monday: date) -> dict[str, Any]:
    """A week as rows of half hours from the first opening to the last closing; each cell says free or why not."""
    span = Slot(day_begins(monday), day_begins(monday + timedelta(days=7)))
    free, closed = availability_of(found, span, visitor_or_me(), at=now())
    days = [monday + timedelta(days=i) for i in range(7)]
    rows = []
    for minute in range(*_open_minutes(found), STEP):
        cells = [_cell(day_begins(day) + timedelta(minutes=minute), free, closed) for day in days]
        rows.append({"minute": minute, "clock": f"{minute // 60:02d}:{minute % 60:02d}", "cells": cells})
    return {"days": days, "rows": rows}


def _open_minutes(found: Instrument) -> tuple[int, int]:
    """From the hour in which it first opens to the hour in which it last closes, as minutes of a day; from eight on where it never closes."""
    opens = [int(str(row["from"])[:2]) * 60 for row in found.hours]
    closes = [-(-_minutes_of(str(row["to"])) // 60) * 60 for row in found.hours]
    return (min(opens), max(closes)) if opens else (8 * 60, 24 * 60)


def _minutes_of(clock: str) -> int:
    hours, minutes = clock[:5].split(":")
    return int(hours) * 60 + int(minutes)


def _cell(start: datetime, free: list[Slot], closed: list[Any]) -> dict[str, Any]:
    cell = Slot(start, start + timedelta(minutes=STEP))
    if cell.start < now():
        return {"free": False, "start": cell.start, "end": cell.end, "reason": "past"}
    if any(slot.contains(cell) for slot in free):
        return {"free": True, "start": cell.start, "end": cell.end, "reason": ""}
    reasons = [row.reason for row in closed if row.slot.overlaps(cell)]
    order = ("occupied", "maintenance", "holiday", "outside_opening_hours", "lead_time", "horizon")
    return {
        "free": False,
        "start": cell.start,
        "end": cell.end,
        "reason": next((r for r in order if r in reasons), "outside_opening_hours"),
    }


@instruments.get("/instruments/<number:instrument_id>/week.json")
@public
def week(instrument_id: int) -> ResponseReturnValue:
    """Free and closed blocks for the calendar; nobody is named."""
    found = instrument_seen_by(instrument_id, visitor_or_me())
    start, end = _aware(request.args.get("start", "")), _aware(request.args.get("end", ""))
    if start is None or end is None or not start < end <= start + timedelta(days=92):
        return jsonify(code="out_of_range"), 422
    free, closed = availability_of(found, Slot(start, end), visitor_or_me(), at=now())
    blocks = [{"start": row.slot.start.isoformat(), "end": row.slot.end.isoformat(), "reason": row.reason} for row in closed]
    return jsonify(free=[{"start": slot.start.isoformat(), "end": slot.end.isoformat()} for slot in free], closed=blocks)


def _aware(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None and 2000 <= moment.year <= 2100 else None


@instruments.get("/calendar")
@public
def calendar() -> ResponseReturnValue:
    """The whole pool for a week: how many hours of each day each instrument is free; nobody is named."""
    first, today = wanted_start(), bureau_day(now())
    wish = CatalogueWish(
        q=asked("q"), category=request.args.get("category", "")[:6], owner=request.args.get("owner", "")[:40], size=MOST_ROWS
    )
    found, used = pool_searched(wish)
    pages = max(1, -(-len(found) // PAGE_ROWS))
    page = min(page_number(), pages)
    rows = found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    return render_template(
        "instruments/calendar.html", rows=rows, total=len(found), page=page, pages=pages, free=week_free(rows, first, at=now()), first=first,
        wish=wish, widened=used.widened is not None, names=other_names(used, language()), kinds=class_counts(),
        owners=owners_with_open_instruments(), today=today, turns=_turns(first, today),
        kept={"q": wish.q or None, "category": wish.category or None, "owner": wish.owner or None},
        days=[first + timedelta(days=i) for i in range(7)], months=_months(today),
    )  # fmt: skip


def _turns(first: date, today: date) -> tuple[date | None, date]:
    """The seven days before, from today on at the earliest, and those after; what is over has nothing free."""
    return (max(first - timedelta(days=7), today) if first > today else None), first + timedelta(days=7)


def _months(today: date) -> list[date]:
    """The first days of the twelve months that come."""
    return [months_later(today.replace(day=1), ahead) for ahead in range(1, 13)]


@instruments.get("/photos/<token>")
@public
def photo(token: str) -> ResponseReturnValue:
    """A picture or a manual of an open instrument."""
    stored = photo_seen_by(token, visitor_or_me())
    answer = Response(stored.content, mimetype=stored.media_type, headers={"Cache-Control": "private, max-age=86400"})
    if stored.media_type == "application/pdf":
        answer.headers["Content-Disposition"] = attachment(stored.name)
    answer.set_etag(stored.sha256)
    return answer.make_conditional(request)


@instruments.get("/photos/<token>/card")
@public
def photo_on_a_card(token: str) -> ResponseReturnValue:
    """A picture of an open instrument, small, for a list; drawn when asked for, then kept by the browser: a token shows one picture for ever.

    Raises: NotFound for a manual.
    """
    stored = photo_seen_by(token, visitor_or_me())
    if not stored.media_type.startswith("image/"):
        raise NotFound()
    answer = Response(mimetype=stored.media_type, headers={"Cache-Control": "private, max-age=2592000, immutable"})
    name = f"{stored.sha256}-card"
    answer.set_etag(name)
    if name not in request.if_none_match:  # who has it already costs no drawing
        answer.data = on_a_card(stored.content)
    return answer.make_conditional(request)
