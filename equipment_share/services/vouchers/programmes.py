"""Use cases of a programme: draft a version, publish it, appropriate its budget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Act, Actor, require, require_other_hand
from equipment_share.domain.errors import AlreadyDecided, NotFound, invalid
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.vouchers import OverBudget
from equipment_share.models.vouchers import ProgrammeVersion, VersionState
from equipment_share.queries.bookings.bookings import history_of
from equipment_share.queries.vouchers import version_locked, versions_of
from equipment_share.services.posting import lock_accounts, open_account, post
from equipment_share.services.transaction import record, transaction, use_case

WRITING = ("drafted", "redrafted")
"""The steps by which somebody wrote on a version."""


@use_case
def draft_programme(document: Mapping[str, object], *, by: Actor, at: datetime) -> ProgrammeVersion:
    """A new programme as a draft of its first version.

    Raises: Forbidden, Invalid.
    """
    require(by, Act.DRAFT_PROGRAMME)
    programme = Programme.parse(document)
    with transaction(lost_race=AlreadyDecided) as session:
        if versions_of(programme.code):
            raise invalid("taken", "code")
        return _drafted(session, programme, 1, by=by, at=at)


@use_case
def draft_version(code: str, document: Mapping[str, object], *, by: Actor, at: datetime) -> ProgrammeVersion:
    """The next version of a programme; what is published stays as it is.

    Raises: Forbidden, NotFound, Invalid.
    """
    require(by, Act.DRAFT_PROGRAMME)
    programme = Programme.parse({**document, "code": document.get("code", code)})
    if programme.code != code:
        raise invalid("not_a_choice", "code")
    with transaction(lost_race=AlreadyDecided) as session:
        earlier = versions_of(code)
        if not earlier:
            raise NotFound()
        return _drafted(session, programme, earlier[0].number + 1, by=by, at=at)


def _drafted(session: Session, programme: Programme, number: int, *, by: Actor, at: datetime) -> ProgrammeVersion:
    version = ProgrammeVersion(
        code=programme.code, number=number, document=programme.document(), drafted_by_id=by.id, drafted_at=at, state=VersionState.DRAFT
    )
    session.add(version)
    record(session, "programme", version, "drafted", by=by, at=at)
    return version


@use_case
def change_draft(
    code: str, number: int, document: Mapping[str, object], *, version: int | None = None, by: Actor, at: datetime
) -> ProgrammeVersion:
    """A draft says something else from now on; what is published stays as it is.

    Raises: Forbidden, NotFound, AlreadyDecided, Invalid, StaleVersion.
    """
    require(by, Act.DRAFT_PROGRAMME)
    programme = Programme.parse({**document, "code": document.get("code", code)})
    if programme.code != code:
        raise invalid("not_a_choice", "code")
    with transaction() as session:
        found = version_locked(code, number, version)
        if found.state is VersionState.PUBLISHED:
            raise AlreadyDecided(state=found.state.value)

        found.document, found.drafted_by_id, found.drafted_at = programme.document(), by.id, at
        record(session, "programme", found, "redrafted", by=by, at=at, before=found.state)
    return found


@use_case
def publish_version(code: str, number: int, *, version: int | None = None, by: Actor, at: datetime) -> ProgrammeVersion:
    """Another person than whoever wrote on the draft puts it into force and appropriates its budget (treasury to programme).

    Raises: Forbidden, SecondPersonRequired, NotFound, AlreadyDecided, Invalid, OverBudget, StaleVersion.
    """
    require(by, Act.PUBLISH_PROGRAMME)
    with transaction() as session:
        found = version_locked(code, number, version)
        require_other_hand(by, found.drafted_by_id, *(step.by_id for step in history_of("programme", found.id) if step.event in WRITING))
        if found.state is VersionState.PUBLISHED:
            raise AlreadyDecided(state=found.state.value)
        programme = terms(found.document)
        _appropriate(session, found, programme, by=by, at=at)
        found.state, found.published_by_id, found.published_at = VersionState.PUBLISHED, by.id, at
        record(session, "programme", found, "published", by=by, at=at, before=VersionState.DRAFT, facts={"number": number})
    return found


def _appropriate(session: Session, version: ProgrammeVersion, programme: Programme, *, by: Actor, at: datetime) -> None:
    """Bring the programme's account to the new total: more from the treasury, or what is free back to it."""
    code, wanted = version.code, programme.budget_total
    house = open_account(session, AccountKind.PROGRAMME, code, programme_code=code, bounded=wanted is not None)
    if house.bounded is not (wanted is not None):
        raise invalid("contradiction", "budget.total_fen")
    if wanted is None:
        return
    treasury = open_account(session, AccountKind.TREASURY, "treasury", programme_code=None)
    locked = lock_accounts(session, [house.id])[house.id]
    before = total(v.appropriated for v in versions_of(code) if v.state is VersionState.PUBLISHED)
    version.appropriated = wanted - before
    if version.appropriated > ZERO:
        post(session, treasury, house, version.appropriated, Phase.DIRECT, programme_code=code, by=by, at=at, reason="appropriation")
    elif version.appropriated < ZERO:
        back = Money(-version.appropriated.fen)
        if locked.sums.available < back:
            raise OverBudget(left_fen=locked.sums.available.fen)
        post(session, house, treasury, back, Phase.DIRECT, programme_code=code, by=by, at=at, reason="budget cut")
