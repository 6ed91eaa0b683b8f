"""Tables out: CSV and XLSX that carry no formulas and are the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

Cell = str | int | Decimal | None
_TRIGGERS = "=+-@\t\r\n|＝＋－＠"
_BORN = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed birthday makes equal rows equal bytes


def safe_cell(value: Cell) -> Cell:
    """A text that a spreadsheet would run as a formula gets an apostrophe; numbers stay numbers."""
    return "'" + value if isinstance(value, str) and value[:1] and value[0] in _TRIGGERS else value


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """CSV line by line (RFC 4180), with the mark that tells Excel it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([safe_cell(title) for title in header])
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([safe_cell(cell) for cell in row])
        yield buffer.getvalue()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A whole CSV file."""
    return "".join(csv_lines(header, rows)).encode()


def xlsx_bytes(
    sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]], formats: Mapping[str, Sequence[str]] | None = None
) -> bytes:
    """A workbook; every text a text, every number a number, written with exactly its digits; `formats` by sheet and column."""
    import xlsxwriter  # loaded when a workbook is asked for

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"created": _BORN})
    bold = book.add_format({"bold": True})
    for name, (header, rows) in sheets.items():
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, str(title), bold)
        own = [book.add_format({"num_format": shown}) if shown else None for shown in (formats or {}).get(name, ())]
        for index, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | Decimal):
                    sheet.write_number(index, column, cell, own[column] if own else None)
                elif cell is not None:
                    sheet.write_string(index, column, cell)
    book.close()
    return target.getvalue()
