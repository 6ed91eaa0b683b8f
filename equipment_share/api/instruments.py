"""The pool: the catalogue, one instrument, when it is free; and what its owner writes about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from equipment_share.adapters.tables import read_table
from equipment_share.api import shapes_pool
from equipment_share.api.bodies import TABLE_CODES, Form, Json
from equipment_share.api.fields import Document, Field, ListOf, ObjectOf
from equipment_share.api.kinds import BP, CODE, KEY, Choice, Day, Fen, Instant, Integer, Number, Switch, Text, YesNo
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, cursor
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.exchange.mapping import own_mapping
from equipment_share.domain.instruments import CHOICES, SWITCHES, TEXTS
from equipment_share.domain.money import Money
from equipment_share.domain.pricing import ADD_ON_KINDS, ANYBODY, Mode, PriceItem, PriceUnit
from equipment_share.domain.tariffs import MOST_BP, WHOLE_BP, Terms
from equipment_share.domain.timeslots import Slot
from equipment_share.queries.instruments.catalogue import SORTS, CatalogueWish
from equipment_share.queries.instruments.instruments import availability_of, instrument_seen_by, maintenance_of, own_instrument, price_lists
from equipment_share.queries.instruments.widening import searched
from equipment_share.services.instruments.catalogue_import import import_catalogue
from equipment_share.services.instruments.closing import close_for_maintenance, end_maintenance
from equipment_share.services.instruments.listing import change_instrument, list_instrument, set_prices
from equipment_share.wording import refusal_words

shelf = Shelf("instruments")
LONGEST_RANGE = timedelta(days=92)
ALONE = Answer("InstrumentAlone")
HOUR = ObjectOf(
    (Field("weekday", Integer(1, 7), required=True), Field("from", Text(5), required=True), Field("to", Text(5), required=True),
     Field("mode", Choice(tuple(Mode)), means="Only for this mode of service; left out: for all that have none of their own."))
)  # fmt: skip
QUESTION = Document("`{key, label, label_en?, kind: text|number|choice|yes_no|file, unit, required, choices}`")
SPEC = Document("`{name, name_en?, low, high, unit}` with at least one figure, or `{name, name_en?, text}`")
WRITTEN = (
    *(Field(name, Text(most, lines=most >= 200, empty=True)) for name, most in TEXTS.items()),
    *(Field(name, Choice(options)) for name, options in CHOICES.items()),
    *(Field(name, YesNo()) for name in SWITCHES),
    Field("original_value_fen", Fen()), Field("in_service_on", Day()), Field("modes", ListOf(Choice(tuple(Mode)), 4, once=True)),
    Field("rules", Document()), Field("hours", ListOf(HOUR, 100)),
    Field("questions", ListOf(QUESTION, 20), means="What a firm is asked about its samples."),
    Field("specs", ListOf(SPEC, 30), means="What can be searched by figures and words."),
    Field("linked", ListOf(KEY, 10, once=True), means="Own instruments that are booked together with this one."),
)  # fmt: skip
WRITING_CODES = ("not_a_number", "end_before_start", "taken", "not_a_time", "not_a_code", "not_a_list_of_texts")
SORT = Choice((*SORTS, *(f"-{name}" for name in SORTS)))
SEARCH = (
    Field("q", Text(200)),
    Field("need", Text(200), means="Words over functions, services and specifications: a method, a standard, a kind of sample."),
    Field("spec", Text(40), means="The name of a specification whose range must hold `value`."), Field("value", Number()),
    Field("category", Text(6)), Field("owner", Text(40)), Field("mode", Choice(tuple(Mode))),
    Field("free_from", Instant()), Field("free_to", Instant()), Field("min_minutes", Integer(1, 20160)), Field("voucher", Switch(), default=False),
    Field("sort", SORT, default="name"),
)  # fmt: skip


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, money as the fen that the rules check."""
    return {name: value.fen if isinstance(value, Money) else value for name, value in values.items()}


@shelf.get("/instruments", Act.SEE_CATALOGUE, "Search the pool: Chinese, English, model numbers, pinyin initials.",
           Answer("Instrument", listed=True), query=(*SEARCH, *PAGE), cached=True,
           refusals={422: ("end_before_start", "too_long", "not_a_number")})  # fmt: skip
