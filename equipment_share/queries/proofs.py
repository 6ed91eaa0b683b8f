"""Questions about proofs of eligibility: a firm's own, the bureau's queue, whose tags end soon."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select

from equipment_share.domain.access import READERS, Actor, Kind, Role
from equipment_share.domain.errors import NotFound
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.proofs import ProofState, ending_tags
from equipment_share.models.base import db
from equipment_share.models.instruments import StoredFile
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.models.vouchers import EligibilityProof
from equipment_share.queries.vouchers import programmes_in_force

ENDING = "tag_ending"
"""The step in a firm's history that says it was told."""


def _sees(by: Actor, firm_id: int) -> bool:
    return by.role in READERS or by.role is Role.SYSTEM or by.organisation_id == firm_id


def proof_seen_by(proof_id: int, by: Actor) -> EligibilityProof:
    """One proof of one's own firm, or any for the bureau.

    Raises: NotFound.
    """
    found = db.session.get(EligibilityProof, proof_id)
    if found is None or not _sees(by, found.firm_id):
        raise NotFound()
    return found


def proof_locked(proof_id: int) -> EligibilityProof:
    """One proof with its row held.

    Raises: NotFound.
    """
    query = select(EligibilityProof).where(EligibilityProof.id == proof_id).with_for_update(of=EligibilityProof)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def proofs_of(firm_id: int) -> list[EligibilityProof]:
    """A firm's proofs, newest first."""
    query = select(EligibilityProof).where(EligibilityProof.firm_id == firm_id).order_by(EligibilityProof.id.desc())
    return list(db.session.scalars(query))


def waiting_proofs() -> list[EligibilityProof]:
    """What waits for the bureau, oldest first."""
    query = select(EligibilityProof).where(EligibilityProof.state == ProofState.SUBMITTED.value).order_by(EligibilityProof.id)
    return list(db.session.scalars(query.limit(200)))


def proof_file_seen_by(token: str, by: Actor) -> StoredFile:
    """The file of a proof.

    Raises: NotFound.
    """
    query = select(StoredFile, EligibilityProof.firm_id).join(EligibilityProof, EligibilityProof.file_id == StoredFile.id)
    found = db.session.execute(query.where(StoredFile.token == token)).first()
    if found is None or not _sees(by, found[1]):
        raise NotFound()
    return found[0]


def provable_tags(on: date) -> list[str]:
    """The classes that the programmes in force ask for."""
    return sorted({tag for _, programme in programmes_in_force(on) for tag in programme.eligible_any})


def told_of_ends(firm_ids: Collection[int]) -> set[tuple[int, str, str]]:
    """Firm, tag and last day of every end that its firm was told of."""
    query = select(HistoryStep.object_id, HistoryStep.facts).where(
        HistoryStep.kind == "organisation", HistoryStep.object_id.in_(firm_ids), HistoryStep.event == ENDING
    )
    return {(firm_id, str(facts.get("tag")), str(facts.get("valid_until"))) for firm_id, facts in db.session.execute(query)}


def firms_with_ending_tags(at: datetime) -> list[int]:
    """Verified firms with a tag that ends soon, of which they have not been told; two questions."""
    query = select(Organisation.id, Organisation.tags).where(
        Organisation.kind == Kind.FIRM, Organisation.state == OrganisationState.VERIFIED
    )
    ending = {firm_id: found for firm_id, tags in db.session.execute(query) if (found := ending_tags(tags, bureau_day(at)))}
    told = told_of_ends(ending) if ending else set()
    return sorted(firm_id for firm_id, rows in ending.items() if any((firm_id, tag, last.isoformat()) not in told for tag, last in rows))
