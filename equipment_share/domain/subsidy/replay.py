"""The laboratory's reckoning: recorded uses under a draft, one after the other, limits and budget filling as they go. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import months_later
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import FirmFacts, Order, ProgrammeState, Stage
from equipment_share.domain.subsidy.prorata import pro_rata
from equipment_share.domain.subsidy.subsidy import Given, award_of, ineligible_by

Key = TypeVar("Key", int, str)
ALONE = Given()
_FOR_EVER = date(2000, 1, 1)


@dataclass(frozen=True)
class RecordedUse:
    """One use as it was: who, what, and what the programmes bore of it in life."""

    firm_id: int
    controller: str
    """The actual controller, for programmes that count its firms together; empty for none."""
    firm: FirmFacts
    order: Order
    started_on: date
    month: str
    """The month of its end, `2026-09`."""
    fee: Money
    lived: Money

    def counts_on(self, basis: str) -> date:
        """The day that decides its period under a `period_basis`; invoice and payment are taken as the end of the use."""
        if basis in ("draw", "contract"):
            return self.order.ordered_on
        return self.started_on if basis == "usage_start" else self.order.completed_on


@dataclass(frozen=True)
class Cell:
    """Where an amount belongs: the budget's period, the month, the firm."""

    period: date
    month: str
    firm_id: int


@dataclass
class Draft:
    """One draft as it is replayed."""

    programme: Programme
    cells: dict[Cell, Money] = field(default_factory=dict)
    bindings: dict[str, int] = field(default_factory=dict)
    refused: dict[tuple[str, int], tuple[int, Money]] = field(default_factory=dict)
    """Uses and their fees by the term that was not met and the firm; a use that fails two terms is under both."""
    left: dict[date, Money] = field(default_factory=dict)
    exhausted_on: date | None = None
    _periods: dict[date, date] = field(default_factory=dict)
    _counted: dict[tuple[int | str, date], tuple[Money, Money]] = field(default_factory=dict)
    """By subject and period: what it was given, and the base that counted."""
    _rolling: dict[int | str, deque[tuple[date, Money, Money]]] = field(default_factory=dict)

    def take(self, use: RecordedUse) -> None:
        """Reckon one use with the function that quotes use.

        Units: whole fen. Rounding: as the programme says.
        Raises: ValueError when lines that must share one rate do not.
        Source: docs/rules.md#replay
        """
        programme = self.programme
        day = use.counts_on(programme.period_basis)
        period = self._period(day)
        subject = use.controller if programme.cap_subject == "controller_group" and use.controller else use.firm_id
        used, base = self._before(subject, period, day)
        state = ProgrammeState(annual_used=used, period_base=base, budget_left=self._budget(period))
        award = award_of(use.order, use.firm, programme, state, Stage.QUOTE, ALONE)
        self._remember(subject, period, day, award.amount, award.base)
        self._spend(period, award.amount, use.order.completed_on)
        cell = Cell(period, use.month, use.firm_id)
        self.cells[cell] = self.cells.get(cell, ZERO) + award.amount
        self.bindings[award.binding] = self.bindings.get(award.binding, 0) + 1
        for reason in ineligible_by(use.order, use.firm, programme) if award.binding == "NOT_ELIGIBLE" else ():
            uses, fee = self.refused.get((reason, use.firm_id), (0, ZERO))
            self.refused[reason, use.firm_id] = (uses + 1, fee + use.fee)

    def _period(self, day: date) -> date:
        """The first day of the budget's period; each day is looked up once."""
        if day not in self._periods:
            self._periods[day] = _FOR_EVER if _is_rolling(self.programme) else self.programme.period_of(day).first_on
        return self._periods[day]

    def _before(self, subject: int | str, period: date, day: date) -> tuple[Money, Money]:
        if not _is_rolling(self.programme):
            return self._counted.get((subject, period), (ZERO, ZERO))
        kept, since = self._rolling.setdefault(subject, deque()), months_later(day, -int(self.programme.period["rolling_months"]))
        while kept and kept[0][0] <= since:
            kept.popleft()
        return total(row[1] for row in kept), total(row[2] for row in kept)

    def _remember(self, subject: int | str, period: date, day: date, amount: Money, base: Money) -> None:
        if _is_rolling(self.programme):
            self._rolling[subject].append((day, amount, base))
            return
        used, before = self._counted.get((subject, period), (ZERO, ZERO))
        self._counted[subject, period] = (used + amount, before + base)

    def _budget(self, period: date) -> Money | None:
        """What is left of the period's budget; a divided budget is no limit until the period is over."""
        programme = self.programme
        if programme.budget_total is None or programme.exhaustion == "pro_rata":
            return None
        return self.left.setdefault(period, programme.budget_total)

    def _spend(self, period: date, amount: Money, day: date) -> None:
        if period not in self.left:
            return
        self.left[period] = self.left[period] - amount
        if amount and not self.left[period] and self.exhausted_on is None:
            self.exhausted_on = day

    def finish(self) -> None:
        """Divide each period's budget where the draft says so; each firm's month is one claim.

        Units: whole fen. Rounding: as `pro_rata`.
        Raises: nothing.
        Source: docs/rules.md#replay
        """
        budget = self.programme.budget_total
        if self.programme.exhaustion != "pro_rata" or budget is None:
            return
        for period in {cell.period for cell in self.cells}:
            rows = sorted((cell for cell in self.cells if cell.period == period), key=lambda cell: (cell.month, cell.firm_id))
            parts = pro_rata(dict(enumerate(self.cells[cell] for cell in rows)), budget)
            if total(parts.values()) < total(self.cells[cell] for cell in rows):
                self.bindings["BUDGET"] = self.bindings.get("BUDGET", 0) + len(rows)
                self.exhausted_on = min(filter(None, (self.exhausted_on, self.programme.period_of(period).last_on)))
            self.cells |= {cell: parts[index] for index, cell in enumerate(rows)}

    def by(self, name: str) -> dict[str | int, Money]:
        """The amounts by `month` or by `firm_id`."""
        sums: dict[str | int, Money] = {}
        for cell, amount in self.cells.items():
            key = getattr(cell, name)
            sums[key] = sums.get(key, ZERO) + amount
        return sums

    @property
    def cost(self) -> Money:
        """What the draft costs in all."""
        return total(self.cells.values())


