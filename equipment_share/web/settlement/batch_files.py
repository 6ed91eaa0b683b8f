"""What leaves a batch as a file: the sheet that is signed."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from equipment_share.domain.access import Act
from equipment_share.domain.errors import InvalidTransition
from equipment_share.queries.reporting.kept import batch_sheet
from equipment_share.queries.settlement import batch_seen_by
from equipment_share.services.settlement.rendering import rendered
from equipment_share.web.access import may, me
from equipment_share.web.settlement.statements import TYPES

batch_files = Blueprint("batch_files", __name__, url_prefix="/bureau/batches")


def _file(content: bytes, name: str) -> Response:
    answer = Response(content, mimetype=TYPES[name.rpartition(".")[2]])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
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
