"""Use cases of a voucher: apply, check, issue, return, reject, freeze, unfreeze, revoke, expire."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from equipment_share.adapters.tokens import short_code
from equipment_share.domain.access import Act, Actor, require, require_other_hand
from equipment_share.domain.entitlement import Room
from equipment_share.domain.errors import AlreadyDecided, Invalid, NotVerified, Problem, invalid
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.vouchers import NotEligible, VoucherAct, VoucherState, expiry_bar, next_voucher_state
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.applying import bar_of, room_for, unfit
from equipment_share.queries.firms import require_no_link, tags_on
from equipment_share.queries.vouchers import VoucherRow, firm_locked, programme_in_force, voucher_locked, vouchers_of
from equipment_share.services.bookings.decisions import given_reason
from equipment_share.services.transaction import record, transaction, use_case
from equipment_share.services.vouchers.granting import affords, grant_what_is_due, put_money
from equipment_share.services.vouchers.steps import sweep, tell_of_voucher, voucher_step


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
        earlier = vouchers_of(firm.id, programme_code)
        _entitled(firm, programme, earlier, on=today)
        period = programme.period_of(today)
        wanted = _wanted(amount, room_for(programme, earlier, tags, period))

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


def _entitled(firm: Organisation, programme: Programme, earlier: Sequence[VoucherRow], *, on: date) -> None:
    """Of a class that the programme is open to, not barred, and not one that let too much expire (W27).

    Raises: NotEligible.
    """
    if why := bar_of(firm, programme, on=on):
        raise NotEligible(why=why)
    if programme.expiry_penalty is None:
        return
    ratio, periods = programme.expiry_penalty
    first = programme.period_of(on).first_on
    for _ in range(periods):
        first = programme.period_of(first - timedelta(days=1)).first_on
        rows = [row.figures for row in earlier if row.voucher.period_first_on == first]
        if expiry_bar(total(f.issued for f in rows), total(f.expired for f in rows), ratio):
            raise NotEligible(why="expired_too_much")


def _wanted(amount: Money | None, room: Room) -> Money:
    """The amount asked for, within one issue's limit, what may be held at once, and what the period still gives.

    Raises: Invalid, NotEligible.
    """
    if room.left == ZERO:
        raise NotEligible(why="quota_used", drawn=room.drawn)
    wanted = amount if amount is not None else room.left
    if wanted is None:
        raise invalid("required", "amount_fen")
    if wanted <= ZERO or not room.bears(wanted):
        raise Invalid([Problem("out_of_range", "amount_fen", {"low": 1, "high": room.left.fen if room.left else 0})])
    return wanted


def _still_fits(voucher: Voucher, programme: Programme, *, on: date) -> None:
    """An application goes on only while its firm may have it and the limits leave as much as it asks for.

    Raises: NotEligible.
    """
    if refusal := unfit(voucher, programme, on=on):
        raise refusal


@use_case
def check_voucher(voucher_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The clerk finds the application in order.

    Raises: Forbidden, ConflictOfInterest, NotFound, StaleVersion, NotEligible, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.CHECK_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_no_link(by, voucher.firm_id)
        voucher_step(session, voucher, VoucherAct.CHECK, "checked", by=by, at=at)
        _still_fits(voucher, terms(voucher.programme.document), on=bureau_day(at))
        voucher.checked_by_id = by.id
    return voucher


@use_case
def issue_voucher(voucher_id: int, *, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The reviewer, another person, puts the money on it; where the budget is spent and the programme has a waiting list, it waits there.

    Raises: Forbidden, ConflictOfInterest, SecondPersonRequired, NotFound, NotEligible, OverBudget, AlreadyDecided,
    InvalidTransition.
    """
    require(by, Act.ISSUE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_no_link(by, voucher.firm_id)
        require_other_hand(by, voucher.checked_by_id, voucher.applied_by_id)
        next_voucher_state(voucher.state, VoucherAct.ISSUE)
        programme = terms(voucher.programme.document)
        _still_fits(voucher, programme, on=bureau_day(at))
        if programme.waitlist and not affords(session, voucher, programme):
            if voucher.waits_since is not None:
                raise AlreadyDecided(state="waiting_for_budget")
            voucher.waits_since = at
            record(session, "voucher", voucher, "waits_for_budget", by=by, at=at, before=voucher.state)
            tell_of_voucher(session, voucher, "voucher_waits", at=at)
        else:
            _issue(session, voucher, programme, by=by, at=at)
    return voucher


def _issue(session: Session, voucher: Voucher, programme: Programme, *, by: Actor, at: datetime) -> None:
    today = bureau_day(at)
    voucher_step(session, voucher, VoucherAct.ISSUE, "issued", by=by, at=at, facts={"amount_fen": voucher.wanted.fen})
    voucher.valid_from, voucher.waits_since = today, None
    voucher.valid_until = programme.valid_until(today, programme.period_of(today))
    voucher.tier = sorted(tags_on(voucher.firm, today))
    put_money(session, voucher, programme, voucher.wanted, by=by, at=at)
    tell_of_voucher(session, voucher, "voucher_issued", at=at)


@use_case
def issue_what_waited(voucher_id: int, *, by: Actor, at: datetime) -> bool:
    """Issue an approved application that waited, first come first served, once there is budget; False while there is none."""
    with transaction() as session:
        voucher = voucher_locked(voucher_id)
        programme = terms(voucher.programme.document)
        if voucher.state is not VoucherState.CHECKED or voucher.waits_since is None or not affords(session, voucher, programme):
            return False
        if unfit(voucher, programme, on=bureau_day(at)):
            return False
        _issue(session, voucher, programme, by=by, at=at)
        return True


@use_case
def return_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The clerk, or the reviewer who does not issue it, sends an application back to be mended.

    Raises: Forbidden, ConflictOfInterest, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    return _refuse(voucher_id, VoucherAct.RETURN, "returned", reason, version, by=by, at=at)


@use_case
def reject_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """The clerk or the reviewer turns an application down.

    Raises: Forbidden, ConflictOfInterest, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    return _refuse(voucher_id, VoucherAct.REJECT, "rejected", reason, version, by=by, at=at)


def _refuse(voucher_id: int, act: VoucherAct, event: str, reason: str, version: int | None, *, by: Actor, at: datetime) -> Voucher:
    require(by, Act.REFUSE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_no_link(by, voucher.firm_id)
        voucher.reason = given_reason(reason)
        voucher_step(session, voucher, act, event, by=by, at=at, reason=reason)
        tell_of_voucher(session, voucher, f"voucher_{event}", at=at)
    return voucher


@use_case
def freeze_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """Stop new holds while something is looked into; open holds stay.

    Raises: Forbidden, ConflictOfInterest, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.FREEZE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_no_link(by, voucher.firm_id)
        voucher_step(session, voucher, VoucherAct.FREEZE, "frozen", by=by, at=at, reason=given_reason(reason))
        voucher.frozen_by_id, voucher.reason = by.id, reason
        tell_of_voucher(session, voucher, "voucher_frozen", at=at)
    return voucher


@use_case
def unfreeze_voucher(voucher_id: int, *, reason: str, version: int | None = None, by: Actor, at: datetime) -> Voucher:
    """Another person than who froze it lets it be used again.

    Raises: Forbidden, ConflictOfInterest, SecondPersonRequired, NotFound, Invalid, AlreadyDecided, InvalidTransition.
    """
    require(by, Act.FREEZE_VOUCHER)
    with transaction() as session:
        voucher = voucher_locked(voucher_id, version)
        require_no_link(by, voucher.firm_id)
        require_other_hand(by, voucher.frozen_by_id)
        voucher_step(session, voucher, VoucherAct.UNFREEZE, "unfrozen", by=by, at=at, reason=given_reason(reason))
        voucher.frozen_by_id = None
        tell_of_voucher(session, voucher, "voucher_unfrozen", at=at)
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
        taken = sweep(session, voucher, AccountKind.REVOKED, by=by, at=at)
        voucher_step(session, voucher, VoucherAct.REVOKE, "revoked", by=by, at=at, reason=reason, facts={"amount_fen": taken.fen})
        tell_of_voucher(session, voucher, "voucher_revoked", at=at)
    return voucher


@use_case
def grant_without_application(firm_id: int, *, by: Actor, at: datetime) -> bool:
    """The nightly 免申即享: issue to a firm what it is entitled to and does not have yet; False when the budget gives nothing."""
    with transaction() as session:
        firm = firm_locked(firm_id)
        return firm.state is OrganisationState.VERIFIED and grant_what_is_due(session, firm, at=at) > 0
