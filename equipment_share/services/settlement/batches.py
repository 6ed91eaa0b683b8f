"""Use cases of a batch: open, lock, review, approve, refuse, send, read the bank's answer, close."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act, Actor, require, require_other_hand
from equipment_share.domain.errors import Conflict, Refused, invalid
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.adjustments import AdjustmentAct
from equipment_share.domain.settlement.claims import BatchAct, BatchState, ClaimAct, next_batch_state, next_claim_state
from equipment_share.domain.settlement.guide import notice_until
from equipment_share.models.settlement import Adjustment, Batch, BatchLine, Claim
from equipment_share.queries.adjustments import adjustments_to_batch, line_that_paid
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.gathering import batches_made
from equipment_share.queries.prorata import unpaid_promises
from equipment_share.queries.settlement import batch_locked, claims_to_batch, lines_of, live_batch
from equipment_share.queries.vouchers import versions_locked
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.posting import open_account, post
from equipment_share.services.settlement.taking_back import adjustment_step
from equipment_share.services.transaction import record, transaction, use_case


class EmptyBatch(Refused):
    """There is nothing to pay in this period."""

    code = "empty_batch"


class ProRataMissing(Conflict):
    """Approved claims still wait for the run that divides the budget."""

    code = "pro_rata_missing"


class PublicityRunning(Conflict):
    """Some claim is still on the public list."""

    code = "publicity_running"


@use_case
def open_batch(programme_code: str, period: Period, payee: str | None = None, *, by: Actor, at: datetime) -> tuple[Batch, bool]:
    """The live batch of a programme, period and payee side, made when there is none; the answer says whether it was.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.LOCK_BATCH)
    with transaction() as session:
        side = payee_side(programme_code, payee)
        if (found := live_batch(programme_code, period, side)) is not None:
            return found, False
        batch = new_batch(session, programme_code, period, side, by=by, at=at)
    return batch, True


def payee_side(programme_code: str, payee: str | None) -> str:
    """Building block: whom a batch of a programme pays, `owner` or `firm`, by default its claimant; the programme is held.

    Raises: Invalid.
    """
    versions = versions_locked(programme_code)
    if not versions:
        raise invalid("not_found", "programme")
    claimant = terms(versions[0].document).claimant
    side = payee or ("firm" if claimant == "firm" else "owner")
    if side not in ("owner", "firm"):
        raise invalid("not_a_choice", "payee")
    return side


def new_batch(session: Session, programme_code: str, period: Period, side: str, *, by: Actor, at: datetime) -> Batch:
    """Building block: an open batch, numbered on within its programme and period."""
    batch = Batch(
        number=f"{programme_code}-{period}-{batches_made(programme_code, period) + 1}", programme_code=programme_code,
        period_first_on=period.first_on, period_last_on=period.last_on, payee=side, state=BatchState.OPEN, opened_by_id=by.id, made_at=at,
    )  # fmt: skip
    session.add(batch)
    record(session, "batch", batch, "opened", by=by, at=at)
    return batch


