"""The page on which a firm asks for a time: its form, the live quote beside it, and other times when this one cannot be had."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template

from equipment_share.adapters.clock import now
from equipment_share.domain.errors import Problem, Refused
from equipment_share.domain.timeslots import Slot
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.alternatives import alternatives
from equipment_share.queries.bookings.previews import approves_itself
from equipment_share.queries.bookings.quoting import Quoted
from equipment_share.queries.instruments.instruments import names_of, rules_in_force
from equipment_share.web.access import me
from equipment_share.web.bookings.forms import BookingForm, SeriesForm
from equipment_share.web.once import form_key

OTHER_TIMES = frozenset({"slot_taken", "outside_opening_hours", "maintenance"})
"""What another time would mend."""


def wish_page(
    instrument: Instrument,
    form: BookingForm,
    quoted: Quoted | None = None,
    refusal: Refused | None = None,
    repeat: SeriesForm | None = None,
) -> str:
    """The whole page, with everything that was typed."""
    given = refusal.facts.get("alternatives", []) if refusal is not None else []
    return render_template(
        "bookings/new.html", instrument=instrument, key=form_key(), repeat=repeat or SeriesForm(formdata=None),
        taken=refusal is not None and refusal.code == "slot_taken", **_quote_values(instrument, form, quoted, given),
    )  # fmt: skip


def quote_part(instrument: Instrument, form: BookingForm, quoted: Quoted | None) -> str:
    """The quote alone, for a page that is already there."""
    return render_template("bookings/_quote.html", instrument=instrument, **_quote_values(instrument, form, quoted, []))


def _quote_values(instrument: Instrument, form: BookingForm, quoted: Quoted | None, given: Any) -> dict[str, Any]:
    problems = _askable(form, quoted.problems) if quoted else []
    others: Sequence[Mapping[str, Any]] = list(given) or _other_times(instrument, form, problems)
    names = names_of({int(row["instrument"]) for row in others} - {instrument.id})
    return {
        "form": form, "quote": quoted.quote.document() if quoted else None, "problems": problems, "others": others, "names": names,
        "at_once": quoted is not None and not problems and _at_once(instrument, form),
    }  # fmt: skip


def _at_once(instrument: Instrument, form: BookingForm) -> bool:
    """Whether the owner's rule would answer this wish."""
    wanted = Slot(form.start.data, form.end.data)
    return approves_itself(wanted, instrument, me().organisation, me().id, rules_in_force(instrument), at=now())


def _askable(form: BookingForm, problems: Sequence[Problem]) -> list[Problem]:
    """What stands against a wish that is only priced: its files come with the request itself."""
    files = {f"answers.{question.key}" for question in form.questions if question.kind == "file"}
    return [problem for problem in problems if problem.field not in files]


def _other_times(instrument: Instrument, form: BookingForm, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    mendable = any(problem.code in OTHER_TIMES for problem in problems)
    start, end = form.start.data, form.end.data
    if not mendable or not (now() < start < end) or len(problems) > 2:
        return []
    return alternatives(instrument, Slot(start, end), at=now())
