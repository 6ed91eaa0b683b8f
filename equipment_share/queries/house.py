"""What the platform's administrator looks at: people, letters, the schema; nothing of anybody's business."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import joinedload

from equipment_share.domain.access import Act, Actor, Role, require
from equipment_share.models.base import db, utc
from equipment_share.models.outbox import Letter
from equipment_share.models.people import Organisation, SignIn, User


@dataclass(frozen=True)
class FoundPerson:
    """A person with the last time of signing in."""

    user: User
    last_seen_at: datetime | None


def people_found(by: Actor, *, q: str = "", role: Role | None = None, limit: int = 100) -> tuple[list[FoundPerson], int]:
    """People by name, address or organisation, and how many there are in all; two questions.

    Raises: Forbidden.
    """
    require(by, Act.SEE_HOUSE)
    wanted: list[ColumnElement[bool]] = [User.role == role] if role else []
    if q:
        wanted.append(
            User.name.contains(q, autoescape=True)
            | User.email.contains(q.casefold(), autoescape=True)
            | Organisation.name.contains(q, autoescape=True)
        )
    seen = select(func.max(SignIn.made_at)).where(SignIn.user_id == User.id).scalar_subquery()
    base = select(User, seen).join(Organisation, Organisation.id == User.organisation_id).where(*wanted)
    query = base.options(joinedload(User.organisation)).order_by(User.active.desc(), User.id).limit(limit)
    count = select(func.count(User.id)).join(Organisation, Organisation.id == User.organisation_id).where(*wanted)
    rows = db.session.execute(query).all()
    return [FoundPerson(row[0], utc(row[1]) if row[1] else None) for row in rows], db.session.scalar(count) or 0


def _letters(state: str, most_tries: int) -> ColumnElement[bool]:
    if state == "sent":
        return Letter.sent_at.is_not(None)
    given_up = Letter.tries >= most_tries
    return Letter.sent_at.is_(None) & (given_up if state == "failed" else ~given_up)


def letters_found(by: Actor, *, state: str, most_tries: int, limit: int = 100) -> list[Letter]:
    """Letters that wait, that went, or that the post refused too often; the newest first.

    Raises: Forbidden.
    """
    require(by, Act.SEE_HOUSE)
    return list(db.session.scalars(select(Letter).where(_letters(state, most_tries)).order_by(Letter.id.desc()).limit(limit)))


def letters_counted(by: Actor, *, most_tries: int) -> dict[str, int]:
    """How many letters are in each of the three states.

    Raises: Forbidden.
    """
    require(by, Act.SEE_HOUSE)
    return {
        state: db.session.scalar(select(func.count(Letter.id)).where(_letters(state, most_tries))) or 0
        for state in ("waiting", "sent", "failed")
    }


def schema_version() -> str:
    """The migration that the database stands at."""
    return str(db.session.execute(text("SELECT version_num FROM alembic_version")).scalar())


def engine_name() -> str:
    """What keeps the tables, with its version."""
    lite = db.engine.dialect.name == "sqlite"
    version = db.session.execute(text("SELECT sqlite_version()" if lite else "SHOW server_version")).scalar()
    return f"{'SQLite' if lite else 'PostgreSQL'} {version}"
