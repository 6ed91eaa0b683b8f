"""A report is a value: facts, tables of typed columns, totals, and what the ledger says against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from equipment_share.domain.money import Money
from equipment_share.domain.money import total as money_total


class Kind(StrEnum):
    """What stands in a column, and so how it is written."""

    TEXT = "text"
    WORD = "word"
    """A code of ours that has words."""
    DATE = "date"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    """Whole basis points."""
    HOURS = "hours"
    """Whole minutes."""


SUMMED = frozenset({Kind.MONEY, Kind.COUNT, Kind.HOURS})
SUFFIX = {Kind.MONEY: "_fen", Kind.PERCENT: "_bp", Kind.HOURS: "_minutes"}
Value = str | date | Money | int | None


@dataclass(frozen=True, slots=True)
class Link:
    """Where a figure comes from.

    An account, claim, batch, booking, voucher or instrument; the statement of an owner or firm; the accounts of one payee or firm (0: of
    all); or the way of a claim's or booking's money.
    """

    to: str
    id: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, and where it leads."""

    value: Value
    link: Link | None = None

    def plain(self) -> str | int | None:
        """The value as JSON has it: fen, basis points, minutes, ISO days."""
        if isinstance(self.value, Money):
            return self.value.fen
        return self.value.isoformat() if isinstance(self.value, date) else self.value


def linked(value: Value, to: str, key: int | None) -> Cell:
    """A value that leads somewhere, unless there is nowhere to go."""
    return Cell(value, Link(to, key) if key else None)


@dataclass(frozen=True)
class Column:
    """A column by name and kind; `words` says which words its codes have, `title` is a name that nobody translates."""

    key: str
    kind: Kind = Kind.TEXT
    words: str = ""
    title: str = ""

    @property
    def name(self) -> str:
        """The name in files for machines: money, percent and hours carry their unit."""
        return self.key + SUFFIX.get(self.kind, "")


Row = tuple[Cell, ...]
Given = Sequence[Cell | Value]
"""A row as it is written down: a bare value leads nowhere."""


@dataclass(frozen=True)
class Table:
    """Rows of typed columns, with their sums where a sum means something."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: Row | None = None

    def sum_of(self, key: str) -> Money:
        """The total of a money column."""
        at = [column.key for column in self.columns].index(key)
        return money_total(cell for row in self.rows if isinstance(cell := row[at].value, Money))


@dataclass(frozen=True)
class Fact:
    """One figure or word above the tables."""

    column: Column
    cell: Cell


@dataclass(frozen=True)
class Difference:
    """A figure that the ledger does not bear out, to the fen."""

    figure: str
    shown: Money
    ledger: Money

    @property
    def amount(self) -> Money:
        """By how much the report is too high."""
        return self.shown - self.ledger


@dataclass(frozen=True)
class Head:
    """What a report is about."""

    name: str
    programme: str
    period: str
    authority: str = ""
    number: str = ""


@dataclass(frozen=True)
class Report:
    """The whole report; the same report is the same bytes in every format."""

    head: Head
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    differences: tuple[Difference, ...] = ()
    in_words: Money | None = None
    """The amount that paper repeats in capitals."""

    @property
    def re_added(self) -> bool:
        """Whether every figure is what the ledger adds up to."""
        return not self.differences

    def instruments(self) -> set[int]:
        """Whom it names among the instruments."""
        cells = (cell for table in self.tables for row in table.rows for cell in row)
        return {cell.link.id for cell in cells if cell.link is not None and cell.link.to == "instrument"}

    def naming(self, names: Mapping[int, str]) -> Report:
        """The same with instruments called as its reader calls them; files and what is kept have the one name they were made with."""
        return replace(self, tables=tuple(replace(one, rows=tuple(_naming(row, names) for row in one.rows)) for one in self.tables))

    def table(self, key: str) -> Table:
        """One of its tables."""
        return next(table for table in self.tables if table.key == key)

    def document(self) -> dict[str, object]:
        """The report as JSON; rows by column, units in the names."""
        return {
            "name": self.head.name, "programme": self.head.programme, "period": self.head.period, "number": self.head.number,
            "re_added": self.re_added, "facts": {fact.column.name: fact.cell.plain() for fact in self.facts},
            "tables": [_document(table) for table in self.tables],
            "differences": [
                {"figure": d.figure, "shown_fen": d.shown.fen, "ledger_fen": d.ledger.fen, "amount_fen": d.amount.fen}
                for d in self.differences
            ],
        }  # fmt: skip


def _naming(row: Row, names: Mapping[int, str]) -> Row:
    def called(cell: Cell) -> Cell:
        link = cell.link
        return replace(cell, value=names[link.id]) if link is not None and link.to == "instrument" and link.id in names else cell

    return tuple(map(called, row))


def _document(table: Table) -> dict[str, object]:
    def by_name(row: Row) -> dict[str, str | int | None]:
        return {column.name: cell.plain() for column, cell in zip(table.columns, row, strict=True)}

    return {
        "key": table.key, "columns": [{"name": column.name, "kind": column.kind.value} for column in table.columns],
        "rows": [by_name(row) for row in table.rows], "total": by_name(table.total) if table.total else None,
    }  # fmt: skip


def table(key: str, columns: Sequence[Column], rows: Iterable[Given], *, shares: dict[str, int | None] | None = None) -> Table:
    """A table with its total: money, counts and hours are summed, `shares` gives the percentages of the total row, the rest stays empty."""
    made = tuple(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows)
    totals = tuple(Cell(_total(column, made, at, shares or {})) for at, column in enumerate(columns))
    return Table(key, tuple(columns), made, totals if made and any(column.kind in SUMMED for column in columns) else None)


def _total(column: Column, rows: Sequence[Row], at: int, shares: dict[str, int | None]) -> Value:
    if column.kind is Kind.MONEY:
        return money_total(cell for row in rows if isinstance(cell := row[at].value, Money))
    if column.kind in SUMMED:
        return sum(cell for row in rows if isinstance(cell := row[at].value, int))
    return shares.get(column.key) if column.kind is Kind.PERCENT else ""


def fact(key: str, value: Value, kind: Kind = Kind.MONEY, link: Link | None = None, words: str = "") -> Fact:
    """One figure above the tables."""
    return Fact(Column(key, kind, words), Cell(value, link))


def share_bp(part: int, whole: int) -> int | None:
    """A part of a whole in basis points; nothing of nothing is no share at all.

    Units: any whole units, the same twice; the answer in basis points.
    Rounding: half up, away from the exact ratio by less than one basis point.
    Raises: nothing.
    Source: docs/rules.md#report-shares
    """
    return (part * 20_000 + whole) // (2 * whole) if whole > 0 else None


def compared(*figures: tuple[str, Money, Money]) -> tuple[Difference, ...]:
    """The differences among (figure, as shown, as the ledger adds up); none is the only good answer.

    Units: whole fen; tolerance none.
    Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#reports
    """
    return tuple(Difference(name, shown, ledger) for name, shown, ledger in figures if shown != ledger)
