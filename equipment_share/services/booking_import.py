"""Use cases: a table of bookings or of past uses, a verdict for every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import Invalid, Problem, Refusal
from equipment_share.queries.quoting import BookingWish
from equipment_share.queries.wishes import WishedRow
from equipment_share.services.bookings import request_booking
from equipment_share.services.transaction import answered_in_one

T = TypeVar("T")


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
        return [_one(row, lambda wish: request_booking(wish, by=by, at=at).number) for row in rows]
    answers: list[RowAnswer] = []

    def unit(session: Session) -> None:
        answers.clear()
        for row in rows:
            answers.append(_one(row, lambda wish: _within(session, lambda: request_booking(wish, by=by, at=at).number)))
        if dry_run or any(answer.problems for answer in answers):
            raise _Undo

    try:
        answered_in_one(unit)
    except _Undo:
        return [RowAnswer(answer.number, "", answer.problems) for answer in answers]
    return answers


def _within(session: Session, work: Callable[[], T]) -> T:
    """Do one row's work so that its refusal leaves the rows before it as they are."""
    with session.begin_nested():
        return work()


def _one(row: WishedRow, ask: Callable[[BookingWish], str]) -> RowAnswer:
    if row.wish is None:
        return RowAnswer(row.number, "", row.problems)
    try:
        return RowAnswer(row.number, ask(row.wish))
    except Invalid as refusal:
        return RowAnswer(row.number, "", tuple(refusal.problems))
    except Refusal as refusal:
        return RowAnswer(row.number, "", (Problem(refusal.code, "start", dict(refusal.facts)),))
