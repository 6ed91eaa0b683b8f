"""What needs a person of the bureau, the auditor or the administrator; a fixed number of questions for each role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from equipment_share.domain.access import Act, Role, may
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.money import total
from equipment_share.domain.needs import Need, NeedKind
from equipment_share.domain.proofs import ProofState
from equipment_share.domain.settlement.adjustments import AdjustmentState
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.texts import NAMELESS, Named
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db, utc
from equipment_share.models.bookings import Booking
from equipment_share.models.people import Organisation, OrganisationState, User
from equipment_share.models.settlement import Adjustment, Claim, FindingLine, Inspection, InspectionLine
from equipment_share.models.vouchers import EligibilityProof, ProgrammeVersion, VersionState, Voucher
from equipment_share.queries.bank_accounts import changes_for_another
from equipment_share.queries.bookings.bookings import in_sight
from equipment_share.queries.cockpit import Sum, sums_of_claims, to_be_paid
from equipment_share.queries.house import needs_of_the_house
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.needs_batches import needs_of_batches
from equipment_share.queries.review import returns_of

K, C = NeedKind, ClaimState
Found = tuple[list[Need], dict[str, object]]


def needs_of_the_bureau(by: User, *, at: datetime) -> Found:
    """What waits for this officer, auditor or administrator, and the figures of the role."""
    found: list[Need] = []
    if by.role is Role.BUREAU_CLERK:
        found += [*_claims(by, K.CLAIM_CHECK, C.SUBMITTED, C.IN_REVIEW), *_disputes(by), *_vouchers(by, K.APPLICATION), *_proofs()]
    if by.role is Role.BUREAU_REVIEWER:
        found += [*_claims(by, K.CLAIM_APPROVE, C.CHECKED), *_vouchers(by, K.ISSUE), *_adjustments(by), *_drafts(by)]
    if may(by.role, Act.SEE_BATCHES):
        found += needs_of_batches(by)
    if may(by.role, Act.DISPOSE_FINDING):
        found += [*_findings(), *_inspections()]
    if may(by.role, Act.VERIFY_ORGANISATION):
        found += _organisations()
    if may(by.role, Act.CONFIRM_BANK_ACCOUNT):
        found += _accounts(by)
    if by.role is Role.ADMIN:
        found += needs_of_the_house(at=at)
    if by.role is Role.AUDITOR:
        found += [Need(K.BOOKS_DIFFER, at, None, Named.of(f"{kind} {key}"), count=1) for kind, key in _differing()]
    return found, _stats(by)


def _whole(kind: NeedKind, query: Any) -> list[Need]:
    """A queue as one line: how many, since when, and the only one if it is the only one; one question."""
    count, since, first = db.session.execute(query).one()
    if not count:
        return []
    return [Need(kind, utc(since), first if count == 1 else None, NAMELESS, count=count)]


def _claims(by: User, kind: NeedKind, *states: ClaimState) -> list[Need]:
    """Claims in a state that this person has had no hand in; those that came back apart, each with its reason. Two questions."""
    query = select(Claim.id, Claim.number, Claim.amount, Claim.made_at, Claim.checked_by_id, Claim.state).where(Claim.state.in_(states))
    rows = db.session.execute(query.order_by(Claim.id).limit(2000)).all()
    back = returns_of({row.id: row.state for row in rows})
    return [
        Need(
            K.CLAIM_AGAIN if row.id in back else kind, back[row.id].at if row.id in back else row.made_at, row.id, Named.of(row.number),
            amount=row.amount, reason=back[row.id].reason if row.id in back else "",
        )
        for row in rows
        if not (kind is K.CLAIM_APPROVE and row.checked_by_id == by.id)
    ]  # fmt: skip


def _disputes(by: User) -> list[Need]:
    query = in_sight(select(Booking).where(Booking.state == BookingState.DISPUTED), by).order_by(Booking.id).limit(200)
    return [
        Need(K.ADJUDICATE, row.used_to or row.ends_at, row.id, Named(row.instrument.name_zh, row.instrument.name_en), row.number)
        for row in db.session.scalars(query)
    ]


def _vouchers(by: User, kind: NeedKind) -> list[Need]:
    query = select(Voucher).where(Voucher.waits_since.is_(None)).order_by(Voucher.id).limit(200)
    if kind is K.APPLICATION:
        query = query.where(Voucher.state == VoucherState.APPLIED)
    else:
        query = query.where(Voucher.state == VoucherState.CHECKED, Voucher.checked_by_id != by.id)
    return [Need(kind, row.made_at, row.id, Named.of(row.firm.name), row.number, amount=row.wanted) for row in db.session.scalars(query)]


def _proofs() -> list[Need]:
    query = select(EligibilityProof).where(EligibilityProof.state == ProofState.SUBMITTED.value).order_by(EligibilityProof.id).limit(200)
    return [Need(K.PROOF, row.made_at, None, Named.of(row.firm.name)) for row in db.session.scalars(query)]


def _accounts(by: User) -> list[Need]:
    """Bank accounts that somebody else proposed."""
    return [Need(K.ACCOUNT_CONFIRM, row.made_at, row.organisation_id, Named.of(row.organisation.name)) for row in changes_for_another(by)]


def _drafts(by: User) -> list[Need]:
    """Programme versions that somebody else drafted and that nothing later has overtaken."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.id.in_(select(func.max(ProgrammeVersion.id)).group_by(ProgrammeVersion.code)))
    query = query.where(ProgrammeVersion.state == VersionState.DRAFT, ProgrammeVersion.drafted_by_id != by.id).order_by(ProgrammeVersion.id)
    return [
        Need(K.PUBLISH, row.drafted_at, row.id, Named.read(row.document, blank=row.code), f"{row.code} {row.number}")
        for row in db.session.scalars(query)
    ]


