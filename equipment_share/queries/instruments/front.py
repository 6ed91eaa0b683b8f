"""The pool at a glance, for the front page: its size, its classes, what came last, and what is free soonest of each kind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument, InstrumentClass, Listing
from equipment_share.queries.instruments.catalogue import CatalogueWish, Found, catalogue, matching

EVERY = 1_000_000
"""More instruments than any pool has."""


def class_counts() -> list[tuple[InstrumentClass, int]]:
    """The first-level classes with how many open instruments each has; one question."""
    child = aliased(InstrumentClass)
    top = or_(InstrumentClass.code == child.code, InstrumentClass.code == child.parent_code)
    query = (
        select(InstrumentClass, func.count(Instrument.id))
        .join(child, top)
        .join(Instrument, and_(Instrument.class_code == child.code, Instrument.listing == Listing.OPEN))
        .where(InstrumentClass.parent_code.is_(None))
        .group_by(InstrumentClass.code)
        .order_by(InstrumentClass.code)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def newest(count: int) -> list[Instrument]:
    """What came into the pool last."""
    return list(
        db.session.scalars(matching(CatalogueWish()).order_by(Instrument.made_at.desc(), Instrument.id.desc()).limit(count)).unique()
    )


def pool_size() -> int:
    """How many instruments are open."""
    return db.session.scalar(select(func.count(Instrument.id)).where(Instrument.listing == Listing.OPEN)) or 0


def soonest_of_each_class(count: int, *, at: datetime) -> Found:
    """The first of each class in the order of being free, a few of them: the breadth of the pool, not one row of equals; at most five questions."""
    found = catalogue(CatalogueWish(sort="soonest", size=EVERY), at=at)
    firsts: dict[str | None, Instrument] = {}
    for row in found.instruments:
        if row.id in found.next_free:
            firsts.setdefault(row.class_code, row)
    rows = list(firsts.values())[:count]
    return Found(tuple(rows), len(rows), 1, count, {row.id: found.next_free[row.id] for row in rows})
