"""Organisations and people: by code, by address, by the secret they hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, func, select

from equipment_share.adapters.tokens import kept_form
from equipment_share.domain.access import READERS, STAFF, Act, Actor, Kind, Role, may, require
from equipment_share.domain.errors import NotFound
from equipment_share.models.base import db
from equipment_share.models.outbox import Fact, HistoryStep
from equipment_share.models.people import ApiToken, OneTimeLink, Organisation, OrganisationState, SignIn, SignInTry, User

LONGEST_SESSION = timedelta(hours=12)


def person_by_email(email: str, *, lock: bool = False) -> User | None:
    """The person with an address, whatever its case; locked, read anew."""
    query = select(User).where(User.email == email.strip().casefold())
    if lock:
        query = query.with_for_update(of=User).execution_options(populate_existing=True)
    return db.session.scalar(query)


def named_person(email: str) -> User:
    """The person an operator names.

    Raises: NotFound.
    """
    found = person_by_email(email)
    if found is None:
        raise NotFound(email=email)
    return found


def organisation_by_code(code: str) -> Organisation:
    """The organisation with a code.

    Raises: NotFound.
    """
    found = db.session.scalar(select(Organisation).where(Organisation.code == code))
    if found is None:
        raise NotFound(organisation=code)
    return found


def code_is_taken(code: str) -> bool:
    """Whether an organisation has the code."""
    return db.session.scalar(select(Organisation.id).where(Organisation.code == code)) is not None


def organisation_seen_by(organisation_id: int, by: Actor) -> Organisation:
    """One's own organisation, or any for the bureau and the administrator.

    Raises: NotFound.
    """
    found = db.session.get(Organisation, organisation_id)
    widely = by.role in READERS or by.role in (Role.ADMIN, Role.SYSTEM)
    if found is None or not (widely or by.organisation_id == found.id):
        raise NotFound()
    return found


def organisations(
    by: Actor,
    *,
    kind: Kind | None = None,
    state: OrganisationState | None = None,
    q: str = "",
    after_id: int = 0,
    first: int = 0,
    limit: int = 200,
) -> list[Organisation]:
    """Organisations for the bureau, those that wait to be verified first."""
    require(by, Act.SEE_ORGANISATIONS)
    query = _narrowed(select(Organisation).where(Organisation.id > after_id), kind, state, q)
    waits = Organisation.state != OrganisationState.UNVERIFIED
    order = (Organisation.id,) if after_id else (waits, Organisation.id)
    return list(db.session.scalars(query.order_by(*order).offset(first).limit(limit)))


def count_of_organisations(by: Actor, *, kind: Kind | None = None, state: OrganisationState | None = None, q: str = "") -> int:
    """How many there are in all."""
    require(by, Act.SEE_ORGANISATIONS)
    return db.session.scalar(_narrowed(select(Organisation), kind, state, q).with_only_columns(func.count(Organisation.id))) or 0


def _narrowed(query: Select[Organisation], kind: Kind | None, state: OrganisationState | None, q: str) -> Select[Organisation]:
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    if state is not None:
        query = query.where(Organisation.state == state)
    if q:
        query = query.where(Organisation.name.contains(q, autoescape=True) | (Organisation.code == q))
    return query


def regions_in_use() -> list[str]:
    """Regions that some organisation is said to be in; one question."""
    return list(db.session.scalars(select(Organisation.region).where(Organisation.region != "").distinct().order_by(Organisation.region)))


def members_of(organisation_id: int) -> list[User]:
    """Everybody of an organisation, those who left too."""
    return list(db.session.scalars(select(User).where(User.organisation_id == organisation_id).order_by(User.active.desc(), User.id)))


def people_of(organisation_id: int, roles: Collection[Role]) -> list[User]:
    """Active people of an organisation with some roles."""
    query = select(User).where(User.organisation_id == organisation_id, User.active, User.role.in_(roles))
    return list(db.session.scalars(query.order_by(User.id)))


def administrators_of(organisation_id: int, role: Role) -> list[User]:
    """The active administrators of an organisation who have joined, locked for whoever writes."""
    query = select(User).where(User.organisation_id == organisation_id, User.active, User.role == role, User.password_hash.is_not(None))
    return list(db.session.scalars(query.order_by(User.id).with_for_update(of=User)))


_IDS = (
    select(User.id)
    .where(User.organisation_id == bindparam("organisation"), User.active, User.role.in_(bindparam("roles", expanding=True)))
    .order_by(User.id)
)


def ids_of_people(organisation_id: int, roles: Collection[Role]) -> list[int]:
    """The active people of an organisation with some roles, to write to."""
    return list(db.session.scalars(_IDS, {"organisation": organisation_id, "roles": sorted(roles)}))


def organisations_of_the_house(by: Actor) -> list[Organisation]:
    """The bureau's and the platform's organisations, whose people the administrator invites.

    Raises: Forbidden.
    """
    require(by, Act.SEE_HOUSE)
    query = select(Organisation).where(Organisation.kind.in_((Kind.BUREAU, Kind.PLATFORM)))
    return list(db.session.scalars(query.order_by(Organisation.kind, Organisation.id)))


def people_named(ids: Collection[int | None]) -> dict[int, str]:
    """The names of some persons, the address of who has none; one question, none for nobody."""
    wanted = [one for one in ids if one is not None]
    rows = db.session.scalars(select(User).where(User.id.in_(wanted))) if wanted else ()
    return {person.id: person.called for person in rows}


@dataclass(frozen=True)
class Standing:
    """Where an organisation stands that may not do everything: since when, why, and who decides on it."""

    state: OrganisationState
    since: datetime
    reason: str
    bureau: Organisation | None


def standing_of(organisation: Organisation) -> Standing | None:
    """What keeps an organisation from booking, listing and applying; nothing for one that is verified."""
    if organisation.state is OrganisationState.VERIFIED:
        return None
    steps = select(HistoryStep).where(HistoryStep.kind == "organisation", HistoryStep.object_id == organisation.id)
    step = db.session.scalar(steps.where(HistoryStep.to_state == organisation.state.value).order_by(HistoryStep.id.desc()).limit(1))
    return Standing(organisation.state, step.at if step else organisation.made_at, step.reason if step else "", the_bureau())


def the_bureau() -> Organisation | None:
    """The bureau that looks after the organisations, once there is one."""
    return db.session.scalar(select(Organisation).where(Organisation.kind == Kind.BUREAU).order_by(Organisation.id).limit(1))


def people_with_role(role: Role) -> list[User]:
    """Everybody active with a role, whatever the organisation."""
    return list(db.session.scalars(select(User).where(User.active, User.role == role).order_by(User.id)))


def member(user_id: int, by: Actor) -> User:
    """A person of one's own organisation; any of the bureau and the platform for the administrator.

    Raises: NotFound.
    """
    found = db.session.get(User, user_id)
    manages = by.role is Role.ADMIN and found is not None and found.role in STAFF
    if found is None or not (manages or by.role is Role.SYSTEM or found.organisation_id == by.organisation_id):
        raise NotFound()
    return found


def sign_in_of(token: str, *, at: datetime) -> SignIn | None:
    """The living sign-in a cookie names: not ended, not too old, its person active and unchanged since."""
    found = db.session.scalar(select(SignIn).where(SignIn.token_hash == kept_form(token)))
    if found is None or found.ended_at is not None or found.made_at + LONGEST_SESSION <= at:
        return None
    user = found.user
    return found if user.active and user.sign_in_epoch == found.epoch else None


def token_owner(raw: str, *, at: datetime) -> tuple[User, list[str]] | None:
    """The person and scopes an API token stands for, or nobody."""
    found = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == kept_form(raw)))
    if found is None or found.ended_at is not None or (found.expires_at is not None and found.expires_at <= at):
        return None
    user = found.user
    return (user, list(found.scopes)) if user.active and user.sign_in_epoch == found.epoch else None


def tokens_of(user_id: int) -> list[ApiToken]:
    """A person's living API tokens."""
    return list(db.session.scalars(select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.ended_at.is_(None)).order_by(ApiToken.id)))


