"""What an instrument can do, in figures and words: rows that an owner types without any script."""

from __future__ import annotations

from itertools import zip_longest

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Refused
from equipment_share.domain.specs import number
from equipment_share.domain.texts import clean_text
from equipment_share.queries.instruments.instruments import own_instrument
from equipment_share.services.instruments.listing import change_instrument
from equipment_share.web.access import may, me
from equipment_share.web.instruments.lines import place_in_rows
from equipment_share.wording import refusal_words

details = Blueprint("details", __name__, url_prefix="/desk/instruments")
COLUMNS = ("name", "name_en", "low", "high", "unit", "text")
MOST_ROWS = 40


@details.get("/<number:instrument_id>/specs")
@may(Act.EDIT_INSTRUMENT)
def specs(instrument_id: int) -> ResponseReturnValue:
    """The specifications that can be searched."""
    found = own_instrument(instrument_id, me())
    return render_template("instruments/specs.html", instrument=found, rows=found.specs, problems=[])


@details.post("/<number:instrument_id>/specs")
@may(Act.EDIT_INSTRUMENT)
def save_specs(instrument_id: int) -> ResponseReturnValue:
    """Change the specifications; a row without anything in it is left out."""
    found = own_instrument(instrument_id, me())
    rows = spec_rows()
    try:
        change_instrument(found.id, {"specs": [_typed(row) for row in rows]}, by=me(), at=now())
    except Refused as refusal:
        problems = (
            [f"{place_in_rows(p.field)}{refusal_words(p.code, p.facts)}" for p in refusal.problems] if isinstance(refusal, Invalid) else []
        )
        return render_template("instruments/specs.html", instrument=found, rows=rows, problems=problems), 422
    flash(gettext("Saved."))
    return redirect(url_for("owner.show", instrument_id=instrument_id), 303)


def spec_rows() -> list[dict[str, str]]:
    """The rows of the form as they were typed."""
    columns = [[clean_text(text)[:200] for text in request.form.getlist(name)[:MOST_ROWS]] for name in COLUMNS]
    return [dict(zip(COLUMNS, row, strict=True)) for row in zip_longest(*columns, fillvalue="") if any(row)]


def _typed(row: dict[str, str]) -> dict[str, object]:
    """A row as the rules read it; a figure that is none stays as it was typed, and is refused there."""
    figures: dict[str, object] = {
        name: row[name] if number(row[name]) is None else number(row[name]) for name in ("low", "high") if row[name]
    }
    return {"name": row["name"], **figures, **{name: row[name] for name in ("name_en", "unit", "text") if row[name]}}
