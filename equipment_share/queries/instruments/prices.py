"""Questions about prices: the lists of an instrument, and the tariff that a wish goes by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select

from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import ANYBODY, Mode, NoPrice, PriceItem
from equipment_share.domain.tariffs import Tariff, Terms
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument, PriceList
from equipment_share.models.people import User
from equipment_share.queries.firms import tags_on

_IN_FORCE = (
    select(PriceList)
    .where(PriceList.instrument_id == bindparam("instrument"), PriceList.user_class.in_(bindparam("classes", expanding=True)))
    .where(PriceList.valid_from <= bindparam("on"), (PriceList.valid_to.is_(None)) | (PriceList.valid_to >= bindparam("on")))
    .order_by(PriceList.valid_from, PriceList.id)
)


def lists_in_force(instrument_id: int, classes: Sequence[str], on: date) -> dict[str, PriceList]:
    """The price list of each class on a day, in one question; a class without a list of its own is not in it."""
    wanted = {"instrument": instrument_id, "classes": list(classes), "on": on}
    return {found.user_class: found for found in db.session.scalars(_IN_FORCE, wanted)}


def lists_of_owners(owner_ids: Collection[int], on: date) -> dict[int, PriceList]:
    """Everybody's price list on a day of all instruments of some owners, by instrument; one question."""
    query = select(PriceList).join(Instrument, Instrument.id == PriceList.instrument_id).where(Instrument.owner_id.in_(owner_ids))
    query = query.where(PriceList.user_class == ANYBODY, PriceList.valid_from <= on)
    query = query.where((PriceList.valid_to.is_(None)) | (PriceList.valid_to >= on)).order_by(PriceList.valid_from, PriceList.id)
    return {found.instrument_id: found for found in (db.session.scalars(query) if owner_ids else ())}


def in_force(lists: Sequence[PriceList], on: date) -> PriceList | None:
    """The one of a class's lists that holds on a day: of those that do, the one that began last."""
    holding = [row for row in lists if row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)]
    return max(holding, key=lambda row: row.valid_from, default=None)


def items_of(listed: PriceList | None) -> tuple[PriceItem, ...]:
    """The rows of a list as values; none of no list."""
    return tuple(PriceItem.parse(row, "items") for row in listed.items) if listed is not None else ()


def terms_of(listed: PriceList | None) -> Terms:
    """What a list says beside its rows; nothing of no list."""
    return Terms(listed.multiplier_bp, listed.urgent_bp, listed.vat_bp) if listed is not None else Terms()


def tariff_for(instrument_id: int, tags: Sequence[str], mode: str, on: date) -> Tariff | None:
    """What a firm of some classes pays for a mode on a day: its class's own prices, else everybody's times its multiplier."""
    if mode not in set(Mode):
        return None
    try:
        return tariff_among(lists_in_force(instrument_id, (*sorted(tags), ANYBODY), on), tags, Mode(mode))
    except NoPrice:
        return None


def tariff_among(lists: Mapping[str, PriceList], tags: Sequence[str], mode: Mode) -> Tariff:
    """The tariff of a mode out of the lists of one instrument: of the first class that has it, else everybody's.

    Raises: NoPrice.
    """
    everybody = lists.get(ANYBODY)
    for user_class in (*sorted(tags), ANYBODY):
        listed = lists.get(user_class)
        if listed is None:
            continue
        try:
            return _tariff(listed, everybody).of(mode)
        except NoPrice:
            continue
    raise NoPrice(mode=mode.value)


def tariff_seen_by(instrument_id: int, by: User, mode: str, *, at: datetime) -> Tariff | None:
    """What a person's own firm pays for a mode now."""
    today = bureau_day(at)
    return tariff_for(instrument_id, tuple(tags_on(by.organisation, today)), mode, today)


def _tariff(listed: PriceList, everybody: PriceList | None) -> Tariff:
    """A list as a tariff; without rows it borrows everybody's, and the tax that is inside them."""
    source = listed if listed.items or everybody is None else everybody
    urgent = listed.urgent_bp if listed.urgent_bp is not None or everybody is None else everybody.urgent_bp
    return Tariff(items_of(source), listed.multiplier_bp, urgent, source.vat_bp, listed.user_class)
