"""Questions about files that firms gave as answers: seen by the firm and by the owner of the booking, by nobody else."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from equipment_share.domain.access import FIRM, OWNER, Actor
from equipment_share.domain.errors import NotFound
from equipment_share.models.base import db
from equipment_share.models.bookings import AnswerFile, Booking
from equipment_share.models.instruments import StoredFile


def answer_files(token: str, firm_id: int) -> list[AnswerFile]:
    """A firm's own file: one row for each booking it belongs to, oldest first; none for another firm's."""
    query = select(AnswerFile).join(StoredFile, StoredFile.id == AnswerFile.file_id)
    query = query.where(StoredFile.token == token, AnswerFile.firm_id == firm_id)
    return list(db.session.scalars(query.order_by(AnswerFile.id)))


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
