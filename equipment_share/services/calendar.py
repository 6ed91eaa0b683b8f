"""Use cases of the national calendar: the administrator says which days are off and which weekend days are worked (调休)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound, invalid
from equipment_share.models.instruments import CalendarDay
from equipment_share.services.transaction import note, transaction, use_case

KINDS = ("off", "work")
MOST_DAYS = 31
"""The longest stretch that is named in one go; a holiday is shorter."""


@use_case
def name_day(day: date, kind: str, name: str = "", *, until: date | None = None, by: Actor, at: datetime) -> list[CalendarDay]:
    """Say of a day, or of every day `until` another, that it is off or worked; saying it again replaces it.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.KEEP_CALENDAR)
    last = until or day
    if kind not in KINDS:
        raise invalid("not_a_choice", "kind")
    if not 2020 <= day.year <= 2100:
        raise invalid("out_of_range", "day")
    if last < day:
        raise invalid("end_before_start", "until")
    if (last - day).days >= MOST_DAYS:
        raise invalid("too_long", "until")
    with transaction() as session:
        days = [day + timedelta(days=more) for more in range((last - day).days + 1)]
        return [_named(session, one, kind, name, by=by, at=at) for one in days]


def _named(session: Session, day: date, kind: str, name: str, *, by: Actor, at: datetime) -> CalendarDay:
    found = session.get(CalendarDay, day, with_for_update=True)
    if found is None:
        found = CalendarDay(day=day, kind=kind, name=name)
        session.add(found)
    found.kind, found.name = kind, name
    note(session, "calendar.named", f"day:{day.isoformat()}", by=by, at=at, facts={"kind": kind, "name": name})
    return found


@use_case
def forget_day(day: date, *, by: Actor, at: datetime) -> None:
    """A day is an ordinary one again.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.KEEP_CALENDAR)
    with transaction() as session:
        found = session.get(CalendarDay, day, with_for_update=True)
        if found is None:
            raise NotFound()
        session.delete(found)
        note(session, "calendar.forgotten", f"day:{day.isoformat()}", by=by, at=at, facts={})
