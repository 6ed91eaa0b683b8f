"""Printed reports are written in a Chinese font that travels with them, and are the same bytes each time."""

from __future__ import annotations

from equipment_share.domain.money import Money
from equipment_share.domain.settlement.reconciliation import Figures, PartyFigures, Report
from equipment_share.services.settlement.printing import report_file

REPORT = Report("HN", "2026-Q3", Figures(paid=Money(30_000)), (PartyFigures("A", "鹃湖大学", Figures(paid=Money(30_000))),), (), ())


def test_the_printed_report_carries_a_chinese_font_and_does_not_change() -> None:
    paper = report_file(REPORT, "pdf")

    assert paper.startswith(b"%PDF-")
    assert b"NotoSansCJK" in paper
    assert report_file(REPORT, "pdf") == paper


def test_the_csv_and_the_workbook_do_not_change_either() -> None:
    assert report_file(REPORT, "csv") == report_file(REPORT, "csv")
    assert report_file(REPORT, "xlsx") == report_file(REPORT, "xlsx")
    assert "30000" in report_file(REPORT, "csv").decode("utf-8-sig")
