"""Files as answers to an instrument's questions: handed in first, then named in the request by what they are kept under."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.questions import Question
from equipment_share.domain.errors import Forbidden, Invalid, invalid
from equipment_share.models.bookings import AnswerFile, Booking
from equipment_share.models.instruments import StoredFile
from equipment_share.queries.bookings.answer_files import answer_files, unclaimed_locked
from equipment_share.services.bookings.evidence import HandedIn, file_problems, kept_file, without_metadata
from equipment_share.services.transaction import note, transaction, use_case


@use_case
def keep_answer_file(file: HandedIn, *, by: Actor, at: datetime) -> StoredFile:
    """Keep a firm's file until a booking names it; the same kinds and sizes as evidence.

    Raises: Forbidden, Invalid `required`, `too_large`, `file_kind`, `picture_too_large`.
    """
    require(by, Act.REQUEST_BOOKING)
    if by.organisation_id is None:
        raise Forbidden()
    if problems := file_problems(file):
        raise Invalid(problems)
    clean = without_metadata(file)
    with transaction() as session:
        stored = kept_file(session, clean, by=by, at=at)
        session.add(AnswerFile(firm_id=by.organisation_id, booking_id=None, file_id=stored.id, made_at=at))
        facts = {"sha256": stored.sha256, "size": stored.size}
        note(session, "answer_file.kept", f"organisation:{by.organisation_id}", by=by, at=at, facts=facts)
    return stored


def take_answer_files(session: Session, booking: Booking, questions: Sequence[Question], *, at: datetime) -> None:
    """Building block: the files that a booking's answers name become the booking's; no question where no file is asked for.

    A file that another booking of the firm has already (a series, a change) belongs to both.
    Raises: Invalid `not_found` for a file that is not the firm's.
    """
    for question in questions:
        if question.kind != "file" or question.key not in booking.answers:
            continue
        rows = answer_files(str(booking.answers[question.key]), booking.firm_id, lock=True)
        if not rows:
            raise invalid("not_found", f"answers.{question.key}")
        waiting = next((row for row in rows if row.booking_id is None), None)
        if waiting is not None:
            waiting.booking_id = booking.id
        else:
            session.add(AnswerFile(firm_id=booking.firm_id, booking_id=booking.id, file_id=rows[0].file_id, made_at=at))


@use_case
def clear_answer_file(answer_file_id: int, *, by: Actor, at: datetime) -> bool:
    """The time is over for a file that no booking has named: it is deleted; answers whether it was still there."""
    with transaction() as session:
        row = unclaimed_locked(answer_file_id, at)
        if row is None:
            return False
        stored = row.file
        session.delete(row)
        session.flush()
        session.delete(stored)  # a file under a token of its own: nothing else names it
        note(session, "answer_file.cleared", f"organisation:{row.firm_id}", by=by, at=at, facts={"sha256": stored.sha256})
    return True
