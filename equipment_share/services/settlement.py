"""Use cases of a batch: open, lock, review, approve, refuse, send, read the bank's answer, close."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from equipment_share.adapters.sheets import csv_bytes
from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Act, Actor, require, require_no_link, require_other_hand
from equipment_share.domain.claims import BatchAct, BatchState, ClaimAct, ClaimState, next_batch_state, next_claim_state
from equipment_share.domain.errors import Conflict, Problem, Refused, invalid
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.domain.programmes import terms
from equipment_share.models.settlement import Batch, BatchLine, Claim
from equipment_share.queries.ledger import balance, mismatches
from equipment_share.queries.settlement import batch_locked, claims_to_batch, lines_of, live_batch, reference_is_used
from equipment_share.queries.vouchers import versions_of
from equipment_share.services.bookings import given_reason
from equipment_share.services.letters import tell_organisation
from equipment_share.services.posting import open_account, post
from equipment_share.services.transaction import record, transaction, use_case


class EmptyBatch(Refused):
    """There is nothing to pay in this period."""

    code = "empty_batch"


class PublicityRunning(Conflict):
    """Some claim is still on the public list."""

    code = "publicity_running"


class NotPaidYet(Conflict):
    """Not every line has its money."""

    code = "not_paid_yet"


class NotBalanced(Conflict):
    """The books do not bear the batch out."""

    code = "not_balanced"


@dataclass(frozen=True)
class BankAnswer:
    """One row of the bank's file."""

    row: int
    line: int | None
    status: str
    paid_on: date | None
    reference: str
    amount: Money | None


@dataclass(frozen=True)
class BankReading:
    """What a bank file changed, row by row."""

    batch: Batch
    paid: int
    failed: int
    unchanged: int
    problems: tuple[tuple[int, Problem], ...]


@use_case
def open_batch(programme_code: str, period: Period, payee: str | None = None, *, by: Actor, at: datetime) -> tuple[Batch, bool]:
    """The live batch of a programme, period and payee side, made when there is none; the answer says whether it was.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.LOCK_BATCH)
    with transaction() as session:
        versions = versions_of(programme_code)
        if not versions:
            raise invalid("not_found", "programme")
        claimant = terms(versions[0].document).claimant
        side = payee or ("firm" if claimant == "firm" else "owner")
        if side not in ("owner", "firm"):
            raise invalid("not_a_choice", "payee")
        if (found := live_batch(programme_code, period, side)) is not None:
            return found, False
        batch = Batch(
            number=f"{programme_code}-{period}-{side}-{short_code(4)}", programme_code=programme_code, period_first_on=period.first_on,
            period_last_on=period.last_on, payee=side, state=BatchState.OPEN, opened_by_id=by.id, made_at=at,
        )  # fmt: skip
        session.add(batch)
        record(session, "batch", batch, "opened", by=by, at=at)
    return batch, True


@use_case
def lock_batch(batch_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """Gather the approved claims and freeze them: payable to batch, payee by payee, to the fen.

    Raises: Forbidden, NotFound, StaleVersion, EmptyBatch, PublicityRunning, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.LOCK_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        next_batch_state(batch.state, BatchAct.LOCK)
        claims = claims_to_batch(batch.programme_code, _period(batch), batch.payee, lock=True)
        if not claims:
            raise EmptyBatch()
        _notice_is_over(claims, at=at)

        for line, claim in enumerate(claims, 1):
            claim.batch_id = batch.id
            session.add(BatchLine(batch_id=batch.id, line=line, claim_id=claim.id, payee_id=claim.payee_id, amount=claim.amount))
            _claim_step(session, claim, ClaimAct.BATCH, "batched", by=by, at=at)
        batch.total, batch.locked_by_id, batch.locked_at = total(claim.amount for claim in claims), by.id, at
        _step(session, batch, BatchAct.LOCK, "locked", by=by, at=at, total_fen=batch.total.fen)
        _move_by_payee(session, batch, claims, back=False, by=by, at=at)
    return batch


def _period(batch: Batch) -> Period:
    return Period(batch.period_first_on, batch.period_last_on)


def _notice_is_over(claims: Sequence[Claim], *, at: datetime) -> None:
    for claim in claims:
        days = terms(claim.programme.document).publicity_days
        if days and claim.approved_at is not None and bureau_day(at) <= bureau_day(claim.approved_at) + timedelta(days=days):
            raise PublicityRunning(until=(bureau_day(claim.approved_at) + timedelta(days=days)).isoformat())


