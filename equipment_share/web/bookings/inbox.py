"""The owner's inbox as pages and as parts of one: a request, what became of it, and many answered in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.errors import Forbidden, NotFound, Refusal, Refused
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.boards import corrections_waiting
from equipment_share.queries.bookings.bookings import booking_seen_by, soonest_bookings
from equipment_share.queries.bookings.desk import MOST, count_of_requests, requests_waiting
from equipment_share.services.bookings.decisions import approve_booking
from equipment_share.web.access import can, me
from equipment_share.web.blanks import side_by_side
from equipment_share.web.filters import slot
from equipment_share.wording import refusal_words
from equipment_share.wording.bookings import READY_REASONS

S = BookingState


@dataclass(frozen=True)
class Outcome:
    """What became of one of many requests."""

    booking: Booking
    words: str
    is_done: bool


def in_place() -> bool:
    """Whether only a part of the page was asked for."""
    return request.headers.get("HX-Request") == "true"


def inbox_page(outcomes: Sequence[Outcome] = ()) -> str:
    """Everything that waits for the owner, and what just became of others."""
    disputed = soonest_bookings(me(), [S.DISPUTED]) + corrections_waiting(me())
    rows = requests_waiting(me(), at=now())
    return render_template(
        "bookings/desk.html",
        rows=rows,
        disputed=disputed,
        outcomes=outcomes,
        reasons=READY_REASONS,
        waiting=(waits := inbox_count() if rows else 0),
        inbox=waits,
        most=MOST,
    )


def inbox_count() -> int:
    """How many requests wait for the reader's answer, for the way to the inbox; nobody else is asked about."""
    return count_of_requests(me(), at=now()) if can(Act.DECIDE_BOOKING) else 0


def answered(booking: Booking, words: str) -> str:
    """The line that stands where the request stood."""
    return render_template("bookings/_answered.html", booking=booking, words=words, waiting=inbox_count())


def still_there(booking_id: int, problems: Sequence[str], *, opened: str = "") -> str:
    """The request as it still waits, with why it does; or what it has become in the meantime."""
    for row in requests_waiting(me(), at=now(), only=booking_id):
        kept = (request.form.get("propose-start", "")[:16], request.form.get("propose-end", "")[:16]) if opened == "propose" else None
        waits = inbox_count()
        part = render_template(
            "bookings/_request.html", row=row, reasons=READY_REASONS, problems=problems, opened=opened, kept=kept, alone=waits < 2
        )
        return part + render_template("bookings/_waiting.html", waiting=waits)
    return answered(booking_seen_by(booking_id, me()), gettext("Somebody has answered this already."))


def decided(booking_id: int, act: Callable[[], Booking], words: str, *, opened: str = "") -> ResponseReturnValue:
    """Answer one request where it stands; what is refused stays there with its reason. A part is 200: browsers log any other as a fault."""
    try:
        return answered(act(), words)
    except (Refused, Forbidden) as refusal:
        return still_there(booking_id, words_of(refusal), opened=opened)


def words_of(refusal: Refusal) -> list[str]:
    """Every reason of a refusal, in words."""
    problems = getattr(refusal, "problems", ())
    return [refusal_words(problem.code, problem.facts) for problem in problems] or [refusal_words(refusal.code, refusal.facts)]


def approve_each(ids: Sequence[int], *, at: datetime) -> list[Outcome]:
    """Approve many, each for itself, and say of each what happened; what one may not see is left out, what waits for the firm stays."""
    told = []
    for booking_id in ids:
        try:
            found = booking_seen_by(booking_id, me())
            if (other := found.proposed) is not None:
                told.append(Outcome(found, gettext("Left: you proposed %(slot)s, and the firm has not answered.", slot=slot(other)), False))
                continue
            told.append(Outcome(approve_booking(booking_id, by=me(), at=at), gettext("Approved"), True))
        except NotFound:
            continue
        except (Refused, Forbidden) as refusal:
            told.append(Outcome(booking_seen_by(booking_id, me()), side_by_side(*words_of(refusal)), False))
    return told


def chosen_ids() -> list[int]:
    """The requests that were marked; or, where the button says so, all that nothing speaks against."""
    texts = request.form.getlist("clean" if request.form.get("which") == "clean" else "booking")[:MOST]
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 18]
