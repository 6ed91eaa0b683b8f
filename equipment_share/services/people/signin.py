"""Use cases of getting in and out: sign in and out, one-time links, passwords, API tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from equipment_share.adapters.passwords import hashed, matches
from equipment_share.adapters.tokens import fresh_token, kept_form
from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.errors import Invalid, invalid
from equipment_share.domain.people import (
    LOCKED_FOR,
    RESET_AGAIN,
    TRIES,
    TRIES_PER_ADDRESS,
    AccessEnded,
    SignInRefused,
    TokenInvalid,
    TooManyTries,
    password_problem,
)
from equipment_share.models.outbox import Letter
from equipment_share.models.people import SYSTEM, ApiToken, SignIn, SignInTry, User
from equipment_share.queries.people import failed_tries, has_link, link_of, person_by_email, sign_in_of, token_seen_by
from equipment_share.services.people.people import one_time_link
from equipment_share.services.transaction import note, transaction, use_case

SCOPES, LANGUAGES = ("read", "write"), ("zh", "en")


@use_case
def sign_in(email: str, password: str, *, address: str, limited: bool = True, language: str = "", by: Actor = SYSTEM, at: datetime) -> str:
    """Let a person in; answers the secret of the new session. The try is kept, whatever comes of it.

    A `language` chosen on the way in becomes the person's.

    Raises: SignInRefused for a wrong or unknown or locked account alike, AccessEnded for the right password of somebody whose
    access has ended, TooManyTries for an address.
    """
    email = email.strip().casefold()[:254]
    since = at - LOCKED_FOR
    if limited and failed_tries(address=address, since=since) >= TRIES_PER_ADDRESS:
        raise TooManyTries(seconds=int(LOCKED_FOR.total_seconds()))
    seen = person_by_email(email)
    locked = failed_tries(email=email, since=since) >= TRIES
    right = not locked and matches(seen.password_hash if seen else None, password)  # slow on purpose: outside the write
    epoch, raw = seen.sign_in_epoch if seen else 0, fresh_token()
    with transaction() as session:
        user = person_by_email(email, lock=True)
        right = right and failed_tries(email=email, since=since) < TRIES  # others tried while this one was looked at
        good = right and user is not None and user.active and user.sign_in_epoch == epoch
        session.add(SignInTry(email=email, address=address, succeeded=good, made_at=at))
        if good and user is not None:
            session.add(SignIn(user_id=user.id, token_hash=kept_form(raw), epoch=user.sign_in_epoch, address=address, made_at=at))
            user.language = language if language in LANGUAGES else user.language
        note(session, "sign_in" if good else "sign_in.refused", f"user:{user.id if user else 0}", by=by, at=at, facts={"address": address})
    if not good:
        raise AccessEnded() if right else SignInRefused()  # told to nobody but who knows the password
    return raw


@use_case
def sign_out(token: str, *, by: Actor, at: datetime) -> None:
    """End one session."""
    with transaction() as session:
        found = sign_in_of(token, at=at)
        if found is not None:
            found.ended_at = at
            note(session, "sign_out", f"user:{found.user_id}", by=by, at=at)


@use_case
def use_link(raw: str, password: str, *, by: Actor = SYSTEM, at: datetime) -> User:
    """Set a password through a one-time link; every older session, link and token of the person ends.

    Raises: TokenInvalid, Invalid.
    """
    with transaction() as session:
        link = link_of(raw, at=at)
        if link is None:
            raise TokenInvalid()
        user = link.user
        if weak := password_problem(password, user.email):
            raise Invalid([weak])
        link.used_at = at
        user.password_hash = hashed(password)
        user.sign_in_epoch += 1
        note(session, "password.set", f"user:{user.id}", by=by, at=at, facts={"by": link.purpose})
    return user


@use_case
def ask_reset(email: str, *, by: Actor = SYSTEM, at: datetime) -> None:
    """Send a reset link to the address, if it is somebody's who has no fresh one; the answer is the same, and so is the time it takes."""
    with transaction() as session:
        user = person_by_email(email, lock=True)
        known = user is not None and user.active
        if user is not None and known and not has_link(user, "reset", since=at - RESET_AGAIN, at=at):
            raw = one_time_link(session, user, "reset", at=at)
            session.add(Letter(user_id=user.id, kind="password_reset", facts={"token": raw}, made_at=at))
        note(session, "password.reset_asked", f"user:{user.id if user is not None and known else 0}", by=by, at=at)


@use_case
def change_password(current: str, password: str, *, by: User, at: datetime) -> None:
    """Set another password; the current one is asked, and all sessions end.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.OWN_ACCOUNT)
    if not matches(by.password_hash, current):
        raise invalid("wrong_password", "current")
    if weak := password_problem(password, by.email):
        raise Invalid([weak])
    kept = hashed(password)
    with transaction() as session:
        by.password_hash = kept
        by.sign_in_epoch += 1
        note(session, "password.changed", f"user:{by.id}", by=by, at=at)


@use_case
def choose_language(language: str, *, by: User, at: datetime) -> None:
    """Remember the language a person reads.

    Raises: Invalid.
    """
    if language not in LANGUAGES:
        raise invalid("not_a_choice", "language")
    with transaction() as session:
        by.language = language
        note(session, "language.chosen", f"user:{by.id}", by=by, at=at)


@use_case
def make_token(name: str, scopes: Sequence[str], *, days: int | None = 365, by: User, at: datetime) -> str:
    """A program's key for one's own account, shown once.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.OWN_ACCOUNT)
    if not scopes or set(scopes) - set(SCOPES):
        raise invalid("not_a_choice", "scopes")
    if not name.strip() or len(name) > 60:
        raise invalid("required", "name")
    raw = fresh_token()
    with transaction() as session:
        expires = at + timedelta(days=days) if days else None
        token = ApiToken(
            user_id=by.id,
            name=name.strip(),
            token_hash=kept_form(raw),
            epoch=by.sign_in_epoch,
            scopes=list(scopes),
            made_at=at,
            expires_at=expires,
        )
        session.add(token)
        note(session, "token.made", f"user:{by.id}", by=by, at=at, facts={"name": name, "scopes": list(scopes)})
    return raw


@use_case
def end_token(token_id: int, *, named: str | None = None, by: User, at: datetime) -> ApiToken:
    """End an API token at once and for good: one's own, or for the administrator anybody's, whose name is then typed back.

    Raises: NotFound, Invalid `other_name`.
    """
    with transaction() as session:
        found = token_seen_by(token_id, by)
        if found.user_id != by.id and found.name != named:
            raise invalid("other_name", "name", name=found.name)
        found.ended_at = at
        note(session, "token.ended", f"user:{found.user_id}", by=by, at=at, facts={"name": found.name})
    return found


@use_case
def end_all_sign_ins(*, by: Actor, at: datetime) -> int:
    """End every session and every API token: after a restore nobody goes on with what the copy remembered."""
    with transaction() as session:
        rows: list[SignIn | ApiToken] = [*session.scalars(select(SignIn).where(SignIn.ended_at.is_(None)))]
        rows += session.scalars(select(ApiToken).where(ApiToken.ended_at.is_(None)))
        for row in rows:
            row.ended_at = at
        note(session, "sign_ins_ended", "installation", by=by, at=at, facts={"count": len(rows)})
    return len(rows)
