"""The batch page: its guided list, the way to what stands in it, and what the bank's answer says."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for

from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period, bureau_day, periods_around
from equipment_share.domain.programmes.days import counted_because
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.domain.settlement.guide import Step, Task, guide, next_task, notice_until
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, User
from equipment_share.models.settlement import Adjustment, Batch, BatchLine, Claim
from equipment_share.queries.adjustments import adjustments_to_batch
from equipment_share.queries.payments import FailedLine, failed_lines
from equipment_share.queries.prorata import unpaid_promises
from equipment_share.queries.settlement import batches, claims_to_batch, lines_of
from equipment_share.services.settlement.batches import period_of
from equipment_share.services.settlement.closing import CheckItem, checklist


@dataclass(frozen=True)
class Result:
    """The lines of one result, counted and added up."""

    count: int
    amount: Money


@dataclass(frozen=True)
class BatchPage:
    """All that the page of one batch shows."""

    batch: Batch
    period: Period
    steps: list[Step]
    lines: list[BatchLine]
    waiting: list[Claim]
    beside: list[Adjustment]
    items: list[CheckItem]
    history: dict[str, HistoryStep]
    notice: date | None
    """The last day of the longest public notice that still runs."""
    failed: list[FailedLine]
    at: datetime

    @property
    def is_running(self) -> bool:
        """Whether the batch gathers while its period goes on: what is approved later is not in it."""
        return self.batch.state is BatchState.OPEN and bureau_day(self.at) <= self.period.last_on

    @property
    def payees(self) -> list[tuple[Organisation, Result]]:
        """What each payee gets, in the order of the lines."""
        own: dict[int, list[BatchLine]] = {}
        for line in self.lines:
            own.setdefault(line.payee_id, []).append(line)
        return [(lines[0].payee, Result(len(lines), total(line.amount for line in lines))) for lines in own.values()]

    @property
    def open_flags(self) -> int:
        """How many red flags of its claims nobody has disposed of."""
        return sum(item.count for item in self.items if item.code in ("findings_disposed", "warnings_disposed"))

    def why_counted(self, claim: Claim) -> str:
        """Why a claim counts on another day than that of its use; empty where it does not."""
        return counted_because(terms(claim.programme.document), claim.used_on, claim.completed_on)

    @property
    def failed_by_line(self) -> dict[int, FailedLine]:
        """The failures by the lines they belong to."""
        return {row.line.id: row for row in self.failed}

    @property
    def to_lock(self) -> Money:
        """What a lock would gather."""
        return total([*(claim.amount for claim in self.waiting), *(entry.amount for entry in self.beside)])

    def result(self, name: str) -> Result:
        """The lines with one result: `paid`, `failed` or empty."""
        own = [line.amount for line in self.lines if line.result == name]
        return Result(len(own), total(own))

    def way(self, code: str) -> str:
        """Where an item of the checklist is mended."""
        ways = {
            "all_paid": "#lines", "sums_agree": url_for("reports.reconcile", programme=self.batch.programme_code, period=str(self.period)),
            "findings_disposed": url_for("exceptions.index", severity="block"), "warnings_disposed": url_for("exceptions.index", severity="warn"),
            "claims_decided": url_for("claims.index"), "claims_gathered": url_for("batches.index") + "#waiting",
            "holds_resolved": url_for("books.index", kind="voucher", programme=self.batch.programme_code),
        }  # fmt: skip
        return ways[code]


@dataclass(frozen=True)
class BatchRow:
    """One batch of a period: the step it waits for, and the checks that still stop its close."""

    batch: Batch
    task: Task | None
    stopping: tuple[CheckItem, ...]


@dataclass(frozen=True)
class PeriodRow:
    """One period of a programme with its batches; a quarter with uses may have none yet."""

    period: Period
    batches: tuple[BatchRow, ...]


def periods_of(programme: str, days: Collection[date], *, by: User, at: datetime) -> list[PeriodRow]:
    """The periods of a programme, the newest first: those of its batches, and the quarters with uses that no batch lies in."""
    found: dict[Period, list[BatchRow]] = {}
    for batch in batches(by, programme=programme):
        task = next_task(batch.state)
        stopping = [item for item in checklist(batch, at=at) if item.stops and not item.is_done] if task is not None else []
        found.setdefault(period_of(batch), []).append(BatchRow(batch, task, tuple(stopping)))
    for quarter in periods_around(days)[1]:
        if not any(period.meets(quarter) for period in found):
            found[quarter] = []
    newest = sorted(found, key=lambda period: (period.last_on, period.first_on), reverse=True)
    return [PeriodRow(period, tuple(found[period])) for period in newest]


def batch_page(batch: Batch, history: Sequence[HistoryStep], *, by: User, at: datetime) -> BatchPage:
    """Gather what the page of a batch shows to one reader."""
    period, is_open = Period(batch.period_first_on, batch.period_last_on), batch.state.value == "open"
    waiting = claims_to_batch(batch.programme_code, period, batch.payee) if is_open else []
    beside = adjustments_to_batch(batch.programme_code, batch.payee) if is_open else []
    items = checklist(batch, at=at)
    notices = [notice_until(claim.approved_at, terms(claim.programme.document).publicity_days) for claim in waiting]
    notice = max((day for day in notices if day is not None and bureau_day(at) <= day), default=None)
    stopped = {}
    if is_open and unpaid_promises(batch.programme_code, period):
        stopped["lock"] = "pro_rata"
    elif is_open and not waiting and not beside:
        stopped["lock"] = "empty"
    elif notice is not None:
        stopped["lock"] = "publicity"
    if any(item.stops and not item.is_done for item in items):
        stopped["close"] = "checklist"
    hands = {
        "review": (batch.locked_by_id,), "approve": (batch.locked_by_id, batch.reviewed_by_id), "bank_return": (batch.approved_by_id,),
        "close": (batch.locked_by_id, batch.approved_by_id, batch.paid_by_id),
    }  # fmt: skip
    steps = guide(batch.state, by=by, hands=hands, stopped=stopped)
    newest = {step.event: step for step in history}
    failed = failed_lines([batch.id])
    return BatchPage(batch, period, steps, lines_of(batch.id), waiting, beside, items, newest, notice, failed, at)
