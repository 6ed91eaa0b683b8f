"""Some instruments side by side."""

from __future__ import annotations

from collections.abc import Sequence

from equipment_share.domain.specs import folded, spec_text
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.catalogue import CatalogueWish, matching


def compared(ids: Sequence[int]) -> list[Instrument]:
    """The open ones of some instruments, in the order asked for; one question."""
    if not ids:
        return []
    found = {row.id: row for row in db.session.scalars(matching(CatalogueWish()).where(Instrument.id.in_(ids))).unique()}
    return [found[key] for key in ids if key in found]


def spec_lines(rows: Sequence[Instrument]) -> list[tuple[str, list[str]]]:
    """Every specification that one of them names, with what each says of it; nothing where one says nothing."""
    names: dict[str, str] = {}
    told: list[dict[str, str]] = []
    for row in rows:
        told.append({folded(str(spec["name"])): str(spec.get("text") or spec_text(spec)) for spec in row.specs})
        names |= {folded(str(spec["name"])): str(spec["name"]) for spec in row.specs}
    return [(name, [one.get(key, "") for one in told]) for key, name in names.items()]
