"""Use case: a table of instruments into the pool, a verdict for every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from equipment_share.adapters.tables import Table, read_table
from equipment_share.adapters.tokens import fresh_token
from equipment_share.domain.access import Act, Actor, Role, require
from equipment_share.domain.errors import AlreadyDecided, Invalid, NotVerified
from equipment_share.domain.exchange.catalogue import Verdict
from equipment_share.domain.exchange.mapping import ColumnMap, parse_mapping
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import ANYBODY
from equipment_share.models.instruments import ColumnMapping, ImportDraft, Instrument
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.instruments.exchange import draft_of, known_by_code, likely_mapping, verdicts_on
from equipment_share.services.instruments.listing import add_instrument, add_prices, apply_changes
from equipment_share.services.transaction import record, transaction, use_case
from equipment_share.services.watching import UNWATCHED, Watch

KEPT_FOR = timedelta(days=1)
"""A file that was only tried is forgotten after a day."""


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
    table: Table,
    mapping: ColumnMap,
    owner_id: int,
    *,
    strict: bool = False,
    dry_run: bool = False,
    watch: Watch = UNWATCHED,
    by: Actor,
    at: datetime,
) -> Imported:
    """Save the clean rows (with `strict`: all or nothing); the same file again changes nothing.

    Raises: Forbidden, NotVerified.
    """
    require(by, Act.EDIT_INSTRUMENT)
    if mapping.prices:
        require(by, Act.SET_PRICES)
    with transaction(lost_race=AlreadyDecided) as session:
        owner = session.get_one(Organisation, owner_id if by.role is Role.SYSTEM else by.organisation_id)
        if owner.state is not OrganisationState.VERIFIED:
            raise NotVerified(state=owner.state.value)
        known = known_by_code(owner.id)
        found = verdicts_on(table, mapping, known, at=at)
        save = not dry_run and not (strict and any(verdict.kind == "rejected" for verdict in found))
        if save:
            found = [_saved(session, owner, verdict, known, by=by, at=at) for verdict in found]
            watch.settle(session, Imported(tuple(found), save).document())
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
                if changes:
                    apply_changes(session, instrument, changes, at=at)
                    facts = {"row": verdict.row, "fields": sorted(changes)}
                    record(session, "instrument", instrument, "changed", by=by, at=at, facts=facts)
            _price(session, instrument, verdict, by=by, at=at)
    except Invalid as refusal:
        return Verdict(verdict.row, "rejected", verdict.values, refusal.problems)
    return verdict


def _price(session: Session, instrument: Instrument, verdict: Verdict, *, by: Actor, at: datetime) -> None:
    """A row's prices as one more list from today on; the lists that are there stay as they are."""
    if verdict.prices is None:
        return
    today, new = bureau_day(at), verdict.prices
    add_prices(session, instrument, new.items, valid_from=today, valid_to=None, user_class=ANYBODY, terms=new.terms, by=by, at=at)
    facts = {"row": verdict.row, "valid_from": today.isoformat(), "class": ANYBODY}
    record(session, "instrument", instrument, "prices_set", by=by, at=at, facts=facts)


@use_case
def keep_draft(name: str, content: bytes, document: Mapping[str, Any] | None, *, by: Actor, at: datetime) -> str:
    """Keep a file for its trial; answers the draft's token. Without a mapping the likeliest one is taken, if any fits.

    Raises: Forbidden, Invalid when the file is no table or the mapping is none.
    """
    require(by, Act.EDIT_INSTRUMENT)
    table = read_table(content, name)
    if document is not None:
        parse_mapping(document)
    with transaction() as session:
        owner_id = by.organisation_id or 0
        session.execute(delete(ImportDraft).where(ImportDraft.made_at < at - KEPT_FOR))
        chosen = dict(document) if document is not None else likely_mapping(table, owner_id)
        draft = ImportDraft(
            token=fresh_token(),
            owner_id=owner_id,
            by_id=by.id or 0,
            name=name[-200:] or "file",
            content=content,
            document=chosen,
            made_at=at,
        )
        session.add(draft)
    return draft.token


@use_case
def change_mapping(token: str, document: Mapping[str, Any], *, name: str = "", by: Actor, at: datetime) -> None:
    """Read a waiting file's columns otherwise; under a name the mapping is offered again next time.

    Raises: Forbidden, NotFound, Invalid.
    """
    require(by, Act.EDIT_INSTRUMENT)
    parse_mapping(document)
    with transaction() as session:
        draft = draft_of(token, by)
        draft.document = dict(document)
        if name.strip():
            kept = session.scalar(
                select(ColumnMapping).where(ColumnMapping.owner_id == draft.owner_id, ColumnMapping.name == name.strip()[:60])
            )
            if kept is None:
                session.add(ColumnMapping(owner_id=draft.owner_id, name=name.strip()[:60], document=dict(document), made_at=at))
            else:
                kept.document = dict(document)
