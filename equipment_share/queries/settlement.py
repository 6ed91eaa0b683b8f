"""Claims, batches and their lines, as each role may see them; the five legs of a claim."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import joinedload, lazyload

from equipment_share.domain.access import FIRM, OWNER, Act, Actor, Role, require
from equipment_share.domain.errors import NotFound, StaleVersion
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.claims import LEGS, BatchState, ClaimState
from equipment_share.domain.settlement.evidence import Finding, Leg, Paper, latest, legs
from equipment_share.domain.settlement.flags.raising import flags
from equipment_share.domain.settlement.flags.terms import MENDABLE, Overrides
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, Document
from equipment_share.models.instruments import StoredFile
from equipment_share.models.settlement import Batch, BatchLine, Claim, FindingLine
from equipment_share.queries.bookings.bookings import booking_seen_by
from equipment_share.queries.flags.around import organisations_of
from equipment_share.queries.flags.facts import facts_of, papers_of


@dataclass(frozen=True)
class ClaimRow:
    """A claim with its legs and what they raise."""

    claim: Claim
    legs: tuple[Leg, ...]
    findings: tuple[Finding, ...]


def _sight(query: Select[Claim], by: Actor) -> Select[Claim]:
    return _of(query, by.role, by.organisation_id)


def _of(query: Select[Claim], role: Role, organisation: BindParameter[int] | int | None) -> Select[Claim]:
    return query.where(Claim.claimant_id == organisation) if role in FIRM | OWNER else query


@cache
def _locking(role: Role) -> Select[Claim]:
    """One claim in the sight of a role, its row held; built once, for every act begins with it."""
    query = select(Claim).where(Claim.id == bindparam("claim")).with_for_update(of=Claim)
    return _of(query.execution_options(populate_existing=True), role, bindparam("organisation"))


_ON_BOOKING = select(Claim).where(Claim.booking_id == bindparam("booking")).order_by(Claim.id).options(lazyload(Claim.booking))  # in hand
_STATES = select(Claim.state).where(Claim.booking_id == bindparam("booking"))
_IN_PROGRAMME = _ON_BOOKING.where(Claim.programme_code == bindparam("code"))
_FINDINGS = select(FindingLine).where(FindingLine.claim_id.in_(bindparam("ids", expanding=True))).order_by(FindingLine.id)


def claim_seen_by(claim_id: int, by: Actor) -> Claim:
    """One claim of one's own, or any for the bureau.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_CLAIMS)
    found = db.session.scalar(_sight(select(Claim).where(Claim.id == claim_id), by))
    if found is None:
        raise NotFound()
    return found


def claim_locked(claim_id: int, by: Actor, version: int | None = None) -> Claim:
    """One claim that the person may see, its row held.

    Raises: NotFound, StaleVersion.
    """
    found = db.session.scalar(_locking(by.role), {"claim": claim_id, "organisation": by.organisation_id})
    if found is None:
        raise NotFound()
    if version is not None and version != found.version:
        raise StaleVersion(version=found.version)
    return found


def claims_seen_by(
    by: Actor, *, states: Sequence[ClaimState] = (), programme: str = "", batch_id: int | None = None, after_id: int = 0, limit: int = 200
) -> list[Claim]:
    """Claims, newest first; a party sees its own."""
    require(by, Act.SEE_CLAIMS)
    query = _sight(select(Claim), by).order_by(Claim.id.desc()).limit(limit)
    if states:
        query = query.where(Claim.state.in_(states))
    if programme:
        query = query.where(Claim.programme_code == programme)
    if batch_id is not None:
        query = query.where(Claim.batch_id == batch_id)
    if after_id:
        query = query.where(Claim.id < after_id)
    return list(db.session.scalars(query))


def claim_states_of(booking_id: int) -> list[ClaimState]:
    """The states of a booking's claims."""
    return list(db.session.scalars(_STATES, {"booking": booking_id}))


def claim_of(booking_id: int, programme_code: str) -> Claim | None:
    """The claim of one booking in one programme."""
    return db.session.scalar(_IN_PROGRAMME, {"booking": booking_id, "code": programme_code})


def claims_of_booking(booking_id: int) -> list[Claim]:
    """The claims on one booking."""
    return list(db.session.scalars(_ON_BOOKING, {"booking": booking_id}))


def rows_of(claims: Sequence[Claim], by: Actor | None = None) -> list[ClaimRow]:
    """Claims with their legs and flags; the same number of questions whatever their number. A party sees the flags on its own papers."""
    rows = zip(claims, facts_of(claims), strict=True)
    return [ClaimRow(claim, tuple(legs(facts.case)), _in_sight(flags(facts, _overrides(claim)), by)) for claim, facts in rows]


def row_of(claim: Claim, by: Actor | None = None) -> ClaimRow:
    """One claim with its legs and flags."""
    return rows_of([claim], by)[0]


def _overrides(claim: Claim) -> Overrides:
    return terms(claim.programme.document).flags


def _in_sight(found: Sequence[Finding], by: Actor | None) -> tuple[Finding, ...]:
    """What a party may see: flags on papers, without the evidence, which tells of others."""
    if by is None or by.role not in FIRM | OWNER:
        return tuple(found)
    return tuple(replace(finding, facts={}) for finding in found if finding.code in MENDABLE)


def papers_that_count(booking: Booking, papers: Sequence[Document]) -> dict[int, Paper]:
    """The papers of a booking that count, one for each leg; one question."""
    found = papers_of(booking, papers, organisations_of([], {booking.id: list(papers)}))
    return {paper.id: paper for leg in LEGS if (paper := latest(found, leg))}


