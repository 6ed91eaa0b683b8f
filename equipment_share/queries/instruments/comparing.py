"""Some instruments side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from equipment_share.domain.pricing import ANYBODY, PriceItem
from equipment_share.domain.specs import folded, spec_text
from equipment_share.domain.texts import Named
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument, PriceList
from equipment_share.queries.instruments.catalogue import CatalogueWish, matching
from equipment_share.queries.instruments.prices import in_force, items_of


def compared(ids: Sequence[int]) -> list[Instrument]:
    """The open ones of some instruments, in the order asked for; one question."""
    if not ids:
        return []
    found = {row.id: row for row in db.session.scalars(matching(CatalogueWish()).where(Instrument.id.in_(ids))).unique()}
    return [found[key] for key in ids if key in found]


def spec_lines(rows: Sequence[Instrument]) -> list[tuple[Named, list[str]]]:
    """Every specification that one of them names, with what each says of it; nothing where one says nothing."""
    names: dict[str, Named] = {}
    told: list[dict[str, str]] = []
    for row in rows:
        told.append({folded(str(spec["name"])): str(spec.get("text") or spec_text(spec)) for spec in row.specs})
        names |= {key: named for spec in row.specs if _is_fuller(named := Named.read(spec), names.get(key := folded(str(spec["name"]))))}
    return [(name, [one.get(key, "") for one in told]) for key, name in names.items()]


def _is_fuller(named: Named, known: Named | None) -> bool:
    """Whether a name says more than what is known: one with an English counterpart stands for all that are called the same."""
    return known is None or known.name_zh == known.name_en != named.name_en


def extras(rows: Sequence[Instrument], on: date) -> list[list[PriceItem]]:
    """What each offers beside the time at everybody's prices on a day, each once whatever the mode; one question."""
    query = select(PriceList).where(PriceList.instrument_id.in_([row.id for row in rows]), PriceList.user_class == ANYBODY)
    lists: dict[int, list[PriceList]] = {row.id: [] for row in rows}
    for listed in db.session.scalars(query.order_by(PriceList.id)):
        lists[listed.instrument_id].append(listed)
    found = [items_of(in_force(lists[row.id], on)) for row in rows]
    return [list({item.code: item for item in items if item.is_add_on}.values()) for items in found]
