"""Rows of a table as wishes: which instrument is meant, and when by that instrument's clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from equipment_share.adapters.tables import Table
from equipment_share.domain.bookings.options import Options
from equipment_share.domain.errors import Problem
from equipment_share.domain.exchange.uses import instant
from equipment_share.domain.exchange.wishes import COLUMNS, check_columns
from equipment_share.models.base import db
from equipment_share.models.instruments import Instrument, Listing
from equipment_share.models.people import Organisation
from equipment_share.queries.bookings.quoting import BookingWish


@dataclass(frozen=True)
class WishedRow:
    """One row: its number in the file, and the wish it holds or what is wrong with it."""

    number: int
    wish: BookingWish | None
    problems: tuple[Problem, ...] = ()


def wished_rows(table: Table) -> list[WishedRow]:
    """Every row as a wish; an instrument is named by its number, or by its owner's code and its own (`OWNER/CODE`). One question.

    Raises: Invalid when a column is missing or unknown.
    """
    check_columns(table.header)
    zones = _instruments({cells.cells.get("instrument", "").strip() for cells in table.rows})
    return [_row(row.number, row.cells, zones) for row in table.rows]


def _instruments(named: set[str]) -> dict[str, tuple[int, ZoneInfo]]:
    """Open instruments by what a row may call them."""
    ids = [int(name) for name in named if name.isascii() and name.isdigit() and len(name) < 10]
    codes = [name.split("/", 1)[1] for name in named if "/" in name]
    query = (
        select(Instrument.id, Instrument.inner_code, Organisation.code, Instrument.time_zone)
        .join(Organisation, Organisation.id == Instrument.owner_id)
        .where(Instrument.listing == Listing.OPEN, or_(Instrument.id.in_(ids), Instrument.inner_code.in_(codes)))
    )
    found: dict[str, tuple[int, ZoneInfo]] = {}
    for key, inner_code, owner_code, zone in db.session.execute(query):
        found[str(key)] = found[f"{owner_code}/{inner_code}"] = (key, ZoneInfo(zone))
    return found


_ADD_ON = re.compile("([A-Za-z0-9_.-]{1,40}):([1-9][0-9]{0,3})")


def _row(number: int, cells: Mapping[str, str], known: Mapping[str, tuple[int, ZoneInfo]]) -> WishedRow:
    given = {name: cells.get(name, "").strip() for name in COLUMNS}
    if given["instrument"] not in known:
        return WishedRow(number, None, (Problem("not_found" if given["instrument"] else "required", "instrument"),))
    key, zone = known[given["instrument"]]
    start, end = instant(given["start"], zone), instant(given["end"], zone)
    samples = given["samples"] or "0"
    problems = [Problem("not_a_time", name) for name, moment in (("start", start), ("end", end)) if moment is None]
    if not (samples.isascii() and samples.isdigit() and len(samples) < 7):
        problems.append(Problem("not_an_integer", "samples"))
    if len(given["purpose"]) > 500:
        problems.append(Problem("too_long_text", "purpose"))
    if problems or start is None or end is None:
        return WishedRow(number, None, tuple(problems))
    add_ons = [_ADD_ON.fullmatch(part) for part in given["add_ons"].replace(",", " ").replace(";", " ").split()]
    if given["urgent"] not in ("", "0", "1") or None in add_ons:
        return WishedRow(number, None, (Problem("not_a_switch", "urgent") if None not in add_ons else Problem("not_a_choice", "add_ons"),))
    options = Options(given["urgent"] == "1", {found[1]: int(found[2]) for found in add_ons if found})
    codes = tuple(code for code in given["programmes"].replace(",", " ").replace(";", " ").split() if code)
    wanted: str | tuple[str, ...] = "auto" if codes in ((), ("auto",)) else codes
    wish = BookingWish(
        key, given["mode"] or "guided", start, end, samples=int(samples), purpose=given["purpose"], programmes=wanted, options=options
    )
    return WishedRow(number, wish)
