"""Building block: the reconciliation report as CSV, workbook or paper, the same figures each time."""

from __future__ import annotations

from collections.abc import Sequence

from equipment_share.adapters.print import pdf
from equipment_share.adapters.sheets import Cell, csv_bytes, xlsx_bytes
from equipment_share.domain.capitals import in_capitals
from equipment_share.domain.settlement.reconciliation import FIGURES, Figures, PartyFigures, Report

CHINESE = {
    "opening": "期初", "issued": "发放", "held": "冻结", "captured": "使用", "released": "释放", "expired": "过期", "revoked": "作废",
    "claimed": "申请兑付", "approved": "复核通过", "paid": "已拨付", "closing": "期末",
}  # fmt: skip


def report_file(report: Report, form: str) -> bytes:
    """`csv`, `xlsx` or `pdf`; the same report gives the same bytes."""
    if form == "csv":
        return csv_bytes(("kind", "code", "name", *(f"{name}_fen" for name in FIGURES)), _rows(report))
    if form == "xlsx":
        header = ("代码", "名称", *(CHINESE[name] for name in FIGURES))
        findings: list[Sequence[Cell]] = [(f.code, f.severity, f.subject, f.amount.fen, f.text) for f in report.findings]
        sheets: dict[str, tuple[Sequence[str], Sequence[Sequence[Cell]]]] = {
            "合计": (header, [_cells(report.programme, report.period, report.total)]),
            "仪器单位": (header, [_party(row) for row in report.owners]),
            "企业": (header, [_party(row) for row in report.firms]),
            "差异": (("代码", "程度", "对象", "金额_分", "说明"), findings),
        }
        return xlsx_bytes(sheets)
    return _paper(report)


def _rows(report: Report) -> list[Sequence[str | int]]:
    kinds = (("owner", report.owners), ("firm", report.firms))
    parties: list[Sequence[str | int]] = [
        (kind, row.code, row.name, *(m.fen for m in row.figures.values())) for kind, rows in kinds for row in rows
    ]
    return [("total", report.programme, report.period, *(m.fen for m in report.total.values())), *parties]


def _cells(code: str, name: str, figures: Figures) -> list[str | int]:
    return [code, name, *(str(amount) for amount in figures.values())]


def _party(row: PartyFigures) -> list[str | int]:
    return _cells(row.code, row.name, row.figures)


def _paper(report: Report) -> bytes:
    header = ["名称", *(CHINESE[name] for name in FIGURES)]

    def line(name: str, figures: Figures) -> list[str]:
        return [name, *(str(amount) for amount in figures.values())]

    findings = [[f.subject, f.code, str(f.amount)] for f in report.findings]
    tables = [
        {"title": "合计（元）", "header": header, "rows": [line(report.programme, report.total)]},
        {"title": "按仪器管理单位", "header": header, "rows": [line(row.name, row.figures) for row in report.owners]},
        {"title": "按企业", "header": header, "rows": [line(row.name, row.figures) for row in report.firms]},
        {"title": "差异", "header": ["对象", "代码", "金额"], "rows": findings or [["账实相符", "—", "0.00"]]},
    ]
    return pdf(
        "report.typ",
        {
            "title": "科技创新券对账表", "subtitle": f"券种 {report.programme}    期间 {report.period}", "authority": "科学技术局",
            "number": f"{report.programme}-{report.period}", "tables": tables,
            "words": f"已拨付合计（大写）：人民币{in_capitals(report.total.paid)}", "signatures": ["经办", "复核", "审批", "财务"],
        },
    )  # fmt: skip
