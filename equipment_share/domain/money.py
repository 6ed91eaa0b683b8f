"""Money in whole fen, shares in basis points, and the only rounding of the house."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

MOST_FEN = 10**12
"""The largest amount a person may type or an API may take: ten billion yuan (`contract.md` §2)."""


class Rounding(StrEnum):
    """Where a broken fen goes."""

    FLOOR = "floor"
    HALF_UP = "half_up"


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of yuan in whole fen; negative only as the difference of two amounts."""

    fen: int

    def __post_init__(self) -> None:
        """Refuse anything but a whole number: a float would lose fen in silence."""
        if type(self.fen) is not int:
            raise TypeError(f"fen is a whole number, not {self.fen!r}")

    def __add__(self, other: Money) -> Money:
        """Sum, exact."""
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        """Difference, exact."""
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        """The same amount the other way."""
        return Money(-self.fen)

    def __bool__(self) -> bool:
        """Whether there is any money at all."""
        return self.fen != 0

    def __str__(self) -> str:
        """Yuan with two decimals, for logs and terminals: `1234.50`."""
        sign, fen = ("-" if self.fen < 0 else ""), abs(self.fen)
        return f"{sign}{fen // 100}.{fen % 100:02d}"

    def share(self, rate: BasisPoints) -> Money:
        """The part that `rate` of this amount makes.

        Units: whole fen; rate in basis points.
        Rounding: down to the fen.
        Raises: nothing.
        Source: docs/rules.md#rounding
        """
        return rounded(Fraction(self.fen * rate.value, 10_000))

    def times(self, quantity: Fraction | int) -> Money:
        """Quantity times unit price.

        Units: whole fen; quantity may be a fraction of an hour.
        Rounding: half up to the fen, once.
        Raises: nothing.
        Source: docs/rules.md#price
        """
        return rounded(Fraction(quantity) * self.fen, Rounding.HALF_UP)


ZERO = Money(0)


@dataclass(frozen=True, order=True)
class BasisPoints:
    """A share in hundredths of a percent: 10,000 is the whole."""

    value: int

    def __post_init__(self) -> None:
        """Refuse fractions and negative shares."""
        if type(self.value) is not int or self.value < 0:
            raise ValueError(f"basis points are a whole number from 0, not {self.value!r}")


def rounded(fen: Fraction | int, mode: Rounding = Rounding.FLOOR, unit_fen: int = 1) -> Money:
    """An exact amount made payable.

    Units: `fen` exact; `unit_fen` 1, 10 or 100.
    Rounding: down, or half up, to a multiple of `unit_fen`.
    Raises: nothing.
    Source: docs/rules.md#rounding
    """
    over, under = fen.numerator, fen.denominator * unit_fen
    if mode is Rounding.HALF_UP:
        over, under = 2 * over + under, 2 * under
    return Money(over // under * unit_fen)


def total(amounts: Iterable[Money]) -> Money:
    """The sum of all, `ZERO` of none."""
    return Money(sum(amount.fen for amount in amounts))


def split(amount: Money, weights: Sequence[int]) -> list[Money]:
    """Divide an amount by weight so that the parts add up.

    Units: whole fen; weights are whole numbers, not all zero.
    Rounding: floors first, spare fen one each to the largest remainders, ties in the order given.
    Raises: ValueError when the weights are all zero.
    Source: docs/rules.md#split (domain W18)
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be positive in sum")
    floors = [amount.fen * weight // whole for weight in weights]
    spare = amount.fen - sum(floors)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount.fen * weights[i] % whole), i))
    for i in by_remainder[:spare]:
        floors[i] += 1
    return [Money(fen) for fen in floors]
