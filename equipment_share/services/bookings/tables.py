"""Use cases: a table of bookings or of past uses, a verdict for every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import Invalid, Problem, Refusal
from equipment_share.queries.bookings.bookings import units_locked
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.bookings.wishes import WishedRow
from equipment_share.queries.instruments.instruments import units_of_all
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.transaction import answered_in_one


@dataclass(frozen=True)
class RowAnswer:
    """What came of one row."""

    number: int
    booking: str = ""
    problems: tuple[Problem, ...] = ()


class _Undo(Exception):
    """Ends a unit whose effects are not wanted."""


def import_bookings(rows: Sequence[WishedRow], *, strict: bool = False, dry_run: bool = False, by: Actor, at: datetime) -> list[RowAnswer]:
    """Ask for one booking a row by the same rules as one by one; with `strict` all or none, with `dry_run` none.

    Raises: Forbidden.
    """
    require(by, Act.REQUEST_BOOKING)
    if not strict and not dry_run:
        return [_one(row, lambda wish: _alone(wish, by=by, at=at)) for row in rows]
    answers: list[RowAnswer] = []

    def unit(_: Session) -> None:
        answers.clear()
        units_locked(units_of_all([row.wish.instrument_id for row in rows if row.wish is not None]))  # all at once, sorted: no deadlock
        for row in rows:
            answers.append(_one(row, lambda wish: _alone(wish, by=by, at=at)))
        if dry_run or any(answer.problems for answer in answers):
            raise _Undo

    try:
        answered_in_one(unit)
    except _Undo:
        return [RowAnswer(answer.number, "", answer.problems) for answer in answers]
    return answers


def _alone(wish: BookingWish, *, by: Actor, at: datetime) -> str:
    """One row as a unit of its own, or as a part of the whole that can fail by itself; answers the booking's number."""
    return answered_in_one(lambda _: request_booking(wish, by=by, at=at).number)


def _one(row: WishedRow, ask: Callable[[BookingWish], str]) -> RowAnswer:
    if row.wish is None:
        return RowAnswer(row.number, "", row.problems)
    try:
        return RowAnswer(row.number, ask(row.wish))
    except Invalid as refusal:
        return RowAnswer(row.number, "", tuple(refusal.problems))
    except Refusal as refusal:
        return RowAnswer(row.number, "", (Problem(refusal.code, "start", dict(refusal.facts)),))
