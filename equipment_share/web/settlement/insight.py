"""The owner's insight and money: charts with their tables and files; the time they look at stands in the address."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.money import total
from equipment_share.domain.periods import Period, bureau_day, months_later
from equipment_share.queries.insight import money_of_months, use_of_instruments, work_of_months
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.queries.scorecards import idle_instruments, scorecards
from equipment_share.web.access import can, may, me
from equipment_share.web.naming import programmes_called
from equipment_share.web.periods import PeriodField, period_field

insight = Blueprint("insight", __name__, url_prefix="/desk")


def _ready() -> dict[str, str]:
    """The times that are offered, by name."""
    today = bureau_day(now())
    year = Period(months_later(today.replace(day=1), -11), Period.months(today.year, today.month, 1).last_on)
    return {
        "twelve_months": str(year), "this_year": str(Period.year_of(today)), "last_year": str(today.year - 1),
        "this_quarter": str(Period.quarter_of(today)), "last_quarter": str(Period.quarter_of(months_later(today, -3))),
    }  # fmt: skip


def _field() -> PeriodField:
    """The time that the address asks for; the last twelve months when it asks for none, or for what is none."""
    return period_field(days_with_figures(programmes_called(), me()), default=_ready()["twelve_months"])


@insight.get("/insight")
@may(Act.SEE_INSIGHT)
def index() -> ResponseReturnValue:
    """How the own instruments work, what they bring, how fast requests are answered."""
    field = _field()
    period = field.period
    cards = scorecards(period, by=me(), at=now())
    months = work_of_months(period, by=me())
    sums = {name: total(getattr(row, name) for row in months) for name in ("gross", "subsidy")}
    return render_template(
        "settlement/insight.html", period=period, field=field, ready=_ready(), card=cards[0] if cards else None, pool=use_of_instruments(period, by=me()),
        months=months, idle=idle_instruments(by=me(), at=now()), sums=sums, sees_money=can("income.view"),
    ), 422 if field.words else 200  # fmt: skip


@insight.get("/insight/<any(instruments,months):table>.csv")
@may(Act.SEE_INSIGHT)
def download(table: str) -> ResponseReturnValue:
    """The figures of the charts as a file."""
    period = _field().period
    if table == "instruments":
        header = ["code", "instrument", "uses", "effective_minutes", "external_minutes", "utilisation_bp", "sharing_bp"]
        rows = [
            (row.inner_code, row.name_zh or row.name_en, row.uses, row.minutes, row.external_minutes, row.utilisation_bp, row.sharing_bp)
            for row in use_of_instruments(period, by=me()).rows
        ]
        return _file(f"instruments-{period}", csv_bytes(header, rows))
    money = ("gross_fen", "voucher_fen", "net_fen") if can("income.view") else ()
    header = ["month", "uses", *money, "answered", "unanswered", "answer_minutes", "no_shows"]
    lines: list[tuple[str | int, ...]] = []
    for one in work_of_months(period, by=me()):
        amounts: tuple[int, ...] = (one.gross.fen, one.subsidy.fen, one.net.fen) if money else ()
        waited: str | int = "" if one.answer_minutes is None else one.answer_minutes
        line: tuple[str | int, ...] = (str(one.month), one.uses, *amounts, one.answered, one.unanswered, waited, one.no_shows)
        lines.append(line)
    return _file(f"months-{period}", csv_bytes(header, lines))


@insight.get("/money")
@may(Act.OWN_INCOME)
def money() -> ResponseReturnValue:
    """What came in, and where the vouchers' part of it stands, month by month."""
    field = _field()
    period = field.period
    months = money_of_months(period, by=me())
    names = ("gross", "net", "subsidy", "waiting", "checking", "approved", "paid")
    sums = {name: total(getattr(row, name) for row in months) for name in names}
    return render_template(
        "settlement/money.html", period=period, field=field, ready=_ready(), months=months, sums=sums
    ), 422 if field.words else 200


@insight.get("/money.csv")
@may(Act.OWN_INCOME)
def money_file() -> ResponseReturnValue:
    """The same months as a file."""
    period = _field().period
    header = ["month", "uses", "gross_fen", "net_fen", "voucher_fen", "waiting_fen", "checking_fen", "approved_fen", "paid_fen"]
    rows: list[tuple[str | int, ...]] = []
    for one in money_of_months(period, by=me()):
        amounts = (one.gross, one.net, one.subsidy, one.waiting, one.checking, one.approved, one.paid)
        rows.append((str(one.month), one.uses, *(amount.fen for amount in amounts)))
    return _file(f"money-{period}", csv_bytes(header, rows))


def _file(name: str, content: bytes) -> Response:
    answer = Response(content, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment(f"{name}.csv")
    return answer
