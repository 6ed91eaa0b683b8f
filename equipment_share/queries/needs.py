"""What needs a person of a firm or an owner, and what comes next; a fixed number of questions, however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from equipment_share.domain.access import FIRM, OWNER, Act, may, require
from equipment_share.domain.bookings.changes import proposal_ends
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.entitlement import is_ending
from equipment_share.domain.money import Money, total
from equipment_share.domain.needs import FIRM_LEGS, OWNER_LEGS, Need, NeedKind, in_order, missing_legs
from equipment_share.domain.periods import bureau_day, day_begins, last_day
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.proofs import WARNED_DAYS, ending_tags
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.texts import NAMELESS, Named
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.authorisations import TrainingRequest
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.models.settlement import Claim
from equipment_share.queries.bookings.boards import answer_time, corrections_waiting
from equipment_share.queries.bookings.bookings import documents_of, in_sight
from equipment_share.queries.bookings.desk import waits_for_owner
from equipment_share.queries.entitlement import first_ending
from equipment_share.queries.instruments.upkeep import open_faults
from equipment_share.queries.ledger import as_money
from equipment_share.queries.needs_bureau import needs_of_the_bureau
from equipment_share.queries.vouchers import VoucherRow, vouchers_seen_by

S, K = BookingState, NeedKind
MOST = 200
"""So many rows of a kind are looked at; the queue behind the line has them all."""
NEXT_DAYS = 7
SAMPLES_AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class FirstPage:
    """What a person sees first."""

    needs: list[Need]
    coming: Sequence[Booking]
    stats: dict[str, object]
    """Figures by name; which of them there are depends on the role."""


def first_page(by: User, *, at: datetime) -> FirstPage:
    """What needs this person, what comes next, and the few figures of the role."""
    if by.role in FIRM:
        rows = vouchers_seen_by(by, states=[VoucherState.ISSUED])
        found = [*_bookings_of_firm(by, at), *_papers(by), *_vouchers(rows, at), *_proofs(by, at)]
        stats: dict[str, object] = {
            "left": total(row.figures.available for row in rows), "held": total(row.figures.held for row in rows), "saved": saved(by),
            "ending": first_ending(rows, bureau_day(at)),
        }  # fmt: skip
    elif by.role in OWNER:
        found = [*_bookings_of_owner(by, at), *_corrections(by), *_faults(by), *_training(by), *_papers(by)]
        minutes, answered = answer_time(by.organisation_id, at=at)
        stats = {"instruments": _instruments(by), "answer_minutes": minutes, "answered": answered}
    else:
        found, stats = needs_of_the_bureau(by, at=at)
    return FirstPage(in_order(found), coming(by, at) if by.role in FIRM | OWNER else [], stats)


def coming(by: User, at: datetime) -> list[Booking]:
    """The bookings of the next seven days that stand, the first to begin on top; one question."""
    query = in_sight(select(Booking).where(Booking.state.in_([S.APPROVED, S.IN_USE, S.SUBMITTED])), by).options(joinedload(Booking.owner))
    query = query.where(Booking.ends_at > at, Booking.starts_at < at + timedelta(days=NEXT_DAYS))
    return list(db.session.scalars(query.order_by(Booking.starts_at, Booking.id).limit(20)))


def saved(by: User) -> Money:
    """What vouchers bore of a firm's settled uses so far; one question."""
    query = select(func.sum(VoucherUse.captured)).join(Booking, Booking.id == VoucherUse.booking_id)
    return as_money(db.session.scalar(query.where(Booking.firm_id == by.organisation_id)))


def _name(instrument: Instrument) -> Named:
    return Named(instrument.name_zh, instrument.name_en)


def _need(kind: NeedKind, booking: Booking, since: datetime, due: datetime | None, amount: Money | None = None) -> Need:
    return Need(kind, since, booking.id, _name(booking.instrument), booking.number, due_at=due, amount=amount)


def _bookings_of_firm(by: User, at: datetime) -> list[Need]:
    proposed = Booking.proposed_from.is_not(None) & Booking.state.in_([S.SUBMITTED, S.APPROVED]) & (Booking.starts_at > at)
    query = in_sight(select(Booking).where(or_(Booking.state.in_([S.OFFERED, S.USAGE_RECORDED]), proposed)), by)
    found = []
    for row in db.session.scalars(query.order_by(Booking.id).limit(MOST)):
        if row.state is S.OFFERED:
            found.append(_need(K.OFFER, row, row.made_at, row.answer_by))
        elif row.state is S.USAGE_RECORDED:
            found.append(_need(K.CONFIRM_USE, row, row.used_to or row.ends_at, row.answer_by, row.net))
        else:
            ends = proposal_ends(row.slot, row.proposed_from or row.starts_at, row.answer_by)
            found.append(_need(K.PROPOSAL, row, row.made_at, ends))
    return found


