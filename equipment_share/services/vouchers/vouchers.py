"""Use cases of a voucher: apply, check, issue, return, reject, freeze, unfreeze, revoke, expire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Act, Actor, require, require_no_link, require_other_hand
from equipment_share.domain.errors import Invalid, NotVerified, Problem, invalid
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.vouchers import NotEligible, VoucherAct, VoucherState, next_voucher_state
from equipment_share.models.people import OrganisationState
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.firms import is_barred, tags_on
from equipment_share.queries.vouchers import firm_locked, issued_to, programme_in_force, voucher_locked
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.letters import tell_organisation
from equipment_share.services.posting import lock_accounts, open_account, post
from equipment_share.services.transaction import record, transaction, use_case
from equipment_share.services.vouchers.granting import grant_what_is_due, put_money


@use_case
def apply_for_voucher(programme_code: str, *, amount: Money | None = None, by: Actor, at: datetime) -> Voucher:
    """A firm asks for its quota of a programme, or for a part of it.

    Raises: Forbidden, NotVerified, NotFound, NotEligible, Invalid.
    """
    require(by, Act.APPLY_VOUCHER)
    with transaction() as session:
        firm = firm_locked(by.organisation_id or 0)
        if firm.state is not OrganisationState.VERIFIED:
            raise NotVerified(state=firm.state.value)
        today = bureau_day(at)
        version, programme = programme_in_force(programme_code, today)
        if programme.issue_mode != "apply":
            raise invalid("not_by_application", "programme")
        tags = tags_on(firm, today)
        if is_barred(firm, today) or not programme.is_open_to(tags):
            raise NotEligible(programme=programme_code)
        period = programme.period_of(today)
        wanted = _wanted(programme, amount, programme.quota_for(tags), issued_to(firm.id, programme_code, period))

        voucher = Voucher(
            number=f"V{today:%Y}-{programme_code}-{firm.id}-{short_code(6)}",
            programme_code=programme_code,
            version_id=version.id,
            firm_id=firm.id,
            state=VoucherState.APPLIED,
            wanted=wanted,
            period_first_on=period.first_on,
            period_last_on=period.last_on,
            applied_by_id=by.id,
            made_at=at,
        )
        session.add(voucher)
        record(session, "voucher", voucher, "applied", by=by, at=at, facts={"amount_fen": wanted.fen})
    return voucher


def _wanted(programme: Programme, amount: Money | None, quota: Money | None, issued: Money) -> Money:
    """The amount asked for, within one issue's limit, what may be held, and what the year still gives.

    Raises: Invalid, NotEligible.
    """
    limits = [limit for limit in (programme.per_voucher, quota - issued if quota is not None else None) if limit is not None]
    room = min(limits) if limits else None
    if room is not None and room <= ZERO:
        raise NotEligible(reason="quota_used")
    wanted = amount if amount is not None else room
    if wanted is None:
        raise invalid("required", "amount_fen")
    if wanted <= ZERO or (room is not None and wanted > room):
        raise Invalid([Problem("out_of_range", "amount_fen", {"low": 1, "high": room.fen if room else 0})])
    return wanted


@use_case
def check_voucher(voucher_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The clerk finds the application in order.

    Raises: Forbidden, NotFound, StaleVersion, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHECK_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        _step(session, voucher, VoucherAct.CHECK, "checked", by=by, at=at)
        voucher.checked_by_id = by.id
    return voucher


@use_case
def issue_voucher(voucher_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The reviewer, another person, puts the money on it.

    Raises: Forbidden, SecondPersonRequired, NotFound, OverBudget, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.ISSUE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_other_hand(by, voucher.checked_by_id, voucher.applied_by_id)
        today = bureau_day(at)
        programme = terms(voucher.programme.document)
        _step(session, voucher, VoucherAct.ISSUE, "issued", by=by, at=at, amount_fen=voucher.wanted.fen)
        voucher.valid_from = today
        voucher.valid_until = programme.valid_until(today, programme.period_of(today))
        put_money(session, voucher, programme, voucher.wanted, by=by, at=at)
        _tell(session, voucher, "voucher_issued", at=at)
    return voucher


@use_case
def return_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The clerk sends an application back to be mended.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    return _refuse(voucher_id, VoucherAct.RETURN, "returned", reason, version, by=by, at=at)


@use_case
def reject_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The clerk turns an application down.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    return _refuse(voucher_id, VoucherAct.REJECT, "rejected", reason, version, by=by, at=at)


def _refuse(voucher_id: int, act: VoucherAct, event: str, reason: str, version: int | None, *, by: Actor, at: datetime) -> Voucher:
    require(by, Act.CHECK_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        voucher.reason = given_reason(reason)
        _step(session, voucher, act, event, by=by, at=at, reason=reason)
        _tell(session, voucher, f"voucher_{event}", at=at)
    return voucher


@use_case
def freeze_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """Stop new holds while something is looked into; open holds stay.

    Raises: Forbidden, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.FREEZE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        _step(session, voucher, VoucherAct.FREEZE, "frozen", by=by, at=at, reason=given_reason(reason))
        voucher.frozen_by_id, voucher.reason = by.id, reason
        _tell(session, voucher, "voucher_frozen", at=at)
    return voucher


