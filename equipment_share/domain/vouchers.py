"""The life of a voucher: asked for, checked, issued, frozen, used up, expired, revoked."""

from __future__ import annotations

from enum import StrEnum

from equipment_share.domain.errors import AlreadyDecided, Conflict, InvalidTransition, Refused
from equipment_share.domain.money import Money


class VoucherState(StrEnum):
    """The states of `contract.md` §2."""

    DRAFT = "draft"
    APPLIED = "applied"
    CHECKED = "checked"
    ISSUED = "issued"
    RETURNED = "returned"
    REJECTED = "rejected"
    FROZEN = "frozen"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    REVOKED = "revoked"


class VoucherAct(StrEnum):
    """What can happen to a voucher."""

    CHECK = "check"
    ISSUE = "issue"
    RETURN = "return"
    REJECT = "reject"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    EXPIRE = "expire"
    REVOKE = "revoke"


S, V = VoucherState, VoucherAct
LIVING = frozenset({S.ISSUED, S.EXHAUSTED})
"""What ends by itself on its last good day."""
STEPS: dict[VoucherAct, tuple[frozenset[VoucherState], VoucherState]] = {
    V.CHECK: (frozenset({S.APPLIED}), S.CHECKED),
    V.ISSUE: (frozenset({S.CHECKED}), S.ISSUED),
    V.RETURN: (frozenset({S.APPLIED, S.CHECKED}), S.RETURNED),
    V.REJECT: (frozenset({S.APPLIED, S.CHECKED}), S.REJECTED),
    V.FREEZE: (frozenset({S.ISSUED, S.EXHAUSTED}), S.FROZEN),
    V.UNFREEZE: (frozenset({S.FROZEN}), S.ISSUED),
    V.EXPIRE: (LIVING, S.EXPIRED),
    V.REVOKE: (frozenset({S.ISSUED, S.FROZEN, S.EXHAUSTED}), S.REVOKED),
}
"""From which states an act leads where (domain §7.2)."""


class VoucherInsufficient(Conflict):
    """The voucher no longer bears what the firm was shown; `quote` is what it would bear now."""

    code = "voucher_insufficient"


class OverBudget(Refused):
    """The programme has not enough left to issue this."""

    code = "over_budget"


class NotEligible(Refused):
    """The firm does not meet the programme's terms."""

    code = "not_eligible"


def next_voucher_state(now: VoucherState, act: VoucherAct) -> VoucherState:
    """Where an act leads.

    Units: none. Rounding: none.
    Raises: AlreadyDecided for the same act again; InvalidTransition otherwise.
    Source: docs/rules.md#voucher-life
    """
    sources, target = STEPS[act]
    if now in sources:
        return target
    raise AlreadyDecided(state=now.value) if now is target else InvalidTransition(state=now.value, act=act.value)


def expiry_bar(drawn: Money, expired: Money, ratio_bp: int) -> bool:
    """Whether a firm let more of what it drew expire than the programme bears; just that much is not more.

    Units: whole fen; `ratio_bp` basis points of what was drawn.
    Rounding: none, compared exactly.
    Raises: nothing.
    Source: docs/rules.md#expiry-penalty (W27)
    """
    return expired.fen * 10_000 > drawn.fen * ratio_bp
