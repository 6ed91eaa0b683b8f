"""What a use costs: a frozen tariff, what was ordered, and the one calculation of the fee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from zoneinfo import ZoneInfo

from equipment_share.domain.bookings.options import NO_OPTIONS, Options
from equipment_share.domain.errors import Problem
from equipment_share.domain.money import ZERO, Money, Rounding, rounded, split, total
from equipment_share.domain.pricing import ANYBODY, DAY_MINUTES, Mode, NoPrice, PricedLine, PriceItem, PriceUnit, clock, gross
from equipment_share.domain.reading import Reader
from equipment_share.domain.timeslots import MINUTE, Slot

WHOLE_BP = 10_000
MOST_BP = 100_000
"""Ten times the price is the most that a class or haste may cost."""
_MINUTES = {PriceUnit.HOUR: 60, PriceUnit.DAY: DAY_MINUTES}


def list_problems(items: Sequence[PriceItem], at: str = "items") -> list[Problem]:
    """What the rows of one price list do to each other: every minute of a mode's day has just one price, every code one add-on.

    Units: rows in the order given; fields name them.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#price-bands
    """
    problems = []
    for mode in dict.fromkeys(item.mode for item in items):
        rows = [(f"{at}[{i}]", item) for i, item in enumerate(items) if item.mode is mode]
        problems += _band_problems([row for row in rows if not row[1].is_add_on], rows[0][0])
        codes = [(row, item.code) for row, item in rows if item.is_add_on]
        twice = [row for i, (row, code) in enumerate(codes) if code in [other for _, other in codes[:i]]]
        problems += [Problem("given_twice", f"{row}.code") for row in twice]
    return problems


def _band_problems(mains: Sequence[tuple[str, PriceItem]], first: str) -> list[Problem]:
    if not mains:
        return [Problem("no_price", f"{first}.mode")]
    rest = [row for row, item in mains if item.begins is None]
    problems = [Problem("taken", f"{row}.mode") for row in rest[1:]]
    taken: set[int] = set()
    for row, item in mains:
        own = {minute for minute in range(DAY_MINUTES if item.begins is not None else 0) if item.covers(minute)}
        if own & taken:
            problems.append(Problem("bands_overlap", f"{row}.from"))
        taken |= own
        head = mains[0][1]
        if (item.unit, item.unit_minutes, item.threshold_minutes) != (head.unit, head.unit_minutes, head.threshold_minutes):
            problems.append(Problem("bands_differ", f"{row}.unit"))
    if not rest and len(taken) < DAY_MINUTES:
        problems.append(Problem("bands_gap", f"{mains[0][0]}.from", {"clock": clock(min(set(range(DAY_MINUTES)) - taken))}))
    return problems


@dataclass(frozen=True)
class Terms:
    """What a price list says beside its rows: its class's share, the price of haste, the tax inside; basis points."""

    multiplier_bp: int = WHOLE_BP
    urgent_bp: int | None = None
    vat_bp: int = 0

    def problems(self) -> list[Problem]:
        """What is out of range: haste never makes cheaper."""
        bounds = (("multiplier_bp", 0, MOST_BP), ("urgent_bp", WHOLE_BP, MOST_BP), ("vat_bp", 0, WHOLE_BP))
        given = [(name, getattr(self, name), low, high) for name, low, high in bounds]
        return [
            Problem("out_of_range", name, {"low": low, "high": high})
            for name, value, low, high in given
            if value is not None and not low <= value <= high
        ]


