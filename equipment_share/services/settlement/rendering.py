"""Building block: any report as CSV for machines, as a workbook, or on paper; one renderer each, the same report the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from equipment_share.adapters.print import pdf, words
from equipment_share.adapters.sheets import Cell as SheetCell
from equipment_share.adapters.sheets import csv_bytes, xlsx_bytes
from equipment_share.domain.capitals import in_capitals
from equipment_share.domain.money import Money
from equipment_share.domain.reports.values import Cell, Column, Kind, Report, Row, Table

FORMATS = {Kind.MONEY: "#,##0.00", Kind.PERCENT: "0.00%", Kind.HOURS: "#,##0.00"}
RIGHT = frozenset({Kind.MONEY, Kind.COUNT, Kind.PERCENT, Kind.HOURS})
WIDE = 2.2
"""How much wider than a figure a name is on paper."""


def rendered(report: Report, form: str) -> bytes:
    """`csv`, `xlsx` or `pdf`."""
    return {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}[form](report)


def _said(kind: str, key: str) -> str:
    """The word of a code; what has none (a source that the bureau named) stands for itself."""
    return str(words()[kind].get(key, key))


def _csv(report: Report) -> bytes:
    """Every row begins with its table's name, and a table with its columns' names: fen, basis points, minutes."""
    head = report.head
    rows: list[Sequence[SheetCell]] = [("report", "number", head.number), ("report", "re_added", "yes" if report.re_added else "no")]
    rows += [("difference", d.figure, d.shown.fen, d.ledger.fen) for d in report.differences]
    rows += [("fact", fact.column.name, fact.cell.plain()) for fact in report.facts]
    for table in report.tables:
        rows.append((table.key, *(column.name for column in table.columns)))
        rows += [(table.key, *(cell.plain() for cell in row)) for row in table.rows]
        if table.total is not None:
            rows.append((f"{table.key}_total", *(cell.plain() for cell in table.total)))
    return csv_bytes(("report", head.name, head.programme, head.period), rows)


def _exact(column: Column, cell: Cell) -> SheetCell:
    """A cell of a workbook: a number with exactly its digits, or the words that people read."""
    value = cell.value
    if isinstance(value, Money):
        return Decimal(value.fen).scaleb(-2)
    if isinstance(value, int):
        if column.kind is Kind.PERCENT:
            return Decimal(value).scaleb(-4)
        return (Decimal(value) / 60).quantize(Decimal("0.01")) if column.kind is Kind.HOURS else value
    return _text(column, cell)


def _text(column: Column, cell: Cell) -> str:
    """A cell as people read it on paper."""
    value = cell.value
    if value is None or value == "":
        return ""
    if isinstance(value, Money):
        return f"{'-' if value.fen < 0 else ''}{abs(value.fen) // 100:,}.{abs(value.fen) % 100:02d}"
    if isinstance(value, int):
        if column.kind is Kind.PERCENT:
            return f"{value // 100}.{value % 100:02d} %"
        return f"{(Decimal(value) / 60).quantize(Decimal('0.01')):,}" if column.kind is Kind.HOURS else f"{value:,}"
    if isinstance(value, date):
        return value.isoformat()
    return _said(column.words, value) if column.kind is Kind.WORD else value


def _title(column: Column) -> str:
    return _said("source", column.title) if column.title else _said("report_column", column.key)


def _total(table: Table) -> Row:
    """The row of sums, named in its first cell."""
    row = table.total or ()
    return (Cell(_said("report_column", "total")), *row[1:]) if row else ()


def _xlsx(report: Report) -> bytes:
    facts = [(_title(fact.column), _text(fact.column, fact.cell)) for fact in report.facts]
    checks = [(d.figure, str(d.shown), str(d.ledger), str(d.amount)) for d in report.differences]
    head = [("", _subtitle(report)), (_said("report_column", "number"), report.head.number)]
    sheets: dict[str, tuple[Sequence[str], Sequence[Sequence[SheetCell]]]] = {
        _said("report_table", "facts"): ((_said("report", report.head.name), ""), [*head, *facts, (_check_words(report), ""), *checks])
    }
    formats: dict[str, Sequence[str]] = {}
    for table in report.tables:
        rows = [[_exact(*pair) for pair in zip(table.columns, row, strict=True)] for row in table.rows]
        if table.total is not None:
            text = Column("total")
            rows.append(
                [
                    _exact(text if at == 0 else column, cell)
                    for at, (column, cell) in enumerate(zip(table.columns, _total(table), strict=True))
                ]
            )
        name = _said("report_table", table.key)
        sheets[name] = ([_title(column) for column in table.columns], rows)
        formats[name] = [FORMATS.get(column.kind, "") for column in table.columns]
    return xlsx_bytes(sheets, formats)


def _subtitle(report: Report) -> str:
    programme = report.head.programme or _said("report_column", "all_programmes")
    return f"{_said('report_column', 'programme')} {programme}    {_said('report_column', 'period')} {report.head.period}"


def _check_words(report: Report) -> str:
    return _said("report_column", "re_added_yes" if report.re_added else "re_added_no")


def _pdf(report: Report) -> bytes:
    differences = "; ".join(f"{d.figure} {d.amount}" for d in report.differences)
    amount = report.in_words
    return pdf(
        "tables.typ",
        {
            "title": _said("report", report.head.name), "subtitle": _subtitle(report), "number": report.head.number,
            "authority": report.head.authority or _said("report_column", "authority"),
            "facts": [{"name": _title(fact.column), "value": _text(fact.column, fact.cell) or "—"} for fact in report.facts],
            "tables": [_printed(table) for table in report.tables],
            "words": f"{_said('report_column', 'in_words')}{in_capitals(amount)}" if amount is not None else "",
            "check": f"{_check_words(report)} {differences}".strip(),
            "signatures": [_said("report_column", f"signs_{who}") for who in ("clerk", "reviewer", "leader", "finance")],
        },
    )  # fmt: skip


def _printed(table: Table) -> dict[str, object]:
    return {
        "title": _said("report_table", table.key),
        "header": [_title(column) for column in table.columns],
        "widths": [1.4 if column.kind in RIGHT else WIDE for column in table.columns],
        "right": [column.kind in RIGHT for column in table.columns],
        "rows": [[_text(*pair) for pair in zip(table.columns, row, strict=True)] for row in table.rows],
        "total": [_text(Column("total") if at == 0 else column, cell) for at, (column, cell) in enumerate(zip(table.columns, _total(table), strict=False))],
    }  # fmt: skip
