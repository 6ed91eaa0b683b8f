"""Price lists as data: the rows an owner writes, and the lines that come of them (the calculation is in `tariffs.py`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from equipment_share.domain.errors import Refused
from equipment_share.domain.money import MOST_FEN, ZERO, Money, total
from equipment_share.domain.reading import Reader
from equipment_share.domain.texts import Named


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
ADD_ON_KINDS = ("staff", "consumables", "shipping", "sample")
"""What may be ordered beside the time; programmes exclude by these words."""
DAY_MINUTES = 1440
_UNIT_MINUTES = {PriceUnit.HOUR: 60, PriceUnit.DAY: DAY_MINUTES}
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class NoPrice(Refused):
    """No price list in force covers this mode and class."""

    code = "no_price"


class OverlappingPeriod(Refused):
    """Another price list of the class was saved for the same days a moment before."""

    code = "overlapping_period"


@dataclass(frozen=True)
class PriceItem:
    """One row of a price list: the price of a mode, perhaps for some hours of the day; or, with a code, an add-on."""

    mode: Mode
    unit: PriceUnit
    unit_price: Money
    setup_fee: Money = ZERO
    min_fee: Money = ZERO
    max_fee: Money | None = None
    begins: int | None = None
    """The first minute of the day by the instrument's clock; without a band the row is for the rest of the day."""
    ends: int | None = None
    unit_minutes: int | None = None
    threshold_minutes: int | None = None
    first_price: Money | None = None
    """What the first unit costs, where it is not the price of the others."""
    code: str = ""
    name: str = ""
    kind: str = ""
    name_en: str = ""
    """The English counterpart of an add-on's name; empty where none was given."""

    @classmethod
    def parse(cls, row: Mapping[str, object], at: str) -> PriceItem:
        """Read one item of the API's `items` list, strictly.

        Raises: Invalid with all problems, fields under `at`.
        """
        reader = Reader(row, at)
        for name in ("mode", "unit"):
            if reader.raw(name) is None:
                reader.say("required", name)
        item = cls(
            mode=Mode(reader.choice("mode", set(Mode), Mode.GUIDED)),
            unit=PriceUnit(reader.choice("unit", set(PriceUnit), PriceUnit.HOUR)),
            unit_price=_fen(reader, "unit_price_fen", required=True) or ZERO,
            setup_fee=_fen(reader, "setup_fee_fen") or ZERO,
            min_fee=_fen(reader, "min_fee_fen") or ZERO,
            max_fee=_fen(reader, "max_fee_fen"),
            begins=_minute(reader, "from"),
            ends=_minute(reader, "to"),
            unit_minutes=reader.whole("unit_minutes", low=1, high=DAY_MINUTES),
            threshold_minutes=reader.whole("threshold_minutes", low=1, high=DAY_MINUTES),
            first_price=_fen(reader, "first_price_fen"),
            code=reader.text("code", most=40),
            name=reader.text("name", most=60).strip(),
            kind=reader.choice("kind", ADD_ON_KINDS, ""),
            name_en=reader.text("name_en", most=60).strip(),
        )
        reader.nothing_else()
        _check_add_on(item, reader) if item.code else _check_main(item, reader)
        reader.finish()
        return item

    def document(self) -> dict[str, object]:
        """The item as the API shows it; `name_en` only where it was given."""
        return {
            "mode": self.mode.value,
            "unit": self.unit.value,
            "unit_price_fen": self.unit_price.fen,
            "setup_fee_fen": self.setup_fee.fen,
            "min_fee_fen": self.min_fee.fen,
            "max_fee_fen": self.max_fee.fen if self.max_fee is not None else None,
            "from": clock(self.begins),
            "to": clock(self.ends),
            "unit_minutes": self.unit_minutes,
            "threshold_minutes": self.threshold_minutes,
            "first_price_fen": self.first_price.fen if self.first_price is not None else None,
            "code": self.code or None,
            "name": self.name or None,
            "kind": self.kind or None,
            **({"name_en": self.name_en} if self.name_en else {}),
        }

    @property
    def called(self) -> Named:
        """What an add-on is called in either language."""
        return Named.given(self.name, self.name_en)

    @property
    def is_add_on(self) -> bool:
        """Whether it is ordered beside the time."""
        return bool(self.code)

    @property
    def is_timed(self) -> bool:
        """Whether time is what is counted."""
        return self.unit in _UNIT_MINUTES

    @property
    def unit_length(self) -> int | None:
        """The minutes of one whole unit where time is counted by whole units; None where every minute counts."""
        whole = (self.unit_minutes, self.threshold_minutes, self.first_price)
        if not self.is_timed or all(part is None for part in whole):
            return None
        return self.unit_minutes or _UNIT_MINUTES[self.unit]

    @property
    def usual_price(self) -> Money:
        """The price of an hour, day or piece, also where another length is what is counted: what lists compare by.

        Units: whole fen.
        Rounding: half up to the fen, once.
        Raises: nothing.
        Source: docs/rules.md#price-units
        """
        length = self.unit_length
        return self.unit_price if length is None else self.unit_price.times(Fraction(_UNIT_MINUTES[self.unit], length))

    @property
    def band(self) -> str:
        """The hours of a row that is for some hours only: `08:00-18:00`."""
        return f"{clock(self.begins)}-{clock(self.ends)}" if self.begins is not None else ""

    def covers(self, minute: int) -> bool:
        """Whether a minute of the day lies in the row's own hours; a band may go over midnight."""
        if self.begins is None or self.ends is None:
            return False
        if self.begins < self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends


