"""Use cases that write red flags down: for one claim when a clerk looks, for all open claims each night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.periods import bureau_day
from equipment_share.models.outbox import Fact
from equipment_share.models.settlement import FindingLine
from equipment_share.queries.exceptions import claims_to_sweep, sweep_is_due, swept_on
from equipment_share.queries.settlement import ClaimRow, claim_locked, kept_findings, row_of, rows_of
from equipment_share.services.transaction import note, transaction, use_case


@use_case
def write_findings(claim_id: int, *, by: Actor, at: datetime) -> int:
    """Write down what is raised now, so that it can be disposed of; answers how many findings were new.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.CHECK_CLAIM)
    with transaction() as session:
        claim = claim_locked(claim_id, by)
        kept = kept_findings([claim.id])[claim.id]

        written = _kept(session, row_of(claim), kept, at=at)
        note(session, "flags.written", f"claim:{claim.id}", by=by, at=at, facts={"written": written})
    return written


def _kept(session: Session, row: ClaimRow, kept: Sequence[FindingLine], *, at: datetime) -> int:
    """Keep what is not kept yet; a finding is known by its code and what it is about."""
    known = {(line.code, line.subject) for line in kept}
    fresh = {(found.code, found.subject): found for found in row.findings if (found.code, found.subject) not in known}
    for found in fresh.values():
        session.add(
            FindingLine(
                claim_id=row.claim.id, code=found.code, severity=found.severity, subject=found.subject, amount=found.amount,
                facts=dict(found.facts), made_at=at,
            )
        )  # fmt: skip
    return len(fresh)


@use_case
def sweep_flags(_key: int, *, by: Actor, at: datetime) -> int:
    """Write down, once, what the pool says of every claim that no batch holds yet; answers how many were new."""
    with transaction() as session:
        day = bureau_day(at)
        if not sweep_is_due(day):
            return 0
        claims = claims_to_sweep()
        kept = kept_findings([claim.id for claim in claims])

        written = sum(_kept(session, row, kept[row.claim.id], at=at) for row in rows_of(claims))
        session.add(Fact(name=swept_on(day), value=str(written)))
        note(session, "flags.swept", f"day:{day}", by=by, at=at, facts={"claims": len(claims), "written": written})
    return written
