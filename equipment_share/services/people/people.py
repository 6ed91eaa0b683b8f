"""Use cases of organisations: register, verify, describe; and of letting somebody in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.codes import compact_uscc, is_uscc
from equipment_share.adapters.passwords import hashed
from equipment_share.adapters.pinyin import pinyin_key
from equipment_share.adapters.tokens import fresh_token, kept_form
from equipment_share.domain.access import ROLES_OF, Act, Actor, Kind, Role, require
from equipment_share.domain.errors import AlreadyDecided, Forbidden, Invalid, Problem, StaleVersion, invalid
from equipment_share.domain.money import Money
from equipment_share.domain.people import LINK_LIVES, password_problem
from equipment_share.domain.texts import clean_name
from equipment_share.models.outbox import Letter
from equipment_share.models.people import SYSTEM, OneTimeLink, Organisation, OrganisationState, User
from equipment_share.queries.people import code_is_taken, organisation_seen_by, people_of, person_by_email
from equipment_share.services.transaction import note, record, transaction, use_case

FACTS = frozenset(
    {"staff", "revenue", "capital", "region", "barred", "barred_until", "controller", "legal_rep", "shareholders", "founded_on",
     "insured_staff", "research_spend", "credit_list", "credit_since"}
)  # fmt: skip
"""What the bureau writes down of an organisation by one hand; where its money goes takes two (`bank_accounts.py`)."""
AMOUNTS = ("revenue", "capital", "research_spend")
ADMINS = {Kind.FIRM: Role.FIRM_ADMIN, Kind.OWNER: Role.OWNER_ADMIN}


@use_case
def register_organisation(
    kind: Kind, code: str, name: str, *, email: str, person: str, password: str, phone: str = "", by: Actor = SYSTEM, at: datetime
) -> Organisation:
    """A firm or owner registers itself with its first administrator; it waits for the bureau.

    Raises: Invalid with every problem.
    """
    code, email, name = compact_uscc(code), email.strip().casefold(), clean_name(name)
    problems = [Problem("not_a_uscc", "code")] if not is_uscc(code) else []
    if not name:
        problems.append(Problem("required", "name"))
    if kind not in ADMINS:
        problems.append(Problem("not_a_choice", "kind"))
    if weak := password_problem(password, email):
        problems.append(weak)
    if problems:
        raise Invalid(problems)
    kept = hashed(password)  # slow on purpose: outside the write, and whoever registers
    with transaction(lost_race=AlreadyDecided) as session:
        if code_is_taken(code):
            raise invalid("taken", "code")
        if person_by_email(email) is not None:  # last: who is known here is told to nobody whose registration would not be taken
            raise invalid("taken", "email")
        organisation = _made(session, kind, code, name, OrganisationState.UNVERIFIED, at=at)
        organisation.phone = phone
        user = User(email=email, name=person, role=ADMINS[kind], organisation_id=organisation.id, password_hash=kept, made_at=at)
        session.add(user)
        record(session, "organisation", organisation, "registered", by=by, at=at)
    return organisation


@use_case
def make_organisation(code: str, name: str, kind: Kind, *, by: Actor, at: datetime) -> Organisation:
    """An operator makes an organisation that is verified at once.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.MAKE_ORGANISATION)
    name = clean_name(name)
    with transaction(lost_race=AlreadyDecided) as session:
        if not code.strip() or len(code) > 40:
            raise invalid("required", "code")
        if code_is_taken(code):
            raise invalid("taken", "code")
        organisation = _made(session, kind, code, name, OrganisationState.VERIFIED, at=at)
        record(session, "organisation", organisation, "made", by=by, at=at)
    return organisation


def _made(session: Session, kind: Kind, code: str, name: str, state: OrganisationState, *, at: datetime) -> Organisation:
    organisation = Organisation(code=code, name=name, name_key=pinyin_key(name)[:400], kind=kind, state=state, region="haining", made_at=at)
    session.add(organisation)
    session.flush()
    return organisation


