"""The public catalogue, the comparison, and what a person keeps."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import Mode
from equipment_share.queries.instruments.catalogue import next_free
from equipment_share.queries.instruments.comparing import compared
from equipment_share.queries.instruments.facets import facets
from equipment_share.queries.instruments.favourites import favourite_ids, favourites_of
from equipment_share.queries.instruments.instruments import classes, first_photos
from equipment_share.queries.instruments.nearby import nearby
from equipment_share.queries.instruments.widening import other_names, searched
from equipment_share.queries.instruments.yours import your_hours
from equipment_share.services.instruments.favourites import drop_favourite, keep_favourite
from equipment_share.web.access import may, me, public, safe_next, visitor_or_me
from equipment_share.web.instruments.comparing import compared_lines
from equipment_share.web.instruments.views import instruments
from equipment_share.web.instruments.wishes import PARTS, chips, typed, when_typed, wish_in_address
from equipment_share.web.naming import language

favourites = Blueprint("favourites", __name__)
SOON = 8
"""So many days the choice of a free day offers."""
MOST_COMPARED = 4


@instruments.get("/instruments")
@public
def index() -> ResponseReturnValue:
    """Search, filters with their counts, one page of what fits."""
    wish, person, at = wish_in_address(), visitor_or_me(), now()
    found, used = searched(wish, at=at)
    counts = facets(used, at=at)
    kinds = {row.code: row for row in classes()}
    near = nearby(wish, at=at) if wish.q and not found.total else None
    rows = near.instruments if near else found.instruments
    return render_template(
        "instruments/index.html", wish=wish, found=found, facets=counts, kinds=kinds, modes=list(Mode), typed=typed(),
        chips=chips(wish, kinds, {code: name for code, name, _ in counts.owners}), parts=list(PARTS), shown=request.args,
        days=[bureau_day(at) + timedelta(days=i) for i in range(SOON)], kept=favourite_ids(person),
        yours=your_hours(rows, person, at=at), photos=first_photos(rows), near=near,
        widened=used.widened is not None, names=other_names(used, language()), when=when_typed() if wish.free else {},
    )  # fmt: skip


@instruments.get("/compare")
@public
def compare() -> ResponseReturnValue:
    """Up to four instruments side by side; where they differ is marked."""
    wanted = [int(text) for text in request.args.getlist("i") if re.fullmatch("[1-9][0-9]{0,17}", text)]
    rows = compared(list(dict.fromkeys(wanted))[:MOST_COMPARED])
    person, at = visitor_or_me(), now()
    return render_template(
        "instruments/compare.html", rows=rows, lines=compared_lines(rows, at=at), next_free=next_free(rows, at=at),
        yours=your_hours(rows, person, at=at), photos=first_photos(rows), kept=favourite_ids(person),
    )  # fmt: skip


@favourites.get("/favourites")
@may(Act.KEEP_FAVOURITE)
def mine() -> ResponseReturnValue:
    """What a person keeps, with what it costs and when it is free."""
    rows, at = favourites_of(me()), now()
    return render_template(
        "instruments/favourites.html", rows=rows, next_free=next_free(rows, at=at), yours=your_hours(rows, me(), at=at), photos=first_photos(rows),
        kept={row.id for row in rows},
    )  # fmt: skip


@favourites.post("/favourites/<number:instrument_id>/keep")
@may(Act.KEEP_FAVOURITE)
def keep(instrument_id: int) -> ResponseReturnValue:
    """Keep an instrument."""
    keep_favourite(instrument_id, by=me(), at=now())
    return _back(instrument_id)


@favourites.post("/favourites/<number:instrument_id>/drop")
@may(Act.KEEP_FAVOURITE)
def drop(instrument_id: int) -> ResponseReturnValue:
    """Let an instrument go."""
    drop_favourite(instrument_id, by=me(), at=now())
    return _back(instrument_id)


def _back(instrument_id: int) -> ResponseReturnValue:
    """To where the person was, at the same instrument."""
    there = safe_next(request.form.get("next")) or url_for("instruments.show", instrument_id=instrument_id)
    return redirect(f"{there}#i{instrument_id}", 303)
