"""Use cases of a bank account: one hand says what it is now, another of the bureau confirms it; until then money goes where it went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import OFFICERS, Act, Actor, require, require_other_hand, require_undecided
from equipment_share.domain.bank_accounts import ChangeState, account_typed, masked
from equipment_share.domain.errors import AlreadyDecided, Forbidden, NotFound
from equipment_share.models.bank_accounts import AccountChange
from equipment_share.models.outbox import Letter
from equipment_share.queries.bank_accounts import account_change_locked, change_waits
from equipment_share.queries.firms import require_no_link
from equipment_share.queries.people import organisation_seen_by, people_with_role
from equipment_share.queries.vouchers import firm_locked
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.letters import tell_organisation
from equipment_share.services.transaction import later, record, transaction, use_case


@use_case
def propose_account(organisation_id: int, account: str, *, by: Actor, at: datetime) -> AccountChange:
    """The bureau, or an administrator of the organisation itself, says which account it has now; nothing is paid there yet.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided when somebody else proposed one at the same time.
    """
    require(by, Act.PROPOSE_BANK_ACCOUNT)
    if by.id is None:
        raise Forbidden()
    organisation_seen_by(organisation_id, by)
    with transaction(lost_race=AlreadyDecided) as session:
        organisation = firm_locked(organisation_id)

        account = account_typed(account, known=organisation.bank_account, waits=change_waits(organisation.id))
        change = AccountChange(
            organisation_id=organisation.id, before=organisation.bank_account, account=account, state=ChangeState.PROPOSED.value,
            by_id=by.id, made_at=at,
        )  # fmt: skip
        session.add(change)
        session.flush()
        session.refresh(change)
        _noted(session, change, by=by, at=at)
        for person in (one for role in sorted(OFFICERS) for one in people_with_role(role) if one.id != by.id):
            later(session, Letter, user_id=person.id, kind="account_proposed", facts=_told(change), made_at=at)
    return change


@use_case
def confirm_account(change_id: int, *, by: Actor, at: datetime) -> AccountChange:
    """Another person of the bureau finds that it is right: from now on money goes there.

    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, AlreadyDecided.
    """
    require(by, Act.CONFIRM_BANK_ACCOUNT)
    with transaction() as session:
        change = _to_decide(change_id, by=by)
        organisation = firm_locked(change.organisation_id)

        _decided(change, ChangeState.CONFIRMED, by=by, at=at)
        session.flush()  # the database lets an account change only after its change is confirmed
        organisation.bank_account = change.account
        _noted(session, change, by=by, at=at)
    return change


@use_case
def refuse_account(change_id: int, *, reason: str, by: Actor, at: datetime) -> AccountChange:
    """Another person of the bureau says no and why; money goes on going where it went.

    Raises: Forbidden, SecondPersonRequired, ConflictOfInterest, NotFound, Invalid, AlreadyDecided.
    """
    require(by, Act.CONFIRM_BANK_ACCOUNT)
    with transaction() as session:
        change = _to_decide(change_id, by=by)

        change.reason = given_reason(reason)
        _decided(change, ChangeState.REFUSED, by=by, at=at)
        _noted(session, change, by=by, at=at)
    return change


@use_case
def withdraw_account(change_id: int, *, by: Actor, at: datetime) -> AccountChange:
    """Whoever proposed a change takes it back.

    Raises: Forbidden, NotFound (of somebody else's too), AlreadyDecided.
    """
    require(by, Act.PROPOSE_BANK_ACCOUNT)
    with transaction() as session:
        change = account_change_locked(change_id, by)
        if change.by_id != by.id:
            raise NotFound()
        require_undecided(change.state, ChangeState.PROPOSED)

        _decided(change, ChangeState.WITHDRAWN, by=by, at=at)
        _noted(session, change, by=by, at=at)
    return change


def _to_decide(change_id: int, *, by: Actor) -> AccountChange:
    """A change with its row held that this person may decide: another's, of another house, and not decided yet."""
    change = account_change_locked(change_id, by)
    require_no_link(by, change.organisation_id)
    require_other_hand(by, change.by_id)
    require_undecided(change.state, ChangeState.PROPOSED)
    return change


def _decided(change: AccountChange, state: ChangeState, *, by: Actor, at: datetime) -> None:
    change.state, change.decided_by_id, change.decided_at = state.value, by.id, at


def _noted(session: Session, change: AccountChange, *, by: Actor, at: datetime) -> None:
    """The step in the organisation's history, sealed, and a letter to its people: nobody's account changes behind their back."""
    organisation, event = change.organisation, f"account_{change.state}"
    facts = {"change": change.id, "from": masked(change.before), "to": masked(change.account)}
    record(session, "organisation", organisation, event, by=by, at=at, before=organisation.state, reason=change.reason, facts=facts)
    tell_organisation(session, organisation.id, event, at=at, facts=_told(change))


def _told(change: AccountChange) -> dict[str, object]:
    told = {"organisation": change.organisation.name, "account": masked(change.account), "reason": change.reason}
    return {name: value for name, value in told.items() if value}
