"""What recorded uses would have cost under another programme: read and reckoned, never written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import Period, bureau_day, last_day
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.quotes import Quote, quote
from equipment_share.domain.subsidy.awards import ProgrammeState, Stage
from equipment_share.domain.timeslots import Slot
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.charging import lines_of_use
from equipment_share.queries.firms import firm_facts


@dataclass
class Replay:
    """The sums of one replay."""

    uses: int = 0
    gross: Money = ZERO
    subsidy: Money = ZERO
    today: Money = ZERO
    """What the same uses were given in life."""
    firms: dict[int, list[Money]] = field(default_factory=dict)
    """By firm: under the draft, and in life."""
    bindings: dict[str, int] = field(default_factory=dict)
    exhausted_on: date | None = None

    def document(self) -> dict[str, Any]:
        """As `flask voucher simulate` prints it."""
        more = sum(drafted > lived for drafted, lived in self.firms.values())
        less = sum(drafted < lived for drafted, lived in self.firms.values())
        return {
            "uses": self.uses, "gross_fen": self.gross.fen, "subsidy_fen": self.subsidy.fen, "net_fen": (self.gross - self.subsidy).fen,
            "subsidy_today_fen": self.today.fen, "firms_reached": sum(bool(drafted) for drafted, _ in self.firms.values()),
            "firms_more": more, "firms_less": less, "bindings": dict(sorted(self.bindings.items())),
            "budget_exhausted_on": None if self.exhausted_on is None else self.exhausted_on.isoformat(),
        }  # fmt: skip


def replayed(programme: Programme, period: Period) -> Replay:
    """Every confirmed use of a period in the order of its end, the caps and the budget counted as they fill."""
    made, used, bases = Replay(), dict[tuple[int, date], Money](), dict[tuple[int, date], Money]()
    left = programme.budget_total
    span = period.span
    query = (
        select(Booking)
        .where(Booking.confirmed_at.is_not(None), Booking.used_to > span.start, Booking.used_to <= span.end)
        .order_by(Booking.used_to, Booking.id)
        .options(joinedload(Booking.owner))
    )
    for booking in db.session.scalars(query.execution_options(yield_per=500)):
        if booking.used_from is None or booking.used_to is None:
            continue
        completed = last_day(booking.used_to)
        key = (booking.firm_id, programme.period_of(completed).first_on)
        state = ProgrammeState(annual_used=used.get(key, ZERO), period_base=bases.get(key, ZERO), budget_left=left)
        given = _under(programme, state, booking, Slot(booking.used_from, booking.used_to), completed)
        award = given.awards[0]
        used[key], bases[key] = used.get(key, ZERO) + award.amount, bases.get(key, ZERO) + award.base
        if left is not None:
            left = left - award.amount
            if not left and made.exhausted_on is None:
                made.exhausted_on = completed
        _count(made, booking, given, award.binding)
    return made


def _count(made: Replay, booking: Booking, given: Quote, binding: str) -> None:
    made.uses += 1
    made.gross, made.subsidy, made.today = made.gross + given.gross, made.subsidy + given.subsidy, made.today + booking.subsidy
    row = made.firms.setdefault(booking.firm_id, [ZERO, ZERO])
    row[0], row[1] = row[0] + given.subsidy, row[1] + booking.subsidy
    made.bindings[binding] = made.bindings.get(binding, 0) + 1


def _under(programme: Programme, state: ProgrammeState, booking: Booking, used: Slot, completed: date) -> Quote:
    ordered = bureau_day(booking.made_at)
    return quote(
        lines_of_use(booking, used, booking.used_samples or 0), [(programme, state)],
        firm_facts(booking.firm, booking.owner, ordered), ordered_on=ordered, completed_on=completed,
        provider_region=booking.instrument.region, stage=Stage.QUOTE,
    )  # fmt: skip
