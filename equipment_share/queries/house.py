"""What the platform's administrator looks at: people, letters, the schema; nothing of anybody's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text, true
from sqlalchemy.orm import contains_eager, joinedload

from equipment_share.domain.access import Act, Actor, Role, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.house import POST_TRIES, is_late, is_silent
from equipment_share.domain.needs import Need, NeedKind
from equipment_share.domain.texts import Named
from equipment_share.models.base import db, utc
from equipment_share.models.outbox import Letter
from equipment_share.models.people import ApiToken, Organisation, SignIn, User
from equipment_share.queries.tasks import round_ended_at

MOST_KEYS = 200
"""So many keys one list shows; a search finds the others."""


@dataclass(frozen=True)
class FoundPerson:
    """A person with the last time of signing in."""

    user: User
    last_seen_at: datetime | None


_SEEN = select(func.max(SignIn.made_at)).where(SignIn.user_id == User.id).scalar_subquery()


def people_found(by: Actor, *, q: str = "", role: Role | None = None, first: int = 0, limit: int = 25) -> tuple[list[FoundPerson], int]:
    """People by name, address or organisation, from the `first` on, and how many there are in all; two questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_HOUSE)
    wanted: list[ColumnElement[bool]] = [User.role == role] if role else []
    if q:
        wanted.append(_called(q))
    base = select(User, _SEEN).join(Organisation, Organisation.id == User.organisation_id).where(*wanted)
    query = base.options(joinedload(User.organisation)).order_by(User.active.desc(), User.id).offset(first).limit(limit)
    count = select(func.count(User.id)).join(Organisation, Organisation.id == User.organisation_id).where(*wanted)
    return [_found(user, seen) for user, seen in db.session.execute(query)], db.session.scalar(count) or 0


def person_found(user_id: int, by: Actor) -> FoundPerson:
    """One person with the last time of signing in.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_HOUSE)
    row = db.session.execute(select(User, _SEEN).where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _found(*row)


def _found(user: User, seen: datetime | None) -> FoundPerson:
    return FoundPerson(user, utc(seen) if seen else None)


def keys_found(by: Actor, *, q: str = "", at: datetime) -> list[ApiToken]:
    """The keys of programs that work, of persons or organisations that contain `q`, the newest first.

    Raises: Forbidden.
    """
    require(by, Act.END_KEYS)
    query = select(ApiToken).join(User, User.id == ApiToken.user_id).join(Organisation, Organisation.id == User.organisation_id).where(
        ApiToken.ended_at.is_(None), ApiToken.expires_at.is_(None) | (ApiToken.expires_at > at),
        User.active, User.sign_in_epoch == ApiToken.epoch,
    )  # fmt: skip
    if q:
        query = query.where(_called(q) | ApiToken.name.contains(q, autoescape=True))
    kept = contains_eager(ApiToken.user).contains_eager(User.organisation)
    return list(db.session.scalars(query.options(kept).order_by(ApiToken.id.desc()).limit(MOST_KEYS)))


def _called(q: str) -> ColumnElement[bool]:
    """People by a part of their name, address or organisation."""
    return (
        User.name.contains(q, autoescape=True)
        | User.email.contains(q.casefold(), autoescape=True)
        | Organisation.name.contains(q, autoescape=True)
    )


def _letters(state: str, q: str = "") -> ColumnElement[bool]:
    to = User.email.contains(q.casefold(), autoescape=True) if q else true()
    if state == "sent":
        return Letter.sent_at.is_not(None) & to
    given_up = Letter.tries >= POST_TRIES
    return Letter.sent_at.is_(None) & (given_up if state == "failed" else ~given_up) & to


def letters_found(by: Actor, *, state: str, q: str = "", limit: int = 100) -> list[Letter]:
    """Letters that wait, that went, or that the post refused too often, to addresses that contain `q`; the newest first.

    Raises: Forbidden.
    """
    require(by, Act.SEE_HOUSE)
    query = select(Letter).join(User, User.id == Letter.user_id).where(_letters(state, q)).options(contains_eager(Letter.user))
    return list(db.session.scalars(query.order_by(Letter.id.desc()).limit(limit)))


def letters_counted(by: Actor, q: str = "") -> dict[str, int]:
    """How many letters are in each of the three states.

    Raises: Forbidden.
    """
    require(by, Act.SEE_HOUSE)
    count = select(func.count(Letter.id)).join(User, User.id == Letter.user_id)
    return {state: db.session.scalar(count.where(_letters(state, q))) or 0 for state in ("waiting", "sent", "failed")}


def needs_of_the_house(*, at: datetime) -> list[Need]:
    """What the machine needs of the administrator: a worker that is silent, post that does not go out; three questions."""
    ended_at = round_ended_at()
    found = [Need(NeedKind.WORKER_SILENT, ended_at or at, None, Named.of(""))] if is_silent(ended_at, at) else []
    for kind, state in ((NeedKind.POST_LATE, "waiting"), (NeedKind.LETTERS_GIVEN_UP, "failed")):
        count, oldest = db.session.execute(
            select(func.count(Letter.id), func.min(Letter.made_at)).where(_letters(state), Letter.made_at <= at)
        ).one()
        if count and (state == "failed" or is_late(utc(oldest), at)):
            found.append(Need(kind, utc(oldest), None, Named.of(""), count=count))
    return found


def schema_version() -> str:
    """The migration that the database stands at."""
    return str(db.session.execute(text("SELECT version_num FROM alembic_version")).scalar())


def engine_name() -> str:
    """What keeps the tables, with its version."""
    lite = db.engine.dialect.name == "sqlite"
    version = db.session.execute(text("SELECT sqlite_version()" if lite else "SHOW server_version")).scalar()
    return f"{'SQLite' if lite else 'PostgreSQL'} {version}"