def search_instruments(call: Call) -> Reply:
    """A page of the catalogue."""
    wanted = call.query
    start, end = wanted["free_from"], wanted["free_to"]
    free = _span(start, end) if start is not None or end is not None else None
    size = wanted["limit"]
    first = wanted["cursor"] or 0
    wish = CatalogueWish(
        q=wanted["q"] or "", need=wanted["need"] or "", spec=wanted["spec"] or "", value=wanted["value"],
        category=wanted["category"] or "", owner=wanted["owner"] or "", mode=wanted["mode"] or "",
        voucher=wanted["voucher"], free=free, min_minutes=wanted["min_minutes"],
        sort=wanted["sort"].removeprefix("-"), turned=wanted["sort"].startswith("-"), page=first // size + 1, size=size,
    )  # fmt: skip
    found, _ = searched(wish, at=call.at)
    seen = wish.page * size
    body = {"items": shapes_pool.instruments(found.instruments, at=call.at), "next": cursor(seen) if seen < found.total else None}
    return Reply(body | ({"total": found.total} if wanted["total"] else {}))


def _span(start: datetime | None, end: datetime | None) -> Slot:
    """A stretch of time to look into, at most 92 days.

    Raises: Invalid.
    """
    if start is None or end is None:
        raise invalid("required", "free_from" if start is None else "free_to")
    if end <= start:
        raise invalid("end_before_start", "free_to")
    if end - start > LONGEST_RANGE:
        raise invalid("too_long", "free_to")
    return Slot(start, end)


@shelf.get("/instruments/{id}", Act.SEE_CATALOGUE, "One instrument with rules, hours, prices and photos.", ALONE,
           sees=by_id(instrument_seen_by), cached=True)  # fmt: skip
def show_instrument(call: Call) -> Reply:
    """One instrument."""
    return Reply(shapes_pool.alone(call.seen, at=call.at))


@shelf.get("/instruments/{id}/availability", Act.SEE_CATALOGUE, "When it is free and why not otherwise; at most 92 days.", Answer("Availability"),
           sees=by_id(instrument_seen_by), query=(Field("from", Instant(), required=True), Field("to", Instant(), required=True)),
           refusals={422: ("end_before_start", "too_long")})  # fmt: skip
def show_availability(call: Call) -> Reply:
    """Free and closed times."""
    start, end = call.query["from"], call.query["to"]
    if end <= start:
        raise invalid("end_before_start", "to")
    if end - start > LONGEST_RANGE:
        raise invalid("too_long", "to")
    return Reply(shapes_pool.availability(*availability_of(call.seen, Slot(start, end), call.by, at=call.at)))


@shelf.post("/instruments", Act.EDIT_INSTRUMENT, "List an instrument.", ALONE, makes=True, body=Json(WRITTEN),
            refusals={403: ("organisation_not_verified",), 409: ("already_decided",), 422: WRITING_CODES})  # fmt: skip
def create_instrument(call: Call) -> Reply:
    """List an instrument."""
    sent = {name: value for name, value in _plain(call.body).items() if value is not None}
    made = list_instrument(sent, by=call.me, at=call.at)
    return Reply(shapes_pool.alone(made, at=call.at), 201, f"/api/v1/instruments/{made.id}")


@shelf.patch("/instruments/{id}", Act.EDIT_INSTRUMENT, "Change what is written; merges by key, also inside rules.", ALONE,
             sees=by_id(own_instrument), body=Json(WRITTEN, partial=True), refusals={409: ("already_decided",), 422: WRITING_CODES})  # fmt: skip
def patch_instrument(call: Call) -> Reply:
    """Change an instrument."""
    changed = change_instrument(call.id, _plain(call.body), version=call.version, by=call.me, at=call.at)
    return Reply(shapes_pool.alone(changed, at=call.at))


@shelf.post("/instruments/import", Act.EDIT_INSTRUMENT, "A table of instruments (csv, xlsx, json) in our own columns.", Answer("Import"),
            body=Form((), most_megabytes=10), query=(Field("strict", Switch(), default=False),),
            refusals={403: ("organisation_not_verified",), 409: ("already_decided",), 422: TABLE_CODES})  # fmt: skip
def import_instruments(call: Call) -> Reply:
    """Import a table."""
    file = call.body["file"]
    table = read_table(file.content, file.name)
    done = import_catalogue(table, own_mapping(table.header), call.me.organisation_id, strict=call.query["strict"], by=call.me, at=call.at)
    document = done.document()
    rejected = [{**row, "reason": refusal_words(row["code"], {})} for row in document["rejected"]]
    return Reply({**document, "rejected": rejected})


@shelf.get("/instruments/{id}/maintenance", Act.PLAN_MAINTENANCE, "Planned closures.", Answer("Maintenance", listed=True),
           sees=by_id(own_instrument))  # fmt: skip
def list_maintenance(call: Call) -> Reply:
    """Closures that are not over."""
    return Reply({"items": [shapes_pool.closure(row) for row in maintenance_of(call.id, after=call.at)], "next": None})


