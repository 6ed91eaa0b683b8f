"""When nothing fits all of a search: what fits a part of it, the most parts first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import case, or_

from equipment_share.domain.searching import parts_of
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.catalogue import CatalogueWish, free_within, matching, next_free

MOST = 10


@dataclass(frozen=True)
class Nearby:
    """Some instruments that fit a part of what was typed, and which parts those are."""

    instruments: Sequence[Instrument] = ()
    parts: Sequence[str] = ()
    next_free: dict[int, Slot] | None = None


def nearby(wish: CatalogueWish, *, at: datetime) -> Nearby:
    """What fits a part of the words, the other filters as they are; asked only when nothing fits all of them, one question of text."""
    parts = parts_of(wish.q)
    if not parts:
        return Nearby()
    fits = [Instrument.search_text.contains(part, autoescape=True) for part in parts]
    count = sum((case((one, 1), else_=0) for one in fits[1:]), case((fits[0], 1), else_=0))
    query = matching(replace(wish, q="")).where(or_(*fits)).order_by(count.desc(), Instrument.name_key, Instrument.id)
    rows = list(db.session.scalars(query if wish.free else query.limit(MOST)).unique())
    if wish.free is not None:
        rows = free_within(rows, wish.free, wish.min_minutes, at=at)[:MOST]
    found = [part for part in parts if any(part in row.search_text for row in rows)]
    return Nearby(rows, found, next_free(rows, at=at))
