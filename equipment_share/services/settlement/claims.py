"""Use cases of a claim: submit, withdraw, return, check, send back, approve, reject, object; and dispose of a finding."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require, require_other_hand
from equipment_share.domain.errors import AlreadyDecided, NotFound, Refused, invalid
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.programmes.days import accrual_leg
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.claims import ClaimAct, next_claim_state
from equipment_share.domain.settlement.evidence import Finding, blocking
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.settlement import Claim, FindingLine
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.bookings.bookings import voucher_uses
from equipment_share.queries.closed import counts_on_day
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.prorata import promise_of
from equipment_share.queries.settlement import claim_locked, kept_findings, row_of
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.bookings.returns import give_back
from equipment_share.services.letters import tell_organisation
from equipment_share.services.settlement.payout import affordable, pay_out
from equipment_share.services.transaction import note, record, transaction, use_case


class PapersMissing(Refused):
    """What the programme asks for is not there, or does not agree."""

    code = "papers_missing"


class ClaimTooLate(Refused):
    """The last day to claim has passed."""

    code = "claim_too_late"


class VoucherFrozen(Refused):
    """Holds of a frozen voucher cannot be claimed."""

    code = "voucher_frozen"


@use_case
def submit_claim(claim_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The claimant hands a claim in, with all its papers and in time.

    Raises: Forbidden, NotFound, StaleVersion, PapersMissing, ClaimTooLate, VoucherFrozen, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.SUBMIT_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        next_claim_state(claim.state, ClaimAct.SUBMIT)
        due = terms(claim.programme.document).claim_due(last_day(claim.booking.used_to or claim.booking.ends_at))
        if due is not None and bureau_day(at) > due:
            raise ClaimTooLate(due=due.isoformat())
        if any(session.get_one(Voucher, use.voucher_id).state is VoucherState.FROZEN for use in voucher_uses(claim.booking_id)):
            raise VoucherFrozen()
        found = _whole(claim)

        _written_down(session, claim, found, at=at)
        claim.submitted_by_id, claim.reason = by.id, ""
        _counted_by_paper(session, claim)
        _step(session, claim, ClaimAct.SUBMIT, "submitted", by=by, at=at)
    return claim


def _counted_by_paper(session: Session, claim: Claim) -> None:
    """Where the contract, the invoice or the payment decides the period, its date is known now."""
    leg = accrual_leg(terms(claim.programme.document))
    if leg is None:
        return
    paper = next((found.paper for found in row_of(claim).legs if found.leg == leg), None)
    if paper is not None and paper.dated_on is not None:
        claim.completed_on = counts_on_day(claim.programme_code, paper.dated_on)
        for use in voucher_uses(claim.booking_id):
            if use.programme_code == claim.programme_code:
                use.counts_on = paper.dated_on


def _whole(claim: Claim) -> list[Finding]:
    """The findings of a claim whose papers are all there.

    Raises: PapersMissing.
    """
    found = list(row_of(claim).findings)
    if missing := [finding.subject for finding in found if finding.code == "X01"]:
        raise PapersMissing(legs=", ".join(missing))
    return found


@use_case
def withdraw_claim(claim_id: int, *, reason: str = "", version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The claimant takes a claim back before it is looked at.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.SUBMIT_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        _step(session, claim, ClaimAct.WITHDRAW, "withdrawn", by=by, at=at, reason=reason)
        _give_back(session, claim, by=by, at=at)
    return claim


@use_case
def return_claim(claim_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The clerk sends a claim back to be mended.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHECK_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        claim.reason = given_reason(reason)
        _step(session, claim, ClaimAct.RETURN, "returned", by=by, at=at, reason=reason)
        _tell(session, claim, "claim_returned", at=at)
    return claim


@use_case
def check_claim(claim_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The clerk finds the five legs in agreement; what blocks must have been disposed of.

    Raises: Forbidden, ConflictOfInterest, NotFound, StaleVersion, PapersMissing, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHECK_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        require_no_link(by, claim.claimant_id, claim.payee_id, claim.booking.firm_id)
        next_claim_state(claim.state, ClaimAct.CHECK)
        still = _written_down(session, claim, _whole(claim), at=at)
        if still:
            raise PapersMissing(legs=", ".join(f"{line.code} {line.subject}" for line in still))

        claim.checked_by_id = by.id
        _step(session, claim, ClaimAct.CHECK, "checked", by=by, at=at)
    return claim


def _written_down(session: Session, claim: Claim, found: list[Finding], *, at: datetime) -> list[FindingLine]:
    """Keep every finding with the claim; answers those that block and were not cleared."""
    kept = {(line.code, line.subject): line for line in kept_findings([claim.id])[claim.id]}
    for finding in found:
        if (finding.code, finding.subject) not in kept:
            line = FindingLine(
                claim_id=claim.id, code=finding.code, severity=finding.severity, subject=finding.subject, amount=finding.amount,
                facts=dict(finding.facts), made_at=at,
            )  # fmt: skip
            session.add(line)
            kept[finding.code, finding.subject] = line
    now = {(finding.code, finding.subject) for finding in blocking(found)}
    return [line for key, line in kept.items() if key in now and line.disposition not in ("cleared", "corrected")]


@use_case
def send_back_claim(claim_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The reviewer asks the clerk to look again.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.APPROVE_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        claim.reason = given_reason(reason)
        _step(session, claim, ClaimAct.SEND_BACK, "sent_back", by=by, at=at, reason=reason)
    return claim


@use_case
def approve_claim(claim_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The reviewer, another person, approves; with publicity days the claim goes on the public list.

    Where money moves at the claim it moves now (`contract.md` §4a); under pro rata it waits for the run.
    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, StaleVersion, OverBudget, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.APPROVE_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        next_claim_state(claim.state, ClaimAct.APPROVE)
        require_other_hand(by, claim.checked_by_id, claim.submitted_by_id)
        require_no_link(by, claim.claimant_id, claim.payee_id, claim.booking.firm_id)

        programme, said = terms(claim.programme.document), promise_of(claim.booking_id, claim.programme_code)
        claim.completed_on = counts_on_day(claim.programme_code, claim.completed_on)  # what came too late counts in the next period
        claim.approved_by_id, claim.approved_at = by.id, at
        if said is not None and programme.exhaustion == "first_come":
            claim.amount = affordable(session, claim, programme, by=by, at=at)
            pay_out(session, claim, said, claim.amount, by=by, at=at)
        _step(session, claim, ClaimAct.APPROVE, "approved", by=by, at=at)
        if programme.publicity_days:
            _step(session, claim, ClaimAct.PUBLICISE, "publicised", by=by, at=at)
    return claim


@use_case
def reject_claim(claim_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The bureau refuses a claim, rule quoted; what was captured goes back, and expires when its voucher is over.

    Raises: Forbidden, ConflictOfInterest, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REJECT_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        require_no_link(by, claim.claimant_id, claim.payee_id, claim.booking.firm_id)
        claim.reason = given_reason(reason)
        _step(session, claim, ClaimAct.REJECT, "rejected", by=by, at=at, reason=reason)
        _give_back(session, claim, by=by, at=at)
        _tell(session, claim, "claim_rejected", at=at)
    return claim


@use_case
def object_to_claim(claim_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Claim:
    """The clerk records that somebody objects to a claim on the public list; it is looked at again.

    Raises: Forbidden, NotFound, Invalid, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHECK_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by, version)
        claim.reason = given_reason(reason)
        _step(session, claim, ClaimAct.OBJECT, "objected", by=by, at=at, reason=reason)
    return claim