@shelf.post("/instruments/{id}/maintenance", Act.PLAN_MAINTENANCE, "Close an instrument for a while.", Answer("Maintenance"), makes=True,
            sees=by_id(own_instrument), body=Json((
                Field("start", Instant(), required=True), Field("end", Instant(), required=True), Field("reason", Text(200), default=""),
                Field("rrule", Text(300), default="", means="An RFC 5545 rule: the same closed time again and again."),
                Field("cancel_bookings", YesNo(), default=False),
            )), refusals={409: ("bookings_affected",), 422: ("end_before_start", "in_the_past", "too_long", "bad_rule", "too_many")})  # fmt: skip
def close_instrument(call: Call) -> Reply:
    """Plan a closure."""
    made = close_for_maintenance(call.id, **call.body, by=call.me, at=call.at)
    return Reply(shapes_pool.closure(made), 201, f"/api/v1/instruments/{call.id}/maintenance")


@shelf.delete("/instruments/{id}/maintenance/{mid}", Act.PLAN_MAINTENANCE, "Call a closure off.", ALONE,
              query=(Field("following", Switch(), default=False, means="Also those after it that the same rule planned."),),
              sees=by_id(own_instrument), refusals={409: ("already_decided",)})  # fmt: skip
def reopen_instrument(call: Call) -> Reply:
    """Call a closure off."""
    opened = end_maintenance(call.id, int(call.path["mid"]), following=call.query["following"], by=call.me, at=call.at)
    return Reply(shapes_pool.alone(opened, at=call.at))


@shelf.get("/instruments/{id}/prices", Act.SEE_CATALOGUE, "Every version of the prices.", Answer("PriceList", listed=True),
           sees=by_id(instrument_seen_by))  # fmt: skip
def list_prices(call: Call) -> Reply:
    """Every version of the prices."""
    return Reply({"items": [shapes_pool.prices(row) for row in price_lists(call.id)], "next": None})


PRICE_CODES = ("overlapping_period", "end_before_start", "taken", "not_a_time", "does_not_go_together", "bands_overlap", "bands_gap",
               "bands_differ", "no_price")  # fmt: skip
ITEM = ObjectOf((
    Field("mode", Choice(tuple(Mode)), required=True), Field("unit", Choice(tuple(PriceUnit)), required=True),
    Field("unit_price_fen", Fen(), required=True), Field("setup_fee_fen", Fen()), Field("min_fee_fen", Fen()), Field("max_fee_fen", Fen()),
    Field("from", Text(5), means="From when in the day, by the instrument's clock; left out: the rest of the day."), Field("to", Text(5)),
    Field("unit_minutes", Integer(1, 1440), means="Time is counted in whole units of so many minutes."),
    Field("threshold_minutes", Integer(1, 1440), means="A rest of at least so many minutes is one unit more."),
    Field("first_price_fen", Fen(), means="The price of the first unit."),
    Field("code", CODE, means="Makes it an add-on: ordered beside the time, per `item`."), Field("name", Text(60)),
    Field("name_en", Text(60), means="Its English counterpart, shown to the reader of English."), Field("kind", Choice(ADD_ON_KINDS)),
))  # fmt: skip


@shelf.post("/instruments/{id}/prices", Act.SET_PRICES, "Publish prices for a class of users.", Answer("PriceList"), makes=True,
            sees=by_id(own_instrument), body=Json((
                Field("valid_from", Day(), required=True), Field("valid_to", Day()), Field("user_class", CODE, default=ANYBODY),
                Field("items", ListOf(ITEM, 60), default=[], means="Of a class, none: everybody's, times `multiplier_bp`."),
                Field("multiplier_bp", Integer(0, MOST_BP), default=WHOLE_BP),
                Field("urgent_bp", Integer(WHOLE_BP, MOST_BP), means="What an urgent order costs of the ordinary fee; left out: none is taken."),
                Field("vat_bp", BP, default=0, means="The tax inside the prices."),
            )), refusals={422: PRICE_CODES})  # fmt: skip
def publish_prices(call: Call) -> Reply:
    """Publish prices."""
    body = call.body
    problems: list[Problem] = []
    items = []
    for index, row in enumerate(body["items"]):
        fens = {name: value.fen if hasattr(value, "fen") else value for name, value in row.items()}
        try:
            items.append(PriceItem.parse(fens, f"items[{index}]"))
        except Invalid as refusal:
            problems += refusal.problems
    if problems:
        raise Invalid(problems)
    made = set_prices(
        call.id, items, valid_from=body["valid_from"], valid_to=body["valid_to"], user_class=body["user_class"],
        terms=Terms(body["multiplier_bp"], body["urgent_bp"], body["vat_bp"]), by=call.me, at=call.at,
    )  # fmt: skip
    return Reply(shapes_pool.prices(made), 201, f"/api/v1/instruments/{call.id}/prices")
