"""Use case: machine logs and past use that had no booking, for utilisation; no money hangs on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from equipment_share.adapters.tables import Table
from equipment_share.domain.access import Act, Actor, Role, require
from equipment_share.domain.errors import Problem
from equipment_share.domain.exchange.uses import PastUse, past_uses
from equipment_share.models.instruments import MachineUse
from equipment_share.queries.instruments.exchange import known_by_code
from equipment_share.services.transaction import note, transaction, use_case


@dataclass(frozen=True)
class UsesImported:
    """How many uses are new, how many were known, and what is wrong with the rest."""

    created: int
    unchanged: int
    rejected: tuple[tuple[int, Problem], ...]


@use_case
def import_uses(table: Table, fields: Mapping[str, str], owner_id: int, *, dry_run: bool = False, by: Actor, at: datetime) -> UsesImported:
    """Keep every sound row; the same instrument and start again changes nothing.

    Raises: Forbidden.
    """
    require(by, Act.EDIT_INSTRUMENT)
    with transaction() as session:
        known = known_by_code(owner_id if by.role is Role.SYSTEM else by.organisation_id or 0)
        zones = {code: ZoneInfo(row.time_zone) for code, row in known.items()}
        ids = [row.id for row in known.values()]
        there = {
            (row[0], row[1])
            for row in session.execute(select(MachineUse.instrument_id, MachineUse.starts_at).where(MachineUse.instrument_id.in_(ids)))
        }

        good, bad = past_uses([(row.number, row.cells) for row in table.rows], fields, zones)
        fresh = [use for use in good if (known[use.instrument].id, use.start) not in there]

        if fresh and not dry_run:
            session.execute(insert(MachineUse), [_kept(use, known[use.instrument].id, by=by, at=at) for use in fresh])
            note(session, "uses_imported", f"owner:{owner_id}", by=by, at=at, facts={"rows": len(fresh)})
    return UsesImported(len(fresh), len(good) - len(fresh), tuple(bad))


def _kept(use: PastUse, instrument_id: int, *, by: Actor, at: datetime) -> dict[str, object]:
    return {
        "instrument_id": instrument_id, "starts_at": use.start, "ends_at": use.end, "person": use.person, "note": use.note, "made_at": at,
        "by_id": by.id,
    }  # fmt: skip
