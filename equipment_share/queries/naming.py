"""What things are called: from the name in the audit log to what people say, and from what people type to the thing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, func, literal, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.models.people import Organisation, User
from equipment_share.models.settlement import Adjustment, Batch, Claim, FindingLine
from equipment_share.models.vouchers import ProgrammeVersion, Voucher

AT_MOST = 20
SHORTEST = 3
"""Fewer letters than this of a number would find everything."""


@dataclass(frozen=True)
class Named:
    """One thing: what it is, its key, what people call it."""

    kind: str
    id: int
    label: str
    code: str = ""
    """What its page needs beside the key, where it does: a programme's code."""

    @property
    def object(self) -> str:
        """As the audit log names it."""
        return f"{self.kind}:{self.id}"


def _labels() -> dict[str, Any]:
    """Key, label and code of each kind that has a name of its own."""
    numbered: dict[str, Any] = {"claim": Claim, "voucher": Voucher, "batch": Batch, "booking": Booking, "adjustment": Adjustment}
    found: dict[str, Any] = {kind: select(model.id, model.number, literal("")) for kind, model in numbered.items()}
    found["organisation"] = select(Organisation.id, Organisation.name, literal(""))
    found["user"] = select(User.id, func.coalesce(func.nullif(User.name, ""), User.email), literal(""))
    found["instrument"] = select(Instrument.id, Instrument.name_zh, literal(""))
    found["programme"] = select(ProgrammeVersion.id, ProgrammeVersion.number, ProgrammeVersion.code)
    found["finding"] = select(FindingLine.id, FindingLine.code, literal(""))
    return found


def named(objects: Iterable[str]) -> dict[str, Named]:
    """What the audit log's objects are called; one question for each kind among them, eleven at most. What has no name is not in it."""
    ids: dict[str, set[int]] = {}
    for one in objects:
        kind, _, key = one.partition(":")
        if key.isascii() and key.isdecimal():
            ids.setdefault(kind, set()).add(int(key))
    found = {}
    for kind, query in _labels().items():
        if wanted := ids.get(kind):
            for thing in _asked(kind, query.where(query.selected_columns[0].in_(wanted))):
                found[thing.object] = thing
    return found


def _asked(kind: str, query: Executable) -> list[Named]:
    return [Named(kind, row[0], f"{row[2]} {row[1]}".strip(), row[2]) for row in db.session.execute(query)]


def found_by(text: str, *, by: Actor) -> list[Named]:
    """Claims, vouchers, batches, bookings, ledger steps and organisations by number or name, or a part of it; seven questions at most.

    What is called exactly so is alone in the answer. Raises: Forbidden.
    """
    require(by, Act.SEE_AUDIT)
    text, found = text.strip(), []
    if text.isascii() and text.isdecimal() and len(text) <= 18:
        found += _asked("transfer", select(LedgerTransfer.id, LedgerTransfer.id, literal("")).where(LedgerTransfer.id == int(text)))
    if len(text) >= SHORTEST:
        labels = _labels()
        for kind in ("claim", "voucher", "batch", "booking"):
            query = labels[kind]
            column = query.selected_columns[1]
            like = func.upper(column).contains(text.upper(), autoescape=True)
            found += _asked(kind, query.where(like).order_by(func.length(column), query.selected_columns[0].desc()).limit(AT_MOST))
    if text:
        of = Organisation.name.contains(text, autoescape=True) | (func.upper(Organisation.code) == text.upper())
        found += _asked("organisation", _labels()["organisation"].where(of).order_by(Organisation.id).limit(AT_MOST))
    exact = [one for one in found if one.label.upper() == text.upper()]
    return exact or found


def objects_of(things: Collection[Named]) -> list[str]:
    """The names by which the audit log knows these things."""
    return [one.object for one in things]
