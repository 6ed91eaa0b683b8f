"""A search that finds nothing as it was typed goes on in other words, and says so; the page and the API ask here alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import case, func

from equipment_share.adapters.words import thesaurus
from equipment_share.domain.searching import Widened, in_other_words
from equipment_share.domain.specs import folded
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.catalogue import CatalogueWish, Found, catalogue, matching, pool_rows


def searched(wish: CatalogueWish, *, at: datetime) -> tuple[Found, CatalogueWish]:
    """One page of what fits, and the wish it fits: as typed, else in other words, at last without what was typed beside them."""
    found = catalogue(wish, at=at)
    if not found.total:
        for wider in _wider(wish):
            other = catalogue(wider, at=at)
            if other.total:
                return other, wider
    return found, wish


def pool_searched(wish: CatalogueWish) -> tuple[list[Instrument], CatalogueWish]:
    """The same for the rows of the pool's week."""
    rows = pool_rows(wish)
    if not rows:
        for wider in _wider(wish):
            if other := pool_rows(wider):
                return other, wider
    return rows, wish


def _wider(wish: CatalogueWish) -> Iterator[CatalogueWish]:
    """The same wish in other words, the narrower first; nothing where the thesaurus is silent."""
    widened = in_other_words(wish.q, thesaurus()) if wish.q else None
    if widened is not None and widened.beside:
        yield replace(wish, widened=widened)
    if widened is not None:
        yield replace(wish, widened=Widened(widened.names))


def other_names(wish: CatalogueWish, language: str) -> Sequence[str]:
    """What instruments for the same purpose are called, those alone that the other filters leave in the pool; one question, or none."""
    widened = wish.widened or (in_other_words(wish.q, thesaurus()) if wish.q else None)
    names = widened.names[language] if widened else ()
    if not names:
        return ()
    counts = [func.sum(case((Instrument.search_text.contains(folded(name), autoescape=True), 1), else_=0)) for name in names]
    row = db.session.execute(matching(replace(wish, q="", widened=None)).with_only_columns(*counts).order_by(None)).one()
    return [name for name, count in zip(names, row, strict=True) if count]