def _bookings_of_owner(by: User, at: datetime) -> list[Need]:
    over = Booking.state.in_([S.APPROVED, S.IN_USE]) & (Booking.ends_at <= at)
    there = Booking.state.in_([S.APPROVED, S.IN_USE, S.USAGE_RECORDED, S.CONFIRMED])
    samples = there & Booking.sample_state.in_(["awaited", "received", "measured"]) & (Booking.ends_at <= at + SAMPLES_AHEAD)
    query = in_sight(select(Booking).where(or_(waits_for_owner(at), over, samples, Booking.state == S.DISPUTED)), by)
    found = []
    for row in db.session.scalars(query.order_by(Booking.id).limit(2 * MOST)):
        if row.state is S.SUBMITTED:
            found.append(_need(K.REQUEST, row, row.made_at, row.answer_by or row.starts_at, row.gross))
        elif row.state is S.DISPUTED:
            found.append(_need(K.CORRECTION, row, row.used_to or row.ends_at, None, row.gross))
        elif row.state in (S.APPROVED, S.IN_USE) and row.ends_at <= at:
            found.append(_need(K.RECORD_USE, row, row.ends_at, None, row.gross))
        if row.sample_state in ("awaited", "received", "measured") and row.ends_at <= at + SAMPLES_AHEAD and row.state is not S.SUBMITTED:
            found.append(_need(K.SAMPLES, row, row.starts_at, row.ends_at))
    return found


def _corrections(by: User) -> list[Need]:
    return [_need(K.CORRECTION, row, row.used_to or row.ends_at, None, row.gross) for row in corrections_waiting(by)]


def _faults(by: User) -> list[Need]:
    return [Need(K.FAULT, row.made_at, row.instrument_id, _name(row.instrument)) for row in open_faults(by.organisation_id)]


def _training(by: User) -> list[Need]:
    query = select(TrainingRequest).join(Instrument, Instrument.id == TrainingRequest.instrument_id)
    query = (
        query.where(Instrument.owner_id == by.organisation_id, TrainingRequest.state == "asked").order_by(TrainingRequest.id).limit(MOST)
    )
    return [Need(K.TRAINING, row.made_at, row.id, _name(row.instrument), row.user.name) for row in db.session.scalars(query)]


def _instruments(by: User) -> int:
    return db.session.scalar(select(func.count(Instrument.id)).where(Instrument.owner_id == by.organisation_id)) or 0


def papers_missing(by: User) -> list[Need]:
    """The claims for which this side owes a paper, the one that is due first on top; two questions.

    Raises: Forbidden.
    """
    require(by, Act.ADD_EVIDENCE)
    return sorted((need for need in _papers(by) if need.kind is K.PAPERS), key=lambda need: (need.due_on or date.max, need.since))


def _papers(by: User) -> list[Need]:
    """Claims that wait for this side: a paper is missing, or all are there and the claim can go; two questions."""
    side = Booking.firm_id if by.role in FIRM else Booking.owner_id
    query = select(Claim).join(Claim.booking).where(side == by.organisation_id, Claim.state.in_([ClaimState.DRAFT, ClaimState.RETURNED]))
    claims = list(db.session.scalars(query.order_by(Claim.id).limit(MOST)))
    papers = documents_of([claim.booking_id for claim in claims]) if claims else {}
    found = (_of_claim(claim, {paper.leg for paper in papers[claim.booking_id]}, by) for claim in claims)
    return [need for need in found if need is not None]


def _of_claim(claim: Claim, there: set[str], by: User) -> Need | None:
    programme, booking = terms(claim.programme.document), claim.booking
    due = programme.claim_due(last_day(booking.used_to or booking.ends_at))
    missing = missing_legs(programme.docs_required, there, own=FIRM_LEGS if by.role in FIRM else OWNER_LEGS)
    submits = may(by.role, Act.SUBMIT_CLAIM) and claim.claimant_id == by.organisation_id
    if claim.state is ClaimState.RETURNED and submits:
        return Need(K.CLAIM_RETURNED, claim.made_at, claim.id, _name(booking.instrument), claim.number, due_on=due, amount=claim.amount)
    if missing:
        return Need(
            K.PAPERS, claim.made_at, booking.id, _name(booking.instrument), booking.number, due_on=due, amount=claim.amount, legs=missing
        )
    whole = not missing_legs(programme.docs_required, there, own=FIRM_LEGS | OWNER_LEGS)
    ready = Need(K.CLAIM_READY, claim.made_at, claim.id, _name(booking.instrument), claim.number, due_on=due, amount=claim.amount)
    return ready if submits and whole else None


def _vouchers(rows: Sequence[VoucherRow], at: datetime) -> list[Need]:
    ending = [row for row in rows if is_ending(row.voucher.valid_until, row.figures.available, on=bureau_day(at))]
    return [_ending(row, at) for row in ending]


def _ending(row: VoucherRow, at: datetime) -> Need:
    voucher = row.voucher
    since, code = _warned_since(voucher.valid_until, at), voucher.programme_code
    return Need(K.VOUCHER_ENDING, since, voucher.id, NAMELESS, due_on=voucher.valid_until, amount=row.figures.available, programme=code)


def _proofs(by: User, at: datetime) -> list[Need]:
    tags = ending_tags(by.organisation.tags, bureau_day(at))
    return [Need(K.PROOF_ENDING, _warned_since(last, at), None, Named.of(tag), due_on=last) for tag, last in tags]


def _warned_since(last: date | None, at: datetime) -> datetime:
    """When the warning of an end began."""
    return day_begins(last - timedelta(days=WARNED_DAYS)) if last else at
