"""The bureau's list of firms that are entitled and hardly use it 应享尽享."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Refused
from equipment_share.queries.entitlement import Unused, unused
from equipment_share.queries.people import organisation_seen_by
from equipment_share.services.vouchers.care import remind_of_entitlement
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, page_number
from equipment_share.web.naming import programme_called
from equipment_share.wording import refusal_words
from equipment_share.wording.marks import joined, labelled

care = Blueprint("care", __name__, url_prefix="/bureau/vouchers")
PAGE = 30
"""Firms on one page."""
AT_ONCE = 500
NAMED = 3
"""So many firms are named after sending; more of them are counted."""
COLUMNS = ("programme", "firm_code", "firm", "contact", "phone", "email", "voucher", "issued_fen", "used_fen", "last_good_day", "days_left")


@care.get("/unused")
@may(Act.SEE_LEDGER)
def index() -> ResponseReturnValue:
    """Firms without a voucher, or with one that is hardly used, each with all its programmes; what ends first on top."""
    rows, chosen, at = unused(now()), asked("programme", most=40), now()
    programmes = {row.programme.code: programme_called(row.programme.code) for row in rows}
    numbers = Counter(row.programme.code for row in rows)
    firms: dict[int, list[Unused]] = {}
    for row in rows:
        if not chosen or row.programme.code == chosen:
            firms.setdefault(row.firm.id, []).append(row)
    page, pages = page_number(), max(1, -(-len(firms) // PAGE))
    shown = list(firms.values())[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "vouchers/unused.html", firms=shown, total=len(firms), whole=len({row.firm.id for row in rows}), marked=asked("mark", most=5) == "all",
        page=page, pages=pages, chosen=chosen, programmes=programmes,
        numbers=numbers, now=at, open=sum(any(row.may_be_reminded(at) for row in own) for own in shown),
    )  # fmt: skip


@care.get("/unused.csv")
@may(Act.SEE_LEDGER)
def download() -> ResponseReturnValue:
    """The same list as a table."""
    chosen = asked("programme", most=40)
    table = [
        (
            row.programme.code, row.firm.code, row.firm.name, row.firm.contact_name, row.firm.phone, row.email,
            row.voucher.voucher.number if row.voucher else "", row.issued.fen, row.used.fen, row.last_on.isoformat(), row.days_left,
        )
        for row in unused(now())
        if not chosen or row.programme.code == chosen
    ]  # fmt: skip
    return Response(
        csv_bytes(COLUMNS, table),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": attachment("unused.csv")},
    )


@care.post("/unused")
@may(Act.REMIND_FIRM)
def remind() -> ResponseReturnValue:
    """Write to each marked firm once, of all its marked programmes; those that cannot be are named."""
    letters, told = 0, []
    for firm_id, codes in _marked().items():
        try:
            number = remind_of_entitlement(firm_id, codes, by=me(), at=now())
        except Refused as refusal:
            flash(labelled(organisation_seen_by(firm_id, me()).name, refusal_words(refusal.code, refusal.facts)), "warning")
        else:
            letters += number
            told.append(organisation_seen_by(firm_id, me()).name)
    flash(_told(letters, told))
    return redirect(url_for(".index", programme=asked("programme", most=40) or None), 303)


def _marked() -> dict[int, list[str]]:
    """The marked programmes of each marked firm, as `firm:programme` in the form."""
    found: dict[int, list[str]] = {}
    for text in request.form.getlist("pick")[:AT_ONCE]:
        firm, _, code = text.partition(":")
        if firm.isascii() and firm.isdecimal() and len(firm) < 18:
            found.setdefault(int(firm), []).append(code[:40])
    return found


def _told(letters: int, firms: list[str]) -> str:
    """How many letters went to whom."""
    if not firms:
        return gettext("No letter was sent.")
    names = ngettext("%(num)s firm", "%(num)s firms", len(firms)) if len(firms) > NAMED else joined(firms)
    return ngettext("%(num)s letter goes to %(firms)s.", "%(num)s letters go to %(firms)s.", letters, firms=names)
