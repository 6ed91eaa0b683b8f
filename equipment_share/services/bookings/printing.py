"""Building block: a formal quotation on paper."""

from __future__ import annotations

from datetime import datetime

from equipment_share.adapters.print import pdf
from equipment_share.domain.capitals import in_capitals
from equipment_share.domain.money import Money
from equipment_share.domain.periods import BUREAU_ZONE, bureau_day
from equipment_share.models.bookings import Quotation

CHINESE = {
    "machine_time": "机时", "first_unit": "首个计费单位", "sample": "样品", "setup": "开机费", "minimum": "补至最低收费", "maximum": "减至最高收费",
    "maximum_setup": "减至最高收费（开机费）", "class": "用户类别调整", "class_setup": "用户类别调整（开机费）", "urgent": "加急费",
    "urgent_setup": "加急费（开机费）", "staff": "人员服务", "consumables": "耗材", "shipping": "运输",
    "self_operate": "自主上机", "guided": "技术指导", "commissioned": "委托检测", "remote": "远程共享",
    "hour": "小时", "day": "天", "item": "项", "unit": "计费单位",
}  # fmt: skip


def quotation_paper(row: Quotation) -> bytes:
    """The quotation as PDF; the same quotation gives the same bytes."""
    quote, wish = row.quote, row.wish
    net = Money(int(quote["net_fen"]))
    tax = f"价格含增值税 {row.tariff['vat_bp'] / 100:g}%" if row.tariff.get("vat_bp") else ""
    return pdf(
        "quotation.typ",
        {
            "title": "仪器共享服务报价单", "number": row.number, "owner": row.instrument.owner.name, "firm": row.firm.name,
            "instrument": " ".join(part for part in (row.instrument.name_zh or row.instrument.name_en, row.instrument.model) if part),
            "facts": [
                ["服务方式", CHINESE[wish["mode"]]],
                ["用机时间", f"{_local(wish['start'])} 至 {_local(wish['end'])}"],
                *([["样品数", str(wish["samples"])]] if wish["samples"] else []),
                ["报价日期", bureau_day(row.made_at).isoformat()],
                ["有效期至", f"{row.valid_until.isoformat()}(含当日)"],
            ],
            "lines": [_line(line) for line in quote["lines"]],
            "sums": [
                ["费用合计", _yuan(quote["gross_fen"])],
                *([f"创新券预计抵扣（{part['programme']}）", _yuan(-part["amount_fen"])] for part in quote["subsidies"]),
                ["企业支付", _yuan(quote["net_fen"])],
            ],
            "words": f"企业支付（大写）：人民币{in_capitals(net)}",
            "notes": [
                *([tax] if tax else []),
                "有效期内以本报价单编号预约，按本价格执行；创新券抵扣额以预约提交时为准。本报价单不预留机时。",
                *(["示例：演示数据，不具效力。"] if row.firm.is_sample or row.instrument.owner.is_sample else []),
            ],
        },
    )  # fmt: skip


def _line(line: dict[str, object]) -> list[str]:
    label = CHINESE[str(line["label"])]
    name = f"{label} {line['name']}" if line["name"] else label
    return [name, str(line["quantity"]), CHINESE.get(str(line["unit"]), ""), _yuan(line["unit_price_fen"]), _yuan(line["amount_fen"])]


def _yuan(fen: object) -> str:
    return str(Money(int(str(fen))))


def _local(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(BUREAU_ZONE):%Y-%m-%d %H:%M}"
