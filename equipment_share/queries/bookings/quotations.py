"""Formal quotations: one of a firm, and all of them."""

from __future__ import annotations

from sqlalchemy import func, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound
from equipment_share.models.base import db
from equipment_share.models.bookings import Quotation

MOST_KEPT_BACK = 2**31 - 1
"""Every id of a quotation is below: what a booking names must fit the column."""


def quotation_of(quotation_id: int, firm_id: int | None) -> Quotation:
    """A quotation that was made for a firm.

    Raises: NotFound for one that is not there or another's.
    """
    found = db.session.get(Quotation, quotation_id) if quotation_id <= MOST_KEPT_BACK else None
    if found is None or found.firm_id != firm_id:
        raise NotFound()
    return found


def quotation_seen_by(quotation_id: int, by: Actor) -> Quotation:
    """One of one's own firm's quotations.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.QUOTE)
    return quotation_of(quotation_id, by.organisation_id)


def quotations_of(by: Actor, *, after_id: int | None = None, limit: int = 200) -> list[Quotation]:
    """A firm's quotations, newest first.

    Raises: Forbidden.
    """
    require(by, Act.QUOTE)
    query = select(Quotation).where(Quotation.firm_id == by.organisation_id)
    if after_id is not None:
        query = query.where(Quotation.id < after_id)
    return list(db.session.scalars(query.order_by(Quotation.id.desc()).limit(limit)))


def count_of_quotations(by: Actor) -> int:
    """How many quotations a firm has.

    Raises: Forbidden.
    """
    require(by, Act.QUOTE)
    return db.session.scalar(select(func.count(Quotation.id)).where(Quotation.firm_id == by.organisation_id)) or 0
