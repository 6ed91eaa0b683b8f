"""Three orders that show what a programme does: for the form's preview, by the function that quotes use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from equipment_share.domain.money import Money
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import Award, FirmFacts, Line, Order, ProgrammeState, Stage
from equipment_share.domain.subsidy.subsidy import subsidies

FEES = (Money(100_000), Money(1_860_000), Money(6_000_000))
"""1,000.00, 18,600.00 and 60,000.00 yuan: a small job, the example W1 of the domain notes, and a large contract."""
REGION = "haining"


@dataclass(frozen=True)
class Example:
    """One fee and what the programme bears of it."""

    fee: Money
    award: Award

    @property
    def net(self) -> Money:
        """What the firm pays."""
        return self.fee - self.award.amount


def examples(programme: Programme, on: date) -> list[Example]:
    """A technology SME with a fresh period orders three times, each for itself.

    Units: whole fen. Rounding: as the programme says.
    Raises: nothing; a firm that is not eligible is told so.
    Source: docs/rules.md#subsidy
    """
    limits, places = programme.limits, programme.provider_regions
    firm = FirmFacts(frozenset({"tech_sme"}), next(iter(limits.regions), REGION), staff=80, revenue=limits.min_revenue)
    found = []
    for fee in FEES:
        order = Order(on, on, next(iter(places), REGION), (Line("machine_time", "shared_instrument", fee),))
        found.append(Example(fee, subsidies(order, firm, [(programme, ProgrammeState())], Stage.QUOTE)[0]))
    return found