def _move_by_payee(session: Session, batch: Batch, claims: Sequence[Claim], *, back: bool, by: Actor, at: datetime) -> None:
    """One transfer per payee: into the batch's account, or back out of it."""
    code = batch.programme_code
    house = open_account(session, AccountKind.BATCH, str(batch.id), programme_code=code)
    sums: dict[int, Money] = {}
    for claim in claims:
        sums[claim.payee_id] = sums.get(claim.payee_id, Money(0)) + claim.amount
    for payee_id, amount in sorted(sums.items()):
        payable = open_account(session, AccountKind.PAYABLE, f"{code}:{payee_id}", programme_code=code, organisation_id=payee_id)
        dr, cr = (house, payable) if back else (payable, house)
        reason = f"batch {batch.number} {'refused' if back else 'locked'}"
        post(session, dr, cr, amount, Phase.DIRECT, programme_code=code, by=by, at=at, reason=reason)


@use_case
def review_batch(batch_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """Another person than who locked it finds the batch right.

    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REVIEW_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        next_batch_state(batch.state, BatchAct.REVIEW)
        require_other_hand(by, batch.locked_by_id)
        require_no_link(by, *(line.payee_id for line in lines_of(batch.id)))
        batch.reviewed_by_id = by.id
        _step(session, batch, BatchAct.REVIEW, "reviewed", by=by, at=at)
    return batch


@use_case
def approve_batch(batch_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """The third person signs.

    Raises: Forbidden, SecondPersonRequired, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.APPROVE_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        next_batch_state(batch.state, BatchAct.APPROVE)
        require_other_hand(by, batch.locked_by_id, batch.reviewed_by_id)
        batch.approved_by_id = by.id
        _step(session, batch, BatchAct.APPROVE, "approved", by=by, at=at)
    return batch


@use_case
def refuse_batch(batch_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """The reviewer or leader says no: its claims are approved again and free for another batch.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REFUSE_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        _step(session, batch, BatchAct.REFUSE, "refused", by=by, at=at, reason=given_reason(reason))
        claims = [line.claim for line in lines_of(batch.id)]
        for claim in claims:
            claim.batch_id = None
            _claim_step(session, claim, ClaimAct.UNBATCH, "unbatched", by=by, at=at)
        _move_by_payee(session, batch, claims, back=True, by=by, at=at)
    return batch


@use_case
def send_batch(batch_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """The clerk hands the payment file to finance; its hash is kept.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.LOCK_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        next_batch_state(batch.state, BatchAct.SEND)
        batch.payment_file = payment_file(batch)
        batch.file_hash, batch.sent_by_id = hashlib.sha256(batch.payment_file).hexdigest(), by.id
        _step(session, batch, BatchAct.SEND, "sent", by=by, at=at, file_hash=batch.file_hash)
    return batch


def payment_file(batch: Batch) -> bytes:
    """One line a claim: whom to pay, where, how much."""
    header = ("line", "payee", "payee_code", "bank_account", "amount_yuan", "amount_fen", "claim")
    rows = [
        (row.line, row.payee.name, row.payee.code, row.payee.bank_account, str(row.amount), row.amount.fen, row.claim.number)
        for row in lines_of(batch.id)
    ]
    return csv_bytes(header, rows)


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
        counts, problems = {"paid": 0, "failed": 0, "unchanged": 0}, []
        for answer in answers:
            if problem := _answer_problem(answer, lines):
                problems.append((answer.row, problem))
            else:
                counts[_take(session, batch, lines[answer.line or 0], answer, by=by, at=at)] += 1
        _settle_state(session, batch, lines, changed=counts["paid"] + counts["failed"] > 0, by=by, at=at)
    return BankReading(batch, counts["paid"], counts["failed"], counts["unchanged"], tuple(problems))


def _answer_problem(answer: BankAnswer, lines: Mapping[int, BatchLine]) -> Problem | None:
    line = lines.get(answer.line or 0)
    if line is None:
        return Problem("unknown_line", "line")
    if answer.amount != line.amount:
        return Problem("amount_differs", "amount_fen")
    if answer.status not in ("paid", "failed"):
        return Problem("not_a_choice", "status")
    if answer.status == "paid" and (not answer.reference or answer.paid_on is None):
        return Problem("required", "reference" if not answer.reference else "paid_on")
    if answer.status == "paid" and line.reference != answer.reference and (line.result == "paid" or reference_is_used(answer.reference)):
        return Problem("taken", "reference")
    return None


def _take(session: Session, batch: Batch, line: BatchLine, answer: BankAnswer, *, by: Actor, at: datetime) -> str:
    """Apply one answer to its line; answers `paid`, `failed` or `unchanged`."""
    if line.result in ("paid", answer.status):
        return "unchanged"
    line.result, line.paid_on = answer.status, answer.paid_on
    code = batch.programme_code
    if answer.status == "paid":
        line.reference = answer.reference
        house = open_account(session, AccountKind.BATCH, str(batch.id), programme_code=code)
        paid = open_account(session, AccountKind.PAID, code, programme_code=code)
        step = post(
            session, house, paid, line.amount, Phase.DIRECT, programme_code=code, booking_id=line.claim.booking_id, by=by, at=at,
            reason=f"paid {answer.reference}",
        )  # fmt: skip
        line.transfer_id = step.id
        _claim_step(session, line.claim, ClaimAct.PAY, "paid", by=by, at=at)
        facts = {"claim_id": line.claim_id, "number": line.claim.number, "amount_fen": line.amount.fen}
        tell_organisation(session, line.payee_id, "claim_paid", at=at, facts=facts)
    else:
        _claim_step(session, line.claim, ClaimAct.FAIL, "payment_failed", by=by, at=at)
    return answer.status


def _settle_state(session: Session, batch: Batch, lines: Mapping[int, BatchLine], *, changed: bool, by: Actor, at: datetime) -> None:
    """A batch is paid when every line is; one failure is enough for `part_failed`."""
    if not changed:
        return
    batch.paid_by_id = by.id
    if all(line.result == "paid" for line in lines.values()):
        _step(session, batch, BatchAct.PAY, "paid", by=by, at=at)
    elif any(line.result == "failed" for line in lines.values()):
        _step(session, batch, BatchAct.PART_FAIL, "payment_failed", by=by, at=at)


def close_problems(batch: Batch) -> list[str]:
    """The close checklist: codes of what still stands in the way; none is the good answer."""
    lines = lines_of(batch.id)
    found = []
    if batch.state is not BatchState.PAID or any(line.result != "paid" for line in lines):
        found.append("not_paid_yet")
    if (
        total(line.amount for line in lines) != batch.total
        or any(line.claim.state is not ClaimState.PAID for line in lines)
        or mismatches()
    ):
        found.append("not_balanced")
    return found


@use_case
def close_batch(batch_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """The reviewer closes a paid batch whose lines, claims and ledger agree; from then on its bytes never change.

    Raises: Forbidden, SecondPersonRequired, NotFound, StaleVersion, NotPaidYet, NotBalanced, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REVIEW_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        if batch.state in (BatchState.SENT, BatchState.PART_FAILED):
            raise NotPaidYet()
        next_batch_state(batch.state, BatchAct.CLOSE)
        require_other_hand(by, batch.locked_by_id, batch.approved_by_id, batch.paid_by_id)
        house = open_account(session, AccountKind.BATCH, str(batch.id), programme_code=batch.programme_code)
        if close_problems(batch) or balance(house.id):
            raise NotBalanced()
        batch.closed_by_id, batch.closed_at = by.id, at
        _step(session, batch, BatchAct.CLOSE, "closed", by=by, at=at, total_fen=batch.total.fen)
    return batch


def _step(session: Session, batch: Batch, act: BatchAct, event: str, *, by: Actor, at: datetime, reason: str = "", **facts: object) -> None:
    before = batch.state
    batch.state = next_batch_state(before, act) if act is not BatchAct.PART_FAIL else BatchState.PART_FAILED
    record(session, "batch", batch, event, by=by, at=at, before=before, reason=reason, facts=facts)


def _claim_step(session: Session, claim: Claim, act: ClaimAct, event: str, *, by: Actor, at: datetime) -> None:
    before = claim.state
    claim.state = next_claim_state(before, act)
    record(session, "claim", claim, event, by=by, at=at, before=before)
