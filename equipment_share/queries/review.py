"""The queue of who checks or approves claims: the clean ones apart from those with a difference, the papers' files beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.money import Money, total
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.settlement.evidence import Finding, Leg
from equipment_share.models.base import db
from equipment_share.models.bookings import Document
from equipment_share.models.instruments import StoredFile
from equipment_share.models.settlement import Claim, FindingLine
from equipment_share.queries.ledger import as_money
from equipment_share.queries.settlement import kept_findings, rows_of

SETTLING = ("cleared", "corrected")
"""What may be decided about a flag so that it no longer stands in the way."""


@dataclass(frozen=True)
class Waiting:
    """One claim that waits for an officer, with all that decides it."""

    claim: Claim
    legs: tuple[Leg, ...]
    findings: tuple[Finding, ...]
    """What nobody has settled yet."""
    files: dict[int, StoredFile]
    """The file of each paper that has one, by the paper's id."""
    decided: tuple[FindingLine, ...] = ()
    """What was decided about its flags, settled or not."""

    @property
    def is_sent_back(self) -> bool:
        """Whether the reviewer sent it back, or somebody objected: it is looked at again, with the reason in hand."""
        return self.claim.state is ClaimState.IN_REVIEW

    @property
    def is_clean(self) -> bool:
        """Whether the five legs agree and no flag is open."""
        return not self.findings and all(leg.state in ("ok", "not_needed") for leg in self.legs)

    @property
    def is_stopped(self) -> bool:
        """Whether an open flag keeps the claim from being checked."""
        return any(finding.severity == "block" for finding in self.findings)


@dataclass(frozen=True)
class Queue:
    """What waits, the oldest first; `waiting` counts also what does not fit on the page."""

    sent_back: tuple[Waiting, ...]
    differing: tuple[Waiting, ...]
    clean: tuple[Waiting, ...]
    waiting: int
    amount: Money

    @property
    def clean_amount(self) -> Money:
        """What the clean ones come to."""
        return total(row.claim.amount for row in self.clean)


def review_queue(by: Actor, states: Sequence[ClaimState], *, limit: int) -> Queue:
    """Claims in the given states, the oldest first; the same number of questions whatever their number.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    count, fen = db.session.execute(select(func.count(Claim.id), func.sum(Claim.amount)).where(Claim.state.in_(states))).one()
    query = select(Claim).where(Claim.state.in_(states)).order_by(Claim.id).limit(limit)
    rows = waiting_rows(list(db.session.scalars(query)), by)
    back, first = ([row for row in rows if row.is_sent_back is which] for which in (True, False))
    differing, clean = (tuple(row for row in first if row.is_clean is which) for which in (False, True))
    return Queue(tuple(back), differing, clean, count, as_money(fen))


def waiting_rows(claims: Sequence[Claim], by: Actor) -> list[Waiting]:
    """Claims with legs, open flags and files."""
    kept, files = kept_findings([claim.id for claim in claims]), files_of([claim.booking_id for claim in claims])
    found = []
    for row in rows_of(claims, by):
        lines = kept[row.claim.id]
        decided = tuple(line for line in lines if line.disposition)
        found.append(Waiting(row.claim, row.legs, tuple(_open(row.findings, lines)), files.get(row.claim.booking_id, {}), decided))
    return found


def _open(findings: Sequence[Finding], kept: Sequence[FindingLine]) -> list[Finding]:
    settled = {(line.code, line.subject) for line in kept if line.disposition in SETTLING}
    return [finding for finding in findings if (finding.code, finding.subject) not in settled]


def files_of(booking_ids: Sequence[int]) -> dict[int, dict[int, StoredFile]]:
    """The files of the bookings' papers, by booking and paper; one question."""
    found: dict[int, dict[int, StoredFile]] = {}
    query = select(Document).where(Document.booking_id.in_(booking_ids), Document.file_id.is_not(None))
    for paper in db.session.scalars(query):
        if paper.file is not None:
            found.setdefault(paper.booking_id, {})[paper.id] = paper.file
    return found
