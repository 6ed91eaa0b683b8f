"""What may be kept as evidence: the name ends as the kind that the content is, and a workbook is one."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from PIL import Image

from equipment_share.adapters.sheets import xlsx_bytes
from equipment_share.services.bookings.answer_files import keep_answer_file
from equipment_share.services.bookings.evidence import HandedIn, file_problems
from tests.builders import NOW, a_firm

PDF = b"%PDF-1.4 x"
_drawn = io.BytesIO()
Image.new("RGB", (9, 9)).save(_drawn, "PNG")
PICTURE = _drawn.getvalue()
BOOK = xlsx_bytes({"A": (("a", "b"), [(1, "x")])})


def zipped(**entries: bytes) -> bytes:
    """A ZIP of some entries; `__` in a name stands for the slash."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/") + ("" if "." in name else ".xml"), content)
    return target.getvalue()


PARTS = {"[Content_Types]": b"<Types/>", "xl__workbook": b"<workbook/>"}


def codes(name: str, content: bytes) -> list[str]:
    return [problem.code for problem in file_problems(HandedIn(name, content))]


@pytest.mark.parametrize(
    ("given", "content", "kept"),
    [
        ("a.pdf", PDF, "a.pdf"), ("发票.PDF", PDF, "发票.PDF"), ("C:\\x\\a.pdf", PDF, "a.pdf"), ("mmexport1732", PDF, "mmexport1732.pdf"),
        ("", PDF, "file.pdf"), ("x.pdf. ", PDF, "x.pdf.pdf"), ("x.xlsx", PDF, "x.pdf"), ("invoice.hta", PDF, "invoice.hta.pdf"),
        ("x.pdf.exe", PDF, "x.pdf.exe.pdf"), ("x.docm", BOOK, "x.docm.xlsx"), ("x.csv", BOOK, "x.xlsx"), ("照片.png", PICTURE, "照片.jpg"),
        ("IMG_1", PICTURE, "IMG_1.jpg"), ("t.csv", b"a,b\n1,2\n", "t.csv"),
    ],
)  # fmt: skip
def test_whatever_it_was_called_a_kept_file_ends_as_what_it_is(app: Flask, given: str, content: bytes, kept: str) -> None:
    assert codes(given, content) == []
    assert keep_answer_file(HandedIn(given, content), by=a_firm(), at=NOW).name == kept


@pytest.mark.parametrize(("name", "content"), [("x.html", b"a,b\n1,2\n"), ("t.csv", b"<html>"), ("t.csv", b"a\x00b"), ("x.bat", b"@echo")])
def test_what_is_no_kind_of_ours_is_refused(name: str, content: bytes) -> None:
    assert codes(name, content) == ["file_kind"]


def test_a_workbook_is_one() -> None:
    assert codes("a.xlsx", BOOK) == []
    assert codes("a.xlsx", zipped(**PARTS)) == []


@pytest.mark.parametrize(
    "content",
    [
        zipped(a=b"x"), zipped(**{"[Content_Types]": b"x"}), zipped(xl__workbook=b"x"), zipped(**PARTS, **{"xl__vbaProject.bin": b"x"}),
        zipped(**PARTS, big=b"0" * 200_000_000), zipped(**PARTS, dtd=b"<!DOCTYPE x>"), b"PK\x03\x04broken", BOOK[:-40],
    ],
    ids=["a ZIP", "no workbook", "no types", "macros", "bomb", "DTD", "broken", "cut off"],
)  # fmt: skip
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert codes("a.xlsx", content) == ["file_kind"]


def test_a_kept_name_has_no_way_and_nothing_that_turns_it_around(app: Flask) -> None:
    stored = keep_answer_file(HandedIn("..\\x/in\u202egnp\r\n.\u200bpdf.pdf", PDF), by=a_firm(), at=NOW)
    assert stored.name == "ingnp.pdf.pdf"