def _adjustments(by: User) -> list[Need]:
    query = select(Adjustment).where(Adjustment.state == AdjustmentState.PROPOSED).order_by(Adjustment.id).limit(200)
    return [
        Need(K.ADJUSTMENT, row.made_at, None, Named.of(row.payee.name), row.number, amount=row.amount)
        for row in db.session.scalars(query)
        if row.prepared_by_id != by.id
    ]


def _findings() -> list[Need]:
    query = select(func.count(FindingLine.id), func.min(FindingLine.made_at), func.min(FindingLine.id))
    return _whole(K.FINDING, query.where(FindingLine.disposition == ""))


def _inspections() -> list[Need]:
    query = select(func.count(InspectionLine.id), func.min(Inspection.made_at), func.min(Inspection.id)).join(
        Inspection, Inspection.id == InspectionLine.inspection_id
    )
    return _whole(K.INSPECTION, query.where(InspectionLine.result == ""))


def _organisations() -> list[Need]:
    query = select(Organisation).where(Organisation.state == OrganisationState.UNVERIFIED).order_by(Organisation.id).limit(200)
    return [Need(K.ORGANISATION, row.made_at, row.id, Named.of(row.name), row.code) for row in db.session.scalars(query)]


def _differing() -> Iterable[tuple[str, str]]:
    return {(row.kind.value, row.key): None for row in mismatches()}


def _stats(by: User) -> dict[str, object]:
    """What stands at the bureau: claims open and paid, the amounts beside them; for the auditor the red flags that others dispose of."""
    if by.role is Role.ADMIN:
        return {}
    sums = sums_of_claims()
    undecided, paid = ([sums.get(state.value, Sum()) for state in states] for states in ((C.SUBMITTED, C.IN_REVIEW, C.CHECKED), (C.PAID,)))
    watched = {"findings": sum(need.count for need in _findings())} if by.role is Role.AUDITOR else {}
    return {
        **watched,
        "undecided": sum(one.count for one in undecided), "undecided_amount": total(one.amount for one in undecided),
        **to_be_paid(sums), "paid": total(one.amount for one in paid),
    }  # fmt: skip