@use_case
def unfreeze_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """Another person than who froze it lets it be used again.

    Raises: Forbidden, SecondPersonRequired, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.FREEZE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_other_hand(by, voucher.frozen_by_id)
        _step(session, voucher, VoucherAct.UNFREEZE, "unfrozen", by=by, at=at, reason=given_reason(reason))
        voucher.frozen_by_id = None
        _tell(session, voucher, "voucher_unfrozen", at=at)
    return voucher


@use_case
def revoke_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The leader takes back what is still free; holds stay until their bookings end.

    Raises: Forbidden, ConflictOfInterest, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.REVOKE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_no_link(by, voucher.firm_id)
        voucher.reason = given_reason(reason)
        taken = _sweep(session, voucher, AccountKind.REVOKED, by=by, at=at)
        _step(session, voucher, VoucherAct.REVOKE, "revoked", by=by, at=at, reason=reason, amount_fen=taken.fen)
        _tell(session, voucher, "voucher_revoked", at=at)
    return voucher


@use_case
def expire_voucher(voucher_id: int, *, by: Actor, at: datetime) -> bool:
    """Let what is free of a voucher expire once its last good day is over; False when there is nothing to do."""
    with transaction() as session:
        voucher = voucher_locked(voucher_id)
        if voucher.valid_until is None or voucher.valid_until >= bureau_day(at):
            return False
        taken = _sweep(session, voucher, AccountKind.EXPIRED, by=by, at=at)
        if voucher.state in (VoucherState.ISSUED, VoucherState.EXHAUSTED):
            _step(session, voucher, VoucherAct.EXPIRE, "expired", by=by, at=at, amount_fen=taken.fen)
            _tell(session, voucher, "voucher_expired", at=at)
        return True


@use_case
def grant_without_application(firm_id: int, *, by: Actor, at: datetime) -> None:
    """The nightly 免申即享: issue to a firm what it is entitled to and does not have yet."""
    with transaction() as session:
        firm = firm_locked(firm_id)
        if firm.state is OrganisationState.VERIFIED:
            grant_what_is_due(session, firm, at=at)


def _sweep(session: Session, voucher: Voucher, to: AccountKind, *, by: Actor, at: datetime) -> Money:
    """Move what is free of a voucher to where spent or lost money goes."""
    if voucher.account_id is None:
        return ZERO
    code = voucher.programme_code
    target = open_account(session, to, code, programme_code=code)
    house = lock_accounts(session, [voucher.account_id])[voucher.account_id]
    free = house.sums.available
    if free:
        post(session, house, target, free, Phase.DIRECT, programme_code=code, by=by, at=at, reason=to.value)
    return free


def _step(
    session: Session, voucher: Voucher, act: VoucherAct, event: str, *, by: Actor, at: datetime, reason: str = "", **facts: object
) -> None:
    before = voucher.state
    voucher.state = next_voucher_state(before, act)
    record(session, "voucher", voucher, event, by=by, at=at, before=before, reason=reason, facts=facts)


def _tell(session: Session, voucher: Voucher, kind: str, *, at: datetime) -> None:
    facts = {"voucher_id": voucher.id, "number": voucher.number, "amount_fen": voucher.wanted.fen, "reason": voucher.reason}
    tell_organisation(session, voucher.firm_id, kind, at=at, facts=facts)
