"""How something repeats, as people choose it (every week, eight times) and as RFC 5545 writes it."""

from __future__ import annotations

EVERY = {
    "day": "FREQ=DAILY", "week": "FREQ=WEEKLY", "two_weeks": "FREQ=WEEKLY;INTERVAL=2", "month": "FREQ=MONTHLY",
    "quarter": "FREQ=MONTHLY;INTERVAL=3", "year": "FREQ=YEARLY",
}  # fmt: skip


def repeated(every: str | None, times: int | None) -> str:
    """The rule of so many times; none without a choice."""
    return f"{EVERY[every]};COUNT={times or 1}" if every in EVERY else ""
