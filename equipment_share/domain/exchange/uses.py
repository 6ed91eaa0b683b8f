"""Rows of bookings and of past uses as typed values: times by the instrument's clock, every problem at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from equipment_share.domain.errors import Problem

_HOLE = re.compile(r"\{([^{}]+)\}")
USE_FIELDS = ("instrument", "start", "end", "person", "note")


@dataclass(frozen=True)
class PastUse:
    """One row of a machine's log; an open end is a use that was still going on."""

    row: int
    instrument: str
    start: datetime
    end: datetime | None
    person: str = ""
    note: str = ""


def instant(text: str, zone: ZoneInfo) -> datetime | None:
    """RFC 3339 with offset, or a time by the instrument's own clock; None for what is neither.

    Units: an instant in UTC. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange
    """
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 1900 <= found.year <= 2100 or len(text.strip()) < len("2026-01-01 00:00"):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def past_uses(
    rows: Sequence[tuple[int, Mapping[str, str]]], fields: Mapping[str, str], zones: Mapping[str, ZoneInfo]
) -> tuple[list[PastUse], list[tuple[int, Problem]]]:
    """Rows as uses, and what is wrong with the others; `fields` names the column of each of our fields, or gives `{Column}` templates.

    `open_end` in `fields` is the text that means that the use was still going on, as an empty end does.
    Units: row numbers as a person sees them. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange (any length, open end; overlaps within the file are reported, touching is none)
    """
    good: list[PastUse] = []
    bad: list[tuple[int, Problem]] = []
    for number, cells in rows:
        given = {name: _cell(cells, fields.get(name, name)) for name in USE_FIELDS}
        if given["end"] and given["end"] == fields.get("open_end"):
            given["end"] = ""
        zone = zones.get(given["instrument"])
        if zone is None:
            bad.append((number, Problem("not_found" if given["instrument"] else "required", "instrument")))
            continue
        start, end = instant(given["start"], zone), instant(given["end"], zone)
        if start is None:
            bad.append((number, Problem("not_a_time", "start")))
        elif given["end"] and end is None:
            bad.append((number, Problem("not_a_time", "end")))
        elif end is not None and end <= start:
            bad.append((number, Problem("end_before_start", "end")))
        else:
            good.append(PastUse(number, given["instrument"], start, end, given["person"][:120], given["note"][:500]))
    clashing = overlapping(good)
    bad += [(row, Problem("overlaps", "start", {"row": other})) for row, other in clashing.items()]
    return [use for use in good if use.row not in clashing], sorted(bad, key=lambda pair: pair[0])


def _cell(cells: Mapping[str, str], column: str) -> str:
    """A column's text, or a template with columns in braces filled."""
    if "{" not in column:
        return cells.get(column, "").strip()
    return _HOLE.sub(lambda found: cells.get(found[1], "").strip(), column)


def overlapping(uses: Sequence[PastUse]) -> dict[int, int]:
    """The rows that overlap an earlier-starting row of the same instrument, with that row's number.

    Units: row numbers. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange
    """
    found: dict[int, int] = {}
    last: dict[str, PastUse] = {}
    for use in sorted(uses, key=lambda use: (use.instrument, use.start, use.row)):
        before = last.get(use.instrument)
        if before is not None and (before.end is None or use.start < before.end):
            found[use.row] = before.row
        else:
            last[use.instrument] = use
    return found
