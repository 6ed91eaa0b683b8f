"""What is kept of a closed batch: the rows that no ledger holds for ever, and the reports made of them and of the ledger up to then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import select

from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import total
from equipment_share.domain.periods import Period
from equipment_share.domain.reports import budgets, parties, paying
from equipment_share.domain.reports.rows import AdjustmentRow, ClaimRow, LineRow, SavingRow, VoucherRow
from equipment_share.domain.reports.values import Head, Kind, Report, fact
from equipment_share.models.base import db
from equipment_share.models.settlement import Batch, KeptReport
from equipment_share.queries.reporting import books as ledger
from equipment_share.queries.reporting import rows
from equipment_share.queries.reporting.reports import authority_of, head_of
from equipment_share.queries.reporting.scope import Scope


@dataclass(frozen=True)
class Facts:
    """The rows as they were at the close, and the newest transfer that counted."""

    batch_id: int
    number: str
    programme: str
    period: str
    authority: str
    upto: int
    accounts: dict[str, int]
    lines: list[LineRow]
    claims: list[ClaimRow]
    vouchers: list[VoucherRow]
    adjustments: list[AdjustmentRow]
    savings: list[SavingRow]

    def content(self) -> bytes:
        """The facts as they are kept; the same facts are the same bytes."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1).encode()

    @classmethod
    def read(cls, content: bytes) -> Facts:
        """The kept facts."""
        told: dict[str, Any] = json.loads(content)
        kinds: dict[str, Callable[..., object]] = {
            "lines": LineRow, "claims": ClaimRow, "vouchers": VoucherRow, "adjustments": AdjustmentRow, "savings": SavingRow,
        }  # fmt: skip
        return cls(**told | {name: [kind(**row) for row in told[name]] for name, kind in kinds.items()})

    @property
    def scope(self) -> Scope:
        """The programme and period, as far as the ledger then went."""
        return Scope((self.programme,), Period.parse(self.period), self.upto)


def facts_of(batch: Batch) -> Facts:
    """The facts of a batch as they are now."""
    period = Period(batch.period_first_on, batch.period_last_on)
    scope = Scope((batch.programme_code,), period, ledger.newest_transfer())
    return Facts(
        batch.id, batch.number, batch.programme_code, str(period), authority_of(batch.programme_code), scope.upto or 0,
        ledger.houses(batch.programme_code), rows.line_rows([batch.id]), rows.claim_rows(scope), rows.voucher_rows(scope),
        rows.adjustment_rows(scope, since=rows.last_close(scope)), rows.saving_rows(scope, all_uses=False),
    )  # fmt: skip


def kept_report(facts: Facts, name: str) -> Report:
    """A report of a closed batch: the kept rows, and the ledger added up again as far as it then went."""
    return _MADE[name](facts, head_of(name, facts.programme, facts.scope.period, authority=facts.authority, number=facts.number))


def _payment_list(facts: Facts, head: Head) -> Report:
    return paying.payment_list(head, facts.lines, ledger.batch_sums([facts.batch_id], facts.upto))


def _budget(facts: Facts, head: Head) -> Report:
    sums = ledger.books(facts.scope, [facts.batch_id], by_month=True)
    return budgets.budget(head, facts.scope.period, sums, facts.claims, facts.accounts)


def _funnel(facts: Facts, head: Head) -> Report:
    return budgets.funnel(head, facts.scope.period, ledger.books(facts.scope), facts.vouchers)


def _adjustments(facts: Facts, head: Head) -> Report:
    return paying.adjustments(head, facts.adjustments)


def _savings(facts: Facts, head: Head) -> Report:
    used = ledger.used_by_account(facts.scope, AccountKind.VOUCHER)
    return parties.savings(head, facts.savings, used, total(ledger.used_by_house(facts.scope, AccountKind.VOUCHER).values()))


_MADE: dict[str, Callable[[Facts, Head], Report]] = {
    "payment_list": _payment_list, "budget": _budget, "funnel": _funnel, "adjustments": _adjustments, "savings": _savings,
}  # fmt: skip


def kept_facts(batch_id: int) -> Facts | None:
    """The facts that were kept when a batch was closed."""
    content = db.session.scalar(select(KeptReport.content).where(KeptReport.key == f"batch:{batch_id}:facts.json"))
    return Facts.read(content) if content is not None else None


def batch_sheet(batch: Batch) -> Report:
    """The payment list of exactly one batch, to be signed: its number, its lines, its total; of a closed one as it was kept.

    Raises: InvalidTransition while nothing is gathered yet.
    """
    kept = kept_facts(batch.id)
    lines = kept.lines if kept is not None else rows.line_rows([batch.id])
    if not lines:
        raise InvalidTransition(state=batch.state.value, act="sign")
    period = Period(batch.period_first_on, batch.period_last_on)
    head = Head("payment_list", batch.programme_code, str(period), authority_of(batch.programme_code), batch.number)
    made = paying.payment_list(head, lines, ledger.batch_sums([batch.id], kept.upto if kept is not None else None))
    return replace(made, facts=(fact("number", batch.number, Kind.TEXT), fact("amount", batch.total), *made.facts))


def all_kept() -> Iterator[KeptReport]:
    """Everything that is kept, oldest first."""
    for key in list(db.session.scalars(select(KeptReport.id).order_by(KeptReport.id))):
        yield db.session.get_one(KeptReport, key)
