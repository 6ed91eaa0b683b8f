"""What a person's own other bookings of an instrument say: too close together, or too often not come. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Problem
from equipment_share.domain.timeslots import Slot


def gap_problems(rules: Rules, wanted: Slot, own: Sequence[Slot]) -> list[Problem]:
    """Whether a wanted slot keeps the gap to a person's own other bookings of the instrument.

    Units: minutes. Rounding: none; exactly the gap is enough.
    Raises: nothing.
    Source: docs/rules.md#conduct
    """
    near = wanted.widened(rules.gap_minutes, rules.gap_minutes)
    if not rules.gap_minutes or not any(near.overlaps(slot) for slot in own):
        return []
    return [Problem("too_close", "start", {"minutes": rules.gap_minutes}, "owner")]


def banned_until(rules: Rules, missed: Sequence[datetime]) -> datetime | None:
    """Until when a person is kept out for not having come: from the strike that was one too many, for the days of the ban.

    Units: days of 24 hours. Rounding: none. `missed` are the starts of the no-shows.
    Raises: nothing.
    Source: docs/rules.md#conduct
    """
    if not rules.strikes:
        return None
    rows = sorted(missed)
    struck = [
        last for first, last in zip(rows, rows[rules.strikes - 1 :], strict=False) if last - first <= timedelta(days=rules.strike_days)
    ]
    return max(struck) + timedelta(days=rules.ban_days) if struck else None


def ban_problems(rules: Rules, missed: Sequence[datetime], *, at: datetime) -> list[Problem]:
    """Whether a person may book again after no-shows.

    Units: as `banned_until`. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#conduct
    """
    until = banned_until(rules, missed)
    return [Problem("banned", "instrument", {"until": until.isoformat()}, "owner")] if until is not None and at < until else []
