"""Files as answers: handed in before the request that names them."""

from __future__ import annotations

from flask import Response

from equipment_share.adapters.attachments import attachment
from equipment_share.api.bodies import Form
from equipment_share.api.decisions import EVIDENCE_CODES
from equipment_share.api.operations import Answer, Call, Reply, Shelf
from equipment_share.domain.access import Act
from equipment_share.domain.limits import FILES
from equipment_share.queries.bookings.answer_files import answer_file_seen_by
from equipment_share.services.bookings.answer_files import keep_answer_file
from equipment_share.services.bookings.evidence import KINDS, HandedIn

shelf = Shelf("bookings")


@shelf.post("/answer-files", Act.REQUEST_BOOKING, "Hand in a file; its `id` is the answer to a question of kind `file`.",
            Answer("AnswerFile"), makes=True, body=Form(()), per_minute=FILES, refusals={422: EVIDENCE_CODES})  # fmt: skip
def hand_in_a_file(call: Call) -> Reply:
    """Keep a file until a booking names it."""
    file = call.body["file"]
    made = keep_answer_file(HandedIn(file.name, file.content), by=call.me, at=call.at)
    shape = {"id": made.token, "name": made.name, "size": made.size, "sha256": made.sha256}
    return Reply(shape, 201, f"/api/v1/answer-files/{made.token}")


@shelf.get("/answer-files/{secret}", Act.ADD_EVIDENCE, "A file that was given as an answer; for the firm and the booking's owner alone.",
           Answer(media_types=(*KINDS, "text/csv")), refusals={404: ("not_found",)})  # fmt: skip
def fetch_an_answer_file(call: Call) -> Response:
    """The file, always as an attachment."""
    stored = answer_file_seen_by(str(call.path["secret"]), call.me)
    answer = Response(stored.content, mimetype=stored.media_type)
    answer.headers["Content-Disposition"] = attachment(stored.name)
    return answer
