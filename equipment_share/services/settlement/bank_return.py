"""Use case of finance: read the bank's answers, line by line."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require, require_other_hand
from equipment_share.domain.errors import Problem
from equipment_share.domain.exchange.bank import of_line
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.settlement.adjustments import AdjustmentAct, after_deductions
from equipment_share.domain.settlement.claims import BatchAct, BatchState, ClaimAct, next_batch_state
from equipment_share.models.settlement import Batch, BatchLine, Claim
from equipment_share.queries.payments import Failure, accounts_of, failures_of
from equipment_share.queries.settlement import batch_locked, lines_of, references_used
from equipment_share.services.letters import tell_organisation
from equipment_share.services.posting import open_account, post
from equipment_share.services.settlement.batches import batch_step, claim_step
from equipment_share.services.settlement.taking_back import adjustment_step
from equipment_share.services.transaction import record, transaction, use_case


@dataclass(frozen=True)
class BankAnswer:
    """One row of the bank's file."""

    row: int
    line: int | None
    status: str
    paid_on: date | None
    reference: str
    amount: Money | None
    reason: str = ""
    """Why the bank could not pay, in its words."""


@dataclass(frozen=True)
class BankReading:
    """What a bank file changed, row by row."""

    batch: Batch
    paid: int
    failed: int
    unchanged: int
    problems: tuple[tuple[int, Problem], ...]
    left: int = 0
    """How many lines are not paid yet."""


@use_case
def record_bank_return(batch_id: int, answers: Sequence[BankAnswer], *, version: int | None = None, by: Actor, at: datetime) -> BankReading:
    """Read the bank's answers line by line; the same file again changes nothing, a wrong row changes nothing of its line.

    Raises: Forbidden, SecondPersonRequired, NotFound, StaleVersion, InvalidTransition.
    """
    require(by, Act.RECORD_BANK_RETURN)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        require_other_hand(by, batch.approved_by_id)
        if batch.state is not BatchState.PAID:
            next_batch_state(batch.state, BatchAct.PAY)
        lines = {line.line: line for line in lines_of(batch.id)}
        pays = after_deductions([(line.line, line.payee_id, line.amount) for line in lines.values()])
        used = references_used({answer.reference for answer in answers if answer.reference})
        attempts = Attempts(accounts_of([batch.id]), failures_of([batch.id]))
        counts, problems = {"paid": 0, "failed": 0, "unchanged": 0}, []
        waiting = [line for line in lines.values() if line.claim_id is not None and line.result != "paid"]
        for answer in answers:
            if problem := _answer_problem(answer, lines, used):
                problems.append((answer.row, of_line(problem, str(answer.line))))
            else:
                line = lines[answer.line or 0]
                counts[_take(session, batch, line, pays.get(line.line, ZERO), answer, attempts, by=by, at=at)] += 1
                used |= {line.reference} if line.reference else set()
        _tell_payees(session, batch, [line for line in waiting if line.result == "paid"], at=at)
        _set_off(session, lines.values(), by=by, at=at)
        _settle_state(session, batch, lines, counts, attempts, by=by, at=at)
    left = sum(line.result != "paid" for line in lines.values())
    return BankReading(batch, counts["paid"], counts["failed"], counts["unchanged"], tuple(problems), left)


@dataclass
class Attempts:
    """Where the lines of a batch were paid to before, and what this file tells of failures and of lines paid again."""

    accounts: Mapping[tuple[int, int], str]
    failed_before: Mapping[tuple[int, int], Failure]
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    paid_again: dict[str, str] = field(default_factory=dict)

    def account(self, line: BatchLine) -> str:
        """Where this attempt went: what the payment file said, after a failure the account of now."""
        sent = self.accounts.get((line.batch_id, line.line))
        return sent if sent is not None and line.result != "failed" else line.payee.bank_account

    def is_known(self, line: BatchLine, answer: BankAnswer) -> bool:
        """Whether just this failure was read before."""
        before = self.failed_before.get((line.batch_id, line.line))
        return before is None or (before.reason, before.reference, line.paid_on) == (answer.reason, answer.reference, answer.paid_on)

    def note(self, line: BatchLine, answer: BankAnswer) -> None:
        """Write down how this attempt ended; before the line itself is told."""
        if answer.status == "failed":
            told = {"account": self.account(line), "reason": answer.reason, "reference": answer.reference}
            self.failures[str(line.line)] = told
        elif line.result == "failed":
            self.paid_again[str(line.line)] = self.account(line)


