"""The queue of who checks or approves claims: the clean ones apart from those with a difference, the papers' files beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.money import Money, total
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.settlement.evidence import Finding, Leg
from equipment_share.models.base import db
from equipment_share.models.bookings import Document
from equipment_share.models.instruments import StoredFile
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.settlement import Claim, FindingLine
from equipment_share.queries.ledger import as_money
from equipment_share.queries.settlement import kept_findings, rows_of

SETTLING = ("cleared", "corrected")
"""What may be decided about a flag so that it no longer stands in the way."""
CAME_BACK: dict[ClaimState, tuple[str, ...]] = {
    ClaimState.SUBMITTED: ("returned",),
    ClaimState.IN_REVIEW: ("sent_back", "objected"),
    ClaimState.CHECKED: ("sent_back", "objected"),
}
"""The step after which a claim that waits in a state is looked at again. What the clerk returned is new to the reviewer."""


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
    came_back: HistoryStep | None = None
    """The step that had it looked at again, with the reason; none for a new one."""

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
    """What waits, the oldest first; the counts count also what does not fit on the page or was not asked for."""

    came_back: tuple[Waiting, ...]
    differing: tuple[Waiting, ...]
    clean: tuple[Waiting, ...]
    waiting: int
    amount: Money
    again: int
    """How many of those that wait came back."""

    @property
    def clean_amount(self) -> Money:
        """What the clean ones come to."""
        return total(row.claim.amount for row in self.clean)


def review_queue(by: Actor, states: Sequence[ClaimState], *, came: str = "", limit: int) -> Queue:
    """Claims in the given states, the oldest first: all, those that came `back`, or the `new` ones; a fixed number of questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    again = _came_back(states)
    sums = select(func.count(Claim.id), func.sum(Claim.amount), func.sum(case((again, 1), else_=0))).where(Claim.state.in_(states))
    count, fen, number = db.session.execute(sums).one()
    query = select(Claim).where(Claim.state.in_(states), *{"back": [again], "new": [~again]}.get(came, [])).order_by(Claim.id).limit(limit)
    rows = waiting_rows(list(db.session.scalars(query)), by)
    new = [row for row in rows if row.came_back is None]
    differing, clean = (tuple(row for row in new if row.is_clean is which) for which in (False, True))
    return Queue(tuple(row for row in rows if row.came_back is not None), differing, clean, count, as_money(fen), number or 0)


def _came_back(states: Sequence[ClaimState]) -> ColumnElement[bool]:
    step = exists().where(HistoryStep.kind == "claim", HistoryStep.object_id == Claim.id)
    return or_(*(and_(Claim.state == state, step.where(HistoryStep.event.in_(CAME_BACK[state]))) for state in states))


def returns_of(claims: Mapping[int, ClaimState]) -> dict[int, HistoryStep]:
    """The last step that had each of some claims looked at again, for those that came back; one question."""
    events = {event for state in claims.values() for event in CAME_BACK.get(state, ())}
    query = select(HistoryStep).where(HistoryStep.kind == "claim", HistoryStep.object_id.in_(claims), HistoryStep.event.in_(events))
    steps = db.session.scalars(query.order_by(HistoryStep.id)) if events else ()
    return {step.object_id: step for step in steps if step.event in CAME_BACK[claims[step.object_id]]}


def waiting_rows(claims: Sequence[Claim], by: Actor) -> list[Waiting]:
    """Claims with legs, open flags, files, and why they came back."""
    kept, files = kept_findings([claim.id for claim in claims]), files_of([claim.booking_id for claim in claims])
    returns = returns_of({claim.id: claim.state for claim in claims})
    found = []
    for row in rows_of(claims, by):
        lines = kept[row.claim.id]
        decided = tuple(line for line in lines if line.disposition)
        own, open_ones = files.get(row.claim.booking_id, {}), tuple(_open(row.findings, lines))
        found.append(Waiting(row.claim, row.legs, open_ones, own, decided, returns.get(row.claim.id)))
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
