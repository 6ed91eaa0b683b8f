"""Use cases of the pool: list an instrument, change it, price it, close it for maintenance, admit or withdraw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from equipment_share.adapters.pinyin import initials, pinyin_key
from equipment_share.domain.access import Act, Actor, Role, require
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import AlreadyDecided, Invalid, NotFound, NotVerified, Problem, StaleVersion, invalid
from equipment_share.domain.instruments import also_called, checked_fields
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.price_changes import lists_meet
from equipment_share.domain.pricing import ANYBODY, PriceItem, PriceUnit
from equipment_share.domain.specs import folded, words_of
from equipment_share.domain.tariffs import Terms, list_problems
from equipment_share.models.instruments import Instrument, InstrumentClass, Listing, PriceList, Unit
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.instruments.instruments import (
    instrument_named,
    own_instrument,
    price_lists,
    rules_in_force,
    units_of,
)
from equipment_share.queries.instruments.prices import in_force, items_of
from equipment_share.services.transaction import record, transaction, use_case

EVERYBODYS = Terms()
"""The terms of a list that says nothing of class, haste or tax."""


@use_case
def list_instrument(fields: Mapping[str, object], *, owner_id: int | None = None, by: Actor, at: datetime) -> Instrument:
    """Put an instrument into the pool.

    Raises: Forbidden, NotVerified, Invalid with every problem.
    """
    require(by, Act.EDIT_INSTRUMENT)
    with transaction(lost_race=AlreadyDecided) as session:
        owner = _verified_owner(session, owner_id if by.role is Role.SYSTEM else by.organisation_id)
        instrument = add_instrument(session, owner, fields, at=at)
        record(session, "instrument", instrument, "listed", by=by, at=at)
    return instrument


def _verified_owner(session: Session, owner_id: int | None) -> Organisation:
    owner = session.get(Organisation, owner_id) if owner_id is not None else None
    if owner is None:
        raise NotFound()
    if owner.state is not OrganisationState.VERIFIED:
        raise NotVerified(state=owner.state.value)
    return owner


def add_instrument(session: Session, owner: Organisation, fields: Mapping[str, object], *, at: datetime) -> Instrument:
    """Building block: check the fields and make the rows of one instrument.

    Raises: Invalid with every problem.
    """
    values = checked_fields(fields, whole=True)
    _free_code(session, owner.id, values["inner_code"], None)
    instrument = Instrument(owner_id=owner.id, name_key="", search_text="", made_at=at, changed_at=at)
    _write(session, instrument, values)
    session.add(instrument)
    session.flush()
    _units_follow(session, instrument, there=0)
    return instrument


def _free_code(session: Session, owner_id: int, code: str, own_id: int | None) -> None:
    twin = instrument_named(owner_id, code)
    if twin is not None and twin != own_id:
        raise invalid("taken", "inner_code")


def _write(session: Session, instrument: Instrument, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "original_value_fen":
            instrument.original_value = None if value is None else Money(value)
        elif name == "rules":
            merged = {**(instrument.rules or {}), **value}
            instrument.rules = {key: setting for key, setting in merged.items() if setting is not None}
        else:
            setattr(instrument, name, value)
    _own_ones(session, instrument)
    kind = session.get(InstrumentClass, instrument.class_code) if instrument.class_code else None
    if instrument.class_code and kind is None:
        raise invalid("not_a_choice", "class_code")
    Rules.parse({**session.get_one(Organisation, instrument.owner_id).rules, **(instrument.rules or {})})
    name = instrument.name_zh or instrument.name_en or ""
    instrument.name_key = pinyin_key(name)[:400]
    instrument.search_text = search_text(instrument, kind)


def _own_ones(session: Session, instrument: Instrument) -> None:
    """That what is booked together belongs to one owner, and no instrument comes with itself."""
    for key in instrument.linked or []:
        other = session.get(Instrument, key)
        if other is None or other.owner_id != instrument.owner_id or other.id == instrument.id:
            raise invalid("not_a_choice", "linked")


def search_text(instrument: Instrument, kind: InstrumentClass | None) -> str:
    """Everything a person may search an instrument by, folded: also by sound and by the initials of its sound."""
    names = [instrument.name_zh, kind.name_zh if kind else ""]
    texts = [
        *names, instrument.name_en, kind.name_en if kind else "", instrument.manufacturer, instrument.model, instrument.inner_code,
        instrument.functions, instrument.services, instrument.tech_spec, *words_of(instrument.specs or []),
        *(pinyin_key(name) for name in names if name), *(initials(name) for name in names if name),
    ]  # fmt: skip
    short = also_called(" ".join(text for text in texts if text))
    return "\n".join(folded(text) for text in [*texts, *short, *(initials(name) for name in short)] if text)


def _units_follow(session: Session, instrument: Instrument, *, there: int) -> None:
    """As many units as the rules say; units that are there stay, for bookings point at them."""
    wanted = rules_in_force(instrument).units
    for number in range(there + 1, wanted + 1):
        session.add(Unit(instrument_id=instrument.id, number=number))
    session.flush()


@use_case
def change_instrument(
    instrument_id: int, changes: Mapping[str, object], *, version: int | None = None, by: Actor, at: datetime
) -> Instrument:
    """Change what is said about an instrument; fields merge by key, also inside `rules`.

    Raises: Forbidden, NotFound, StaleVersion, Invalid with every problem.
    """
    require(by, Act.EDIT_INSTRUMENT)
    with transaction(lost_race=AlreadyDecided) as session:
        instrument = own_instrument(instrument_id, by)
        if version is not None and version != instrument.version:
            raise StaleVersion(version=instrument.version)
        apply_changes(session, instrument, changes, at=at)
        record(session, "instrument", instrument, "changed", by=by, at=at, facts={"fields": sorted(changes)})
    return instrument


def apply_changes(session: Session, instrument: Instrument, changes: Mapping[str, object], *, at: datetime) -> None:
    """Building block: check and write changes to one instrument.

    Raises: Invalid with every problem.
    """
    values = checked_fields(changes, whole=False)
    if "inner_code" in values:
        _free_code(session, instrument.owner_id, values["inner_code"], instrument.id)
    _write(session, instrument, values)
    if not instrument.name_zh and not instrument.name_en:
        raise invalid("required", "name_zh")
    instrument.changed_at = at
    _units_follow(session, instrument, there=len(units_of(instrument.id)))


@use_case
def set_prices(
    instrument_id: int, items: Sequence[PriceItem], *, valid_from: date, valid_to: date | None = None, user_class: str = ANYBODY,
    terms: Terms = EVERYBODYS, by: Actor, at: datetime,
) -> PriceList:  # fmt: skip
    """Publish prices for a class of users; bookings that are there keep theirs.

    Raises: Forbidden, NotFound, Invalid (`overlapping_period` when two closed periods of a class meet), OverlappingPeriod in a race.
    """
    require(by, Act.SET_PRICES)
    with transaction() as session:
        instrument = own_instrument(instrument_id, by)
        listed = add_prices(
            session, instrument, items, valid_from=valid_from, valid_to=valid_to, user_class=user_class, terms=terms, by=by, at=at
        )
        record(
            session, "instrument", instrument, "prices_set", by=by, at=at, facts={"valid_from": valid_from.isoformat(), "class": user_class}
        )
    return listed


def add_prices(
    session: Session, instrument: Instrument, items: Sequence[PriceItem], *, valid_from: date, valid_to: date | None, user_class: str,
    terms: Terms = EVERYBODYS, by: Actor, at: datetime,
) -> PriceList:  # fmt: skip
    """Building block: one more version of the prices, and the instrument's own `price_from` in step.

    A list without an end counts until the next one of its class begins. The list of a class may have no rows: everybody's, multiplied.
    Raises: Invalid.
    """
    problems = terms.problems() + ([] if items or user_class != ANYBODY else [Problem("required", "items")])
    problems += list_problems(items)
    if valid_to is not None and valid_to < valid_from:
        problems.append(Problem("end_before_start", "valid_to"))
    others = price_lists(instrument.id)
    if any(lists_meet(row.valid_from, row.valid_to, valid_from, valid_to) for row in others if row.user_class == user_class):
        problems.append(Problem("overlapping_period", "valid_from"))
    if problems:
        raise Invalid(problems)
    listed = PriceList(
        instrument_id=instrument.id, valid_from=valid_from, valid_to=valid_to, user_class=user_class,
        items=[item.document() for item in items], multiplier_bp=terms.multiplier_bp, urgent_bp=terms.urgent_bp, vat_bp=terms.vat_bp,
        made_at=at, by_id=by.id,
    )  # fmt: skip
    session.add(listed)
    _price_from_follows(instrument, [row for row in (*others, listed) if row.user_class == ANYBODY], on=bureau_day(at))
    session.flush()
    return listed


def _price_from_follows(instrument: Instrument, lists: Sequence[PriceList], *, on: date) -> None:
    """The lowest price in force for everybody, beside the instrument for sorting."""
    items = [item for item in items_of(in_force(lists, on)) if not item.is_add_on]
    lowest = min(items, key=lambda item: (item.unit is not PriceUnit.HOUR, item.usual_price), default=None)
    instrument.price_from, instrument.price_unit = (lowest.usual_price, lowest.unit.value) if lowest else (None, "")


@use_case
def set_listing(instrument_id: int, listing: Listing, *, reason: str = "", by: Actor, at: datetime) -> Instrument:
    """The bureau admits an instrument to the pool or withdraws it; bookings that are there stay.

    Raises: Forbidden, NotFound, AlreadyDecided.
    """
    require(by, Act.ADMIT_INSTRUMENT)
    with transaction() as session:
        instrument = session.get(Instrument, instrument_id, with_for_update={"of": Instrument})
        if instrument is None:
            raise NotFound()
        if instrument.listing is listing:
            raise AlreadyDecided(state=listing.value)
        instrument.listing = listing
        event = "admitted" if listing is Listing.OPEN else "withdrawn"
        record(session, "instrument", instrument, event, by=by, at=at, reason=reason)
    return instrument