def _answer_problem(answer: BankAnswer, lines: Mapping[int, BatchLine], used: Collection[str]) -> Problem | None:
    line = lines.get(answer.line or 0)
    if line is None:
        return Problem("unknown_line", "line")
    if answer.amount != line.amount:
        given = str(answer.amount) if answer.amount is not None else "—"
        return Problem("amount_differs", "amount_fen", {"expected": str(line.amount), "given": given})
    if answer.status not in ("paid", "failed"):
        return Problem("not_a_choice", "status")
    if line.amount < ZERO:
        return None
    if answer.status == "paid" and (not answer.reference or answer.paid_on is None):
        return Problem("required", "reference" if not answer.reference else "paid_on")
    if answer.status == "paid" and line.reference != answer.reference and (line.result == "paid" or answer.reference in used):
        return Problem("taken", "reference")
    return None


def _take(
    session: Session, batch: Batch, line: BatchLine, pays: Money, answer: BankAnswer, attempts: Attempts, *, by: Actor, at: datetime
) -> str:
    """Apply one answer to its line; answers `paid`, `failed` or `unchanged`."""
    if line.result == "paid" or line.amount < ZERO or (line.result == answer.status and attempts.is_known(line, answer)):
        return "unchanged"  # what is deducted is settled with the rest of its payee's lines, whatever the bank writes beside it
    attempts.note(line, answer)
    code, claim = batch.programme_code, line.claim
    if answer.status == "paid" and pays:
        house = open_account(session, AccountKind.BATCH, str(batch.id), programme_code=code)
        paid = open_account(session, AccountKind.PAID, code, programme_code=code)
        step = post(
            session, house, paid, pays, Phase.DIRECT, programme_code=code, booking_id=claim.booking_id if claim else None, by=by, at=at,
            reason=f"paid {answer.reference}",
        )  # fmt: skip
        line.transfer_id = step.id
    if answer.status == "paid":
        line.reference = answer.reference
    line.result, line.paid_on = answer.status, answer.paid_on  # last, and at once: a paid line never changes again
    if line.adjustment is not None:
        if answer.status == "paid":
            adjustment_step(session, line.adjustment, AdjustmentAct.SETTLE, "settled", by=by, at=at)
    elif claim is not None:
        _claim_follows(session, line, claim, answer, by=by, at=at)
    return answer.status


def _set_off(session: Session, lines: Collection[BatchLine], *, by: Actor, at: datetime) -> None:
    """Once a payee has everything that a batch pays it, what was deducted is settled too."""
    owing = {line.payee_id for line in lines if line.amount > ZERO and line.result != "paid"}
    for line in lines:
        if line.amount < ZERO and not line.result and line.payee_id not in owing and line.adjustment is not None:
            line.result, line.paid_on = "paid", bureau_day(at)
            adjustment_step(session, line.adjustment, AdjustmentAct.SETTLE, "settled", by=by, at=at)


def _claim_follows(session: Session, line: BatchLine, claim: Claim, answer: BankAnswer, *, by: Actor, at: datetime) -> None:
    if answer.status == "failed":
        claim_step(session, claim, ClaimAct.FAIL, "payment_failed", by=by, at=at, reason=answer.reason)
        return
    claim_step(session, claim, ClaimAct.PAY, "paid", by=by, at=at)


def _tell_payees(session: Session, batch: Batch, paid: Collection[BatchLine], *, at: datetime) -> None:
    """One letter to each payee for all that a file says was paid, however many lines it has in the batch."""
    for payee_id in sorted({line.payee_id for line in paid}):
        mine = [line for line in paid if line.payee_id == payee_id]
        facts = {"batch": batch.number, "claims": len(mine), "amount_fen": total(line.amount for line in mine).fen}
        if len(mine) == 1 and (claim := mine[0].claim) is not None:
            facts |= {"claim_id": claim.id, "number": claim.number}
        tell_organisation(session, payee_id, "claim_paid", at=at, facts=facts)


def _settle_state(
    session: Session,
    batch: Batch,
    lines: Mapping[int, BatchLine],
    counts: Mapping[str, int],
    attempts: Attempts,
    *,
    by: Actor,
    at: datetime,
) -> None:
    """A batch is paid when every line is; one failure is enough for `part_failed`. Each file that changed something is one step."""
    if not counts["paid"] + counts["failed"]:
        return
    batch.paid_by_id = by.id
    told: dict[str, Any] = {
        "paid": counts["paid"], "failed": counts["failed"], "failures": attempts.failures, "paid_again": attempts.paid_again,
    }  # fmt: skip
    if all(line.result == "paid" for line in lines.values()):
        batch_step(session, batch, BatchAct.PAY, "paid", by=by, at=at, **told)
    elif any(line.result == "failed" for line in lines.values()):
        batch_step(session, batch, BatchAct.PART_FAIL, "bank_return", by=by, at=at, **told)
    else:
        record(session, "batch", batch, "bank_return", by=by, at=at, before=batch.state, facts=told)
