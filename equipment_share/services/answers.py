"""Building block of the doors: a request under a key is done once, and its answer is kept in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from equipment_share.domain.errors import Conflict, invalid
from equipment_share.models.people import KeptAnswer, User
from equipment_share.services.transaction import answered_in_one


class InProgress(Conflict):
    """The first request under this key has not ended yet."""

    code = "in_progress"


@dataclass(frozen=True)
class GivenAnswer:
    """What a door answered: status, JSON body, and where the made thing is; `replayed` when it was given before."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    location: str = ""
    replayed: bool = False


def first_answer(user: User, key: str, route: str, fingerprint: str, work: Callable[[], GivenAnswer], *, at: datetime) -> GivenAnswer:
    """Do the work once under a person's key; the same request later gets the first answer again.

    Key, effect and answer are one transaction: a crash or a refusal leaves no trace, so no key can be stuck.
    Raises: Invalid `key_reused` for another route or body; InProgress; whatever the work raises.
    """
    user_id = user.id

    def unit(session: Session) -> GivenAnswer:
        kept_id = _taken(session, user_id, key, route, fingerprint, at)
        if kept_id is None:
            return _earlier(session, user_id, key, route, fingerprint)
        answer = work()
        filled = update(KeptAnswer).where(KeptAnswer.id == kept_id)
        session.execute(filled.values(status=answer.status, body=answer.body, location=answer.location))
        return answer

    return answered_in_one(unit)


def _taken(session: Session, user_id: int, key: str, route: str, fingerprint: str, at: datetime) -> int | None:
    """Take the key; None when it has been used. A second request waits here until the first has ended."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"user_id": user_id, "key": key, "route": route[:200], "fingerprint": fingerprint, "made_at": at}
    query = dialect.insert(KeptAnswer).values(status=0, body={}, location="", **row)
    try:
        return session.execute(query.on_conflict_do_nothing(index_elements=["user_id", "key"]).returning(KeptAnswer.id)).scalar()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise InProgress() from error
        raise


def _earlier(session: Session, user_id: int, key: str, route: str, fingerprint: str) -> GivenAnswer:
    kept = session.scalars(select(KeptAnswer).where(KeptAnswer.user_id == user_id, KeptAnswer.key == key)).one()
    if (kept.route, kept.fingerprint) != (route[:200], fingerprint):
        raise invalid("key_reused", "Idempotency-Key")
    return GivenAnswer(kept.status, kept.body, kept.location, replayed=True)
