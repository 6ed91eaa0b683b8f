"""Red flags that were written down, with the claims they are about; and what the night has to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Select, func, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.settlement.claims import NOT_GATHERED
from equipment_share.models.base import db
from equipment_share.models.settlement import Claim, FindingLine
from equipment_share.queries.people import fact


def _narrowed(query: Select[FindingLine], code: str, severity: str, undisposed: bool) -> Select[FindingLine]:
    if code:
        query = query.where(FindingLine.code == code)
    if severity:
        query = query.where(FindingLine.severity == severity)
    return query.where(FindingLine.disposition == "") if undisposed else query


def exceptions(
    by: Actor, *, code: str = "", severity: str = "", undisposed: bool = False, after_id: int = 0, limit: int = 200
) -> list[FindingLine]:
    """Findings with what was decided about them, newest first.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    query = _narrowed(select(FindingLine), code, severity, undisposed).order_by(FindingLine.id.desc()).limit(limit)
    return list(db.session.scalars(query.where(FindingLine.id < after_id) if after_id else query))


def count_of_exceptions(by: Actor, *, code: str = "", severity: str = "", undisposed: bool = False) -> int:
    """How many findings there are.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    query = _narrowed(select(FindingLine), code, severity, undisposed)
    return db.session.scalar(select(func.count()).select_from(query.with_only_columns(FindingLine.id).subquery())) or 0


def exceptions_by_code(by: Actor, *, undisposed: bool = False) -> dict[str, int]:
    """How many findings of each code, the codes in order.

    Raises: Forbidden.
    """
    require(by, Act.SEE_BATCHES)
    query = select(FindingLine.code, func.count()).group_by(FindingLine.code).order_by(FindingLine.code)
    return {row[0]: row[1] for row in db.session.execute(query.where(FindingLine.disposition == "") if undisposed else query)}


def claims_behind(lines: Sequence[FindingLine]) -> dict[int, Claim]:
    """The claims that findings are about, with booking and parties, by id; one question."""
    ids = {line.claim_id for line in lines if line.claim_id is not None}
    return {claim.id: claim for claim in db.session.scalars(select(Claim).where(Claim.id.in_(ids)))}


def alike(lines: Sequence[FindingLine], claims: Mapping[int, Claim]) -> list[list[FindingLine]]:
    """Findings in their order; those that say the same of one firm or owner about several claims, and wait or were decided alike, together."""
    found: dict[tuple[object, ...], list[FindingLine]] = {}
    for line in lines:
        claim = claims.get(line.claim_id or 0)
        parties = {"firm": claim.booking.firm_id, "owner": claim.booking.owner_id} if claim is not None else {}
        about = parties.get(line.subject)
        key = (line.id,) if about is None else (line.code, line.severity, line.subject, about, line.disposition, line.reason)
        found.setdefault(key, []).append(line)
    return list(found.values())


def claims_to_sweep() -> list[Claim]:
    """Claims that the bureau has and no batch holds, their rows held; those in somebody's hands are left to him."""
    query = select(Claim).where(Claim.state.in_(NOT_GATHERED), Claim.batch_id.is_(None)).order_by(Claim.id)
    return list(db.session.scalars(query.with_for_update(of=Claim, skip_locked=True).execution_options(populate_existing=True)))


def swept_on(day: date) -> str:
    """The name of the fact that the pool was looked through on a day; facts are only added, so each day has its own."""
    return f"flags_swept:{day}"


def sweep_is_due(day: date) -> bool:
    """Whether the pool has not been looked through on this day."""
    return fact(swept_on(day)) is None
