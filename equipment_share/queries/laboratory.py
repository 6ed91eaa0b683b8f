"""What the laboratory has kept: one run, or the newest."""

from __future__ import annotations

from sqlalchemy import select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import NotFound
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
