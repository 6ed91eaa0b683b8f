"""Approved claims that are in no batch: in which batch they would be gathered, and what they wait for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import BatchState


@dataclass(frozen=True)
class DaySum:
    """The approved claims of one programme, payee side and day that no batch holds."""

    programme: str
    payee: str
    day: date
    count: int
    amount: Money
    since: datetime


@dataclass(frozen=True)
class LiveBatch:
    """A batch that is neither refused nor closed."""

    id: int
    number: str
    programme: str
    payee: str
    period: Period
    state: BatchState


@dataclass(frozen=True)
class Gathering:
    """What one batch would gather; `batch` is the open one that will, or the locked one that has to be closed first."""

    programme: str
    payee: str
    period: Period
    count: int
    amount: Money
    since: datetime
    batch: LiveBatch | None

    @property
    def is_open(self) -> bool:
        """Whether an open batch takes them when it is locked."""
        return self.batch is not None and self.batch.state is BatchState.OPEN

    @property
    def has_to_wait(self) -> bool:
        """Whether a batch of just this period is on its way: there is one at a time."""
        return self.batch is not None and self.batch.state is not BatchState.OPEN


def gatherings(sums: Iterable[DaySum], live: Sequence[LiveBatch]) -> list[Gathering]:
    """Claims that are in no batch, as they would be gathered: into an open batch whose period has their day, else by quarters.

    Units: whole fen, bureau days. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#gathering
    """
    groups: dict[tuple[str, str, Period], list[DaySum]] = {}
    for one in sums:
        taking = next((batch.period for batch in live if _takes(batch, one)), Period.quarter_of(one.day))
        groups.setdefault((one.programme, one.payee, taking), []).append(one)
    return [
        Gathering(
            programme, payee, period, sum(one.count for one in own), total(one.amount for one in own), min(one.since for one in own),
            next((batch for batch in live if (batch.programme, batch.payee, batch.period) == (programme, payee, period)), None),
        )
        for (programme, payee, period), own in sorted(groups.items(), key=lambda row: (row[0][0], row[0][2].first_on, row[0][1]))
    ]  # fmt: skip


def _takes(batch: LiveBatch, one: DaySum) -> bool:
    """Whether an open batch would lock these."""
    return batch.state is BatchState.OPEN and (batch.programme, batch.payee) == (one.programme, one.payee) and one.day in batch.period
