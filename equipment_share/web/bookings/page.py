"""The page of one booking: where it stands, what it costs, what happened, and what can be done at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import FIRM, PARTIES
from equipment_share.domain.bookings.changes import proposal_ends
from equipment_share.domain.bookings.life import BookingState, check_in_opens
from equipment_share.domain.bookings.questions import Question, read_questions
from equipment_share.domain.bookings.samples import WAY
from equipment_share.domain.timeslots import Slot
from equipment_share.models.bookings import Booking
from equipment_share.queries.bookings.alternatives import alternatives
from equipment_share.queries.bookings.answer_files import file_names
from equipment_share.queries.bookings.boards import place_in_queue
from equipment_share.queries.bookings.bookings import (
    changes_of,
    documents_of,
    history_of,
    usage_of,
)
from equipment_share.queries.bookings.charging import two_sides
from equipment_share.queries.bookings.fees import late_fee
from equipment_share.queries.bookings.previews import approves_itself, preview, preview_change
from equipment_share.queries.bookings.quoting import rules_of
from equipment_share.queries.bookings.series import series_of_booking
from equipment_share.queries.bookings.waiting import waiting_for_booking, wish_of_waiting
from equipment_share.queries.instruments.instruments import names_of, rules_in_force
from equipment_share.queries.settlement import claims_of_booking
from equipment_share.web.access import me
from equipment_share.web.bookings.forms import AdjudicationForm, BookingForm, DisputeForm, TimeForm, UsageForm
from equipment_share.web.bookings.options import add_ons_of, booking_form
from equipment_share.web.filters import local, money
from equipment_share.web.naming import bilingual


def asked_words(made: Booking) -> str:
    """What came of a request: confirmed at once, or who answers it and by when; and the figures."""
    facts = {"net": money(made.net), "held": money(made.subsidy), "owner": made.instrument.owner.name, "when": local(made.answer_by)}
    if made.state is BookingState.APPROVED:
        return gettext(
            "Confirmed at once by the owner's rule. You pay %(net)s after the use; %(held)s of your vouchers is set aside.", **facts
        )
    return gettext("Sent. %(owner)s answers by %(when)s. You would pay %(net)s; %(held)s of your vouchers is set aside.", **facts)


def page_of(
    booking: Booking, usage: UsageForm | None = None, dispute: DisputeForm | None = None, verdict: AdjudicationForm | None = None,
    change: TimeForm | None = None, propose: TimeForm | None = None, offered: BookingForm | None = None,
) -> str:  # fmt: skip
    """The page of a booking, with a form that was refused in its place."""
    start, end = booking.used_from or booking.starts_at, booking.used_to or booking.ends_at
    usage = usage or UsageForm(formdata=None, data={"start": start, "end": end, "samples": booking.samples})
    dispute = dispute or DisputeForm(formdata=None, data={"start": start, "end": end})
    verdict = verdict or AdjudicationForm(formdata=None, data={"start": start, "end": end, "samples": booking.used_samples or 0})
    times = {"start": booking.starts_at, "end": booking.ends_at}
    questions = read_questions(booking.instrument.questions, "questions")[0]
    context: dict[str, Any] = {
        "change": change or TimeForm(formdata=None, data=times, prefix="change"),
        "propose": propose or TimeForm(formdata=None, data=times, prefix="propose"), "changes": changes_of(booking),
        "series": series_of_booking(booking.id), "questions": questions, "files": _files(booking, questions),
        "others": _other_times(booking), "proposed": _proposed(booking),
        "queue": place_in_queue(booking), "stations": dict(pairwise(WAY)), "offer": _offer_quote(booking), "form": offered or _offer_form(booking),
        "at_once": _answers_itself(booking),
        "verdict": verdict, "booking": booking, "add_ons": add_ons_of(booking),
        "steps": history_of("booking", booking.id),
        "papers": documents_of([booking.id])[booking.id],
        "records": (records := usage_of(booking.id)), "sides": two_sides(booking, records), "claims": claims_of_booking(booking.id),
        "usage": usage, "dispute": dispute,
        "fee": late_fee(booking, at=now()), "begun": now() >= booking.starts_at, "state": booking.state.value,
        "opens": check_in_opens(booking.starts_at, rules_of(booking.rules)), "moment": now(),
    }  # fmt: skip
    return render_template("bookings/show.html", **context)


def _files(booking: Booking, questions: Sequence[Question]) -> dict[str, str]:
    """The names of the files among the answers, for the two sides alone."""
    if me().role not in PARTIES:
        return {}
    return file_names({str(booking.answers[q.key]) for q in questions if q.kind == "file" and q.key in booking.answers})


def posted_version() -> int | None:
    """The version that the form was shown with."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _other_times(booking: Booking) -> list[dict[str, Any]]:
    """Where a firm may go whose time was refused or taken away: nearest times, and others of the class."""
    lost = booking.state in (BookingState.REJECTED, BookingState.CANCELLED_BY_OWNER, BookingState.EXPIRED)
    if not lost or me().role not in FIRM or booking.starts_at <= now():
        return []
    found = alternatives(booking.instrument, booking.slot, at=now())
    names = names_of({int(str(row["instrument"])) for row in found})
    return [{**row, "name": bilingual(names[int(str(row["instrument"]))])} for row in found]


def _proposed(booking: Booking) -> dict[str, Any] | None:
    """What the time that the owner proposes costs, and until when the firm may take it; nothing when none waits."""
    start, end = booking.proposed_from, booking.proposed_to
    if start is None or end is None or booking.state not in (BookingState.SUBMITTED, BookingState.APPROVED) or me().role not in PARTIES:
        return None
    quote = preview_change(booking, Slot(start, end), at=now()).quote
    return {"slot": Slot(start, end), "quote": quote, "until": proposal_ends(booking.slot, start, booking.answer_by)}


def _offer_form(booking: Booking) -> BookingForm | None:
    """What may go beside an offered time, for the firm that may take it."""
    if booking.state is not BookingState.OFFERED or me().role not in FIRM:
        return None
    times = {"start": booking.starts_at, "end": booking.ends_at, "mode": booking.mode, "samples": booking.samples}
    return booking_form(booking.instrument, times)


def _answers_itself(booking: Booking) -> bool:
    """Whether the owner's rule answers as soon as the firm takes what is offered."""
    rules = rules_in_force(booking.instrument)
    return booking.state is BookingState.OFFERED and approves_itself(
        booking.slot, booking.instrument, booking.firm, booking.user_id, rules, at=now()
    )


def _offer_quote(booking: Booking) -> dict[str, Any] | None:
    """What an offered time would cost now, for the firm that may take it."""
    waiting = waiting_for_booking(booking.id) if booking.state is BookingState.OFFERED else None
    return preview(wish_of_waiting(waiting), by=me(), at=now()).quote.document() if waiting and me().role in FIRM else None
