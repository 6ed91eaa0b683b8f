"""Reports 1, 7 and 8: the payment list of a batch, the adjustments since the last close, the public list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.reports.rows import AdjustmentRow, LineRow
from equipment_share.domain.reports.sums import BatchSums
from equipment_share.domain.reports.values import Cell, Column, Given, Head, Kind, Report, Table, compared, fact, linked, share_bp, table

THREE = (Column("gross", Kind.MONEY), Column("net", Kind.MONEY), Column("elsewhere", Kind.MONEY), Column("subsidy", Kind.MONEY))
"""Fee, what the firm pays, what others bear, what this programme pays: the first is the sum of the rest."""


def payment_list(head: Head, lines: Sequence[LineRow], batches: Mapping[int, BatchSums]) -> Report:
    """Whom a batch pays, where, for how many orders, out of which source; rows, columns and ledger are one total.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#reports (domain §3.2: row total = column total = ledger total)
    """
    codes = list(dict.fromkeys(str(code) for line in lines for code, _ in line.sources))
    amount = total(Money(line.amount_fen) for line in lines)
    gathered = total(sums.gathered for sums in batches.values())
    tables = [_payees(lines, codes), *([_sources(lines, codes)] if codes else []), _lines(lines, codes)]
    split = total(Money(int(fen)) for line in lines for _, fen in line.sources) if codes else amount
    return Report(
        head,
        (fact("paid_out", total(sums.paid for sums in batches.values())), fact("orders", len(lines), Kind.COUNT)),
        tuple(tables),
        compared(("subsidy", amount, gathered), ("payees", tables[0].sum_of("subsidy"), gathered), ("sources", split, gathered)),
        amount,
    )


def _fen(line: LineRow, codes: Sequence[str]) -> list[int]:
    """A line's figures in the order of the columns: fee, firm's part, others', this programme's, and that by source."""
    parts = {code: int(fen) for code, fen in line.sources}
    return [
        line.gross_fen, line.net_fen, line.gross_fen - line.net_fen - line.amount_fen, line.amount_fen,
        *(parts.get(code, 0) for code in codes),
    ]  # fmt: skip


def _sums(lines: Sequence[LineRow], codes: Sequence[str]) -> list[Money]:
    return [Money(sum(column)) for column in zip(*(_fen(line, codes) for line in lines), strict=True)]


def _led(sums: Sequence[Money], payee_id: int) -> list[Cell]:
    """Fee, parts and what is paid; the last leads to the payee's account."""
    return [linked(amount, "payable_of", payee_id) if at == 3 else Cell(amount) for at, amount in enumerate(sums)]


def _source_columns(codes: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(f"source_{code}", Kind.MONEY, title=code) for code in codes)


def _payees(lines: Sequence[LineRow], codes: Sequence[str]) -> Table:
    groups: dict[int, list[LineRow]] = {}
    for line in lines:
        groups.setdefault(line.payee_id, []).append(line)
    rows: list[Given] = [
        (linked(own[0].payee, "payable_of", key), own[0].payee_code, own[0].account, len(own), *_led(_sums(own, codes), key))
        for key, own in groups.items()
    ]
    columns = (Column("payee"), Column("code"), Column("account"), Column("orders", Kind.COUNT), *THREE, *_source_columns(codes))
    return table("payees", columns, rows)


def _sources(lines: Sequence[LineRow], codes: Sequence[str]) -> Table:
    whole = sum(line.amount_fen for line in lines)
    sums = list(zip(codes, _sums(lines, codes)[-len(codes) :], strict=True))
    rows = [(code, amount, share_bp(amount.fen, whole)) for code, amount in sums]
    columns = (Column("source", Kind.WORD, "source"), Column("subsidy", Kind.MONEY), Column("share", Kind.PERCENT))
    return table("sources", columns, rows, shares={"share": 10_000})


def _lines(lines: Sequence[LineRow], codes: Sequence[str]) -> Table:
    columns = (
        Column("line", Kind.COUNT), Column("payee"), Column("firm"), *THREE, *_source_columns(codes),
        Column("result", Kind.WORD, "line_result"), Column("booking"), Column("claim"), Column("batch"),
    )  # fmt: skip
    rows: list[Given] = []
    for line in lines:
        gross, net, elsewhere, amount, *parts = map(Money, _fen(line, codes))
        rows.append((
            line.line, line.payee, line.firm, gross, net, elsewhere, linked(amount, "follow_claim", line.claim_id), *parts, line.result,
            linked(line.booking, "booking", line.booking_id), linked(line.claim, "claim", line.claim_id), linked(line.batch, "batch", line.batch_id),
        ))  # fmt: skip
    return _without_sum(table("lines", columns, rows), "line")


def _without_sum(made: Table, *keys: str) -> Table:
    """A number that is a name has no sum."""
    if made.total is None:
        return made
    cells = (Cell(None) if column.key in keys else cell for column, cell in zip(made.columns, made.total, strict=True))
    return replace(made, total=tuple(cells))


def adjustments(head: Head, rows: Sequence[AdjustmentRow]) -> Report:
    """Money beside the claims since the last close: cuts, claw-backs, bonuses, signed.

    Units: whole fen; below zero what a payee gives back. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#reports (domain §3.2, corrections are new lines)
    """
    columns = (
        Column("number"), Column("kind", Kind.WORD, "adjustment"), Column("claim"), Column("payee"), Column("made_on", Kind.TEXT),
        Column("reason"), Column("state", Kind.WORD, "adjustment_state"), Column("batch"), Column("amount", Kind.MONEY),
    )  # fmt: skip
    cells = [
        (
            row.number, row.kind, linked(row.claim, "claim", row.claim_id), row.payee, row.made_on, row.reason, row.state,
            linked(row.batch, "batch", row.batch_id), linked(Money(row.amount_fen), "follow_claim", row.claim_id),
        )
        for row in rows
    ]  # fmt: skip
    lined = [row for row in rows if row.lined_fen is not None]
    kinds = {row.kind: [own for own in rows if own.kind == row.kind] for row in rows}
    by_kind = [(kind, len(own), Money(sum(row.amount_fen for row in own))) for kind, own in sorted(kinds.items())]
    return Report(
        head,
        (fact("adjustments", len(rows), Kind.COUNT), fact("amount", total(Money(row.amount_fen) for row in rows))),
        (
            table("kinds", (Column("kind", Kind.WORD, "adjustment"), Column("count", Kind.COUNT), Column("amount", Kind.MONEY)), by_kind),
            table("adjustments", columns, cells),
        ),
        compared(("batch", Money(sum(row.amount_fen for row in lined)), Money(sum(row.lined_fen or 0 for row in lined)))),
    )


def publicity_list(head: Head, firms: Sequence[tuple[int, str, int, int]], used: Mapping[int, Money]) -> Report:
    """Firm and amount only, of claims that were approved; never above what the ledger says was used.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#reports (features A, publicity; domain §1.5)
    """
    rows = [(linked(name, "firm", key), count, Money(fen)) for key, name, count, fen in firms]
    over = [(f"publicity {name}", Money(fen), used.get(key, ZERO)) for key, name, _, fen in firms if fen > used.get(key, ZERO).fen]
    columns = (Column("firm"), Column("claims", Kind.COUNT), Column("amount", Kind.MONEY))
    return Report(head, (fact("firms", len(rows), Kind.COUNT),), (table("publicity", columns, rows),), compared(*over))
