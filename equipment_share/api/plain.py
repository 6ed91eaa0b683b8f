"""Values of the house as JSON writes them: instants in the pool's time zone, money in fen, ids as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from equipment_share.domain.money import Money
from equipment_share.domain.periods import BUREAU_ZONE
from equipment_share.domain.timeslots import Slot


def local(moment: datetime | None) -> str | None:
    """An instant in RFC 3339 with the pool's offset."""
    return moment.astimezone(BUREAU_ZONE).isoformat() if moment is not None else None


def day(found: date | None) -> str | None:
    """A calendar day."""
    return found.isoformat() if found is not None else None


def key(number: int | None) -> str | None:
    """An id as the opaque text it is outside."""
    return str(number) if number is not None else None


def fen(amount: Money | None) -> int | None:
    """Whole fen."""
    return amount.fen if amount is not None else None


def plain(value: object) -> Any:
    """Whatever a refusal or a report carries, as JSON writes it."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | str() | float():
            return value
        case Money():
            return value.fen
        case datetime():
            return local(value)
        case date():
            return value.isoformat()
        case Slot():
            return {"start": local(value.start), "end": local(value.end)}
        case Fraction():
            return float(value)
        case Mapping():
            return {str(name): plain(part) for name, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(part) for part in value]
        case _:
            return str(value)