def token_seen_by(token_id: int, by: Actor) -> ApiToken:
    """A living key of one's own; anybody's for the administrator.

    Raises: NotFound.
    """
    found = db.session.get(ApiToken, token_id)
    if found is None or found.ended_at is not None or not (may(by.role, Act.END_KEYS) or found.user_id == by.id):
        raise NotFound()
    return found


def link_of(raw: str, *, at: datetime) -> OneTimeLink | None:
    """The unused, unexpired one-time link a secret names."""
    found = db.session.scalar(select(OneTimeLink).where(OneTimeLink.token_hash == kept_form(raw)))
    if found is None or found.used_at is not None or found.expires_at <= at:
        return None
    return found if found.user.active and found.user.sign_in_epoch == found.epoch else None


def has_link(user: User, purpose: str, *, since: datetime, at: datetime) -> bool:
    """Whether a person has a one-time link that was made after a moment and works."""
    query = select(OneTimeLink.id).where(
        OneTimeLink.user_id == user.id, OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None), OneTimeLink.made_at > since,
        OneTimeLink.expires_at > at, OneTimeLink.epoch == user.sign_in_epoch,
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def failed_tries(*, email: str = "", address: str = "", since: datetime) -> int:
    """How often signing in failed for an account, or from an address; an account's count ends with a success."""
    query = select(func.count(SignInTry.id)).where(SignInTry.succeeded.is_(False))
    if address:
        return db.session.scalar(query.where(SignInTry.address == address, SignInTry.made_at > since)) or 0
    last = select(func.max(SignInTry.made_at)).where(SignInTry.email == email, SignInTry.succeeded)
    good = db.session.scalar(last)
    start = max(since, good) if good is not None else since
    return db.session.scalar(query.where(SignInTry.email == email, SignInTry.made_at > start)) or 0


def fact(name: str) -> str | None:
    """Something the installation knows of itself."""
    return db.session.scalar(select(Fact.value).where(Fact.name == name))


def is_empty() -> bool:
    """Whether nobody lives here yet."""
    return db.session.scalar(select(Organisation.id).limit(1)) is None


def organisation_auditor() -> User:
    """Somebody who may read all, for reports an operator prints.

    Raises: NotFound when there is no auditor.
    """
    found: User | None = db.session.scalar(select(User).where(User.role == Role.AUDITOR, User.active).order_by(User.id).limit(1))
    if found is None:
        raise NotFound(role="auditor")
    return found
