"""Instruments as rows of a file, and what would become of a file's rows: reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from equipment_share.adapters.tables import Table
from equipment_share.domain.access import Actor
from equipment_share.domain.errors import Invalid, NotFound
from equipment_share.domain.exchange.catalogue import Verdict, verdicts
from equipment_share.domain.exchange.mapping import ColumnMap, own_mapping, parse_mapping
from equipment_share.domain.exchange.price_columns import PRICE_HEADERS, InForce, Standing, told_prices
from equipment_share.domain.instruments import FIELDS
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import Mode
from equipment_share.models.base import db
from equipment_share.models.instruments import ColumnMapping, ImportDraft, Instrument, PriceList
from equipment_share.queries.instruments.instruments import instruments_of
from equipment_share.queries.instruments.prices import items_of, lists_of_owners, terms_of


def fields_of(instrument: Instrument) -> dict[str, Any]:
    """An instrument's fields as the import and the export see them."""
    values = {name: getattr(instrument, name) for name in FIELDS if name != "original_value_fen"}
    values["original_value_fen"] = instrument.original_value.fen if instrument.original_value else None
    return values


def exported(instruments: Sequence[Instrument], *, at: datetime) -> list[dict[str, Any]]:
    """Instruments for a file, with the prices in force as far as a table can say them."""
    lists = lists_of_owners({row.owner_id for row in instruments}, bureau_day(at))
    standing = {key: _standing(row) for key, row in lists.items()}
    told = [told_prices([Mode(mode) for mode in row.modes], standing.get(row.id, Standing())) for row in instruments]
    return [fields_of(row) | dict.fromkeys(PRICE_HEADERS) | prices for row, prices in zip(instruments, told, strict=True)]


def verdicts_on(table: Table, mapping: ColumnMap, known: Mapping[str, Instrument], *, at: datetime) -> list[Verdict]:
    """What would become of every row beside an owner's instruments by code; prices count from today."""
    rows = [(row.number, row.cells) for row in table.rows]
    prices = _in_force(known if mapping.prices else {}, bureau_day(at))
    return verdicts(rows, mapping, {code: fields_of(row) for code, row in known.items()}, prices)


def _in_force(known: Mapping[str, Instrument], on: date) -> InForce:
    """Everybody's list of each instrument on a day; one question."""
    codes = {row.id: code for code, row in known.items()}
    found = lists_of_owners({row.owner_id for row in known.values()}, on)
    return InForce(on, {codes[key]: _standing(row) for key, row in found.items()})


def _standing(row: PriceList) -> Standing:
    return Standing(items_of(row), terms_of(row), row.valid_from, row.valid_to)


def known_by_code(owner_id: int) -> dict[str, Instrument]:
    """An owner's instruments by the owner's own code."""
    return {row.inner_code: row for row in instruments_of(owner_id)}


def draft_of(token: str, by: Actor) -> ImportDraft:
    """A file that waits, for the people of the owner who brought it.

    Raises: NotFound.
    """
    found = db.session.scalar(select(ImportDraft).where(ImportDraft.token == token))
    if found is None or found.owner_id != by.organisation_id:
        raise NotFound()
    return found


def mappings_of(owner_id: int) -> list[ColumnMapping]:
    """An owner's saved mappings, by name."""
    return list(db.session.scalars(select(ColumnMapping).where(ColumnMapping.owner_id == owner_id).order_by(ColumnMapping.name)))


def likely_mapping(table: Table, owner_id: int) -> dict[str, Any] | None:
    """The saved mapping whose columns are all there, else the one for our own headers; None when neither fits."""
    for saved in mappings_of(owner_id):
        if all(column in table.header for column in columns_of(saved.document)):
            return dict(saved.document)
    try:
        own = own_mapping(table.header)
    except Invalid:
        return None
    return {"fields": dict(own.fields), "rules": dict(own.rules), "specs": dict(own.specs), "prices": dict(own.prices)}


def columns_of(document: Mapping[str, Any]) -> list[str]:
    """The file's columns that a mapping reads."""
    mapping = parse_mapping(document)
    templates = [*mapping.fields.values(), *mapping.rules.values(), *mapping.specs.values(), *mapping.prices.values()]
    return [part.split("}")[0] for template in templates for part in template.split("{")[1:]]