@dataclass(frozen=True)
class Tariff:
    """The prices one booking goes by, frozen at its submission: rows, and what the firm's class, haste and tax do to them."""

    items: tuple[PriceItem, ...]
    multiplier_bp: int = WHOLE_BP
    urgent_bp: int | None = None
    vat_bp: int = 0
    user_class: str = ANYBODY

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> Tariff:
        """Read a kept tariff; one of the first bookings has rows alone."""
        reader = Reader(document)
        return cls(
            tuple(PriceItem.parse(row, "items") for row in reader.items("items")),
            multiplier_bp=reader.whole("multiplier_bp", WHOLE_BP) or 0,
            urgent_bp=reader.whole("urgent_bp"),
            vat_bp=reader.whole("vat_bp") or 0,
            user_class=reader.text("user_class", ANYBODY),
        )

    def document(self) -> dict[str, object]:
        """The tariff as a booking keeps it."""
        return {
            "items": [item.document() for item in self.items],
            "multiplier_bp": self.multiplier_bp,
            "urgent_bp": self.urgent_bp,
            "vat_bp": self.vat_bp,
            "user_class": self.user_class,
        }

    def of(self, mode: Mode) -> Tariff:
        """The rows of one mode alone.

        Raises: NoPrice.
        """
        rows = tuple(item for item in self.items if item.mode is mode)
        if all(item.is_add_on for item in rows):
            raise NoPrice(mode=mode.value)
        return replace(self, items=rows)

    @property
    def mains(self) -> list[PriceItem]:
        """The rows that price the time or the samples."""
        return [item for item in self.items if not item.is_add_on]

    @property
    def add_ons(self) -> dict[str, PriceItem]:
        """What may be ordered beside it, by code."""
        return {item.code: item for item in self.items if item.is_add_on}

    def problems(self, options: Options) -> list[Problem]:
        """What was ordered and is not offered."""
        haste = [Problem("not_offered", "options.urgent")] if options.urgent and self.urgent_bp is None else []
        offered = self.add_ons
        return haste + [Problem("not_offered", f"options.add_ons.{code}") for code in options.add_ons if code not in offered]


@dataclass(frozen=True)
class Use:
    """What is priced: when by which clock, how many samples, and what was ordered beside."""

    slot: Slot
    zone: ZoneInfo
    samples: int = 0
    options: Options = NO_OPTIONS


def price(tariff: Tariff, use: Use) -> list[PricedLine]:
    """The lines a use costs, by a tariff of one mode.

    Units: whole fen; elapsed minutes, pieces.
    Rounding: each line is quantity times unit price, half up to the fen, once; minimum, maximum, class and haste each once on the sum.
    Raises: nothing; what is not offered is left out (`Tariff.problems` names it).
    Source: docs/rules.md#price (contract §2a, domain W22, W29)
    """
    mains = tariff.mains
    first = row_at(mains, use.slot, use.zone, 0)
    lines = _counted(mains, first, use)
    if setup := first.setup_fee or max((item.setup_fee for item in mains), default=ZERO):
        lines.append(PricedLine("setup", "setup", Fraction(1), "item", setup, setup))
    lines += _to_bounds(mains, first, lines)
    lines += _to_sum(lines, "class", _share(gross(lines), tariff.multiplier_bp))
    if use.options.urgent and tariff.urgent_bp is not None:
        lines += _to_sum(lines, "urgent", _share(gross(lines), tariff.urgent_bp))
    lines += [_add_on(item, use.options.add_ons[code]) for code, item in tariff.add_ons.items() if use.options.add_ons.get(code)]
    return [replace(line, vat_bp=tariff.vat_bp) for line in lines]


def row_at(mains: Sequence[PriceItem], slot: Slot, zone: ZoneInfo, minute: int) -> PriceItem:
    """The row that prices a minute of a slot, by the wall clock of the instrument; the row without hours has the rest.

    Units: `minute` counts from the start of the slot.
    Rounding: none.
    Raises: NoPrice where no row does, which a checked list never does.
    Source: docs/rules.md#price-bands
    """
    local = (slot.start + minute * MINUTE).astimezone(zone)
    of_day = local.hour * 60 + local.minute
    found = next((item for item in mains if item.covers(of_day)), None) or next((item for item in mains if item.begins is None), None)
    if found is None:
        raise NoPrice()
    return found


def _counted(mains: Sequence[PriceItem], first: PriceItem, use: Use) -> list[PricedLine]:
    """The time or the samples, one line for each row that prices a part of them, in the order of time."""
    if not first.is_timed:
        return _with_first(first, Fraction(use.samples), "sample", first.unit.value)
    length = first.unit_length
    if length is None:
        minutes = _by_row(mains, use, range(use.slot.minutes))
        return [_line(item, "machine_time", Fraction(count, _MINUTES[item.unit])) for item, count in minutes.items()]
    begun = _by_row(mains, use, range(0, units_of(use.slot.minutes, length, first.threshold_minutes) * length, length))
    own = _with_first(first, Fraction(begun.pop(first)), "machine_time", "unit")
    return own + [replace(_line(item, "machine_time", Fraction(count)), unit="unit") for item, count in begun.items()]


