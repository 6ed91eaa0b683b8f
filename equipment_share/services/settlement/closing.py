"""Use case: a paid batch is closed; what stands in the way is a checklist, read by page, API and terminal alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from equipment_share.domain.access import Act, Actor, require, require_other_hand
from equipment_share.domain.errors import Conflict
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import Money, total
from equipment_share.domain.settlement.adjustments import AdjustmentState, after_deductions
from equipment_share.domain.settlement.claims import SETTLED, BatchAct, BatchState, next_batch_state
from equipment_share.models.settlement import Batch, BatchLine
from equipment_share.queries.closing import holds_older_than, undecided_claims, undisposed_findings
from equipment_share.queries.ledger import account_or_none, balance, mismatches
from equipment_share.queries.settlement import batch_locked, claims_to_batch, lines_of
from equipment_share.services.settlement.batches import batch_step, period_of
from equipment_share.services.settlement.kept import keep_reports
from equipment_share.services.transaction import transaction, use_case


class NotPaidYet(Conflict):
    """Not every line has its money."""

    code = "not_paid_yet"


class NotBalanced(Conflict):
    """The books do not bear the batch out."""

    code = "not_balanced"


class FindingsOpen(Conflict):
    """Some red flag of the batch has no disposition."""

    code = "findings_open"


@dataclass(frozen=True)
class CheckItem:
    """One item of the close checklist (domain §3.2): its code, whether it is in order, whether it stops the close, and a figure."""

    code: str
    is_done: bool
    stops: bool
    count: int = 0


def checklist(batch: Batch, *, at: datetime) -> list[CheckItem]:
    """What a close looks at: the batch's own matters stop it, what comes too late for it is told and goes to the next."""
    lines, period = lines_of(batch.id), period_of(batch)
    unpaid = [line for line in lines if line.result != "paid"]
    findings = undisposed_findings([line.claim_id for line in lines if line.claim_id is not None])
    ungathered = claims_to_batch(batch.programme_code, period, batch.payee)
    late, old = undecided_claims(batch.programme_code, period), holds_older_than(batch.programme_code, period, at=at)
    return [
        CheckItem("all_paid", batch.state in (BatchState.PAID, BatchState.CLOSED) and not unpaid, True, len(unpaid)),
        CheckItem("sums_agree", _sums_agree(batch, lines), True),
        CheckItem("findings_disposed", not findings.get("block"), True, findings.get("block", 0)),
        CheckItem("warnings_disposed", not findings.get("warn"), False, findings.get("warn", 0)),
        CheckItem("claims_decided", not late, False, late),
        CheckItem("claims_gathered", not ungathered, False, len(ungathered)),
        CheckItem("holds_resolved", not old, False, old),
    ]


def _sums_agree(batch: Batch, lines: list[BatchLine]) -> bool:
    """Lines, their claims, the batch's total and the ledger say the same to the fen."""
    house = account_or_none(AccountKind.BATCH, str(batch.id))
    followed = all(_follows(line) for line in lines if line.result == "paid")
    left = Money(0) if house is None else balance(house.id)
    pays = after_deductions([(line.line, line.payee_id, line.amount) for line in lines])
    owed = total(pays.get(line.line, Money(0)) for line in lines if line.result != "paid")
    return total(line.amount for line in lines) == batch.total and followed and left == owed and not mismatches()


def _follows(line: BatchLine) -> bool:
    if line.adjustment is not None:
        return line.adjustment.state is AdjustmentState.SETTLED
    return line.claim is not None and line.claim.state in SETTLED


REFUSALS: dict[str, type[Conflict]] = {"all_paid": NotPaidYet, "sums_agree": NotBalanced, "findings_disposed": FindingsOpen}


@use_case
def close_batch(batch_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """The reviewer closes a paid batch whose lines, claims and ledger agree; from then on its bytes never change.

    Raises: Forbidden, SecondPersonRequired, NotFound, StaleVersion, NotPaidYet, NotBalanced, FindingsOpen, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REVIEW_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        if batch.state in (BatchState.SENT, BatchState.PART_FAILED):
            raise NotPaidYet()
        next_batch_state(batch.state, BatchAct.CLOSE)
        require_other_hand(by, batch.locked_by_id, batch.approved_by_id, batch.paid_by_id)
        for item in checklist(batch, at=at):
            if item.stops and not item.is_done:
                raise REFUSALS[item.code]()
        batch.closed_by_id, batch.closed_at = by.id, at
        batch_step(session, batch, BatchAct.CLOSE, "closed", by=by, at=at, total_fen=batch.total.fen)
        keep_reports(session, batch, at=at)
    return batch
