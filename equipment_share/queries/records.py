"""The audit log as a list: sealed lines newest first, narrowed by person, act, object and day, each with whom and what it names."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, cast, func, select

from equipment_share.domain.access import Act, Actor, Role, require
from equipment_share.domain.periods import day_begins, day_over
from equipment_share.models.base import db
from equipment_share.models.outbox import AuditRow, HistoryStep
from equipment_share.models.people import User
from equipment_share.queries.people import people_named

MOST_PEOPLE = 200


@dataclass(frozen=True)
class Narrowing:
    """What the list is narrowed to; what is left empty takes everything. `objects` are names as they were sealed, `claim:516`."""

    person: str = ""
    act: str = ""
    objects: Collection[str] | None = None
    first_on: date | None = None
    last_on: date | None = None
    without: Collection[str] = ()
    """Acts that are left out."""


@dataclass(frozen=True)
class Record:
    """One sealed line: who did what to what, when, and the facts."""

    seq: int
    at: datetime
    by_name: str
    by_role: Role
    act: str
    object: str
    facts: Mapping[str, Any]
    seal: str


def records(by: Actor, wanted: Narrowing, *, before: int = 0, limit: int) -> list[Record]:
    """Lines of the log, newest first; at most three questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_AUDIT)
    query = select(AuditRow.seq, AuditRow.h, AuditRow.doc).where(*_narrowed(wanted)).order_by(AuditRow.seq.desc()).limit(limit)
    rows = [(seq, h, json.loads(doc)) for seq, h, doc in db.session.execute(query.where(AuditRow.seq < before) if before else query)]
    names = people_named({doc["actor"] for _, _, doc in rows})
    return [
        Record(seq, datetime.fromisoformat(doc["at"]), names.get(doc["actor"], ""), Role(doc["role"]), doc["action"], doc["object"], doc["facts"], h)
        for seq, h, doc in rows
    ]  # fmt: skip


def length_of_log(by: Actor) -> int:
    """How many lines the whole log has; one question.

    Raises: Forbidden.
    """
    require(by, Act.SEE_AUDIT)
    return db.session.scalar(select(func.max(AuditRow.seq))) or 0


def acts_in_history(by: Actor) -> list[str]:
    """Every act that is a step in the life of something, once each; each was sealed under this name in the same transaction.

    Read from the history's two short columns: the chain's documents would all have to be taken apart.
    Raises: Forbidden.
    """
    require(by, Act.SEE_AUDIT)
    steps = select(HistoryStep.kind, HistoryStep.event).distinct()
    return [f"{kind}.{event}" for kind, event in db.session.execute(steps)]


def _narrowed(wanted: Narrowing) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.person:
        people = _people(wanted.person)
        mine = [f"user:{user_id}" for user_id in people]  # a sign-in is the system's line about a person
        found.append(cast(_told("actor"), String).in_([str(user_id) for user_id in people]) | _told("object").in_(mine))
    if wanted.act:
        found.append(_told("action") == wanted.act)
    if wanted.without:
        found.append(_told("action").not_in(list(wanted.without)))
    if wanted.objects is not None:
        found.append(_told("object").in_(list(wanted.objects)))
    if wanted.first_on is not None:
        found.append(_told("at") >= day_begins(wanted.first_on).isoformat())
    if wanted.last_on is not None:
        found.append(_told("at") < day_over(wanted.last_on).isoformat())
    return found


def _told(name: str) -> ColumnElement[Any]:
    """One word of a sealed document; instants are written in UTC and to the same pattern, so that they sort as texts."""
    if db.engine.dialect.name == "sqlite":
        return func.json_extract(AuditRow.doc, f"$.{name}")
    read: ColumnElement[Any] = cast(AuditRow.doc, JSON)[name].as_string().collate("C")
    return read


def _people(text: str) -> Sequence[int]:
    named = User.name.contains(text, autoescape=True) | User.email.contains(text.casefold(), autoescape=True)
    return db.session.scalars(select(User.id).where(named).order_by(User.id).limit(MOST_PEOPLE)).all()
