"""The approved claims that wait for a pro-rata run, and what they would get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.subsidy.prorata import pro_rata
from equipment_share.models.base import db
from equipment_share.models.bookings import Promise
from equipment_share.models.settlement import Claim, ProRataRun
from equipment_share.queries.ledger import budgets_left


@dataclass(frozen=True)
class Shares:
    """What a run gives: each claim, and its part of what there is."""

    budget: Money
    claims: tuple[Claim, ...]
    amounts: Mapping[str, Money]

    def document(self) -> list[dict[str, object]]:
        """`[{claim, number, asked_fen, amount_fen}]`."""
        return [
            {"claim": claim.id, "number": claim.number, "asked_fen": claim.asked.fen, "amount_fen": self.amounts[claim.number].fen}
            for claim in self.claims
        ]


def promise_of(booking_id: int, programme_code: str) -> Promise | None:
    """What a programme still promises of one booking."""
    query = select(Promise).where(Promise.booking_id == booking_id, Promise.programme_code == programme_code, Promise.ended == "")
    return db.session.scalar(query)


def unpaid_promises(programme_code: str, period: Period, *, lock: bool = False) -> list[Claim]:
    """Approved claims of a period whose money has not moved yet."""
    waits = select(Promise.id).where(
        Promise.booking_id == Claim.booking_id, Promise.programme_code == Claim.programme_code, Promise.ended == ""
    )
    query = (
        select(Claim)
        .where(Claim.programme_code == programme_code, Claim.completed_on.between(period.first_on, period.last_on))
        .where(Claim.state.in_([ClaimState.APPROVED, ClaimState.PUBLICISED]), waits.exists())
        .order_by(Claim.id)
    )
    return list(db.session.scalars(query.with_for_update(of=Claim) if lock else query))


def shares_of(programme_code: str, period: Period, *, lock: bool = False) -> Shares:
    """What each waiting claim of a period would get of what the programme has left."""
    claims = unpaid_promises(programme_code, period, lock=lock)
    asked = {claim.number: claim.asked for claim in claims}
    budget = budgets_left([programme_code]).get(programme_code, total(asked.values()))
    return Shares(budget, tuple(claims), pro_rata(asked, budget))


def run_of(programme_code: str, period: Period) -> ProRataRun | None:
    """The one run of a programme and period, prepared or decided."""
    r = ProRataRun
    own = (r.programme_code == programme_code) & (r.period_first_on == period.first_on) & (r.period_last_on == period.last_on)
    return db.session.scalar(select(r).where(own).with_for_update())
