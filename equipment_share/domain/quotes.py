"""A quote in three numbers: what is shown is what is charged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from equipment_share.domain.money import Money, total
from equipment_share.domain.pricing import PricedLine, gross
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import Award, FirmFacts, Line, Order, ProgrammeState, Stage
from equipment_share.domain.subsidy.subsidy import subsidies

SHARED_INSTRUMENT = "shared_instrument"
"""The category of every line of this pool (`contract.md` §4 `services_in`)."""


@dataclass(frozen=True)
class Quote:
    """The fee, the part of each programme, and what is left for the firm."""

    lines: tuple[PricedLine, ...]
    awards: tuple[Award, ...]

    @property
    def gross(self) -> Money:
        """The whole fee."""
        return gross(self.lines)

    @property
    def subsidy(self) -> Money:
        """What the programmes bear together."""
        return total(award.amount for award in self.awards)

    @property
    def net(self) -> Money:
        """What the firm pays: by subtraction, so that the three numbers always add up."""
        return self.gross - self.subsidy

    def settled(self, *, without: Collection[str]) -> tuple[Money, Money, Money]:
        """Gross, subsidy and net as the books have them: what some programmes only promise is not counted yet.

        Units: whole fen; `without` names programmes.
        Rounding: none; the net by subtraction.
        Raises: nothing.
        Source: docs/rules.md#promise (contract §2b `none`)
        """
        subsidy = total(award.amount for award in self.awards if award.programme not in without)
        return self.gross, subsidy, self.gross - subsidy

    def document(self) -> dict[str, object]:
        """`{lines, gross_fen, subsidies, net_fen}` as the API and the booking keep it."""
        return {
            "lines": [line.document() for line in self.lines],
            "gross_fen": self.gross.fen,
            "subsidies": [award.document() for award in self.awards],
            "net_fen": self.net.fen,
        }


def quote(
    lines: Sequence[PricedLine],
    candidates: Sequence[tuple[Programme, ProgrammeState]],
    firm: FirmFacts,
    *,
    ordered_on: date,
    completed_on: date,
    provider_region: str,
    stage: Stage,
) -> Quote:
    """Price lines and programmes into three numbers; the same call for quote, hold and claim.

    Units: whole fen.
    Rounding: as `price` and `subsidies` say; nothing is rounded here.
    Raises: nothing.
    Source: docs/rules.md#subsidy (I5, I6)
    """
    order = Order(
        ordered_on=ordered_on,
        completed_on=completed_on,
        provider_region=provider_region,
        lines=tuple(_line(row) for row in lines),
    )
    return Quote(tuple(lines), tuple(subsidies(order, firm, candidates, stage)))


@dataclass(frozen=True)
class Example:
    """What a new voucher would make of a fee, for a firm of one class that is made up to show it."""

    programme: Programme
    tag: str
    """The class that is assumed; empty where the programme is open to everybody."""
    face: Money | None
    """What the voucher is issued for; None for no limit."""
    quote: Quote


def example(
    lines: Sequence[PricedLine],
    programme: Programme,
    *,
    tag: str,
    on: date,
    completed_on: date,
    provider_region: str,
    budget_left: Money | None,
) -> Example | None:
    """The three numbers for a firm of a class with a voucher issued today and nothing drawn yet; None where the voucher would bear nothing.

    The firm is of the region and the size that the programme asks for, is not linked with the owner, and uses no other programme.
    Units: whole fen; `budget_left` is what the programme can still issue, None for no limit.
    Rounding: as `quote`; nothing is rounded here.
    Raises: nothing.
    Source: docs/rules.md#example-price
    """
    tags, limits = frozenset({tag} if tag else ()), programme.limits
    known = [amount for amount in (programme.quota_for(tags), programme.per_voucher, budget_left) if amount is not None]
    face = min(known, default=None)
    firm = FirmFacts(tags=tags, region=next(iter(limits.regions), ""), revenue=limits.min_revenue)
    state = ProgrammeState(voucher_left=face, voucher_valid_until=programme.valid_until(on, programme.period_of(on)))
    made = quote(
        lines, [(programme, state)], firm, ordered_on=on, completed_on=completed_on, provider_region=provider_region, stage=Stage.QUOTE
    )
    return Example(programme, tag, face, made) if made.subsidy else None


def _line(row: PricedLine) -> Line:
    return Line(kind=row.kind, category=SHARED_INSTRUMENT, amount=row.amount, vat_bp=row.vat_bp, flags=frozenset())


def share_of_holds(amount: Money, held: Mapping[int, Money]) -> dict[int, Money]:
    """Divide what is captured over the holds it was reserved by, in their order.

    Units: whole fen; keys are holds, in the order of expiry.
    Rounding: none.
    Raises: ValueError when the amount is more than was held: `min(rule, held)` is decided before.
    Source: docs/rules.md#several-vouchers
    """
    left, parts = amount, {}
    for hold, reserved in held.items():
        parts[hold] = min(left, reserved)
        left = left - parts[hold]
    if left:
        raise ValueError("more than was held")
    return parts