@use_case
def verify_organisation(organisation_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Organisation:
    """The bureau finds that the organisation is what it says.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided.
    """
    return _set_state(organisation_id, OrganisationState.VERIFIED, "verified", "", version, by=by, at=at)


@use_case
def suspend_organisation(organisation_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Organisation:
    """The bureau stops a firm or an owner from booking, listing and applying; what stands already stays.

    Raises: Forbidden (of the bureau and the platform too), NotFound, Invalid, AlreadyDecided.
    """
    if not reason.strip():
        raise invalid("required", "reason")
    return _set_state(organisation_id, OrganisationState.SUSPENDED, "suspended", reason, version, by=by, at=at)


def _set_state(
    organisation_id: int, state: OrganisationState, event: str, reason: str, version: int | None, *, by: Actor, at: datetime
) -> Organisation:
    require(by, Act.VERIFY_ORGANISATION)
    with transaction() as session:
        organisation = _at_version(organisation_seen_by(organisation_id, by), version)
        before = organisation.state
        if state is OrganisationState.SUSPENDED and organisation.kind not in ADMINS:
            raise Forbidden()
        if before is state:
            raise AlreadyDecided(state=state.value)
        organisation.state = state
        record(session, "organisation", organisation, event, by=by, at=at, before=before, reason=reason)
        for person in people_of(organisation.id, frozenset(Role)):
            session.add(Letter(user_id=person.id, kind=f"organisation_{event}", facts={"reason": reason}, made_at=at))
    return organisation


def _at_version(organisation: Organisation, version: int | None) -> Organisation:
    """The organisation, unchanged since its caller read it.

    Raises: StaleVersion.
    """
    if version is not None and version != organisation.version:
        raise StaleVersion(version=organisation.version)
    return organisation


@use_case
def describe_organisation(
    organisation_id: int,
    *,
    tags: Sequence[Mapping[str, object]] | None = None,
    related: Sequence[str] | None = None,
    facts: Mapping[str, object] | None = None,
    version: int | None = None,
    by: Actor,
    at: datetime,
) -> Organisation:
    """The bureau writes down what makes a firm eligible, and whom it is linked to; `facts` may hold those of `FACTS`.

    Raises: Forbidden, NotFound, Invalid.
    """
    require(by, Act.DESCRIBE_ORGANISATION)
    if unknown := sorted(set(facts or {}) - FACTS):
        raise invalid("not_a_choice", unknown[0])
    with transaction() as session:
        organisation = _at_version(organisation_seen_by(organisation_id, by), version)
        if tags is not None:
            organisation.tags = [{"tag": str(row["tag"]), "valid_until": row.get("valid_until")} for row in tags]
        if related is not None:
            if missing := [code for code in related if not code_is_taken(code)]:
                raise invalid("not_found", "related", organisation=missing[0])
            organisation.related = list(related)
        if (problem := _holdings_problem((facts or {}).get("shareholders"))) is not None:
            raise Invalid([problem])
        for name, value in (facts or {}).items():
            setattr(organisation, name, Money(value) if name in AMOUNTS and isinstance(value, int) else value)
        record(
            session,
            "organisation",
            organisation,
            "described",
            by=by,
            at=at,
            facts={"tags": organisation.tags, "related": organisation.related, "changed": sorted(facts or {})},
        )
    return organisation


def _holdings_problem(shareholders: object) -> Problem | None:
    """Shareholders hold no more than the whole together."""
    shares = sum(int(row["share_bp"]) for row in shareholders) if isinstance(shareholders, list) else 0
    return Problem("out_of_range", "shareholders", {"low": 0, "high": 10_000}) if shares > 10_000 else None


@use_case
def invite_person(email: str, role: Role, organisation_id: int, *, name: str = "", by: Actor, at: datetime) -> tuple[User, str]:
    """Let somebody in by a one-time link; answers the person and the link's secret, which also goes to them by letter.

    Raises: Forbidden, NotFound, Invalid.
    """
    require(by, Act.INVITE_PERSON)
    email = email.strip().casefold()
    with transaction(lost_race=AlreadyDecided) as session:
        organisation = organisation_seen_by(organisation_id, by)
        if by.role not in (Role.ADMIN, Role.SYSTEM) and organisation.id != by.organisation_id:
            raise Forbidden()
        problems = []
        if role not in ROLES_OF[organisation.kind]:
            problems.append(Problem("not_a_choice", "role"))
        if person_by_email(email) is not None:
            problems.append(Problem("taken", "email"))
        if problems:
            raise Invalid(problems)
        user = User(email=email, name=name, role=role, organisation_id=organisation.id, made_at=at)
        session.add(user)
        session.flush()
        raw = invitation(session, user, organisation, by=by, at=at)
        note(session, "user.invited", f"user:{user.id}", by=by, at=at, facts={"role": role.value, "organisation": organisation.code})
    return user, raw


def invitation(session: Session, user: User, organisation: Organisation, *, by: Actor, at: datetime) -> str:
    """The link of an invitation, in a letter to whoever is invited; an operator at the terminal hands it over alone."""
    raw = one_time_link(session, user, "invitation", at=at)
    if by.id is not None:
        facts = {"token": raw, "organisation": organisation.name, "role": user.role.value}
        session.add(Letter(user_id=user.id, kind="invitation", facts=facts, made_at=at))
    return raw


def one_time_link(session: Session, user: User, purpose: str, *, at: datetime) -> str:
    """A fresh link; older ones of the same purpose end with it."""
    for older in session.query(OneTimeLink).filter_by(user_id=user.id, purpose=purpose, used_at=None):
        older.used_at = at
    raw = fresh_token()
    link = OneTimeLink(
        user_id=user.id,
        purpose=purpose,
        token_hash=kept_form(raw),
        epoch=user.sign_in_epoch or 1,
        made_at=at,
        expires_at=at + LINK_LIVES[purpose],
    )
    session.add(link)
    return raw
