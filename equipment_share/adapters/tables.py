"""Tables in: CSV, XLSX and JSON into rows of text, refused fast when they are hostile, broken or too large."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from equipment_share.domain.errors import invalid

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 300
MOST_CELL = 10_000
MOST_UNPACKED, MOST_RATIO, MOST_ENTRIES = 20 * 1024 * 1024, 100, 200
PARTS = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
"""What every workbook has, and no other ZIP."""


@dataclass(frozen=True)
class Row:
    """One row: its number as a person sees it in the file (the header is 1), and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A header and its rows."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(data: bytes, name: str) -> Table:
    """Read a file by what it is.

    Raises: Invalid `too_large`, `not_a_table`, `too_many_rows`, `duplicate_header`, `bad_text`.
    """
    if len(data) > MOST_BYTES:
        raise invalid("too_large", "file")
    if data[:4] == b"PK\x03\x04":
        return _from_xlsx(data)
    if name.lower().endswith(".json") or data.lstrip()[:1] in (b"[", b"{"):
        return _from_json(data)
    if b"\x00" in data or data.lstrip()[:1] == b"<" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise invalid("not_a_table", "file")
    return _from_csv(decoded(data))


def decoded(data: bytes) -> str:
    """Text in UTF-8 (with or without its mark) or GB18030, the two that Excel in China writes.

    Raises: Invalid `bad_text`.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise invalid("bad_text", "file")


def _from_csv(text: str) -> Table:
    found: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            found.append(row)
            if len(found) > MOST_ROWS + 1:
                raise invalid("too_many_rows", "file", most=MOST_ROWS)
    except csv.Error:
        raise invalid("not_a_table", "file") from None
    return _table(found)


def _table(found: list[list[str]]) -> Table:
    if not found:
        raise invalid("not_a_table", "file")
    header = tuple(cell.strip() for cell in found[0])
    if not any(header) or len(header) > MOST_COLUMNS:
        raise invalid("not_a_table", "file")
    named = [cell for cell in header if cell]
    if len(set(named)) != len(named):
        raise invalid("duplicate_header", "file")
    rows = []
    for number, cells in enumerate(found[1:], 2):
        if any(cell.strip() for cell in cells):
            if any(len(cell) > MOST_CELL for cell in cells):
                raise invalid("too_long_text", f"row {number}", most=MOST_CELL)
            rows.append(Row(number, dict(zip(header, [*cells, *[""] * len(header)], strict=False))))
    return Table(header, tuple(rows))


def _from_xlsx(data: bytes) -> Table:
    check_workbook(data)
    return _table(_cells(data))


def check_workbook(data: bytes) -> None:
    """Whether a file is an XLSX that may be opened; sizes from the zip's own directory first: a bomb is never unpacked.

    Raises: Invalid `not_a_table`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            bad = len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(1, len(data))
            if (
                bad
                or PARTS - {entry.filename for entry in entries}
                or any("vbaProject" in entry.filename or entry.flag_bits & 1 for entry in entries)
            ):
                raise invalid("not_a_table", "file")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(entry)[:2000]:
                    raise invalid("not_a_table", "file")
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError):
        raise invalid("not_a_table", "file") from None


def _cells(data: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook  # loaded when a workbook comes in

    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError):
        raise invalid("not_a_table", "file") from None
    if len(rows) > MOST_ROWS + 1:
        raise invalid("too_many_rows", "file", most=MOST_ROWS)
    return [[_shown(cell) for cell in row] for row in rows]


def _shown(cell: Any) -> str:
    """A cell as a person sees it: 3.0 is 3, a date is its ISO day."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _from_json(data: bytes) -> Table:
    try:
        rows = json.loads(decoded(data), object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):
        raise invalid("not_a_table", "file") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid("not_a_table", "file")
    if len(rows) > MOST_ROWS:
        raise invalid("too_many_rows", "file", most=MOST_ROWS)
    header = tuple(dict.fromkeys(key for row in rows for key in row))
    return Table(header, tuple(Row(i, {key: _of_json(row.get(key)) for key in header}) for i, row in enumerate(rows, 1)))


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def _of_json(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(_of_json(item) for item in value)
    return _shown(value) if not isinstance(value, dict) else json.dumps(value, ensure_ascii=False)