def file_seen_by(token: str, by: Actor) -> StoredFile:
    """A piece of evidence, after the same check as its booking.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_EVIDENCE)
    found = db.session.execute(select(StoredFile, Document.booking_id).join(Document).where(StoredFile.token == token)).first()
    if found is None:
        raise NotFound()
    booking_seen_by(found[1], by)
    return found[0]


def batch_seen_by(batch_id: int, by: Actor) -> Batch:
    """One batch, for the bureau.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_BATCHES)
    found = db.session.get(Batch, batch_id)
    if found is None:
        raise NotFound()
    return found


def batch_locked(batch_id: int, version: int | None = None) -> Batch:
    """One batch with its row held.

    Raises: NotFound, StaleVersion.
    """
    query = select(Batch).where(Batch.id == batch_id).with_for_update(of=Batch).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound()
    if version is not None and version != found.version:
        raise StaleVersion(version=found.version)
    return found


def batches(by: Actor, *, states: Sequence[BatchState] = (), programme: str = "", after_id: int = 0, limit: int = 200) -> list[Batch]:
    """Batches, newest first."""
    require(by, Act.SEE_BATCHES)
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    if states:
        query = query.where(Batch.state.in_(states))
    if programme:
        query = query.where(Batch.programme_code == programme)
    if after_id:
        query = query.where(Batch.id < after_id)
    return list(db.session.scalars(query))


def live_batch(programme_code: str, period: Period, payee: str) -> Batch | None:
    """The one batch of a programme, period and payee side that is neither refused nor closed."""
    return db.session.scalar(
        select(Batch).where(
            Batch.programme_code == programme_code,
            Batch.period_first_on == period.first_on,
            Batch.period_last_on == period.last_on,
            Batch.payee == payee,
            Batch.state.not_in([BatchState.REFUSED, BatchState.CLOSED]),
        )
    )


def latest_batch(programme_code: str, period: Period) -> Batch:
    """The newest batch of a programme and period.

    Raises: NotFound.
    """
    own = (Batch.programme_code == programme_code) & (Batch.period_first_on == period.first_on) & (Batch.period_last_on == period.last_on)
    found = db.session.scalar(select(Batch).where(own, Batch.state != BatchState.REFUSED).order_by(Batch.id.desc()).limit(1))
    if found is None:
        raise NotFound(period=str(period))
    return found


def claims_to_batch(programme_code: str, period: Period, payee: str, *, lock: bool = False) -> list[Claim]:
    """Approved claims that count in a period and get something, not in any batch, for one payee side."""
    side = Claim.payee_id == (Booking.owner_id if payee == "owner" else Booking.firm_id)
    query = (
        select(Claim)
        .join(Booking, Booking.id == Claim.booking_id)
        .where(Claim.programme_code == programme_code, Claim.completed_on.between(period.first_on, period.last_on), side)
        .where(Claim.state.in_([ClaimState.APPROVED, ClaimState.PUBLICISED]), Claim.batch_id.is_(None), Claim.amount > Money(0))
        .order_by(Claim.payee_id, Claim.id)
    )
    return list(db.session.scalars(query.with_for_update(of=Claim) if lock else query))


def lines_of(batch_id: int) -> list[BatchLine]:
    """The lines of a locked batch with claim and payee, in order; one question."""
    query = (
        select(BatchLine)
        .where(BatchLine.batch_id == batch_id)
        .options(joinedload(BatchLine.claim), joinedload(BatchLine.adjustment), joinedload(BatchLine.adjusts))
        .order_by(BatchLine.line)
    )
    return list(db.session.scalars(query))


def references_used(references: Collection[str]) -> set[str]:
    """Which of some bank references have paid a line before; one question for every five hundred."""
    wanted, found = sorted(references), set[str]()
    for first in range(0, len(wanted), 500):  # a statement takes only so many values
        query = select(BatchLine.reference).where(BatchLine.reference.in_(wanted[first : first + 500]))
        found |= {reference for reference in db.session.scalars(query) if reference}
    return found


def kept_findings(claim_ids: Sequence[int]) -> dict[int, list[FindingLine]]:
    """Findings that were written down, by claim."""
    found: dict[int, list[FindingLine]] = {claim_id: [] for claim_id in claim_ids}
    for line in db.session.scalars(_FINDINGS, {"ids": list(claim_ids)}):
        found[line.claim_id or 0].append(line)
    return found


def lines_of_many(batch_ids: Sequence[int]) -> dict[int, list[BatchLine]]:
    """The lines of many batches in one question."""
    found: dict[int, list[BatchLine]] = {batch_id: [] for batch_id in batch_ids}
    query = select(BatchLine).where(BatchLine.batch_id.in_(batch_ids)).options(joinedload(BatchLine.adjusts))
    for line in db.session.scalars(query.order_by(BatchLine.batch_id, BatchLine.line)):
        found[line.batch_id].append(line)
    return found


def count_of_claims(by: Actor, *, states: Sequence[ClaimState] = (), programme: str = "") -> int:
    """How many claims a person may see."""
    require(by, Act.SEE_CLAIMS)
    query = _sight(select(Claim), by)
    if states:
        query = query.where(Claim.state.in_(states))
    if programme:
        query = query.where(Claim.programme_code == programme)
    return db.session.scalar(select(func.count()).select_from(query.with_only_columns(Claim.id).order_by(None).subquery())) or 0
