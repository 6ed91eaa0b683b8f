"""What may be kept as evidence: the name ends as the kind that the content is, and a workbook is one."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask

from equipment_share.adapters.sheets import xlsx_bytes
from equipment_share.services.bookings.answer_files import keep_answer_file
from equipment_share.services.bookings.evidence import HandedIn, file_problems
from tests.builders import NOW, a_firm

PDF, PICTURE = b"%PDF-1.4 x", b"\x89PNG\r\n\x1a\n"
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


@pytest.mark.parametrize("name", ["a.pdf", "发票.PDF", "a.b.pdf", "C:\\x\\a.pdf"])
def test_a_name_that_ends_as_its_content_is_may_be_kept(name: str) -> None:
    assert codes(name, PDF) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("invoice.hta", PDF), ("x.html", PDF), ("x.bat", PDF), ("x.pdf.exe", PDF), ("x.pdf.", PDF), ("x.pdf ", PDF), ("pdf", PDF), ("", PDF),
     ("x.jar", BOOK), ("x.docm", BOOK), ("x.xlsm", BOOK), ("x.pdf", BOOK), ("x.xlsx", PDF), ("x.jpg", PICTURE), ("x.html", b"a,b\n1,2\n")],
)  # fmt: skip
def test_a_name_that_says_something_else_is_refused(name: str, content: bytes) -> None:
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


def test_a_picture_is_drawn_anew_as_jpeg_and_bears_its_ending(app: Flask) -> None:
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (9, 9)).save(target, "PNG")
    stored = keep_answer_file(HandedIn("样品.v2.png", target.getvalue()), by=a_firm(), at=NOW)
    assert (stored.name, stored.media_type) == ("样品.v2.jpg", "image/jpeg")
