"""Recorded uses as the laboratory replays them: a few columns, streamed; read and reckoned, never written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from equipment_share.domain.errors import invalid
from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period, bureau_day, last_day
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.quotes import SHARED_INSTRUMENT
from equipment_share.domain.subsidy.awards import FirmFacts, Line, Order
from equipment_share.domain.subsidy.replay import Draft, Life, RecordedUse, replay
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation

MOST_AT_ONCE = 1000
"""Rows fetched at a time: what is in memory, however long the period."""


@dataclass(frozen=True)
class Party:
    """An organisation as the rules look at it; read once for all its uses."""

    code: str
    name: str
    region: str
    tags: tuple[tuple[str, date | None], ...]
    related: frozenset[str]
    staff: int | None
    revenue: Money | None
    capital: Money | None
    barred: bool
    controller: str

    def facts(self, on: date, is_related: bool) -> FirmFacts:
        """The firm on a day; a tag's last day counts whole."""
        tags = frozenset(tag for tag, until in self.tags if until is None or until >= on)
        return FirmFacts(tags, self.region, self.staff, self.revenue, self.capital, is_related, self.barred)


@dataclass(frozen=True)
class Replayed:
    """What one replay found, and the firms it speaks of."""

    period: Period
    life: Life
    drafts: Sequence[Draft]
    parties: Mapping[int, Party]

    def document(self) -> dict[str, Any]:
        """The result as the laboratory keeps it: figures in fen, months in order, firms by what they gain or lose."""
        return {
            "period": str(self.period), "uses": self.life.uses, "gross_fen": self.life.fee.fen, "life": self._life(),
            "drafts": [self._draft(draft) for draft in self.drafts], "months": self._months(), "firms": self._firms(),
            "not_eligible": [self._refused(draft) for draft in self.drafts],
        }  # fmt: skip

    def _life(self) -> dict[str, Any]:
        reached = sum(bool(lived) for _, _, lived in self.life.firms.values())
        return {"subsidy_fen": self.life.subsidy.fen, "net_fen": (self.life.fee - self.life.subsidy).fen, "firms_reached": reached}

    def _draft(self, draft: Draft) -> dict[str, Any]:
        firms, programme = draft.by("firm_id"), draft.programme
        lived = {firm: row[2] for firm, row in self.life.firms.items()}
        english = {"name_en": programme.name_en} if programme.name_en else {}
        return {
            "code": programme.code, "name": programme.name, **english, "subsidy_fen": draft.cost.fen, "net_fen": (self.life.fee - draft.cost).fen,
            "budget_fen": None if programme.budget_total is None else programme.budget_total.fen,
            "budget_exhausted_on": None if draft.exhausted_on is None else draft.exhausted_on.isoformat(),
            "firms_reached": sum(bool(amount) for amount in firms.values()),
            "firms_more": sum(firms[firm] > lived[firm] for firm in lived), "firms_less": sum(firms[firm] < lived[firm] for firm in lived),
            "bindings": dict(sorted(draft.bindings.items())),
        }  # fmt: skip

    def _refused(self, draft: Draft) -> list[dict[str, Any]]:
        """Which firm's uses met which term of a draft not."""
        rows = [
            {"reason": reason, "code": self.parties[firm].code, "name": self.parties[firm].name, "uses": uses, "gross_fen": fee.fen}
            for (reason, firm), (uses, fee) in draft.refused.items()
        ]
        return sorted(rows, key=lambda row: (row["reason"], row["code"]))

    def _months(self) -> list[dict[str, Any]]:
        sums = [draft.by("month") for draft in self.drafts]
        return [
            {"month": month, "uses": uses, "gross_fen": fee.fen, "life_fen": lived.fen, "draft_fen": [by[month].fen for by in sums]}
            for month, (uses, fee, lived) in sorted(self.life.months.items())
        ]

    def _firms(self) -> list[dict[str, Any]]:
        """Who gains most first, who loses most last, by the last draft against the first thing beside it."""
        sums = [draft.by("firm_id") for draft in self.drafts]
        rows = [
            {"code": self.parties[firm].code, "name": self.parties[firm].name, "uses": uses, "gross_fen": fee.fen, "life_fen": lived.fen,
             "draft_fen": [by[firm].fen for by in sums], "difference_fen": [by[firm].fen - lived.fen for by in sums]}
            for firm, (uses, fee, lived) in self.life.firms.items()
        ]  # fmt: skip
        return sorted(rows, key=lambda row: (-row["difference_fen"][0], row["code"]))


