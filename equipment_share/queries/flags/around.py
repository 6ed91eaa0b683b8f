"""What stands around many claims, each kind in one statement whatever the number of claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

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
    claims: list[tuple[int, OtherClaim]]
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
    span, instruments = _span(bookings), list({booking.instrument_id for booking in bookings})
    behind = _behind([*(b.firm for b in bookings), *(b.owner for b in bookings)])
    return Around(
        papers=papers,
        papers_elsewhere=_papers_elsewhere(papers),
        claims=_claims_elsewhere(claims),
        submitted_at=_submitted(claims),
        organisation_of=organisations_of(claims, papers),
        vouchers={(row[0], row[1]): (row[2], row[3]) for row in db.session.execute(_VOUCHERS, {"ids": [b.id for b in bookings]})},
        uses=_uses(bookings, span),
        logs=_logs(instruments, span),
        maintenance=_maintenance(instruments, span),
        prices=_prices(instruments),
        peers=[
            Peer(*row) for row in db.session.execute(_PEERS, {"ids": instruments, "start": span.start - YEAR, "end": span.end}) if row[2]
        ],
        orders_without_voucher={row[0]: row[1] for row in db.session.execute(_OTHER_ORDERS, {"ids": list({b.firm_id for b in bookings})})},
        behind=behind,
        crossings=_crossings(list(behind), bookings),
        days_off=days_off([b.owner_id for b in bookings], _days(span)),
    )


def _submitted(claims: Sequence[Claim]) -> dict[int, datetime]:
    """When each was handed in last; what nobody has handed in yet is not asked about."""
    ids = [claim.id for claim in claims if claim.submitted_by_id is not None]
    return {row[0]: row[1] for row in db.session.execute(_SUBMITTED, {"ids": ids})} if ids else {}


def _span(bookings: Sequence[Booking]) -> Slot:
    """From the first use to the last, the booked slot where nothing was used."""
    slots = [Slot(b.used_from, b.used_to) if b.used_from and b.used_to else b.slot for b in bookings]
    return Slot(min(slot.start for slot in slots), max(slot.end for slot in slots))


def _days(span: Slot) -> list[date]:
    first, last = bureau_day(span.start) - timedelta(days=1), bureau_day(span.end) + timedelta(days=1)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _in(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """One of a list that is given when the statement runs."""
    return column.in_(bindparam(name, expanding=True))


# The statements are built once: building them anew for every claim would take longer than running them.
_PAPERS = (
    select(Document.booking_id, Booking.number, Document.leg, Document.number, func.coalesce(StoredFile.sha256, ""), Booking.owner_id)
    .join(Booking, Booking.id == Document.booking_id)
    .outerjoin(StoredFile, StoredFile.id == Document.file_id)
    .where(_in(Document.number_key, "numbers"))
)
_PAPERS_AND_FILES = (
    select(*_PAPERS.selected_columns)
    .join(Booking, Booking.id == Document.booking_id)
    .outerjoin(StoredFile, StoredFile.id == Document.file_id)
    .where(or_(_in(Document.number_key, "numbers"), (Document.leg == "result") & _in(StoredFile.sha256, "hashes")))
)
"""With the files too no index helps: asked only where a claim has a file to compare."""
_CLAIMS = (
    select(
        Claim.id, Claim.number, Claim.programme_code, Claim.version_id, Claim.amount, Claim.completed_on, Booking.number,
        Booking.firm_id, Booking.owner_id, Booking.instrument_id, Booking.gross,
    )
    .join(Booking, Booking.id == Claim.booking_id)
    .where(or_(_in(Booking.firm_id, "firms"), _in(Booking.owner_id, "owners")), Claim.state.not_in(GONE))
    .where(Claim.completed_on.between(bindparam("first"), bindparam("last")))
)  # fmt: skip
_VERSIONS = select(ProgrammeVersion.id, ProgrammeVersion.document).where(_in(ProgrammeVersion.id, "ids"))
_SUBMITTED = (
    select(HistoryStep.object_id, HistoryStep.at)
    .where(HistoryStep.kind == "claim", HistoryStep.event == "submitted", _in(HistoryStep.object_id, "ids"))
    .order_by(HistoryStep.id)
)
_PEOPLE = select(User.id, User.organisation_id).where(_in(User.id, "ids"))
_VOUCHERS = (
    select(VoucherUse.booking_id, VoucherUse.programme_code, Voucher.valid_from, Voucher.valid_until)
    .join(Voucher, Voucher.id == VoucherUse.voucher_id)
    .where(_in(VoucherUse.booking_id, "ids"))
    .order_by(VoucherUse.position.desc(), VoucherUse.id.desc())
)
_USES = select(Booking.id, Booking.number, Booking.unit_id, Booking.user_id, Booking.mode, Booking.used_from, Booking.used_to).where(
    or_(_in(Booking.unit_id, "units"), _in(Booking.user_id, "users")),
    Booking.used_from < bindparam("end"),
    Booking.used_to > bindparam("start"),
)
_LOGS = select(MachineUse.instrument_id, MachineUse.starts_at, MachineUse.ends_at).where(
    _in(MachineUse.instrument_id, "ids"), MachineUse.starts_at.between(bindparam("start"), bindparam("end"))
)
_CLOSED = select(Maintenance.instrument_id, Maintenance.starts_at, Maintenance.ends_at, Maintenance.ended_at).where(
    _in(Maintenance.instrument_id, "ids"), Maintenance.starts_at < bindparam("end"), Maintenance.ends_at > bindparam("start")
)
_PRICES = select(PriceList).where(_in(PriceList.instrument_id, "ids"))
_PEERS = select(Booking.instrument_id, Booking.mode, Booking.charge).where(
    _in(Booking.instrument_id, "ids"), Booking.subsidy == ZERO, Booking.used_from.between(bindparam("start"), bindparam("end"))
)
_OTHER_ORDERS = (
    select(Booking.firm_id, func.count())
    .where(_in(Booking.firm_id, "ids"), Booking.used_from.is_not(None), Booking.subsidy == ZERO)
    .group_by(Booking.firm_id)
)
_SHARED = (Organisation.controller, Organisation.legal_rep, Organisation.phone, Organisation.address, Organisation.bank_account)
_BEHIND = select(Organisation).where(or_(*(_in(column, column.key) for column in _SHARED), _in(Organisation.code, "named")))
_CROSSINGS = select(Booking.number, Booking.firm_id, Booking.owner_id, Booking.used_to, Booking.gross).where(
    _in(Booking.firm_id, "ids"), _in(Booking.owner_id, "ids"), Booking.used_to.is_not(None)
)


def _papers_elsewhere(papers: dict[int, list[Document]]) -> list[tuple[int, OtherPaper]]:
    """Every paper, of any booking, that has the number or the file of one of these; numbers also as they used to be folded."""
    rows = [paper for group in papers.values() for paper in group]
    numbers = {key for paper in rows for key in (paper.number_key, number_key(paper.number)) if key}
    hashes = {paper.file.sha256 for paper in rows if paper.leg == "result" and paper.file}
    query, wanted = (_PAPERS_AND_FILES, {"hashes": list(hashes)}) if hashes else (_PAPERS, {})
    wanted["numbers"] = list(numbers)
    return [
        (booking_id, OtherPaper(booking, leg, number_key(number), digest, owner_id))
        for booking_id, booking, leg, number, digest, owner_id in db.session.execute(query, wanted)
    ]


def _claims_elsewhere(claims: Sequence[Claim]) -> list[tuple[int, OtherClaim]]:
    """Live claims of these firms and owners in the year around; with the stacking of their versions."""
    days = [claim.completed_on for claim in claims]
    codes = {claim.booking.instrument_id: claim.booking.instrument.inner_code for claim in claims}
    wanted = {
        "firms": list({claim.booking.firm_id for claim in claims}), "owners": list({claim.booking.owner_id for claim in claims}),
        "first": min(days) - YEAR, "last": max(days) + YEAR,
    }  # fmt: skip
    rows = list(db.session.execute(_CLAIMS, wanted))
    exclusive = {claim.version_id: terms(claim.programme.document).stacking == "exclusive" for claim in claims}
    if strange := {row[3] for row in rows} - set(exclusive):
        exclusive |= {key: terms(kept).stacking == "exclusive" for key, kept in db.session.execute(_VERSIONS, {"ids": list(strange)})}
    return [
        (
            row[0],
            OtherClaim(
                number=row[1], booking=row[6], programme=row[2], firm_id=row[7], owner_id=row[8],
                instrument=codes.get(row[9], str(row[9])), amount=row[4], gross=row[10], used_on=row[5], exclusive=exclusive[row[3]],
            ),
        )
        for row in rows
    ]  # fmt: skip


def organisations_of(claims: Sequence[Claim], papers: dict[int, list[Document]]) -> dict[int, int]:
    """Where everybody belongs who had a hand in these claims or papers."""
    people = {key for claim in claims for key in (claim.submitted_by_id, claim.checked_by_id, claim.approved_by_id) if key}
    people |= {paper.by_id for group in papers.values() for paper in group if paper.by_id}
    return {row[0]: row[1] for row in db.session.execute(_PEOPLE, {"ids": list(people)})}


def _uses(bookings: Sequence[Booking], span: Slot) -> list[Used]:
    """What was used at these times on the same units, or by the same people anywhere."""
    wanted = {
        "units": list({b.unit_id for b in bookings}), "users": list({b.user_id for b in bookings}), "start": span.start, "end": span.end,
    }  # fmt: skip
    return [Used(*row[:5], Slot(row[5], row[6])) for row in db.session.execute(_USES, wanted) if row[5] and row[6] and row[5] < row[6]]


def _logs(ids: Sequence[int], span: Slot) -> dict[int, list[Slot]]:
    """What the machines logged within a month; a log without end stands for its first minute."""
    found: dict[int, list[Slot]] = {}
    for key, start, end in db.session.execute(_LOGS, {"ids": ids, "start": span.start - MONTH, "end": span.end + MONTH}):
        found.setdefault(key, []).append(Slot(start, end if end and end > start else start + timedelta(minutes=1)))
    return found


def _maintenance(ids: Sequence[int], span: Slot) -> dict[int, list[Slot]]:
    """Closures that were not taken back before they began."""
    found: dict[int, list[Slot]] = {}
    for key, start, end, ended in db.session.execute(_CLOSED, {"ids": ids, "start": span.start, "end": span.end}):
        until = end if ended is None else min(end, ended)
        if start < until:
            found.setdefault(key, []).append(Slot(start, until))
    return found


def _prices(ids: Sequence[int]) -> dict[int, list[PriceList]]:
    found: dict[int, list[PriceList]] = {}
    for row in db.session.scalars(_PRICES, {"ids": ids}):
        found.setdefault(row.instrument_id, []).append(row)
    return found


def _behind(parties: Sequence[Organisation]) -> dict[int, Organisation]:
    """Organisations that have a controller, representative, telephone, address or account of one of these, or are named by one."""
    wanted = {column.key: list({value for party in parties if (value := str(getattr(party, column.key)))}) for column in _SHARED}
    wanted["named"] = list({code for party in parties for code in party.related})
    return {row.id: row for row in db.session.scalars(_BEHIND, wanted)} if any(wanted.values()) else {}


def _crossings(ids: Sequence[int], bookings: Sequence[Booking]) -> list[CrossRow]:
    """Uses between such organisations; a circle needs another firm and another owner than the parties."""
    if len(set(ids) - {b.firm_id for b in bookings} - {b.owner_id for b in bookings}) < 2:
        return []
    rows = db.session.execute(_CROSSINGS, {"ids": ids})
    return [CrossRow(row[0], row[1], row[2], last_day(row[3]), row[4]) for row in rows if row[3]]
