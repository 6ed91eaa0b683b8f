"""The run sheet and the board as pages and as parts of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from flask import render_template, request
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.domain.bookings.samples import WAY
from equipment_share.domain.errors import Forbidden, Refused
from equipment_share.domain.periods import BUREAU_ZONE, bureau_day, day_begins
from equipment_share.domain.timeslots import MINUTE, Slot, local_days
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.bench import BoardRow, Slip, Turn, board_of, run_sheet, samples_waiting, turn_seen_by
from equipment_share.queries.bookings.bookings import booking_seen_by
from equipment_share.web.access import me
from equipment_share.web.bookings.inbox import words_of
from equipment_share.web.bookings.options import add_ons_of

STEP = 30
FIRST_HOUR, LAST_HOUR = 7, 22
WEEK = timedelta(days=7)
DAY = timedelta(days=1)


def run_page() -> str:
    """Today, tomorrow, and what is still to be recorded of the days before."""
    turns, today = run_sheet(me(), at=now()), bureau_day(now())
    groups: dict[str, list[Turn]] = {"running": [], "today": [], "record": [], "tomorrow": []}
    for row in turns:
        is_later = row.stage == "later" and bureau_day(row.booking.starts_at) > today
        groups[row.stage if row.stage in groups else "tomorrow" if is_later else "today"].append(row)
    return render_template(
        "bookings/run.html", groups=groups, total=len(turns), at=now(), add_ons=add_ons_of, kept={}, samples=samples_waiting(me()),
        stations=dict(pairwise(WAY)), tomorrow=today + DAY,
    )  # fmt: skip


def turn_part(booking_id: int, problems: Sequence[str] = (), *, opened: bool = False) -> str:
    """One line of the run sheet as it stands now; once it is recorded, what was charged."""
    row = turn_seen_by(booking_id, me(), at=now())
    if row is None:
        return render_template("bookings/_recorded.html", booking=booking_seen_by(booking_id, me()))
    kept = {name: text[:500] for name, text in request.form.items()} if opened else {}
    return render_template("bookings/_turn.html", row=row, problems=problems, opened=opened, add_ons=add_ons_of, kept=kept)


def done_here(booking_id: int, act: Callable[[], Booking], *, opened: bool = False) -> ResponseReturnValue:
    """Do something at the bench and show the line again, with what was refused."""
    try:
        act()
    except (Refused, Forbidden) as refusal:
        return turn_part(booking_id, words_of(refusal), opened=opened)
    return turn_part(booking_id)


@dataclass(frozen=True)
class Stretch:
    """Some half hours of a day on one line of the board: free, or one booking."""

    steps: int
    slip: Slip | None = None


def wanted_day() -> date | None:
    """The day that the address names, for the board of one day."""
    text = request.args.get("day", "")
    try:
        return date.fromisoformat(text) if re.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def board_page(monday: date) -> str:
    """All own instruments: a week, or the hours of one day; those with bookings alone where that is asked for."""
    day = wanted_day()
    first, length = (day, DAY) if day else (monday, WEEK)
    rows = board_of(me(), Slot(day_begins(first), day_begins(first + length)))
    only_busy = request.args.get("busy") != "0"
    shown = [row for row in rows if row.slips] if only_busy else rows
    context = {
        "rows": shown, "count": len(rows), "busy": sum(bool(row.slips) for row in rows), "only_busy": only_busy, "agenda": _agenda(rows),
        "today": bureau_day(now()), "monday": first - timedelta(days=first.weekday()), "day": day, "before": first - length, "after": first + length,
    }  # fmt: skip
    if day:
        return render_template(
            "bookings/board_day.html", **context, hours=range(FIRST_HOUR, LAST_HOUR), lanes={row.id: _lanes(row, day) for row in shown}
        )
    cells: dict[tuple[int, date], list[Slip]] = {}
    for row in shown:
        for slip in row.slips:
            for on in local_days(slip.slot, BUREAU_ZONE):
                cells.setdefault((row.id, on), []).append(slip)
    return render_template("bookings/board.html", **context, cells=cells, days=[monday + timedelta(days=i) for i in range(7)])


def _agenda(rows: Sequence[BoardRow]) -> list[tuple[date, list[tuple[Slip, BoardRow]]]]:
    """The same bookings one after another, day by day: what a phone has room for."""
    found: dict[date, list[tuple[Slip, BoardRow]]] = {}
    for slip, row in sorted(((one, line) for line in rows for one in line.slips), key=lambda pair: (pair[0].slot.start, pair[0].id)):
        found.setdefault(bureau_day(slip.slot.start), []).append((slip, row))
    return list(found.items())


def _lanes(row: BoardRow, day: date) -> list[list[Stretch]]:
    """An instrument's day as lines of stretches; equal units that are busy at once take a line each."""
    opens, closes = day_begins(day) + timedelta(hours=FIRST_HOUR), day_begins(day) + timedelta(hours=LAST_HOUR)
    whole = (closes - opens) // MINUTE // STEP
    lanes: list[tuple[int, list[Stretch]]] = []
    for slip in row.slips:
        first = max(0, _steps(slip.slot.start - opens))
        last = min(whole, max(first + 1, -_steps(opens - slip.slot.end)))
        if first >= whole or slip.slot.end <= opens:
            continue
        for place, (filled, line) in enumerate(lanes):
            if filled <= first:
                lanes[place] = (last, [*line, *_gap(first - filled), Stretch(last - first, slip)])
                break
        else:
            lanes.append((last, [*_gap(first), Stretch(last - first, slip)]))
    return [[*line, *_gap(whole - filled)] for filled, line in lanes] or [[Stretch(whole)]]


def _steps(span: timedelta) -> int:
    return span // (STEP * MINUTE)


def _gap(steps: int) -> list[Stretch]:
    return [Stretch(steps)] if steps else []