@use_case
def dispose_finding(finding_id: int, *, disposition: str, reason: str, by: Actor, at: datetime) -> FindingLine:
    """Say what was found about a red flag, and why.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided.
    """
    require(by, Act.DISPOSE_FINDING)
    with transaction() as session:
        return _disposed(session, finding_id, disposition, reason, by=by, at=at)


@use_case
def dispose_findings(finding_ids: Collection[int], *, disposition: str, reason: str, by: Actor, at: datetime) -> list[FindingLine]:
    """Say the same about several red flags, each of its claim: all of them or none.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided.
    """
    require(by, Act.DISPOSE_FINDING)
    if not finding_ids:
        raise invalid("required", "finding")
    with transaction() as session:
        return [_disposed(session, finding_id, disposition, reason, by=by, at=at) for finding_id in sorted(set(finding_ids))]


def _disposed(session: Session, finding_id: int, disposition: str, reason: str, *, by: Actor, at: datetime) -> FindingLine:
    if disposition not in ("cleared", "corrected", "rejected", "referred"):
        raise invalid("not_a_choice", "disposition")
    line = session.get(FindingLine, finding_id, with_for_update=True)
    if line is None:
        raise NotFound()
    if line.disposition:
        raise AlreadyDecided(state=line.disposition)
    line.disposition, line.reason, line.disposed_by_id, line.disposed_at = disposition, given_reason(reason), by.id, at
    note(session, "finding.disposed", f"finding:{line.id}", by=by, at=at, facts={"disposition": disposition, "reason": reason})
    return line


def _give_back(session: Session, claim: Claim, *, by: Actor, at: datetime) -> None:
    """Mirror every capture of the claim by a refund, and expect nothing any more; the money of a voucher that is over or revoked goes on."""
    if (said := promise_of(claim.booking_id, claim.programme_code)) is not None:
        said.ended = "dropped"
    for use in voucher_uses(claim.booking_id):
        if use.programme_code == claim.programme_code and use.resolved_id is not None and use.captured:
            give_back(session, use, use.captured, by=by, at=at)


def _step(session: Session, claim: Claim, act: ClaimAct, event: str, *, by: Actor, at: datetime, reason: str = "") -> None:
    before = claim.state
    claim.state = next_claim_state(before, act)
    record(session, "claim", claim, event, by=by, at=at, before=before, reason=reason, facts={"amount_fen": claim.amount.fen})


def _tell(session: Session, claim: Claim, kind: str, *, at: datetime) -> None:
    facts = {"claim_id": claim.id, "number": claim.number, "amount_fen": claim.amount.fen, "reason": claim.reason}
    tell_organisation(session, claim.claimant_id, kind, at=at, facts=facts)