def _is_rolling(programme: Programme) -> bool:
    return isinstance(programme.period, Mapping) and "rolling_months" in programme.period


@dataclass
class Life:
    """What really happened: fees and subsidies by month and firm."""

    uses: int = 0
    fee: Money = ZERO
    subsidy: Money = ZERO
    months: dict[str, tuple[int, Money, Money]] = field(default_factory=dict)
    firms: dict[int, tuple[int, Money, Money]] = field(default_factory=dict)

    def take(self, use: RecordedUse) -> None:
        """Count one use."""
        self.uses, self.fee, self.subsidy = self.uses + 1, self.fee + use.fee, self.subsidy + use.lived
        _add(self.months, use.month, use)
        _add(self.firms, use.firm_id, use)


def _add(sums: dict[Key, tuple[int, Money, Money]], key: Key, use: RecordedUse) -> None:
    count, fee, lived = sums.get(key, (0, ZERO, ZERO))
    sums[key] = (count + 1, fee + use.fee, lived + use.lived)


def replay(uses: Iterable[RecordedUse], programmes: Sequence[Programme]) -> tuple[Life, list[Draft]]:
    """Every use once, under all drafts, beside what really happened; the stream is never held in memory.

    Units: whole fen. Rounding: as the programmes say.
    Raises: ValueError as `Draft.take`.
    Source: docs/rules.md#replay
    """
    life, drafts = Life(), [Draft(programme) for programme in programmes]
    for use in _watched(uses, life):
        for draft in drafts:
            draft.take(use)
    for draft in drafts:
        draft.finish()
    return life, drafts


def _watched(uses: Iterable[RecordedUse], life: Life) -> Iterator[RecordedUse]:
    for use in uses:
        life.take(use)
        yield use
