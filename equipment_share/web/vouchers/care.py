"""The bureau's list of firms that are entitled and hardly use it 应享尽享."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.queries.entitlement import unused
from equipment_share.services.vouchers.care import remind_of_entitlement
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, page_number, typed

care = Blueprint("care", __name__, url_prefix="/bureau/vouchers")
PAGE = 50
COLUMNS = ("programme", "firm_code", "firm", "contact", "phone", "email", "voucher", "issued_fen", "used_fen", "last_good_day", "days_left")


@care.get("/unused")
@may(Act.SEE_LEDGER)
def index() -> ResponseReturnValue:
    """Firms without a voucher, or with one that is hardly used; what ends first on top."""
    rows, chosen = unused(now()), asked("programme", most=40)
    programmes = {row.programme.code: row.programme.document.get("name") or row.programme.code for row in rows}
    shown = [row for row in rows if not chosen or row.programme.code == chosen]
    page, pages = page_number(), max(1, -(-len(shown) // PAGE))
    return render_template(
        "vouchers/unused.html", rows=shown[(page - 1) * PAGE : page * PAGE], total=len(shown), page=page, pages=pages, chosen=chosen,
        programmes=programmes, now=now(),
    )  # fmt: skip


@care.get("/unused.csv")
@may(Act.SEE_LEDGER)
def download() -> ResponseReturnValue:
    """The same list as a table."""
    table = [
        (
            row.programme.code, row.firm.code, row.firm.name, row.firm.contact_name, row.firm.phone, row.email,
            row.voucher.voucher.number if row.voucher else "", row.issued.fen, row.used.fen, row.last_on.isoformat(), row.days_left,
        )
        for row in unused(now())
    ]  # fmt: skip
    return Response(
        csv_bytes(COLUMNS, table),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="unused.csv"'},
    )


@care.post("/unused/<number:organisation_id>")
@may(Act.REMIND_FIRM)
def remind(organisation_id: int) -> ResponseReturnValue:
    """Write to the firm what it is entitled to."""
    remind_of_entitlement(organisation_id, typed("programme", 40), by=me(), at=now())
    flash(gettext("The firm has been reminded."))
    return redirect(url_for(".index"), 303)
