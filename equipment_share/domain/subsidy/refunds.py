"""A fee that is cut after its subsidy was settled: reckoned anew, and the cut is shared (domain W16)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipment_share.domain.money import Money, split, total
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import Award, FirmFacts, Order, ProgrammeState, Stage
from equipment_share.domain.subsidy.subsidy import Given, award_of


@dataclass(frozen=True)
class CutShares:
    """Who gets what back of a cut: the two shares add up to it."""

    subsidy: Money
    """What the programme bears of the new fee."""
    adjustment: Money
    """New less settled subsidy: zero or below."""
    firm: Money
    """What the firm gets back; below zero when it has to add (a minimum claim is missed)."""
    treasury: Money
    """What returns to public money."""
    binding: str
    """What bound the new subsidy."""


NOTHING_BEFORE = Given()


def adjustment_after(
    settled_gross: Money, settled_subsidy: Money, new_gross: Money, programme: Programme, state: ProgrammeState,
    *, order: Order, firm: FirmFacts, given: Given = NOTHING_BEFORE,
) -> CutShares:  # fmt: skip
    """The new subsidy of a fee that was cut after settlement, and how the cut is shared; it never rises above what was settled.

    Units: whole fen. `order` holds the lines as they were settled, `state` what was counted without this order.
    Rounding: the cut fee is spread over the lines by their amounts, spare fen to the largest remainders; then as the programme says.
    Raises: ValueError when the new fee is above the settled one, or the lines do not add up to the settled fee.
    Source: docs/rules.md#cut-after-settlement (domain W16, W16b, W16c)
    """
    if new_gross > settled_gross or total(line.amount for line in order.lines) != settled_gross:
        raise ValueError("a cut is of the fee that was settled")
    award = _of_the_rest(order, new_gross, settled_subsidy, programme, state, firm, given)
    treasury = settled_subsidy - award.amount
    return CutShares(award.amount, -treasury, settled_gross - new_gross - treasury, treasury, award.binding)


def _of_the_rest(
    order: Order, new_gross: Money, settled: Money, programme: Programme, state: ProgrammeState, firm: FirmFacts, given: Given
) -> Award:
    """The one calculation on the smaller fee, with the settled subsidy as its ceiling."""
    weights = [line.amount.fen for line in order.lines]
    parts = split(new_gross, weights) if sum(weights) else [line.amount for line in order.lines]
    rest = replace(order, lines=tuple(replace(line, amount=part) for line, part in zip(order.lines, parts, strict=True)))
    return award_of(rest, firm, programme, replace(state, held=settled), Stage.CLAIM, given)