def units_of(minutes: int, length: int, threshold: int | None) -> int:
    """How many whole units some minutes are.

    Units: minutes.
    Rounding: a rest of at least the threshold is one more (without a threshold: any rest); at least one unit.
    Raises: nothing.
    Source: docs/rules.md#price-units (domain W22)
    """
    whole, rest = divmod(minutes, length)
    return max(1, whole + (rest >= (threshold or 1)))


def _by_row(mains: Sequence[PriceItem], use: Use, minutes: Sequence[int]) -> dict[PriceItem, int]:
    """How many of some minutes each row prices: every minute just one, whatever the clocks do that night."""
    if len(mains) == 1:
        return {mains[0]: len(minutes)}
    counted: dict[PriceItem, int] = {}
    for minute in minutes:
        row = row_at(mains, use.slot, use.zone, minute)
        counted[row] = counted.get(row, 0) + 1
    return counted


def _line(item: PriceItem, kind: str, quantity: Fraction) -> PricedLine:
    return PricedLine(kind, kind, quantity, item.unit.value, item.unit_price, item.unit_price.times(quantity), name=item.band)


def _with_first(item: PriceItem, quantity: Fraction, kind: str, unit: str) -> list[PricedLine]:
    """A quantity whose first unit may have its own price."""
    if item.first_price is None or quantity < 1:
        return [replace(_line(item, kind, quantity), unit=unit)]
    first = PricedLine(kind, "first_unit", Fraction(1), unit, item.first_price, item.first_price, name=item.band)
    return [first, replace(_line(item, kind, quantity - 1), unit=unit)] if quantity > 1 else [first]


def _to_bounds(mains: Sequence[PriceItem], first: PriceItem, lines: Sequence[PricedLine]) -> list[PricedLine]:
    """The line that lifts a fee to its minimum, or those that lower it to its maximum.

    Both belong to the mode: the row in which the use begins says them, else whichever row does.
    """
    fee = gross(lines)
    least = first.min_fee or max((item.min_fee for item in mains), default=ZERO)
    if fee < least:
        return [_difference(lines[0].kind, "minimum", least - fee)]
    most = first.max_fee if first.max_fee is not None else min((item.max_fee for item in mains if item.max_fee is not None), default=None)
    return _to_sum(lines, "maximum", most) if most is not None and fee > most else []


def _to_sum(lines: Sequence[PricedLine], label: str, wanted: Money) -> list[PricedLine]:
    """What brings a fee to a sum, told apart by kind, so that a programme that excludes a kind counts just the others."""
    difference = wanted - gross(lines)
    if not difference:
        return []
    kinds = list(dict.fromkeys(line.kind for line in lines))
    weights = [total(line.amount for line in lines if line.kind == kind).fen for kind in kinds]
    parts = split(Money(abs(difference.fen)), weights) if sum(weights) else [Money(abs(difference.fen)), *([ZERO] * (len(kinds) - 1))]
    return [
        _difference(kind, f"{label}_setup" if kind == "setup" else label, part if difference > ZERO else -part)
        for kind, part in zip(kinds, parts, strict=True)
        if part
    ]


def _difference(kind: str, label: str, amount: Money) -> PricedLine:
    return PricedLine(kind, label, Fraction(1), "item", amount, amount)


def _add_on(item: PriceItem, quantity: int) -> PricedLine:
    return PricedLine(
        item.kind, item.kind, Fraction(quantity), "item", item.unit_price, item.unit_price.times(quantity), name=item.name, code=item.code,
        name_en=item.name_en,
    )  # fmt: skip


def _share(fee: Money, bp: int) -> Money:
    return rounded(Fraction(fee.fen * bp, WHOLE_BP), Rounding.HALF_UP)
