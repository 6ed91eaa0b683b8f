"""Random inspections: what was drawn, what from, and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.inspection import sample_size, share_drawn
from equipment_share.models.base import db
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.settlement import Claim, Inspection, InspectionLine


def inspections(by: Actor, *, programme: str = "", after_id: int = 0, limit: int = 200) -> list[Inspection]:
    """Draws, newest first.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    query = select(Inspection).order_by(Inspection.id.desc()).limit(limit)
    if programme:
        query = query.where(Inspection.programme_code == programme)
    if after_id:
        query = query.where(Inspection.id < after_id)
    return list(db.session.scalars(query))


def count_of_inspections(by: Actor, *, programme: str = "") -> int:
    """How many draws there are.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    query = select(func.count(Inspection.id))
    return db.session.scalar(query.where(Inspection.programme_code == programme) if programme else query) or 0


def inspection_seen_by(inspection_id: int, by: Actor) -> Inspection:
    """One draw, for the bureau.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_BATCHES)
    found = db.session.get(Inspection, inspection_id)
    if found is None:
        raise NotFound()
    return found


def drawn_lines(inspection_ids: Sequence[int]) -> dict[int, list[InspectionLine]]:
    """The drawn claims of many draws, in the order of the draw; one question."""
    found: dict[int, list[InspectionLine]] = {key: [] for key in inspection_ids}
    query = select(InspectionLine).where(InspectionLine.inspection_id.in_(inspection_ids)).order_by(InspectionLine.id)
    for line in db.session.scalars(query):
        found[line.inspection_id].append(line)
    return found


def line_locked(inspection_id: int, line_id: int) -> InspectionLine:
    """One drawn claim with its row held.

    Raises: NotFound.
    """
    query = select(InspectionLine).where(InspectionLine.id == line_id, InspectionLine.inspection_id == inspection_id)
    found = db.session.scalar(query.with_for_update(of=InspectionLine).execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def paid_claims(programme_code: str, period: Period, at: datetime) -> list[Claim]:
    """The claims of a programme and period that had been paid at an instant, whatever became of them later."""
    paid = select(HistoryStep.object_id).where(HistoryStep.kind == "claim", HistoryStep.event == "paid", HistoryStep.at <= at)
    query = select(Claim).where(
        Claim.programme_code == programme_code, Claim.completed_on.between(period.first_on, period.last_on), Claim.id.in_(paid)
    )
    return list(db.session.scalars(query.order_by(Claim.number)))


@dataclass(frozen=True)
class Foreseen:
    """What a draw would do: from how many paid claims, at which share, how many; whether these very claims were drawn from before."""

    population: int
    share_bp: int
    count: int
    was_drawn: bool


def draw_foreseen(programme_code: str, period: Period, share_bp: int | None, *, by: Actor, at: datetime) -> Foreseen:
    """The figures of a draw before it is made; three questions at most.

    Raises: Forbidden.
    """
    require(by, Act.DISPOSE_FINDING)
    claims = paid_claims(programme_code, period, at)
    share = share_drawn(share_bp, (terms(claim.programme.document).sample_bp for claim in claims))
    return Foreseen(len(claims), share, sample_size(len(claims), share), was_drawn(programme_code, period, len(claims)))


def was_drawn(programme_code: str, period: Period, population: int) -> bool:
    """Whether this population has been drawn from: nobody draws until the lot suits him."""
    query = select(Inspection.id).where(
        Inspection.programme_code == programme_code,
        Inspection.period_first_on == period.first_on,
        Inspection.period_last_on == period.last_on,
        Inspection.population == population,
    )
    return db.session.scalar(query.limit(1)) is not None
