"""The owner's price lists: every version, and a form for a new one with bands, units, classes and add-ons."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Problem, Refused
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import ADD_ON_KINDS, ANYBODY, Mode, PriceItem, PriceUnit
from equipment_share.domain.tariffs import WHOLE_BP, Tariff, Terms, list_problems
from equipment_share.domain.texts import clean_text, has_hidden
from equipment_share.models.instruments import Instrument
from equipment_share.queries.instruments.effects import follows, prices_effect
from equipment_share.queries.instruments.instruments import own_instrument, price_lists
from equipment_share.queries.instruments.prices import items_of, lists_in_force
from equipment_share.services.instruments.listing import set_prices
from equipment_share.web.access import may, me
from equipment_share.web.fields import PercentField, yuan_fen
from equipment_share.web.instruments.effects import wants_effect
from equipment_share.web.instruments.forms import DatedForm
from equipment_share.wording import WORDS, refusal_words, word
from equipment_share.wording.marks import labelled

prices = Blueprint("prices", __name__, url_prefix="/desk/instruments")
COLUMNS = ("part", "mode", "unit", "unit_price_fen", "from", "to", "setup_fee_fen", "min_fee_fen", "max_fee_fen", "unit_minutes", "threshold_minutes",
           "first_price_fen", "code", "name", "name_en", "kind")  # fmt: skip
MOST_ROWS, SPARE_ROWS = 60, 2
Row = dict[str, str]


class PriceListForm(DatedForm):
    """For whom and when a list holds, and what it says beside its rows."""

    user_class = SelectField("user_class", choices=list(WORDS["class"]), default=ANYBODY)
    valid_to = DateField("valid_to", [Optional()])
    multiplier_bp = PercentField("multiplier_bp")
    urgent_bp = PercentField("urgent_bp")
    vat_bp = PercentField("vat_bp")

    def terms(self) -> Terms:
        """The share of the class, the price of haste, the tax."""
        share = self.multiplier_bp.data
        return Terms(WHOLE_BP if share is None else share, self.urgent_bp.data, self.vat_bp.data or 0)


@prices.get("/<number:instrument_id>/prices")
@may(Act.SET_PRICES)
def index(instrument_id: int) -> ResponseReturnValue:
    """Every version, and a form that begins with the list in force of a class."""
    found = own_instrument(instrument_id, me())
    wanted = request.args.get("class", ANYBODY)
    user_class = wanted if wanted in WORDS["class"] else ANYBODY
    listed = lists_in_force(found.id, [user_class], bureau_day(now())).get(user_class)
    terms = {"multiplier_bp": listed.multiplier_bp, "urgent_bp": listed.urgent_bp, "vat_bp": listed.vat_bp} if listed else {}
    form = PriceListForm(formdata=None, data={"user_class": user_class, **terms})
    return _page(found, form, [_shown(item) for item in items_of(listed)])


def _page(found: Instrument, form: PriceListForm, rows: list[Row], problems: tuple[tuple[int, str], ...] = ()) -> str:
    parts = {}
    for part in ("main", "add_on"):
        told = [(row, [words for number, words in problems if number == index]) for index, row in enumerate(rows) if row["part"] == part]
        parts[part] = told + [({**dict.fromkeys(COLUMNS, ""), "part": part}, [])] * SPARE_ROWS
    return render_template(
        "instruments/prices.html", instrument=found, form=form, parts=parts, lists=[(row, items_of(row)) for row in price_lists(found.id)],
        modes=found.modes or list(Mode), units=list(PriceUnit), kinds=ADD_ON_KINDS, classes=list(WORDS["class"]), unsound=[words for _, words in problems],
        **_effect(found, form, rows),
    )  # fmt: skip


def _shown(item: PriceItem) -> Row:
    """A row as it is typed."""
    return (
        dict.fromkeys(COLUMNS, "")
        | {
            name: ""
            if value in (None, 0)
            else str(Decimal(value) / 100)
            if name.endswith("_fen") and isinstance(value, int)
            else str(value)
            for name, value in item.document().items()
        }
        | {"unit_price_fen": str(item.unit_price), "part": "add_on" if item.is_add_on else "main"}
    )


@prices.post("/<number:instrument_id>/price-lists")
@may(Act.SET_PRICES)
def publish(instrument_id: int) -> ResponseReturnValue:
    """Publish a new version."""
    found = own_instrument(instrument_id, me())
    form, rows = PriceListForm(), _typed_rows()
    problems: list[tuple[int, str]] = []
    if wants_effect():
        return _page(found, form, rows, tuple(_problems_of(rows)))
    if form.validate_on_submit():
        try:
            set_prices(
                found.id, _items(rows), valid_from=form.valid_from.data or bureau_day(now()), valid_to=form.valid_to.data,
                user_class=form.user_class.data, terms=form.terms(), by=me(), at=now(),
            )  # fmt: skip
        except Invalid as refusal:
            problems = [_of_row(problem) for problem in refusal.problems if problem.field.startswith("items[")]
            form.show_all([problem for problem in refusal.problems if not problem.field.startswith("items[")])
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(_published(form.user_class.data, form.valid_from.data or bureau_day(now())))
            return redirect(url_for(".index", instrument_id=instrument_id, **{"class": form.user_class.data}), 303)
    return _page(found, form, rows, tuple(problems)), 422


def _published(user_class: str, first: date) -> str:
    return gettext(
        "Published for %(class)s from %(day)s on. Bookings that are made keep their prices; what is asked for from then on goes by the new ones.",
        day=first, **{"class": word("class", user_class)},
    )  # fmt: skip


@prices.post("/<number:instrument_id>/prices-effect")
@may(Act.SET_PRICES)
def effect(instrument_id: int) -> ResponseReturnValue:
    """What a typical hour costs each class by what stands in the form."""
    found = own_instrument(instrument_id, me())
    rows = _typed_rows()
    unsound = [words for _, words in _problems_of(rows)] if rows else []
    return render_template("instruments/_prices_effect.html", unsound=unsound, **_effect(found, PriceListForm(), rows))


def _effect(found: Instrument, form: PriceListForm, rows: list[Row]) -> dict[str, Any]:
    """What the list follows, and a typical hour of each class; neither while a row cannot be read."""
    try:
        items = _items(rows)
    except Invalid:
        return {"samples": [], "follows": None}
    classes, first = list(WORDS["class"]), form.valid_from.data or bureau_day(now())
    wanted = form.user_class.data if form.user_class.data in classes else ANYBODY
    return {
        "samples": prices_effect(found, items, form.terms(), wanted, classes, on=first),
        "follows": follows(found, items, wanted, on=first, until=form.valid_to.data), "wanted": wanted,
        "then": _tariff(items, form.terms(), wanted), "until": form.valid_to.data,
    }  # fmt: skip


def _tariff(items: list[PriceItem], terms: Terms, user_class: str) -> Tariff:
    return Tariff(tuple(items), terms.multiplier_bp, terms.urgent_bp, terms.vat_bp, user_class)


def _problems_of(rows: list[Row]) -> list[tuple[int, str]]:
    try:
        return [_of_row(problem) for problem in list_problems(_items(rows))]
    except Invalid as refusal:
        return [_of_row(problem) for problem in refusal.problems]


def _of_row(problem: Problem) -> tuple[int, str]:
    """Which row, and what is wrong with it."""
    row, _, name = problem.field.removeprefix("items[").partition("].")
    words = refusal_words(problem.code, problem.facts)
    return int(row), labelled(word("price_column", name), words) if name in COLUMNS else words


def _typed_rows() -> list[Row]:
    """The rows in which something was typed; those of the form's two parts in their order."""
    columns = {name: [clean_text(text)[:60] for text in request.form.getlist(name)[:MOST_ROWS]] for name in COLUMNS}
    count = len(columns["unit_price_fen"])
    rows = [{name: cells[i] if i < len(cells) else "" for name, cells in columns.items()} for i in range(count)]
    return [row for row in rows if any(row[name] for name in COLUMNS if name not in ("part", "mode", "unit", "kind"))]


def _items(rows: list[Row]) -> list[PriceItem]:
    """The rows as values.

    Raises: Invalid with every problem of every row.
    """
    items: list[PriceItem] = []
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        try:
            items.append(PriceItem.parse(_document(row), f"items[{index}]"))
        except Invalid as refusal:
            problems += refusal.problems
    if problems:
        raise Invalid(problems)
    return items


def _document(row: Row) -> dict[str, Any]:
    """A typed row as the API would send it; what is no figure stays a text and is refused there."""
    found: dict[str, Any] = {}
    for name, text in row.items():
        if not text or name == "part":
            continue
        if name.endswith("_fen"):
            found[name] = yuan_fen(text)
        elif name.endswith("_minutes"):
            found[name] = int(text) if text.isascii() and text.isdecimal() else text
        else:
            found[name] = text if not has_hidden(text) else None
    return found