@use_case
def lock_batch(batch_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """Gather the approved claims and what is to be given or taken beside them, and freeze them: payable to batch, payee by payee, to the fen.

    Raises: Forbidden, NotFound, StaleVersion, EmptyBatch, PublicityRunning, ProRataMissing, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.LOCK_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        next_batch_state(batch.state, BatchAct.LOCK)
        period = period_of(batch)
        if unpaid_promises(batch.programme_code, period):
            raise ProRataMissing()
        claims = claims_to_batch(batch.programme_code, period, batch.payee, lock=True)
        beside = _bearable(claims, adjustments_to_batch(batch.programme_code, batch.payee, lock=True))
        if not claims and not beside:
            raise EmptyBatch()
        _notice_is_over(claims, at=at)

        batch.total = total([*(claim.amount for claim in claims), *(entry.amount for entry in beside)])
        batch.locked_by_id, batch.locked_at = by.id, at
        batch_step(session, batch, BatchAct.LOCK, "locked", by=by, at=at, total_fen=batch.total.fen)
        _write_lines(session, batch, claims, beside, by=by, at=at)
        _move_by_payee(session, batch, back=False, by=by, at=at)
    return batch


def period_of(batch: Batch) -> Period:
    """The period a batch settles."""
    return Period(batch.period_first_on, batch.period_last_on)


def _bearable(claims: Sequence[Claim], waiting: Sequence[Adjustment]) -> list[Adjustment]:
    """Bonuses, and what is to be taken back as far as the payee has enough coming; the rest waits for the next batch."""
    coming: dict[int, Money] = {}
    for claim in claims:
        coming[claim.payee_id] = coming.get(claim.payee_id, ZERO) + claim.amount
    taken = []
    for entry in waiting:  # what is given comes first
        after = coming.get(entry.payee_id, ZERO) + entry.amount
        if after >= ZERO:
            coming[entry.payee_id] = after
            taken.append(entry)
    return taken


def _write_lines(session: Session, batch: Batch, claims: Sequence[Claim], beside: Sequence[Adjustment], *, by: Actor, at: datetime) -> None:
    for line, claim in enumerate(claims, 1):
        claim.batch_id = batch.id
        session.add(BatchLine(batch_id=batch.id, line=line, claim_id=claim.id, payee_id=claim.payee_id, amount=claim.amount))
        claim_step(session, claim, ClaimAct.BATCH, "batched", by=by, at=at)
    for line, entry in enumerate(beside, len(claims) + 1):
        paid = line_that_paid(entry.claim_id) if entry.claim_id is not None else None
        entry.batch_id = batch.id
        session.add(
            BatchLine(
                batch_id=batch.id,
                line=line,
                claim_id=entry.claim_id,
                adjustment_id=entry.id,
                payee_id=entry.payee_id,
                amount=entry.amount,
                adjusts_id=paid.id if paid else None,
            )
        )
        adjustment_step(session, entry, AdjustmentAct.BATCH, "batched", by=by, at=at)
    session.flush()


def _notice_is_over(claims: Sequence[Claim], *, at: datetime) -> None:
    for claim in claims:
        until = notice_until(claim.approved_at, terms(claim.programme.document).publicity_days)
        if until is not None and bureau_day(at) <= until:
            raise PublicityRunning(until=until.isoformat())


def _move_by_payee(session: Session, batch: Batch, *, back: bool, by: Actor, at: datetime) -> None:
    """One transfer per payee of what it gets after deductions, into the batch's account or back out of it."""
    code = batch.programme_code
    house = open_account(session, AccountKind.BATCH, str(batch.id), programme_code=code)
    sums: dict[int, Money] = {}
    for line in lines_of(batch.id):
        sums[line.payee_id] = sums.get(line.payee_id, ZERO) + line.amount
    for payee_id, amount in sorted((payee_id, amount) for payee_id, amount in sums.items() if amount):
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
        batch_step(session, batch, BatchAct.REVIEW, "reviewed", by=by, at=at)
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
        batch_step(session, batch, BatchAct.APPROVE, "approved", by=by, at=at)
    return batch


@use_case
def refuse_batch(batch_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Batch:
    """The reviewer or leader says no: its claims are approved again and free for another batch.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REFUSE_BATCH)
    with transaction() as session:
        batch = batch_locked(batch_id, version)
        batch_step(session, batch, BatchAct.REFUSE, "refused", by=by, at=at, reason=given_reason(reason))
        for line in lines_of(batch.id):
            if line.adjustment is not None:
                line.adjustment.batch_id = None
                adjustment_step(session, line.adjustment, AdjustmentAct.UNBATCH, "unbatched", by=by, at=at)
            elif line.claim is not None:
                line.claim.batch_id = None
                claim_step(session, line.claim, ClaimAct.UNBATCH, "unbatched", by=by, at=at)
        _move_by_payee(session, batch, back=True, by=by, at=at)
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
        batch_step(session, batch, BatchAct.SEND, "sent", by=by, at=at, file_hash=batch.file_hash)
    return batch


def payment_file(batch: Batch) -> bytes:
    """One line a claim or adjustment: whom to pay, where, how much; a line below zero is deducted from what its payee gets."""
    return _payments(lines_of(batch.id))


def payment_again(batch: Batch) -> bytes:
    """Only the lines that failed, with the accounts of now; the file that was sent stays what it is."""
    return _payments([line for line in lines_of(batch.id) if line.result == "failed"])


def _payments(lines: Sequence[BatchLine]) -> bytes:
    header = ("line", "payee", "payee_code", "bank_account", "amount_yuan", "amount_fen", "claim")
    rows = [
        (row.line, row.payee.name, row.payee.code, row.payee.bank_account, str(row.amount), row.amount.fen, _subject(row)) for row in lines
    ]
    return csv_bytes(header, rows)


def _subject(row: BatchLine) -> str:
    """What a line pays: an adjustment or a claim, by number."""
    if row.adjustment is not None:
        return row.adjustment.number
    return row.claim.number if row.claim is not None else ""


def batch_step(
    session: Session, batch: Batch, act: BatchAct, event: str, *, by: Actor, at: datetime, reason: str = "", **facts: object
) -> None:
    """Building block: move a batch on and write it down."""
    before = batch.state
    batch.state = next_batch_state(before, act) if act is not BatchAct.PART_FAIL else BatchState.PART_FAILED
    record(session, "batch", batch, event, by=by, at=at, before=before, reason=reason, facts=facts)


def claim_step(session: Session, claim: Claim, act: ClaimAct, event: str, *, by: Actor, at: datetime, reason: str = "") -> None:
    """Building block: move a claim on and write it down."""
    before = claim.state
    claim.state = next_claim_state(before, act)
    record(session, "claim", claim, event, by=by, at=at, before=before, reason=reason)
