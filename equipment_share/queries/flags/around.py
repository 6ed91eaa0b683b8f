"""What stands around many claims, each kind in one statement whatever the number of claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from equipment_share.domain.money import ZERO
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.settlement.evidence import number_key
from equipment_share.domain.settlement.flags.facts import OtherClaim, OtherPaper
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, Document, VoucherUse
from equipment_share.models.instruments import MachineUse, Maintenance, PriceList, StoredFile
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, User
from equipment_share.models.settlement import Claim
from equipment_share.models.vouchers import ProgrammeVersion, Voucher
from equipment_share.queries.bookings.bookings import documents_of
from equipment_share.queries.instruments.instruments import days_off

YEAR = timedelta(days=365)
MONTH = timedelta(days=31)
GONE = (ClaimState.WITHDRAWN, ClaimState.REJECTED)
"""Claims that ask for nothing any more."""


@dataclass(frozen=True)
class Used:
    """One recorded use, as the timetable of a unit and of a person knows it."""

    booking_id: int
    label: str
    unit_id: int
    user_id: int
    mode: str
    slot: Slot


@dataclass(frozen=True)
class Peer:
    """A charge without voucher."""

    instrument_id: int
    mode: str
    charge: dict[str, Any]


@dataclass(frozen=True)
class CrossRow:
    """A use between organisations that have something in common with the parties."""

    number: str
    firm_id: int
    owner_id: int
    used_on: date
    gross: Any


@dataclass(frozen=True)
class Around:
    """Everything that was gathered."""

    papers: dict[int, list[Document]]
    papers_elsewhere: list[tuple[int, OtherPaper]]
    claims: list[tuple[int, OtherClaim, date]]
    submitted_at: dict[int, datetime]
    organisation_of: dict[int, int]
    vouchers: dict[tuple[int, str], tuple[date | None, date | None]]
    uses: list[Used]
    logs: dict[int, list[Slot]]
    maintenance: dict[int, list[Slot]]
    prices: dict[int, list[PriceList]]
    peers: list[Peer]
    orders_without_voucher: dict[int, int]
    behind: dict[int, Organisation]
    crossings: list[CrossRow]
    days_off: tuple[frozenset[date], dict[int, frozenset[date]]]


def around(claims: Sequence[Claim]) -> Around:
    """What the flags of these claims look at."""
    bookings = [claim.booking for claim in claims]
    papers = documents_of([booking.id for booking in bookings])
    span = _span(bookings)
    behind = _behind([*(b.firm for b in bookings), *(b.owner for b in bookings)])
    return Around(
        papers=papers,
        papers_elsewhere=_papers_elsewhere(papers),
        claims=_claims_elsewhere(claims),
        submitted_at=_submitted_at(claims),
        organisation_of=_organisations_of(claims, papers),
        vouchers=_vouchers(bookings),
        uses=_uses(bookings, span),
        logs=_logs(bookings, span),
        maintenance=_maintenance(bookings, span),
        prices=_prices(bookings),
        peers=_peers(bookings, span),
        orders_without_voucher=_orders_without_voucher(bookings),
        behind=behind,
        crossings=_crossings(list(behind)),
        days_off=days_off([b.owner_id for b in bookings], _days(span)),
    )


def _span(bookings: Sequence[Booking]) -> Slot:
    """From the first use to the last, the booked slot where nothing was used."""
    slots = [Slot(b.used_from, b.used_to) if b.used_from and b.used_to else b.slot for b in bookings]
    return Slot(min(slot.start for slot in slots), max(slot.end for slot in slots))


def _days(span: Slot) -> list[date]:
    first, last = bureau_day(span.start) - timedelta(days=1), bureau_day(span.end) + timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _papers_elsewhere(papers: dict[int, list[Document]]) -> list[tuple[int, OtherPaper]]:
    """Every paper, of any booking, that has the number or the file of one of these; numbers also as they used to be folded."""
    rows = [paper for group in papers.values() for paper in group]
    numbers = {key for paper in rows for key in (paper.number_key, number_key(paper.number)) if key}
    hashes = {paper.file.sha256 for paper in rows if paper.leg == "result" and paper.file}
    query = (
        select(Document.booking_id, Booking.number, Document.leg, Document.number, func.coalesce(StoredFile.sha256, ""), Booking.owner_id)
        .join(Booking, Booking.id == Document.booking_id)
        .outerjoin(StoredFile, StoredFile.id == Document.file_id)
        .where(or_(Document.number_key.in_(numbers), (Document.leg == "result") & StoredFile.sha256.in_(hashes)))
    )
    return [
        (booking_id, OtherPaper(booking, leg, number_key(number), digest, owner_id))
        for booking_id, booking, leg, number, digest, owner_id in db.session.execute(query)
    ]


def _claims_elsewhere(claims: Sequence[Claim]) -> list[tuple[int, OtherClaim, date]]:
    """Live claims of these firms and owners in the year around; with the stacking of their versions."""
    firms, owners = {c.booking.firm_id for c in claims}, {c.booking.owner_id for c in claims}
    days = [claim.completed_on for claim in claims]
    codes = {claim.booking.instrument_id: claim.booking.instrument.inner_code for claim in claims}
    query = (
        select(
            Claim.id, Claim.number, Claim.programme_code, Claim.version_id, Claim.amount, Claim.completed_on, Booking.number,
            Booking.firm_id, Booking.owner_id, Booking.instrument_id, Booking.gross,
        )
        .join(Booking, Booking.id == Claim.booking_id)
        .where(or_(Booking.firm_id.in_(firms), Booking.owner_id.in_(owners)), Claim.state.not_in(GONE))
        .where(Claim.completed_on.between(min(days) - YEAR, max(days) + YEAR))
    )  # fmt: skip
    rows = list(db.session.execute(query))
    versions = select(ProgrammeVersion.id, ProgrammeVersion.document).where(ProgrammeVersion.id.in_({row[3] for row in rows}))
    exclusive = {key: terms(document).stacking == "exclusive" for key, document in db.session.execute(versions)}
    return [
        (
            row[0],
            OtherClaim(
                number=row[1], booking=row[6], programme=row[2], firm_id=row[7], owner_id=row[8],
                instrument=codes.get(row[9], str(row[9])), amount=row[4], gross=row[10], used_on=row[5], exclusive=exclusive[row[3]],
            ),
            row[5],
        )
        for row in rows
    ]  # fmt: skip


def _submitted_at(claims: Sequence[Claim]) -> dict[int, datetime]:
    query = (
        select(HistoryStep.object_id, HistoryStep.at)
        .where(HistoryStep.kind == "claim", HistoryStep.event == "submitted", HistoryStep.object_id.in_([c.id for c in claims]))
        .order_by(HistoryStep.id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _organisations_of(claims: Sequence[Claim], papers: dict[int, list[Document]]) -> dict[int, int]:
    """Where everybody belongs who had a hand in these claims or papers."""
    people = {key for claim in claims for key in (claim.submitted_by_id, claim.checked_by_id, claim.approved_by_id) if key}
    people |= {paper.by_id for group in papers.values() for paper in group if paper.by_id}
    return {row[0]: row[1] for row in db.session.execute(select(User.id, User.organisation_id).where(User.id.in_(people)))}


def _vouchers(bookings: Sequence[Booking]) -> dict[tuple[int, str], tuple[date | None, date | None]]:
    """The days of the earliest-ending voucher behind each booking and programme."""
    query = (
        select(VoucherUse.booking_id, VoucherUse.programme_code, Voucher.valid_from, Voucher.valid_until)
        .join(Voucher, Voucher.id == VoucherUse.voucher_id)
        .where(VoucherUse.booking_id.in_([b.id for b in bookings]))
        .order_by(VoucherUse.position.desc(), VoucherUse.id.desc())
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(query)}


def _uses(bookings: Sequence[Booking], span: Slot) -> list[Used]:
    """What was used at these times on the same units, or by the same people anywhere."""
    same = or_(Booking.unit_id.in_({b.unit_id for b in bookings}), Booking.user_id.in_({b.user_id for b in bookings}))
    query = select(
        Booking.id, Booking.number, Booking.unit_id, Booking.user_id, Booking.mode, Booking.used_from, Booking.used_to
    ).where(same, Booking.used_from < span.end, Booking.used_to > span.start)  # fmt: skip
    return [Used(*row[:5], Slot(row[5], row[6])) for row in db.session.execute(query) if row[5] and row[6] and row[5] < row[6]]


def _logs(bookings: Sequence[Booking], span: Slot) -> dict[int, list[Slot]]:
    """What the machines logged within a month; a log without end stands for its first minute."""
    query = select(MachineUse.instrument_id, MachineUse.starts_at, MachineUse.ends_at).where(
        MachineUse.instrument_id.in_({b.instrument_id for b in bookings}),
        MachineUse.starts_at.between(span.start - MONTH, span.end + MONTH),
    )
    found: dict[int, list[Slot]] = {}
    for key, start, end in db.session.execute(query):
        found.setdefault(key, []).append(Slot(start, end if end and end > start else start + timedelta(minutes=1)))
    return found


def _maintenance(bookings: Sequence[Booking], span: Slot) -> dict[int, list[Slot]]:
    """Closures that were not taken back before they began."""
    query = select(Maintenance.instrument_id, Maintenance.starts_at, Maintenance.ends_at, Maintenance.ended_at).where(
        Maintenance.instrument_id.in_({b.instrument_id for b in bookings}),
        Maintenance.starts_at < span.end,
        Maintenance.ends_at > span.start,
    )
    found: dict[int, list[Slot]] = {}
    for key, start, end, ended in db.session.execute(query):
        until = end if ended is None else min(end, ended)
        if start < until:
            found.setdefault(key, []).append(Slot(start, until))
    return found


def _prices(bookings: Sequence[Booking]) -> dict[int, list[PriceList]]:
    found: dict[int, list[PriceList]] = {}
    for row in db.session.scalars(select(PriceList).where(PriceList.instrument_id.in_({b.instrument_id for b in bookings}))):
        found.setdefault(row.instrument_id, []).append(row)
    return found


def _peers(bookings: Sequence[Booking], span: Slot) -> list[Peer]:
    """A year's charges of the same instruments that no programme bore anything of."""
    query = select(Booking.instrument_id, Booking.mode, Booking.charge).where(
        Booking.instrument_id.in_({b.instrument_id for b in bookings}),
        Booking.subsidy == ZERO,
        Booking.used_from.between(span.start - YEAR, span.end),
    )
    return [Peer(*row) for row in db.session.execute(query) if row[2]]