def _fen(reader: Reader, name: str, *, required: bool = False) -> Money | None:
    found = reader.whole(name, high=MOST_FEN, required=required)
    return None if found is None else Money(found)


def _minute(reader: Reader, name: str) -> int | None:
    """A time of day as its minute; `24:00` only as an end."""
    value = reader.raw(name)
    if value is None:
        return None
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[3] and name == "from"):
        reader.say("not_a_time", name)
        return None
    return int(found[1] or found[3]) * 60 + int(found[2] or found[4])


def clock(minute: int | None) -> str | None:
    """A minute of the day as people write it."""
    return None if minute is None else f"{minute // 60:02d}:{minute % 60:02d}"


def _check_main(item: PriceItem, reader: Reader) -> None:
    """What a row without a code says must go together."""
    if item.max_fee is not None and item.max_fee < item.min_fee:
        reader.say("out_of_range", "max_fee_fen")
    missing = [name for name in ("from", "to") if reader.raw(name) is None]
    if len(missing) == 1:
        reader.say("required", missing[0])
    if item.begins is not None and item.begins == item.ends:
        reader.say("end_before_start", "to")
    if not item.is_timed:
        for name in ("unit_minutes", "threshold_minutes"):
            if reader.raw(name) is not None:
                reader.say("does_not_go_together", name)
    if item.threshold_minutes is not None and item.threshold_minutes > (item.unit_length or DAY_MINUTES):
        reader.say("out_of_range", "threshold_minutes", low=1, high=item.unit_length)
    for name in ("kind", "name", "name_en"):
        if reader.raw(name):
            reader.say("required", "code")


def _check_add_on(item: PriceItem, reader: Reader) -> None:
    """An add-on has a name, a kind and a price per item, and nothing else."""
    if not _CODE.fullmatch(item.code):
        reader.say("not_a_code", "code")
    for name in ("name", "kind"):
        if not getattr(item, name):
            reader.say("required", name)
    if item.unit is not PriceUnit.ITEM:
        reader.say("not_a_choice", "unit", options=PriceUnit.ITEM.value)
    for name in ("setup_fee_fen", "min_fee_fen", "max_fee_fen", "from", "to", "unit_minutes", "threshold_minutes", "first_price_fen"):
        if reader.raw(name):
            reader.say("does_not_go_together", name)


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
    name: str = ""
    """What tells it from another line of its label: the hours of a band, the name of an add-on."""
    code: str = ""
    vat_bp: int = 0
    name_en: str = ""

    @property
    def called(self) -> Named:
        """What tells it from another line, in either language."""
        return Named.given(self.name, self.name_en)

    def document(self) -> dict[str, object]:
        """The line as the API shows it: the quantity with at most four decimals, `name_en` only where there is one."""
        return {
            "kind": self.kind,
            "label": self.label,
            "name": self.name,
            "code": self.code,
            "quantity": f"{float(self.quantity):.4f}".rstrip("0").rstrip("."),
            "unit": self.unit,
            "unit_price_fen": self.unit_price.fen,
            "amount_fen": self.amount.fen,
            "vat_bp": self.vat_bp,
            "eligible": self.eligible,
            **({"name_en": self.name_en} if self.name_en else {}),
        }


def gross(lines: Sequence[PricedLine]) -> Money:
    """The whole fee."""
    return total(line.amount for line in lines)


def penalty(label: str, fee: Money) -> PricedLine:
    """A fee for coming late or not at all; never subsidised."""
    return PricedLine("penalty", label, Fraction(1), "item", fee, fee, eligible=False)
