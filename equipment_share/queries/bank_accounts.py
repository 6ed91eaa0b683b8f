"""Questions about changes of bank accounts: an organisation's own, and what waits for a second hand."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select

from equipment_share.domain.access import READERS, Actor
from equipment_share.domain.bank_accounts import ChangeState
from equipment_share.domain.errors import NotFound
from equipment_share.models.bank_accounts import AccountChange
from equipment_share.models.base import db
from equipment_share.models.settlement import Batch, BatchLine

LATEST = 10
"""Changes shown of one organisation."""


def _waits() -> ColumnElement[bool]:
    return AccountChange.state == ChangeState.PROPOSED.value


def account_changes(organisation_id: int) -> list[AccountChange]:
    """The latest changes of an organisation's account, newest first."""
    query = select(AccountChange).where(AccountChange.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(AccountChange.id.desc()).limit(LATEST)))


def change_waits(organisation_id: int) -> bool:
    """Whether an organisation has an undecided change."""
    return db.session.scalar(select(AccountChange.id).where(AccountChange.organisation_id == organisation_id, _waits())) is not None


def account_change_locked(change_id: int, by: Actor) -> AccountChange:
    """One change with its row held, of one's own organisation or any for the bureau.

    Raises: NotFound.
    """
    query = select(AccountChange).where(AccountChange.id == change_id).with_for_update(of=AccountChange)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None or not (by.role in READERS or by.organisation_id == found.organisation_id):
        raise NotFound()
    return found


def changes_for_another(by: Actor) -> list[AccountChange]:
    """The undecided changes that this person did not propose, oldest first."""
    query = select(AccountChange).where(_waits(), AccountChange.by_id != by.id).order_by(AccountChange.id)
    return list(db.session.scalars(query.limit(200)))


def with_waiting_change(organisation_ids: Collection[int]) -> set[int]:
    """Those organisations for which a change is undecided; one question, none for none."""
    query = select(AccountChange.organisation_id).where(AccountChange.organisation_id.in_(organisation_ids), _waits())
    return set(db.session.scalars(query)) if organisation_ids else set()


def payees_changed_since_locked(batch: Batch) -> set[int]:
    """The payees of a batch whose account was confirmed after the batch was locked: who signed first saw another."""
    if batch.locked_at is None:
        return set()
    query = select(AccountChange.organisation_id).join(BatchLine, BatchLine.payee_id == AccountChange.organisation_id)
    query = query.where(BatchLine.batch_id == batch.id, AccountChange.state == ChangeState.CONFIRMED.value)
    return set(db.session.scalars(query.where(AccountChange.decided_at > batch.locked_at)))