def _orders_without_voucher(bookings: Sequence[Booking]) -> dict[int, int]:
    query = (
        select(Booking.firm_id, func.count())
        .where(Booking.firm_id.in_({b.firm_id for b in bookings}), Booking.used_from.is_not(None), Booking.subsidy == ZERO)
        .group_by(Booking.firm_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _behind(parties: Sequence[Organisation]) -> dict[int, Organisation]:
    """Organisations that have a controller, representative, telephone, address or account of one of these, or are named by one."""
    same = [
        column.in_({value for party in parties if (value := str(getattr(party, column.key)))})
        for column in (
            Organisation.controller, Organisation.legal_rep, Organisation.phone, Organisation.address, Organisation.bank_account,
        )
    ]  # fmt: skip
    named = Organisation.code.in_({code for party in parties for code in party.related})
    return {row.id: row for row in db.session.scalars(select(Organisation).where(or_(*same, named)))}


def _crossings(ids: Sequence[int]) -> list[CrossRow]:
    """Uses between such organisations."""
    query = select(Booking.number, Booking.firm_id, Booking.owner_id, Booking.used_to, Booking.gross).where(
        Booking.firm_id.in_(ids), Booking.owner_id.in_(ids), Booking.used_to.is_not(None)
    )
    return [CrossRow(row[0], row[1], row[2], last_day(row[3]), row[4]) for row in db.session.execute(query) if row[3]]
