"""Questions about files that firms gave as answers: seen by the firm and by the owner of the booking, by nobody else."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from equipment_share.domain.access import FIRM, OWNER, Actor
from equipment_share.domain.errors import NotFound
from equipment_share.models.base import db
from equipment_share.models.bookings import AnswerFile, Booking
from equipment_share.models.instruments import StoredFile

KEPT_UNCLAIMED = timedelta(days=7)
"""How long a file waits for a booking that names it."""


def unclaimed_answer_files(at: datetime) -> list[int]:
    """Files that were handed in a week ago or earlier and that no booking has named."""
    query = select(AnswerFile.id).where(AnswerFile.booking_id.is_(None), AnswerFile.made_at <= at - KEPT_UNCLAIMED)
    return list(db.session.scalars(query.order_by(AnswerFile.id)))


def unclaimed_locked(answer_file_id: int, at: datetime) -> AnswerFile | None:
    """One such file with its row held; none when it is gone or a booking was quicker."""
    query = select(AnswerFile).where(AnswerFile.id == answer_file_id, AnswerFile.booking_id.is_(None))
    query = query.where(AnswerFile.made_at <= at - KEPT_UNCLAIMED).with_for_update(of=AnswerFile)
    return db.session.scalar(query.execution_options(populate_existing=True))


def answer_files(token: str, firm_id: int, *, lock: bool = False) -> list[AnswerFile]:
    """A firm's own file: one row for each booking it belongs to, oldest first; none for another firm's."""
    query = select(AnswerFile).join(StoredFile, StoredFile.id == AnswerFile.file_id)
    query = query.where(StoredFile.token == token, AnswerFile.firm_id == firm_id)
    query = query.order_by(AnswerFile.id)
    return list(db.session.scalars(query.with_for_update(of=AnswerFile) if lock else query))


def answer_file_seen_by(token: str, by: Actor) -> StoredFile:
    """The file, for the firm that gave it and for the owner who was asked for the time.

    Raises: NotFound.
    """
    query = select(StoredFile).join(AnswerFile, AnswerFile.file_id == StoredFile.id).where(StoredFile.token == token)
    if by.role in FIRM:
        query = query.where(AnswerFile.firm_id == by.organisation_id)
    elif by.role in OWNER:
        query = query.join(Booking, Booking.id == AnswerFile.booking_id).where(Booking.owner_id == by.organisation_id)
    else:
        raise NotFound()
    found = db.session.scalars(query.limit(1)).first()
    if found is None:
        raise NotFound()
    return found


def file_names(tokens: Collection[str]) -> dict[str, str]:
    """What files are called, by token; no question for none."""
    if not tokens:
        return {}
    rows = db.session.execute(select(StoredFile.token, StoredFile.name).where(StoredFile.token.in_(tokens)))
    return {str(token): str(name) for token, name in rows}
