"""What a booking's own prices make of a use, and of the add-ons that were said to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from equipment_share.domain.bookings.options import MOST_ADD_ONS, Options
from equipment_share.domain.charging import charged_time
from equipment_share.domain.errors import Invalid, Problem
from equipment_share.domain.money import Money
from equipment_share.domain.pricing import Mode, PricedLine
from equipment_share.domain.tariffs import Tariff, Use, price
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking, UsageRecord


def tariff_of(booking: Booking) -> Tariff:
    """The prices a booking was submitted at."""
    return Tariff.parse(booking.tariff).of(Mode(booking.mode))


def lines_of_use(booking: Booking, used: Slot, samples: int) -> list[PricedLine]:
    """The fee of a use by the prices of the booking, its haste as ordered, its add-ons as they were used."""
    charged = charged_time(str(booking.rules.get("charge_basis", "used")), booking.slot, used)
    add_ons = {str(row["code"]): int(row["quantity"]) for row in booking.used_lines}
    options = Options(Options.parse(booking.options).urgent, add_ons)
    return price(tariff_of(booking), Use(charged, ZoneInfo(booking.instrument.time_zone), samples, options))


def two_sides(booking: Booking, records: Sequence[UsageRecord]) -> list[tuple[UsageRecord, Money]]:
    """What the owner wrote down and what the firm says against it, each with the fee it makes; nothing while the firm says nothing."""
    if not records or records[-1].said_by != "firm":
        return []
    kept = next((row for row in reversed(records) if row.said_by != "firm"), None)
    return [
        (row, Money(sum(line.amount.fen for line in lines_of_use(booking, Slot(row.starts_at, row.ends_at), row.samples))))
        for row in (kept, records[-1])
        if row is not None
    ]


def said_lines(booking: Booking, lines: Sequence[Mapping[str, object]] | None) -> list[dict[str, object]]:
    """The add-ons of a record of use: those that were said, else those that were ordered.

    Raises: Invalid with every line that is not of the booking's prices.
    """
    if lines is None:
        return [{"code": code, "quantity": quantity} for code, quantity in Options.parse(booking.options).add_ons.items()]
    offered, seen, problems = tariff_of(booking).add_ons, set[str](), []
    for index, row in enumerate(lines):
        code, quantity = str(row["code"]), row["quantity"]
        if code not in offered or code in seen:
            problems.append(Problem("given_twice" if code in seen else "not_offered", f"lines[{index}].code"))
        if type(quantity) is not int or not 0 <= quantity <= MOST_ADD_ONS:
            problems.append(Problem("out_of_range", f"lines[{index}].quantity", {"low": 0, "high": MOST_ADD_ONS}))
        seen.add(code)
    if problems:
        raise Invalid(problems)
    return [{"code": str(row["code"]), "quantity": row["quantity"]} for row in lines if row["quantity"]]