def uses_within(period: Period) -> int:
    """How many uses a replay of a period looks at."""
    return db.session.scalar(select(func.count(Booking.id)).where(*_confirmed_in(period))) or 0


def replayed(programmes: Sequence[Programme], period: Period, *, told: Callable[[int, int], None] = lambda done, total: None) -> Replayed:
    """Every confirmed use of a period in the order of its end, under one or more drafts, beside what really happened; `told` hears how far it is.

    Raises: Invalid `contradiction` when an order falls under several rates where it may not.
    """
    parties = _parties()
    try:
        life, drafts = replay(_counted(_uses(period, parties), uses_within(period), told), programmes)
    except ValueError:
        raise invalid("contradiction", "drafts", why="one_rule_for_an_order") from None
    return Replayed(period, life, drafts, {firm: parties[firm] for firm in life.firms})


def _counted(uses: Iterator[RecordedUse], total: int, told: Callable[[int, int], None]) -> Iterator[RecordedUse]:
    """The uses as they come; every so many of them somebody is told."""
    for done, use in enumerate(uses):
        if done % MOST_AT_ONCE == 0:
            told(done, total)
        yield use
    told(total, total)


def _parties() -> dict[int, Party]:
    o = Organisation
    query = select(o.id, o.code, o.name, o.region, o.tags, o.related, o.staff, o.revenue, o.capital, o.barred, o.controller)
    return {
        row.id: Party(
            row.code, row.name, row.region, tuple(_tag(tag) for tag in row.tags), frozenset(row.related), row.staff, row.revenue, row.capital,
            row.barred, row.controller,
        )
        for row in db.session.execute(query)
    }  # fmt: skip


def _tag(row: Mapping[str, Any]) -> tuple[str, date | None]:
    until = row.get("valid_until")
    return str(row["tag"]), date.fromisoformat(until) if until else None


def _uses(period: Period, parties: Mapping[int, Party]) -> Iterator[RecordedUse]:
    """One question for all uses; the fee is what was charged in life."""
    b = Booking
    query = (
        select(
            b.firm_id, b.owner_id, b.used_from, b.used_to, b.made_at, b.subsidy, b.charge,
            Instrument.region,
        )
        .join(Instrument, Instrument.id == b.instrument_id)
        .where(*_confirmed_in(period))
        .order_by(b.used_to, b.id)
    )  # fmt: skip
    for row in db.session.execute(query, execution_options={"yield_per": MOST_AT_ONCE}):
        yield _use(row, parties[row.firm_id], parties[row.owner_id])


def _confirmed_in(period: Period) -> tuple[ColumnElement[bool], ...]:
    b, span = Booking, period.span
    return b.confirmed_at.is_not(None), b.used_from.is_not(None), b.used_to > span.start, b.used_to <= span.end


def _use(row: Row[*tuple[Any, ...]], firm: Party, owner: Party) -> RecordedUse:
    lines = tuple(Line(line["kind"], SHARED_INSTRUMENT, Money(line["amount_fen"]), line.get("vat_bp", 0)) for line in row.charge["lines"])
    ordered = bureau_day(row.made_at)
    is_related = row.firm_id == row.owner_id or owner.code in firm.related or firm.code in owner.related
    done = last_day(row.used_to)
    order = Order(ordered, done, row.region, lines)
    return RecordedUse(
        row.firm_id, firm.controller, firm.facts(ordered, is_related), order, bureau_day(row.used_from), f"{done.year}-{done.month:02}",
        total(line.amount for line in lines), row.subsidy,
    )  # fmt: skip
