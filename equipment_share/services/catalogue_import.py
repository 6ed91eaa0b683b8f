"""Use case: a table of instruments into the pool, a verdict for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from equipment_share.adapters.tables import Table
from equipment_share.domain.access import Act, Actor, Role, require
from equipment_share.domain.errors import AlreadyDecided, Invalid, NotVerified
from equipment_share.domain.exchange import ColumnMap, Verdict, verdicts
from equipment_share.domain.instruments import FIELDS
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.instruments import instruments_of
from equipment_share.services.instruments import add_instrument, apply_changes
from equipment_share.services.transaction import record, transaction, use_case


@dataclass(frozen=True)
class Imported:
    """What a file did, or with `dry_run` would do."""

    verdicts: tuple[Verdict, ...]
    saved: bool

    def count(self, kind: str) -> int:
        """How many rows came out a kind."""
        return sum(verdict.kind == kind for verdict in self.verdicts)

    def document(self) -> dict[str, Any]:
        """`{created, updated, unchanged, rejected: [{row, column, code, reason}]}` of `contract.md` §1."""
        rejected = [
            {"row": verdict.row, "column": problem.field, "code": problem.code}
            for verdict in self.verdicts
            if verdict.kind == "rejected"
            for problem in verdict.problems
        ]
        return {kind: self.count(kind) for kind in ("created", "updated", "unchanged")} | {"rejected": rejected}


@use_case
def import_catalogue(
    table: Table, mapping: ColumnMap, owner_id: int, *, strict: bool = False, dry_run: bool = False, by: Actor, at: datetime
) -> Imported:
    """Save the clean rows (with `strict`: all or nothing); the same file again changes nothing.

    Raises: Forbidden, NotVerified.
    """
    require(by, Act.EDIT_INSTRUMENT)
    with transaction(lost_race=AlreadyDecided) as session:
        owner = session.get_one(Organisation, owner_id if by.role is Role.SYSTEM else by.organisation_id)
        if owner.state is not OrganisationState.VERIFIED:
            raise NotVerified(state=owner.state.value)
        known = {row.inner_code: row for row in instruments_of(owner.id)}
        rows = [(row.number, row.cells) for row in table.rows]
        found = verdicts(rows, mapping, {code: fields_of(row) for code, row in known.items()})
        save = not dry_run and not (strict and any(verdict.kind == "rejected" for verdict in found))
        if save:
            found = [_saved(session, owner, verdict, known, by=by, at=at) for verdict in found]
    return Imported(tuple(found), save)


def _saved(session: Session, owner: Organisation, verdict: Verdict, known: dict[str, Instrument], *, by: Actor, at: datetime) -> Verdict:
    """Write one row; what only the database can see (an unknown class) still rejects that row alone."""
    if verdict.kind not in ("created", "updated"):
        return verdict
    try:
        with session.begin_nested():
            if verdict.kind == "created":
                instrument = add_instrument(session, owner, verdict.values, at=at)
                record(session, "instrument", instrument, "listed", by=by, at=at, facts={"row": verdict.row})
            else:
                instrument = known[str(verdict.values["inner_code"])]
                changes = {name: value for name, value in verdict.values.items() if name != "inner_code"}
                apply_changes(session, instrument, changes, at=at)
                record(session, "instrument", instrument, "changed", by=by, at=at, facts={"row": verdict.row, "fields": sorted(changes)})
    except Invalid as refusal:
        return Verdict(verdict.row, "rejected", verdict.values, refusal.problems)
    return verdict


def fields_of(instrument: Instrument) -> dict[str, Any]:
    """An instrument's fields as the import and the export see them."""
    values = {name: getattr(instrument, name) for name in FIELDS if name != "original_value_fen"}
    values["original_value_fen"] = instrument.original_value.fen if instrument.original_value else None
    return values


def exported(instruments: Sequence[Instrument]) -> list[dict[str, Any]]:
    """Instruments for a file."""
    return [fields_of(row) for row in instruments]
