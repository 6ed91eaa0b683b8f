"""The life of a claim and of the batch that pays it, and the papers a claim needs."""

from __future__ import annotations

from enum import StrEnum

from equipment_share.domain.errors import AlreadyDecided, InvalidTransition


class ClaimState(StrEnum):
    """The states of `contract.md` §2."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    CHECKED = "checked"
    APPROVED = "approved"
    REJECTED = "rejected"
    PUBLICISED = "publicised"
    BATCHED = "batched"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"
    ADJUSTED = "adjusted"
    CLAWED_BACK = "clawed_back"
    WITHDRAWN = "withdrawn"


class ClaimAct(StrEnum):
    """What can happen to a claim."""

    SUBMIT = "submit"
    RETURN = "return"
    CHECK = "check"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    REJECT = "reject"
    PUBLICISE = "publicise"
    OBJECT = "object"
    BATCH = "batch"
    UNBATCH = "unbatch"
    PAY = "pay"
    FAIL = "fail"
    WITHDRAW = "withdraw"
    REDRAFT = "redraft"
    ADJUST = "adjust"
    CLAW_BACK = "claw_back"


C, D = ClaimState, ClaimAct
CLAIM_STEPS: dict[ClaimAct, tuple[frozenset[ClaimState], ClaimState]] = {
    D.SUBMIT: (frozenset({C.DRAFT, C.RETURNED}), C.SUBMITTED),
    D.RETURN: (frozenset({C.SUBMITTED, C.IN_REVIEW}), C.RETURNED),
    D.CHECK: (frozenset({C.SUBMITTED, C.IN_REVIEW}), C.CHECKED),
    D.APPROVE: (frozenset({C.CHECKED}), C.APPROVED),
    D.SEND_BACK: (frozenset({C.CHECKED}), C.IN_REVIEW),
    D.REJECT: (frozenset({C.SUBMITTED, C.IN_REVIEW, C.CHECKED}), C.REJECTED),
    D.PUBLICISE: (frozenset({C.APPROVED}), C.PUBLICISED),
    D.OBJECT: (frozenset({C.PUBLICISED}), C.IN_REVIEW),
    D.BATCH: (frozenset({C.APPROVED, C.PUBLICISED}), C.BATCHED),
    D.UNBATCH: (frozenset({C.BATCHED, C.PAYMENT_FAILED}), C.APPROVED),
    D.PAY: (frozenset({C.BATCHED, C.PAYMENT_FAILED}), C.PAID),
    D.FAIL: (frozenset({C.BATCHED, C.PAYMENT_FAILED}), C.PAYMENT_FAILED),
    D.WITHDRAW: (frozenset({C.DRAFT, C.SUBMITTED, C.RETURNED}), C.WITHDRAWN),
    D.REDRAFT: (frozenset({C.WITHDRAWN}), C.DRAFT),
    D.ADJUST: (frozenset({C.PAID, C.ADJUSTED}), C.ADJUSTED),
    D.CLAW_BACK: (frozenset({C.PAID, C.ADJUSTED}), C.CLAWED_BACK),
}
"""From which states an act leads where (domain §7.3)."""
NOT_HANDED_IN = frozenset({C.DRAFT, C.RETURNED, C.WITHDRAWN})
"""Claims that the bureau has not got: a use may still be reopened."""
NOT_GATHERED = frozenset({C.SUBMITTED, C.IN_REVIEW, C.CHECKED, C.APPROVED, C.PUBLICISED})
"""Claims that the bureau has and no batch holds: a correction is an adjusting entry."""
SETTLED = frozenset({C.PAID, C.ADJUSTED, C.CLAWED_BACK})
"""Claims that were paid; what changes afterwards is an entry beside them."""
UNDECIDED = frozenset({C.SUBMITTED, C.IN_REVIEW, C.CHECKED})
"""Claims that the bureau still owes an answer."""


class BatchState(StrEnum):
    """The states of `contract.md` §2."""

    OPEN = "open"
    LOCKED = "locked"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    PART_FAILED = "part_failed"
    CLOSED = "closed"
    REFUSED = "refused"


class BatchAct(StrEnum):
    """What can happen to a batch."""

    LOCK = "lock"
    REVIEW = "review"
    APPROVE = "approve"
    REFUSE = "refuse"
    SEND = "send"
    PAY = "pay"
    PART_FAIL = "part_fail"
    CLOSE = "close"


T, E = BatchState, BatchAct
BATCH_STEPS: dict[BatchAct, tuple[frozenset[BatchState], BatchState]] = {
    E.LOCK: (frozenset({T.OPEN}), T.LOCKED),
    E.REVIEW: (frozenset({T.LOCKED}), T.REVIEWED),
    E.APPROVE: (frozenset({T.REVIEWED}), T.APPROVED),
    E.REFUSE: (frozenset({T.LOCKED, T.REVIEWED}), T.REFUSED),
    E.SEND: (frozenset({T.APPROVED}), T.SENT),
    E.PAY: (frozenset({T.SENT, T.PART_FAILED}), T.PAID),
    E.PART_FAIL: (frozenset({T.SENT, T.PART_FAILED}), T.PART_FAILED),
    E.CLOSE: (frozenset({T.PAID}), T.CLOSED),
}
"""From which states an act leads where (domain §7.4)."""

LEGS = ("contract", "invoice", "payment", "result")
"""The papers; the booking with its usage log is the fifth leg (domain §3.1)."""


def next_claim_state(now: ClaimState, act: ClaimAct) -> ClaimState:
    """Where an act leads.

    Units: none. Rounding: none.
    Raises: AlreadyDecided for the same act again; InvalidTransition otherwise.
    Source: docs/rules.md#claim-life
    """
    sources, target = CLAIM_STEPS[act]
    if now in sources:
        return target
    raise AlreadyDecided(state=now.value) if now is target else InvalidTransition(state=now.value, act=act.value)


def next_batch_state(now: BatchState, act: BatchAct) -> BatchState:
    """Where an act leads.

    Units: none. Rounding: none.
    Raises: AlreadyDecided for the same act again; InvalidTransition otherwise.
    Source: docs/rules.md#batch-life
    """
    sources, target = BATCH_STEPS[act]
    if now in sources:
        return target
    raise AlreadyDecided(state=now.value) if now is target else InvalidTransition(state=now.value, act=act.value)
