"""Use cases of a proof of eligibility: the firm hands it in, the bureau accepts or refuses it, the firm is told before it ends."""

from __future__ import annotations

from datetime import date, datetime

from equipment_share.domain.access import Act, Actor, Role, require, require_other_hand, require_undecided
from equipment_share.domain.errors import Forbidden, Invalid
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.proofs import ProofState, ending_tags, proof_problems, with_tag
from equipment_share.models.outbox import Letter
from equipment_share.models.vouchers import EligibilityProof
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.people import people_with_role
from equipment_share.queries.proofs import ENDING, proof_locked, told_of_ends
from equipment_share.queries.vouchers import firm_locked
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.bookings.evidence import HandedIn, file_problems, kept_file, without_metadata
from equipment_share.services.letters import tell_organisation
from equipment_share.services.transaction import later, record, transaction, use_case


@use_case
def hand_in_proof(
    tag: str, *, number: str = "", valid_until: date | None = None, file: HandedIn | None = None, by: Actor, at: datetime
) -> EligibilityProof:
    """A firm shows that it belongs to a class, and until when.

    Raises: Forbidden, Invalid with every problem.
    """
    require(by, Act.HAND_IN_PROOF)
    if by.organisation_id is None:
        raise Forbidden()
    problems = proof_problems(tag, number, valid_until, has_file=file is not None, on=bureau_day(at))
    if problems := problems + (file_problems(file) if file is not None else []):
        raise Invalid(problems)
    file = without_metadata(file) if file is not None else None
    with transaction() as session:
        firm = firm_locked(by.organisation_id)

        proof = EligibilityProof(
            firm_id=firm.id, tag=tag, number=number.strip(), valid_until=valid_until, state=ProofState.SUBMITTED.value, by_id=by.id, made_at=at,
            file_id=kept_file(session, file, by=by, at=at).id if file is not None else None,
        )  # fmt: skip
        session.add(proof)
        session.flush()
        facts = {"proof": proof.id, "tag": tag, "valid_until": str(valid_until)}
        record(session, "organisation", firm, "proof_submitted", by=by, at=at, before=firm.state, facts=facts)
        for person in people_with_role(Role.BUREAU_CLERK):
            later(session, Letter, user_id=person.id, kind="proof_submitted", facts={**facts, "firm": firm.name}, made_at=at)
    return proof


@use_case
def accept_proof(proof_id: int, *, by: Actor, at: datetime) -> EligibilityProof:
    """The clerk accepts a proof: the firm has the tag until the proof's last good day.

    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, AlreadyDecided.
    """
    return _decided(proof_id, ProofState.ACCEPTED, "", by=by, at=at)


@use_case
def refuse_proof(proof_id: int, *, reason: str, by: Actor, at: datetime) -> EligibilityProof:
    """The clerk refuses a proof and says why; the firm may hand in another.

    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, Invalid, AlreadyDecided.
    """
    return _decided(proof_id, ProofState.REFUSED, given_reason(reason), by=by, at=at)


def _decided(proof_id: int, state: ProofState, reason: str, *, by: Actor, at: datetime) -> EligibilityProof:
    require(by, Act.DECIDE_PROOF)
    with transaction() as session:
        proof = proof_locked(proof_id)
        firm = firm_locked(proof.firm_id)

        require_no_link(by, firm.id)
        require_other_hand(by, proof.by_id)
        require_undecided(proof.state, ProofState.SUBMITTED)

        proof.state, proof.reason, proof.decided_by_id, proof.decided_at = state.value, reason, by.id, at
        if state is ProofState.ACCEPTED and proof.valid_until is not None:
            firm.tags = with_tag(firm.tags, proof.tag, proof.valid_until)
        facts = {"proof": proof.id, "tag": proof.tag, "valid_until": str(proof.valid_until), "tags": firm.tags}
        record(session, "organisation", firm, f"proof_{state.value}", by=by, at=at, before=firm.state, reason=reason, facts=facts)
        told = {"tag": proof.tag, "number": proof.number, "valid_until": str(proof.valid_until), "reason": reason}
        tell_organisation(session, firm.id, f"proof_{state.value}", at=at, facts=told)
    return proof


@use_case
def warn_of_ending_tags(firm_id: int, *, by: Actor, at: datetime) -> bool:
    """Tell a firm once of each tag that ends soon; False when there is nothing to tell."""
    with transaction() as session:
        firm = firm_locked(firm_id)
        told = told_of_ends([firm.id])
        ending = [(tag, last) for tag, last in ending_tags(firm.tags, bureau_day(at)) if (firm.id, tag, last.isoformat()) not in told]
        for tag, last in ending:
            facts = {"tag": tag, "valid_until": last.isoformat()}
            record(session, "organisation", firm, ENDING, by=by, at=at, before=firm.state, facts=facts)
            tell_organisation(session, firm.id, ENDING, at=at, facts=facts)
    return bool(ending)
