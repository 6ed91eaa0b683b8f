"""What the laboratory has kept: one run, or the newest."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.money import ZERO, Money
from equipment_share.models.base import db
from equipment_share.models.settlement import LaboratoryRun


def run_seen_by(run_id: int, by: Actor) -> LaboratoryRun:
    """One run, for whoever reads the bureau's programmes.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.EVALUATE)
    if (found := db.session.get(LaboratoryRun, run_id)) is None:
        raise NotFound()
    return found


def runs_seen_by(by: Actor, limit: int = 20) -> list[LaboratoryRun]:
    """The newest runs first.

    Raises: Forbidden.
    """
    require(by, Act.EVALUATE)
    return list(db.session.scalars(select(LaboratoryRun).order_by(LaboratoryRun.id.desc()).limit(limit)))


@dataclass(frozen=True)
class Refused:
    """How many uses did not meet one term of a draft, of how many firms, and what they cost."""

    uses: int = 0
    firms: int = 0
    fee: Money = ZERO


def refused_by_reason(run: LaboratoryRun) -> dict[str, list[Refused]]:
    """Why uses were not eligible, by reason, one figure for each draft; none for a run that was kept before reasons were."""
    drafts = run.result.get("not_eligible", [])
    found: dict[str, list[Refused]] = {}
    for index, rows in enumerate(drafts):
        for row in rows:
            sums = found.setdefault(row["reason"], [Refused()] * len(drafts))
            so_far = sums[index]
            sums[index] = Refused(so_far.uses + row["uses"], so_far.firms + 1, so_far.fee + Money(row["gross_fen"]))
    return dict(sorted(found.items(), key=lambda one: -max(sums.uses for sums in one[1])))
