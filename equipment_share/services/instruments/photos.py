"""Use cases of an instrument's pictures and manuals: add one, take one away."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.pictures import drawn_anew
from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound, invalid
from equipment_share.domain.texts import clean_text, has_hidden
from equipment_share.models.instruments import Photo, StoredFile
from equipment_share.queries.instruments.instruments import own_instrument, photos_of
from equipment_share.services.bookings.evidence import HandedIn
from equipment_share.services.transaction import record, transaction, use_case

MOST_PHOTOS = 8
LARGEST = 10 * 1024 * 1024
PDF = "application/pdf"


@use_case
def add_photo(instrument_id: int, file: HandedIn, *, caption: str = "", by: Actor, at: datetime) -> Photo:
    """Show one more picture of an instrument, drawn anew and without its metadata.

    Raises: Forbidden, NotFound, Invalid `too_large`, `file_kind`, `picture_too_large`, `too_many`.
    """
    require(by, Act.EDIT_INSTRUMENT)
    if not 0 < len(file.content) <= LARGEST:
        raise invalid("too_large" if file.content else "required", "file")
    picture = drawn_anew(file.content)  # slow: outside the write
    with transaction() as session:
        instrument = own_instrument(instrument_id, by)
        if len(photos_of(instrument.id)) >= MOST_PHOTOS:
            raise invalid("too_many", "file", most=MOST_PHOTOS)

        whole = _kept(session, f"{instrument.inner_code}.jpg", picture.whole, by=by, at=at)
        thumb = _kept(session, f"{instrument.inner_code}-small.jpg", picture.thumb, by=by, at=at)
        photo = Photo(instrument_id=instrument.id, file_id=whole, thumb_id=thumb, caption=caption.strip()[:100])
        session.add(photo)
        record(session, "instrument", instrument, "photo_added", by=by, at=at, facts={"sha256": hashlib.sha256(picture.whole).hexdigest()})
    return photo


@use_case
def add_manual(instrument_id: int, file: HandedIn, *, caption: str = "", by: Actor, at: datetime) -> Photo:
    """Let everybody read a manual or a standard procedure (PDF) of an instrument.

    Raises: Forbidden, NotFound, Invalid `too_large`, `file_kind`, `too_many`.
    """
    require(by, Act.EDIT_INSTRUMENT)
    if not 0 < len(file.content) <= LARGEST:
        raise invalid("too_large" if file.content else "required", "file")
    if not file.content.startswith(b"%PDF-"):
        raise invalid("file_kind", "file")
    with transaction() as session:
        instrument = own_instrument(instrument_id, by)
        if len(photos_of(instrument.id)) >= MOST_PHOTOS:
            raise invalid("too_many", "file", most=MOST_PHOTOS)
        title = caption.strip()[:100] or clean_text(file.name)[:100]
        stored = _kept(session, f"{instrument.inner_code}.pdf", file.content, kind=PDF, by=by, at=at)
        manual = Photo(instrument_id=instrument.id, file_id=stored, caption="" if has_hidden(title) else title)
        session.add(manual)
        record(session, "instrument", instrument, "manual_added", by=by, at=at)
    return manual


def _kept(session: Session, name: str, content: bytes, *, kind: str = "image/jpeg", by: Actor, at: datetime) -> int:
    stored = StoredFile(
        token=fresh_token(), name=name, media_type=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest(),
        content=content, made_at=at, by_id=by.id,
    )  # fmt: skip
    session.add(stored)
    session.flush()
    return stored.id


@use_case
def remove_photo(instrument_id: int, photo_id: int, *, by: Actor, at: datetime) -> None:
    """Take a picture away; a picture is neither money nor a booking, so it is really gone.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.EDIT_INSTRUMENT)
    with transaction() as session:
        instrument = own_instrument(instrument_id, by)
        photo = next((row for row in photos_of(instrument.id) if row.id == photo_id), None)
        if photo is None:
            raise NotFound()

        files = [session.get_one(StoredFile, key) for key in (photo.file_id, photo.thumb_id) if key is not None]
        session.delete(photo)
        session.flush()
        for stored in files:
            session.delete(stored)
        record(session, "instrument", instrument, "photo_removed", by=by, at=at)
