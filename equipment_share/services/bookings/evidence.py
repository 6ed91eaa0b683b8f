"""Use case: a party of a booking adds a contract, invoice, payment proof or result."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.pictures import drawn_anew, is_picture
from equipment_share.adapters.tables import check_workbook
from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import CHARGED, BookingAct, BookingState, next_state
from equipment_share.domain.errors import Invalid, InvalidTransition, Problem
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.settlement.claims import LEGS, ClaimState
from equipment_share.domain.settlement.evidence import number_key
from equipment_share.models.bookings import Booking, Document
from equipment_share.models.instruments import StoredFile
from equipment_share.queries.bookings.bookings import booking_locked
from equipment_share.queries.settlement import claim_states_of
from equipment_share.services.transaction import record, transaction, use_case

LARGEST = 20 * 1024 * 1024
XLSX, CSV = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv"
KINDS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff", XLSX: b"PK\x03\x04"}
"""What may be kept, by its first bytes: the name and the browser's word do not make it one."""
ENDINGS = {"application/pdf": ("pdf",), "image/png": ("png",), "image/jpeg": ("jpg", "jpeg"), XLSX: ("xlsx",), CSV: ("csv",)}
"""How the name ends: what is saved from the system is opened by its name."""
KNOWN = frozenset(ending for endings in ENDINGS.values() for ending in endings)
NAMED = frozenset({"PDF", "PNG", "JPG", "JPEG", "XLSX"})
"""Names of files that are kept: what bears one and is none is broken."""
SUBMITTED = frozenset(ClaimState) - {ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.WITHDRAWN}


@dataclass(frozen=True)
class HandedIn:
    """A file as it came: its name and its bytes; once it was looked at, what it is."""

    name: str
    content: bytes
    kind: str = ""

    @property
    def ending(self) -> str:
        """How its name ends, in small letters."""
        _, dot, ending = self.name.rpartition(".")
        return ending.lower() if dot else ""


@use_case
def add_document(
    booking_id: int, *, leg: str, number: str = "", dated_on: date | None = None, amount: Money | None = None, file: HandedIn | None = None,
    by: Actor, at: datetime,
) -> Document:  # fmt: skip
    """Add a paper; the invoice moves a confirmed booking on, the payment completes it. A later paper stands for an earlier one.

    Raises: Forbidden, NotFound, Invalid, InvalidTransition (once its claim has been handed in).
    """
    require(by, Act.ADD_EVIDENCE)
    problems = _problems(leg, number, amount, file)
    if problems:
        raise Invalid(problems)
    file = without_metadata(file) if file is not None else None
    with transaction() as session:
        booking = booking_locked(booking_id, by)
        if booking.state not in CHARGED and leg != "contract":
            raise InvalidTransition(state=booking.state.value, act="add_document")
        if any(state in SUBMITTED for state in claim_states_of(booking.id)):
            raise InvalidTransition(state=booking.state.value, act="add_document")

        paper = Document(
            booking_id=booking.id, leg=leg, number=number.strip(), number_key=number_key(number), dated_on=dated_on, amount=amount,
            file_id=kept_file(session, file, by=by, at=at).id if file else None, by_id=by.id, made_at=at,
        )  # fmt: skip
        session.add(paper)
        _move_on(session, booking, leg, by=by, at=at)
    return paper


def _problems(leg: str, number: str, amount: Money | None, file: HandedIn | None) -> list[Problem]:
    found = []
    if leg not in LEGS:
        found.append(Problem("not_a_choice", "leg"))
    if not number.strip() and file is None:
        found.append(Problem("required", "number"))
    if len(number) > 60:
        found.append(Problem("too_long_text", "number"))
    if amount is not None and amount < ZERO:
        found.append(Problem("out_of_range", "amount_fen"))
    if leg in ("invoice", "payment") and amount is None:
        found.append(Problem("required", "amount_fen"))
    return found + (file_problems(file) if file is not None else [])


def file_problems(file: HandedIn) -> list[Problem]:
    """Why a file cannot be kept: nothing in it, too much, or of a kind that is not kept."""
    if not file.content or len(file.content) > LARGEST:
        return [Problem("too_large" if file.content else "required", "file")]
    if media_type(file) is not None:
        return []
    suffix = file.ending.upper()
    return [Problem("file_kind", "file", {"why": "broken", "suffix": suffix} if suffix in NAMED else {})]


def without_metadata(file: HandedIn) -> HandedIn:
    """A picture drawn anew, so that neither place nor camera is in it; slow, so outside the write. Whatever it is, its name ends so."""
    kind, content = media_type(file) or "", file.content
    if is_picture(content):
        kind, content = "image/jpeg", drawn_anew(content).whole
    return HandedIn(_named(file, kind), content, kind)


def _named(file: HandedIn, kind: str) -> str:
    """The name with the ending of its kind: in the place of another of ours, behind whatever else was there, a phone's name without one included."""
    endings = ENDINGS.get(kind, ())
    if not endings or file.ending in endings:
        return file.name
    stem = file.name.rpartition(".")[0] if file.ending in KNOWN else file.name.rstrip(". ")
    return f"{stem or 'file'}.{endings[0]}"


def media_type(file: HandedIn) -> str | None:
    """What a file is by its bytes, a table by its name as well; None for what is not kept."""
    kind = next((kind for kind, beginning in KINDS.items() if file.content.startswith(beginning)), CSV)
    if kind == XLSX:
        return kind if _is_workbook(file.content) else None
    if kind == CSV:
        is_table = file.ending in ENDINGS[CSV] and b"\x00" not in file.content and not file.content.lstrip().startswith(b"<")
        return kind if is_table else None
    return kind


def _is_workbook(content: bytes) -> bool:
    try:
        check_workbook(content)
    except Invalid:
        return False
    return True


def kept_file(session: Session, file: HandedIn, *, by: Actor, at: datetime) -> StoredFile:
    """Building block: a file `without_metadata` in the database, under a token of its own."""
    name = "".join(char for char in file.name.replace("\\", "/").rsplit("/", 1)[-1] if char.isprintable())
    stored = StoredFile(
        token=fresh_token(), name=name[-200:], media_type=file.kind,
        size=len(file.content), sha256=hashlib.sha256(file.content).hexdigest(), content=file.content, made_at=at, by_id=by.id,
    )  # fmt: skip
    session.add(stored)
    session.flush()
    return stored


def _move_on(session: Session, booking: Booking, leg: str, *, by: Actor, at: datetime) -> None:
    before = booking.state
    if leg == "invoice" and before is BookingState.CONFIRMED:
        booking.state = next_state(before, BookingAct.INVOICE)
    elif leg == "payment" and before is BookingState.INVOICED:
        booking.state = next_state(before, BookingAct.COMPLETE)
    event = booking.state.value if booking.state is not before else "document_added"
    record(session, "booking", booking, event, by=by, at=at, before=before, facts={"leg": leg})
