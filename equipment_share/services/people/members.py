"""Use cases of the people of an organisation: another role, an end, a way back, another invitation."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.access import ROLES_OF, Act, Actor, Role, require
from equipment_share.domain.errors import AlreadyDecided, invalid
from equipment_share.domain.people import LastAdmin, OwnAccess
from equipment_share.models.people import User
from equipment_share.queries.people import administrators_of, member
from equipment_share.services.people.people import ADMINS, invitation
from equipment_share.services.transaction import note, transaction, use_case


@use_case
def change_role(user_id: int, role: Role, *, by: Actor, at: datetime) -> User:
    """Give a member another role of the same kind of organisation; it must sign in anew.

    Raises: Forbidden, NotFound, Invalid, OwnAccess, LastAdmin.
    """
    require(by, Act.INVITE_PERSON)
    with transaction() as session:
        user = member(user_id, by)
        if role not in ROLES_OF[user.organisation.kind]:
            raise invalid("not_a_choice", "role")
        if role is not user.role:
            _keep_an_admin(user)
            _of_another(user, by)
        before, user.role = user.role, role
        user.sign_in_epoch += 1
        note(session, "user.role_changed", f"user:{user.id}", by=by, at=at, facts={"from": before.value, "to": role.value})
    return user


@use_case
def disable_person(user_id: int, *, by: Actor, at: datetime) -> User:
    """End a member's access at once, everywhere.

    Raises: Forbidden, NotFound, OwnAccess, AlreadyDecided, LastAdmin.
    """
    require(by, Act.INVITE_PERSON)
    with transaction() as session:
        user = member(user_id, by)
        _keep_an_admin(user)
        _of_another(user, by)
        if not user.active:
            raise AlreadyDecided(state="ended")
        user.active = False
        user.sign_in_epoch += 1
        note(session, "user.disabled", f"user:{user.id}", by=by, at=at)
    return user


@use_case
def restore_person(user_id: int, *, by: Actor, at: datetime) -> User:
    """Give a member back the access that was ended, in the role of then; no session, link or key of before lives again.

    Raises: Forbidden, NotFound, AlreadyDecided.
    """
    require(by, Act.INVITE_PERSON)
    with transaction() as session:
        user = member(user_id, by)
        if user.active:
            raise AlreadyDecided(state="active")
        user.active = True
        note(session, "user.restored", f"user:{user.id}", by=by, at=at, facts={"role": user.role.value})
    return user


@use_case
def invite_again(user_id: int, *, by: Actor, at: datetime) -> tuple[User, str]:
    """Another one-time link for a member who has not joined yet, by letter too; the older one ends. Answers the person and the secret.

    Raises: Forbidden, NotFound, AlreadyDecided for somebody who has joined or whose access has ended.
    """
    require(by, Act.INVITE_PERSON)
    with transaction() as session:
        user = member(user_id, by)
        if user.joined or not user.active:
            raise AlreadyDecided(state="joined" if user.joined else "ended")
        raw = invitation(session, user, user.organisation, by=by, at=at)
        note(session, "user.invited", f"user:{user.id}", by=by, at=at, facts={"role": user.role.value, "again": True})
    return user, raw


def _of_another(user: User, by: Actor) -> None:
    """One's own access and role are another's to take."""
    if user.id == by.id:
        raise OwnAccess()


def _keep_an_admin(user: User) -> None:
    """Somebody who never joined cannot look after an organisation, so only who has joined counts."""
    admin = ADMINS.get(user.organisation.kind, Role.ADMIN)
    if user.role is admin and user.active and [one.id for one in administrators_of(user.organisation_id, admin)] == [user.id]:
        raise LastAdmin()
