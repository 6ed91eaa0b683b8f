"""What needs a person: one line for one thing to do, in the order in which it has to be done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum

from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.domain.periods import BUREAU_ZONE, Period
from equipment_share.domain.settlement.claims import LEGS, BatchState
from equipment_share.domain.settlement.evidence import AT_HAND
from equipment_share.domain.texts import Named

ONE_BY_ONE = 3
"""So many of a kind are listed each for itself; more of them become one line that leads to their queue."""
CLOSE_DAYS = 3
"""A deadline within so many days is shown as close."""
NEVER = datetime.max.replace(tzinfo=UTC)
"""Where what has no deadline stands: behind all that has one."""


class NeedKind(StrEnum):
    """What may wait for a person."""

    OFFER = "offer"
    PROPOSAL = "proposal"
    CONFIRM_USE = "confirm_use"
    PAPERS = "papers"
    CLAIM_READY = "claim_ready"
    CLAIM_RETURNED = "claim_returned"
    PROOF_ENDING = "proof_ending"
    VOUCHER_ENDING = "voucher_ending"
    REQUEST = "request"
    CORRECTION = "correction"
    RECORD_USE = "record_use"
    SAMPLES = "samples"
    FAULT = "fault"
    TRAINING = "training"
    ADJUDICATE = "adjudicate"
    CLAIM_CHECK = "claim_check"
    CLAIM_APPROVE = "claim_approve"
    CLAIM_AGAIN = "claim_again"
    BATCH_GATHER = "batch_gather"
    BATCH_LOCK = "batch_lock"
    BATCH_REVIEW = "batch_review"
    BATCH_APPROVE = "batch_approve"
    BATCH_SEND = "batch_send"
    BANK_RETURN = "bank_return"
    PAY_AGAIN = "pay_again"
    ACCOUNT = "account"
    BATCH_CLOSE = "batch_close"
    FINDING = "finding"
    INSPECTION = "inspection"
    ADJUSTMENT = "adjustment"
    ORGANISATION = "organisation"
    APPLICATION = "application"
    ISSUE = "issue"
    ACCOUNT_CONFIRM = "account_confirm"
    PROOF = "proof"
    PUBLISH = "publish"
    BOOKS_DIFFER = "books_differ"
    WORKER_SILENT = "worker_silent"
    POST_LATE = "post_late"
    LETTERS_GIVEN_UP = "letters_given_up"


K, B, R = NeedKind, BatchState, Role
BATCH_NEEDS: dict[BatchState, tuple[NeedKind, Role]] = {
    B.OPEN: (K.BATCH_LOCK, R.BUREAU_CLERK),
    B.LOCKED: (K.BATCH_REVIEW, R.BUREAU_REVIEWER),
    B.REVIEWED: (K.BATCH_APPROVE, R.BUREAU_LEADER),
    B.APPROVED: (K.BATCH_SEND, R.BUREAU_CLERK),
    B.SENT: (K.BANK_RETURN, R.FINANCE),
    B.PART_FAILED: (K.PAY_AGAIN, R.FINANCE),
    B.PAID: (K.BATCH_CLOSE, R.BUREAU_REVIEWER),
}
"""Whose hand a batch waits for."""
FIRM_LEGS, OWNER_LEGS = (frozenset(leg for leg in LEGS if AT_HAND.get(leg, side) == side) for side in ("firm", "owner"))
"""Which papers each side has at hand: the firm its payment, the owner its invoice and report, both the contract."""


@dataclass(frozen=True)
class Need:
    """One thing to do; `target` is the object it is about, none for a whole queue."""

    kind: NeedKind
    since: datetime
    target: int | None
    what: Named
    number: str = ""
    due_at: datetime | None = None
    due_on: date | None = None
    amount: Money | None = None
    legs: tuple[str, ...] = ()
    count: int = 1
    reason: str = ""
    """Why it came back."""
    programme: str = ""
    """The code of the programme that it is about, where that is what it is called by."""
    period: Period | None = None


def in_order(needs: Iterable[Need], *, most: int = ONE_BY_ONE) -> list[Need]:
    """The nearest deadline first, then what has none by age; a kind with more than `most` things is one line with their number, sum and earliest deadline.

    Units: instants, bureau days (due when the day is over), whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#needs
    """
    kinds: dict[NeedKind, list[Need]] = {}
    for need in sorted(needs, key=lambda one: one.since):
        kinds.setdefault(need.kind, []).append(need)
    shown = [need for rows in kinds.values() for need in (rows if len(rows) <= most else [_folded(rows)])]
    return sorted(shown, key=lambda one: (_deadline(one), one.since))


def _deadline(need: Need) -> datetime:
    if need.due_at is not None:
        return need.due_at
    return datetime.combine(need.due_on, time.max, BUREAU_ZONE) if need.due_on is not None else NEVER


def _folded(rows: Sequence[Need]) -> Need:
    amounts = [row.amount for row in rows if row.amount is not None]
    return replace(
        rows[0], target=None, number="", legs=(), reason="", count=sum(row.count for row in rows),
        due_at=min((row.due_at for row in rows if row.due_at is not None), default=None),
        due_on=min((row.due_on for row in rows if row.due_on is not None), default=None),
        amount=Money(sum(amount.fen for amount in amounts)) if len(amounts) == len(rows) else None,
    )  # fmt: skip


def how_many(needs: Iterable[Need]) -> int:
    """How many things there are, those behind one line counted each.

    Units: things. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#needs
    """
    return sum(need.count for need in needs)


def missing_legs(needed: Iterable[str], there: Iterable[str], *, own: frozenset[str]) -> tuple[str, ...]:
    """The papers that one side still owes a claim.

    Units: none. Rounding: none. `own` are the papers this side has at hand.
    Raises: nothing.
    Source: docs/rules.md#needs
    """
    return tuple(leg for leg in needed if leg in own and leg not in set(there))
