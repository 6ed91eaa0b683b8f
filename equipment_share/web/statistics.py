"""The public statistics of the pool, as a page and as a table."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.queries.instruments.front import pool_size
from equipment_share.queries.statistics import POOL_TARGET, headline, hours_by_class, months
from equipment_share.web.access import public

statistics = Blueprint("statistics", __name__)
COLUMNS = ("month", "pool", "uses", "minutes", "fee_fen", "firms_paid_fen", "voucher_fen")


@statistics.get("/statistics")
@public
def index() -> ResponseReturnValue:
    """How the pool grows, what vouchers bore, how much was shared."""
    at = now()
    return render_template(
        "pages/statistics.html", figures=headline(at=at), months=months(at=at), classes=hours_by_class(at=at), pool=pool_size(), target=POOL_TARGET
    )  # fmt: skip


@statistics.get("/statistics.csv")
@public
def download() -> ResponseReturnValue:
    """The months as a table for a spreadsheet: minutes and fen, so that nothing is rounded."""
    rows: list[list[str | int | Decimal | None]] = [
        [m.first_on.strftime("%Y-%m"), m.pool, m.uses, m.minutes, m.gross.fen, m.net.fen, m.subsidy.fen] for m in months(at=now())
    ]
    answer = Response(csv_bytes(list(COLUMNS), rows), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment("statistics.csv")
    return answer
