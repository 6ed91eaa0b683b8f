"""Price lists as data, and what a use costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from equipment_share.domain.errors import Invalid, Problem, Refused
from equipment_share.domain.money import MOST_FEN, ZERO, Money, total
from equipment_share.domain.timeslots import Slot


class Mode(StrEnum):
    """How an instrument is served (`domain.md` §2.3)."""

    SELF_OPERATE = "self_operate"
    GUIDED = "guided"
    COMMISSIONED = "commissioned"
    REMOTE = "remote"


class PriceUnit(StrEnum):
    """What is counted."""

    HOUR = "hour"
    SAMPLE = "sample"
    DAY = "day"
    ITEM = "item"


ANYBODY = "external"
"""The user class whose prices hold for everybody without prices of their own."""


class NoPrice(Refused):
    """No price list in force covers this mode and class."""

    code = "no_price"


@dataclass(frozen=True)
class PriceItem:
    """One row of a price list."""

    mode: Mode
    unit: PriceUnit
    unit_price: Money
    setup_fee: Money = ZERO
    min_fee: Money = ZERO
    max_fee: Money | None = None

    @classmethod
    def parse(cls, row: Mapping[str, object], at: str) -> PriceItem:
        """Read one item of the API's `items` list, strictly.

        Raises: Invalid with all problems, fields under `at`.
        """
        problems = [Problem("unknown_field", f"{at}.{name}") for name in row if name not in _ITEM_KEYS]
        for name in ("mode", "unit", "unit_price_fen"):
            if row.get(name) is None:
                problems.append(Problem("required", f"{at}.{name}"))
        if row.get("mode") is not None and row["mode"] not in set(Mode):
            problems.append(Problem("not_a_choice", f"{at}.mode"))
        if row.get("unit") is not None and row["unit"] not in set(PriceUnit):
            problems.append(Problem("not_a_choice", f"{at}.unit"))
        problems += [
            Problem("out_of_range" if type(row[name]) is int else "not_an_integer", f"{at}.{name}")
            for name in _MONEY_KEYS
            if row.get(name) is not None and not (type(row[name]) is int and 0 <= row[name] <= MOST_FEN)  # type: ignore[operator]
        ]
        if problems:
            raise Invalid(problems)
        item = cls._built(row)
        if item.max_fee is not None and item.max_fee < item.min_fee:
            raise Invalid([Problem("out_of_range", f"{at}.max_fee_fen")])
        return item

    @classmethod
    def _built(cls, row: Mapping[str, object]) -> PriceItem:
        def fen(name: str) -> Money:
            value = row.get(name)
            return Money(value) if isinstance(value, int) else ZERO

        most = fen("max_fee_fen") if row.get("max_fee_fen") is not None else None
        return cls(
            Mode(str(row["mode"])), PriceUnit(str(row["unit"])), fen("unit_price_fen"), fen("setup_fee_fen"), fen("min_fee_fen"), most
        )

    def document(self) -> dict[str, object]:
        """The item as the API shows it."""
        return {
            "mode": self.mode.value,
            "unit": self.unit.value,
            "unit_price_fen": self.unit_price.fen,
            "setup_fee_fen": self.setup_fee.fen,
            "min_fee_fen": self.min_fee.fen,
            "max_fee_fen": self.max_fee.fen if self.max_fee is not None else None,
        }


_MONEY_KEYS = ("unit_price_fen", "setup_fee_fen", "min_fee_fen", "max_fee_fen")
_ITEM_KEYS = frozenset({"mode", "unit", *_MONEY_KEYS})


@dataclass(frozen=True)
class Tariff:
    """The prices one booking goes by: frozen at its submission."""

    items: tuple[PriceItem, ...]

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> Tariff:
        """Read a kept tariff."""
        rows = document.get("items")
        return cls(tuple(PriceItem.parse(row, "items") for row in rows) if isinstance(rows, list) else ())

    def document(self) -> dict[str, object]:
        """The tariff as a booking keeps it."""
        return {"items": [item.document() for item in self.items]}


@dataclass(frozen=True)
class PricedLine:
    """One line of a quote or charge: quantity times unit price; `quantity` is exact (hours may be broken)."""

    kind: str
    label: str
    quantity: Fraction
    unit: str
    unit_price: Money
    amount: Money
    eligible: bool = True

    def document(self) -> dict[str, object]:
        """The line as the API shows it; the quantity with at most four decimals."""
        return {
            "kind": self.kind,
            "label": self.label,
            "quantity": f"{float(self.quantity):.4f}".rstrip("0").rstrip("."),
            "unit": self.unit,
            "unit_price_fen": self.unit_price.fen,
            "amount_fen": self.amount.fen,
            "eligible": self.eligible,
        }


def items_for(items: Iterable[PriceItem], mode: Mode) -> PriceItem:
    """The item that prices a mode.

    Raises: NoPrice.
    """
    for item in items:
        if item.mode is mode:
            return item
    raise NoPrice(mode=mode.value)


def price(item: PriceItem, *, minutes: int, samples: int) -> list[PricedLine]:
    """The lines a use costs.

    Units: whole fen; minutes are elapsed minutes, samples pieces.
    Rounding: each line is quantity times unit price, half up to the fen, once; then minimum and maximum.
    Raises: nothing.
    Source: docs/rules.md#price
    """
    quantity = _quantity(item.unit, minutes, samples)
    kind = "machine_time" if item.unit in (PriceUnit.HOUR, PriceUnit.DAY) else "sample"
    lines = [PricedLine(kind, kind, quantity, item.unit.value, item.unit_price, item.unit_price.times(quantity))]
    if item.setup_fee:
        lines.append(PricedLine("setup", "setup", Fraction(1), "item", item.setup_fee, item.setup_fee))
    return lines + _to_bounds(item, gross(lines))


def _quantity(unit: PriceUnit, minutes: int, samples: int) -> Fraction:
    match unit:
        case PriceUnit.HOUR:
            return Fraction(minutes, 60)
        case PriceUnit.DAY:
            return Fraction(minutes, 1440)
        case PriceUnit.SAMPLE | PriceUnit.ITEM:
            return Fraction(samples)


def _to_bounds(item: PriceItem, sum_of_lines: Money) -> list[PricedLine]:
    """The line that lifts a fee to its minimum or lowers it to its maximum, if one is needed."""
    if sum_of_lines < item.min_fee:
        more = item.min_fee - sum_of_lines
        return [PricedLine("machine_time", "minimum", Fraction(1), "item", more, more)]
    if item.max_fee is not None and sum_of_lines > item.max_fee:
        less = item.max_fee - sum_of_lines
        return [PricedLine("machine_time", "maximum", Fraction(1), "item", less, less)]
    return []


def gross(lines: Sequence[PricedLine]) -> Money:
    """The whole fee."""
    return total(line.amount for line in lines)


def charged_minutes(basis: str, booked: Slot, used: Slot) -> int:
    """The minutes a charge counts (`contract.md` §2a `charge_basis`).

    Units: elapsed whole minutes.
    Rounding: both ends cut to the minute, at least 1.
    Raises: nothing.
    Source: docs/rules.md#charge-basis (acceptance 22)
    """
    if basis == "reserved":
        return booked.minutes
    if basis == "reserved_plus_overrun" and used.end > booked.end:
        return booked.minutes + Slot(booked.end, used.end).minutes
    return booked.minutes if basis == "reserved_plus_overrun" else used.minutes


def penalty(label: str, fee: Money) -> PricedLine:
    """A fee for coming late or not at all; never subsidised."""
    return PricedLine("penalty", label, Fraction(1), "item", fee, fee, eligible=False)
