"""Bookings as an RFC 5545 file, by icalendar: the same bookings give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from icalendar import Calendar, Event


@dataclass(frozen=True)
class Entry:
    """One booking in a calendar; `stamp` is when it was last written."""

    key: str
    title: str
    start: datetime
    end: datetime
    is_sure: bool
    place: str
    stamp: datetime


def calendar_file(name: str, entries: Iterable[Entry]) -> bytes:
    """A calendar; times in UTC, which every program turns to its own."""
    calendar = Calendar()
    calendar.add("prodid", "-//equipment_share//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.key}@equipment-share")
        event.add("dtstamp", entry.stamp)
        event.add("dtstart", entry.start)
        event.add("dtend", entry.end)
        event.add("summary", entry.title)
        event.add("status", "CONFIRMED" if entry.is_sure else "TENTATIVE")
        if entry.place:
            event.add("location", entry.place)
        calendar.add_component(event)
    made: bytes = calendar.to_ical()
    return made
