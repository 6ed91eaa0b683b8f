"""Money beside a claim: cuts after payment, claw-backs, owners' bonuses, and the life of such an entry."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from equipment_share.domain.errors import AlreadyDecided, InvalidTransition
from equipment_share.domain.money import ZERO, Money


class AdjustmentKind(StrEnum):
    """Why there is money beside the claims."""

    CUT = "cut"
    CLAWBACK = "clawback"
    BONUS = "bonus"


class AdjustmentState(StrEnum):
    """Prepared by one person, decided by another, then settled by a batch or paid back."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    BATCHED = "batched"
    SETTLED = "settled"
    REPAID = "repaid"


class AdjustmentAct(StrEnum):
    """What can happen to an adjustment."""

    APPROVE = "approve"
    REFUSE = "refuse"
    BATCH = "batch"
    UNBATCH = "unbatch"
    SETTLE = "settle"
    REPAY = "repay"


S, A = AdjustmentState, AdjustmentAct
ADJUSTMENT_STEPS: dict[AdjustmentAct, tuple[frozenset[AdjustmentState], AdjustmentState]] = {
    A.APPROVE: (frozenset({S.PROPOSED}), S.APPROVED),
    A.REFUSE: (frozenset({S.PROPOSED}), S.REFUSED),
    A.BATCH: (frozenset({S.APPROVED}), S.BATCHED),
    A.UNBATCH: (frozenset({S.BATCHED}), S.APPROVED),
    A.SETTLE: (frozenset({S.BATCHED}), S.SETTLED),
    A.REPAY: (frozenset({S.APPROVED}), S.REPAID),
}
"""From which states an act leads where (domain §7.3 and §7.4, corrections are new entries)."""


def next_adjustment_state(now: AdjustmentState, act: AdjustmentAct) -> AdjustmentState:
    """Where an act leads.

    Units: none. Rounding: none.
    Raises: AlreadyDecided for the same act again; InvalidTransition otherwise.
    Source: docs/rules.md#adjustments
    """
    sources, target = ADJUSTMENT_STEPS[act]
    if now in sources:
        return target
    raise AlreadyDecided(state=now.value) if now is target else InvalidTransition(state=now.value, act=act.value)


def after_deductions(lines: Sequence[tuple[int, int, Money]]) -> dict[int, Money]:
    """What each line of a batch really pays: what a payee gives back is taken off its lines, the first ones first.

    Units: whole fen; lines as (number, payee, amount), below zero what is deducted. Only lines that pay are answered.
    Rounding: none.
    Raises: nothing; nobody's deductions are more than what comes (`services/settlement/batches.py` gathers no more).
    Source: docs/rules.md#adjustments
    """
    owed: dict[int, Money] = {}
    for _, payee, amount in lines:
        if amount < ZERO:
            owed[payee] = owed.get(payee, ZERO) - amount
    pays = {}
    for number, payee, amount in lines:
        if amount > ZERO:
            off = min(amount, owed.get(payee, ZERO))
            owed[payee] = owed.get(payee, ZERO) - off
            pays[number] = amount - off
    return pays
