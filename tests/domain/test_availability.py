"""What is free equals a brute-force grid of minutes that shares no code with it, on two thousand random instruments."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from equipment_share.domain.bookings.availability import free_slots
from equipment_share.domain.bookings.life import Timetable, slot_problems
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.timeslots import Hours, Slot

INSTRUMENTS = 2_000
MINUTE = timedelta(minutes=1)
STEP = 15
"""All times lie on this many minutes, so that a grid of them misses nothing."""
BEGIN = datetime(2026, 10, 30, tzinfo=UTC)  # New York's clock changes inside the span
DAYS = 3


def _times(rng: random.Random, longest: int) -> Slot:
    start = BEGIN + rng.randrange(-8, DAYS * 96) * STEP * MINUTE
    return Slot(start, start + rng.randrange(1, longest) * STEP * MINUTE)


def _instrument(rng: random.Random) -> tuple[Timetable, list[list[Slot]], datetime]:
    zone = ZoneInfo(rng.choice(["Asia/Shanghai", "America/New_York"]))
    rules = Rules(
        min_minutes=rng.choice([15, 30, 60, 120]), lead_minutes=rng.choice([0, 60, 300]), horizon_days=rng.choice([1, 2, 90]),
        buffer_before_minutes=rng.choice([0, 15, 45]), buffer_after_minutes=rng.choice([0, 15, 30]),
    )  # fmt: skip
    hours = []
    for weekday in range(1, 8):
        for _ in range(rng.choice([0, 1, 1, 2])):
            opens = rng.randrange(0, 92) * STEP
            hours.append(Hours(weekday, opens, min(1440, opens + rng.randrange(1, 60) * STEP)))
    off = frozenset(date(2026, 10, 29) + timedelta(days=day) for day in range(6) if rng.random() < 0.15)
    maintenance = [_times(rng, 30) for _ in range(rng.choice([0, 0, 1, 2]))]
    units = [[_times(rng, 20) for _ in range(rng.randrange(0, 6))] for _ in range(rng.choice([1, 1, 2]))]
    at = BEGIN + rng.randrange(-96, 96) * STEP * MINUTE
    return Timetable(rules, hours if rng.random() < 0.8 else [], zone, off, maintenance), units, at


def _local(day: date, minute: int, zone: ZoneInfo) -> datetime:
    day, minute = (day + timedelta(days=1), 0) if minute == 1440 else (day, minute)
    return datetime.combine(day, time(minute // 60, minute % 60), zone).astimezone(UTC)


def _brute(span: Slot, table: Timetable, units: list[list[Slot]], at: datetime) -> list[bool]:
    """Whether each step of the span can be used: open, not off, not closed, some unit free with its buffers, a run long enough."""
    rules, zone = table.rules, table.zone
    count = int((span.end - span.start) / (STEP * MINUTE))
    moments = [span.start + index * STEP * MINUTE for index in range(count)]
    windows = [Hours(day, 0, 1440) for day in range(1, 8)] if not table.hours else list(table.hours)
    first = span.start.astimezone(zone).date()
    opened = []
    for offset in range(-1, DAYS + 3):
        day = first + timedelta(days=offset)
        if day not in table.holidays:
            opened += [
                (_local(day, w.opens_minute, zone), _local(day, w.closes_minute, zone)) for w in windows if w.weekday == day.isoweekday()
            ]
    before, after = rules.buffer_before_minutes * MINUTE, rules.buffer_after_minutes * MINUTE

    def possible(moment: datetime, busy: list[Slot]) -> bool:
        end = moment + STEP * MINUTE
        return (
            any(a <= moment and end <= b for a, b in opened)
            and moment >= at + rules.lead_minutes * MINUTE
            and end <= at + timedelta(days=rules.horizon_days)
            and not any(slot.start < end + after and moment - before < slot.end for slot in (*busy, *table.maintenance))
        )

    free = [False] * count
    for busy in units:
        fits = [possible(moment, busy) for moment in moments]
        start = 0
        while start < count:
            stop = start
            while stop < count and fits[stop]:
                stop += 1
            if (stop - start) * STEP >= rules.min_minutes:
                free[start:stop] = [True] * (stop - start)
            start = max(stop, start + 1)
    return free


def test_what_is_free_equals_a_grid_of_minutes_on_two_thousand_instruments() -> None:
    rng, span = random.Random(20261124), Slot(BEGIN, BEGIN + timedelta(days=DAYS))
    differences, free_steps = [], 0

    for number in range(INSTRUMENTS):
        table, units, at = _instrument(rng)
        wanted = _brute(span, table, units, at)
        slots = free_slots(span, table, units, at=at)
        found = [
            any(s.start <= m and m + STEP * MINUTE <= s.end for s in slots)
            for m in (span.start + i * STEP * MINUTE for i in range(len(wanted)))
        ]
        free_steps += sum(wanted)
        if found != wanted:
            differences.append(number)

    assert differences == []
    assert free_steps > 50_000


@pytest.mark.parametrize(("grid", "least", "shortest"), [(30, 15, 30), (15, 20, 30), (15, 15, 15), (1, 7, 7)])
def test_the_shortest_time_is_whole_steps_of_the_grid(grid: int, least: int, shortest: int) -> None:
    rules = Rules.parse({"grid_minutes": grid, "min_minutes": least})

    assert rules.shortest_minutes == shortest


def test_a_gap_shorter_than_one_step_is_not_free_and_a_refusal_names_the_step() -> None:
    table = Timetable(Rules.parse({"grid_minutes": 30, "min_minutes": 15}), (), ZoneInfo("Asia/Shanghai"))
    begin = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)
    span = Slot(begin, begin + timedelta(minutes=20))

    free = free_slots(span, table, [], at=begin - timedelta(days=1))
    refused = slot_problems(begin, begin + timedelta(minutes=10), table, at=begin - timedelta(days=1))

    assert free == []
    assert [problem.facts["minutes"] for problem in refused if problem.code == "too_short"] == [30]
