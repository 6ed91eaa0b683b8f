"""How the bank took the lines of batches: where each went, which failed and why, and which account is to be corrected."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from equipment_share.domain.settlement.claims import BatchState
from equipment_share.models.base import db
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.settlement import Batch, BatchLine

READINGS = ("bank_return", "paid", "payment_failed")
"""Steps of a batch that tell what the bank answered; the last is what older ones were called."""


@dataclass(frozen=True)
class Failure:
    """A payment that the bank could not make: where it went, why, and what the bank calls it."""

    account: str
    reason: str
    reference: str
    at: datetime


@dataclass(frozen=True)
class FailedLine:
    """A line that has no money yet because its payment failed."""

    line: BatchLine
    failure: Failure

    @property
    def is_corrected(self) -> bool:
        """Whether the payee has another account since."""
        return self.line.payee.bank_account != self.failure.account


def accounts_of(batch_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The bank account by batch and line, out of the payment files that were sent."""
    return {key: account for key, (_, account) in told_by_files(batch_ids).items()}


def told_by_files(batch_ids: Collection[int]) -> dict[tuple[int, int], tuple[str, str]]:
    """Payee and bank account by batch and line, out of the payment files that were sent: a later change of an account is not in them."""
    found = {}
    files = select(Batch.id, Batch.payment_file).where(Batch.id.in_(batch_ids), Batch.payment_file.is_not(None))
    for batch_id, data in db.session.execute(files) if batch_ids else ():
        for row in csv.DictReader(io.StringIO((data or b"").decode("utf-8-sig"))):
            found[(batch_id, int(row["line"]))] = (row["payee"], row["bank_account"])
    return found


def _readings(batch_ids: Collection[int]) -> list[HistoryStep]:
    query = select(HistoryStep).where(HistoryStep.kind == "batch", HistoryStep.object_id.in_(batch_ids), HistoryStep.event.in_(READINGS))
    return list(db.session.scalars(query.order_by(HistoryStep.id))) if batch_ids else []


def paid_again_of(batch_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The account that was used in the end, by batch and line, of lines that had failed before."""
    return {
        (step.object_id, int(line)): str(account)
        for step in _readings(batch_ids)
        for line, account in step.facts.get("paid_again", {}).items()
    }


def failures_of(batch_ids: Collection[int]) -> dict[tuple[int, int], Failure]:
    """The newest failure by batch and line."""
    return {
        (step.object_id, int(line)): Failure(told.get("account", ""), told.get("reason", ""), told.get("reference", ""), step.at)
        for step in _readings(batch_ids)
        for line, told in step.facts.get("failures", {}).items()
    }


def failed_lines(batch_ids: Collection[int] | None = None) -> list[FailedLine]:
    """The lines that failed and are not paid since, of some batches or of all that are on their way; a few questions, however many."""
    query = select(BatchLine).join(Batch, Batch.id == BatchLine.batch_id).where(BatchLine.result == "failed")
    query = query.where(Batch.state == BatchState.PART_FAILED) if batch_ids is None else query.where(Batch.id.in_(batch_ids))
    rows = list(db.session.scalars(query.options(joinedload(BatchLine.batch)).order_by(BatchLine.batch_id, BatchLine.line)))
    ids = {row.batch_id for row in rows}
    told, sent = failures_of(ids), accounts_of(ids)
    return [FailedLine(row, told.get((row.batch_id, row.line)) or _unwritten(row, sent)) for row in rows]


def _unwritten(row: BatchLine, sent: dict[tuple[int, int], str]) -> Failure:
    """A failure of which nothing was written down: it went where the payment file said, on the day that the line has."""
    at = row.batch.locked_at or row.batch.made_at
    return Failure(sent.get((row.batch_id, row.line), row.payee.bank_account), "", "", at)
