"""What leaves a batch as a file: the sheet that is signed, what to pay again, and a form for the bank's answer."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.errors import InvalidTransition
from equipment_share.domain.money import ZERO
from equipment_share.queries.reporting.kept import batch_sheet
from equipment_share.queries.settlement import batch_seen_by, lines_of
from equipment_share.services.settlement.batches import payment_again
from equipment_share.services.settlement.rendering import rendered
from equipment_share.web.access import may, me
from equipment_share.web.settlement.statements import TYPES
from equipment_share.wording import word

batch_files = Blueprint("batch_files", __name__, url_prefix="/bureau/batches")


def _file(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=TYPES[name.rpartition(".")[2]])
    answer.headers["Content-Disposition"] = attachment(name)
    return answer


@batch_files.get("/<number:batch_id>/sheet.pdf")
@may(Act.SEE_BATCHES)
def sheet(batch_id: int) -> ResponseReturnValue:
    """The sheet of exactly this batch, with the lines to sign on; while nothing is gathered, the page that says so."""
    batch = batch_seen_by(batch_id, me())
    try:
        made = batch_sheet(batch)
    except InvalidTransition:
        return redirect(url_for("batches.show", batch_id=batch_id))
    return _file(rendered(made, "pdf"), f"{batch.number}.pdf")


@batch_files.get("/<number:batch_id>/payment-again.csv")
@may(Act.SEE_BATCHES)
def again(batch_id: int) -> ResponseReturnValue:
    """Only the lines that failed, with the accounts of now."""
    batch = batch_seen_by(batch_id, me())
    return _file(payment_again(batch), f"{batch.number}-again.csv")


@batch_files.get("/<number:batch_id>/return-template.csv")
@may(Act.SEE_BATCHES)
def template(batch_id: int) -> ResponseReturnValue:
    """What waits for the bank's answer, lines and amounts filled in; under the heads that the reading knows."""
    batch = batch_seen_by(batch_id, me())
    heads = [word("bank_column", column) for column in ("line", "status", "paid_on", "reference", "amount_yuan", "reason")]
    waiting = [line for line in lines_of(batch.id) if line.result != "paid" and line.amount > ZERO]
    rows = [(line.line, "", "", "", str(line.amount), "", line.payee.name) for line in waiting]
    return _file(csv_bytes([*heads, gettext("Payee")], rows), f"{batch.number}-return.csv")
