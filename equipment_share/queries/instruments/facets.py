"""How many instruments each further filter would leave: the numbers beside the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation
from equipment_share.queries.instruments.catalogue import CatalogueWish, ids_that_fit, matching


@dataclass(frozen=True)
class Facets:
    """By filter and value, how many instruments are left when it is the one chosen; the other filters hold."""

    classes: dict[str, int]
    owners: Sequence[tuple[str, str, int]]
    """Code, name and count, the largest first."""
    modes: dict[str, int]
    voucher: int


@dataclass(frozen=True)
class _Row:
    class_code: str
    owner: str
    owner_name: str
    modes: Sequence[str]
    voucher: bool


def facets(wish: CatalogueWish, *, at: datetime) -> Facets:
    """The counts of every facet; one question, and those of free times where a time is wanted."""
    rows = _rows(wish, at=at)
    classes: Counter[str] = Counter()
    for row in _where(rows, wish, without="category"):
        classes.update({row.class_code, row.class_code[:2]} if row.class_code else ())
    owners: Counter[tuple[str, str]] = Counter((row.owner, row.owner_name) for row in _where(rows, wish, without="owner"))
    modes: Counter[str] = Counter(mode for row in _where(rows, wish, without="mode") for mode in row.modes)
    voucher = sum(row.voucher for row in _where(rows, wish, without="voucher"))
    return Facets(dict(classes), [(code, name, count) for (code, name), count in owners.most_common()], dict(modes), voucher)


def _rows(wish: CatalogueWish, *, at: datetime) -> list[_Row]:
    """All that fits apart from the facets, light."""
    bare = replace(wish, category="", owner="", mode="", voucher=False)
    i = Instrument
    query = matching(bare).join(Organisation, Organisation.id == i.owner_id)
    light = query.with_only_columns(i.id, i.class_code, Organisation.code, Organisation.name, i.modes, i.takes_vouchers)
    ids = ids_that_fit(bare, at=at)
    return [
        _Row(kind or "", owner, name, modes or (), voucher)
        for key, kind, owner, name, modes, voucher in db.session.execute(light.order_by(Organisation.name_key, i.id))
        if ids is None or key in ids
    ]


def _where(rows: Sequence[_Row], wish: CatalogueWish, *, without: str) -> list[_Row]:
    """The rows that fit every facet in force except one."""
    tests: dict[str, Callable[[_Row], bool]] = {
        "category": lambda row: row.class_code.startswith(wish.category),
        "owner": lambda row: not wish.owner or row.owner == wish.owner,
        "mode": lambda row: not wish.mode or wish.mode in row.modes,
        "voucher": lambda row: not wish.voucher or row.voucher,
    }
    held = [test for name, test in tests.items() if name != without]
    return [row for row in rows if all(test(row) for test in held)]
