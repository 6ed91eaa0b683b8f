"""What happens at the instruments: today's run sheet, and the board of all own instruments in one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, select

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.bookings.life import ENDED_WITHOUT_USE, BookingState
from equipment_share.domain.periods import bureau_day, day_over
from equipment_share.domain.timeslots import MINUTE, Slot
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument, Listing
from equipment_share.models.people import Organisation
from equipment_share.queries.bookings.bookings import booking_seen_by, in_sight, soonest_bookings
from equipment_share.queries.bookings.quoting import rules_of

S = BookingState
MOST = 300


@dataclass(frozen=True)
class Turn:
    """One booking on the run sheet: where it stands at this minute, and who comes after it."""

    booking: Booking
    stage: str
    """`running`, `due` (may check in), `later`, or `record` (over, and nobody wrote it down)."""
    late_minutes: int
    """How long nobody has come."""
    over_minutes: int
    """How long the use goes on after its end."""
    following: Booking | None
    record_from: datetime
    record_to: datetime
    """What the record of use begins with: the check-in and check-out, else the booked time, never the future; whole minutes."""

    @property
    def may_be_recorded(self) -> bool:
        """Whether there is a time to write down."""
        return self.stage in ("record", "running") and self.record_from < self.record_to


def run_sheet(by: Actor, *, at: datetime) -> list[Turn]:
    """Bookings that run, come today or tomorrow, or are still to be recorded; the first to begin on top. One question.

    Raises: Forbidden.
    """
    require(by, Act.RECORD_USE)
    until = day_over(bureau_day(at) + timedelta(days=1))
    rows = soonest_bookings(by, [S.APPROVED, S.IN_USE], before=until, limit=MOST)
    return [turn(row, rows, at=at) for row in rows]


def samples_waiting(by: Actor) -> list[Booking]:
    """Commissioned bookings whose samples have not reached the end of their way, the one that is due first on top; one question.

    Raises: Forbidden.
    """
    require(by, Act.RECORD_USE)
    waits = Booking.sample_state.in_(["awaited", "received", "measured"])
    there = Booking.state.in_([S.APPROVED, S.IN_USE, S.USAGE_RECORDED, S.DISPUTED, S.CONFIRMED])
    query = in_sight(select(Booking).where(waits, there), by).order_by(Booking.ends_at, Booking.id)
    return list(db.session.scalars(query.limit(MOST)))


def turn_seen_by(booking_id: int, by: Actor, *, at: datetime) -> Turn | None:
    """One booking as the run sheet shows it; none once it has been recorded.

    Raises: Forbidden, NotFound.
    """
    found = booking_seen_by(booking_id, by)
    if found.state not in (S.APPROVED, S.IN_USE):
        return None
    until = day_over(bureau_day(at) + timedelta(days=1))
    return turn(found, soonest_bookings(by, [S.APPROVED], before=until, limit=MOST), at=at)


def turn(row: Booking, rows: Sequence[Booking], *, at: datetime) -> Turn:
    """Where a booking stands among the others of the day."""
    running = row.state is S.IN_USE and row.checked_out_at is None
    early = row.starts_at - rules_of(row.rules).grace_minutes * MINUTE
    if running:
        stage = "running"
    elif row.state is S.IN_USE or at >= row.ends_at:
        stage = "record"
    else:
        stage = "due" if at >= early else "later"
    late = (at - row.starts_at) // MINUTE if row.state is S.APPROVED and row.starts_at < at < row.ends_at else 0
    over = (at - row.ends_at) // MINUTE if running and at > row.ends_at else 0
    following = next((one for one in rows if one.unit_id == row.unit_id and one.starts_at >= row.ends_at and one.id != row.id), None)
    return Turn(row, stage, late, over, following, *_prefilled(row, at=at))


def _prefilled(row: Booking, *, at: datetime) -> tuple[datetime, datetime]:
    """The time that the record of use begins with; a check-in and a check-out within one minute say nothing, the booked time then does."""
    begun = _whole(row.checked_in_at or row.starts_at)
    ended = _whole(row.checked_out_at or (at if row.state is S.IN_USE else min(at, row.ends_at)))
    if begun < ended:
        return begun, ended
    return (row.starts_at, _whole(min(at, row.ends_at))) if row.starts_at < _whole(at) else (begun, _whole(at))


def _whole(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Slip:
    """A booking on the board, with no more than the board shows."""

    id: int
    state: str
    slot: Slot
    firm: str


@dataclass
class BoardRow:
    """One instrument and what is booked on it."""

    id: int
    name_zh: str
    name_en: str
    slips: list[Slip] = field(default_factory=list)


def board_of(by: Actor, during: Slot) -> list[BoardRow]:
    """All open instruments of an owner, and withdrawn ones that are booked, with what blocks or waits in a span; one question.

    Raises: Forbidden.
    """
    require(by, Act.RECORD_USE)
    i, b = Instrument, Booking
    touches = and_(
        b.instrument_id == i.id, b.state.not_in([*ENDED_WITHOUT_USE, S.DRAFT]), b.starts_at < during.end, b.ends_at > during.start
    )
    query = (
        select(i.id, i.name_zh, i.name_en, b.id, b.state, b.starts_at, b.ends_at, Organisation.name)
        .outerjoin(b, touches)
        .outerjoin(Organisation, Organisation.id == b.firm_id)
        .where(i.owner_id == by.organisation_id, (i.listing == Listing.OPEN) | b.id.is_not(None))
        .order_by(i.name_key, i.id, b.starts_at, b.id)
    )
    found: dict[int, BoardRow] = {}
    for key, chinese, english, booking_id, state, start, end, firm in db.session.execute(query):
        row = found.setdefault(key, BoardRow(key, chinese, english))
        if booking_id is not None:
            row.slips.append(Slip(booking_id, state.value, Slot(start, end), firm))
    return list(found.values())
