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
from equipment_share.queries.bookings.bookings import meeting
from equipment_share.queries.bookings.previews import approves_itself
from equipment_share.queries.bookings.quoting import Quoted
from equipment_share.queries.instruments.instruments import by_id, rules_in_force
from equipment_share.web.access import me
from equipment_share.web.bookings.forms import BookingForm, SeriesForm
from equipment_share.web.naming import bilingual
from equipment_share.web.once import form_key

OTHER_TIMES = frozenset({"slot_taken", "outside_opening_hours", "maintenance"})
"""What another time would mend."""
DATES = frozenset({"start", "end"})
"""What is told at the dates, and not once more beside the price."""


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
        "bookings/new.html", instrument=instrument, oob=False, key=form_key(), repeat=repeat or SeriesForm(),
        **_quote_values(instrument, form, quoted, given),
    )  # fmt: skip


def quote_part(instrument: Instrument, form: BookingForm, quoted: Quoted | None) -> str:
    """The quote alone, for a page that is already there, with what stands against the dates."""
    return render_template(
        "bookings/_quoted.html", instrument=instrument, oob=True, repeat=SeriesForm(), **_quote_values(instrument, form, quoted, [])
    )


def _quote_values(instrument: Instrument, form: BookingForm, quoted: Quoted | None, given: Any) -> dict[str, Any]:
    problems = _askable(form, quoted.problems) if quoted else []
    others: Sequence[Mapping[str, Any]] = list(given) or _other_times(instrument, form, problems)
    own = meeting(me().organisation_id, Slot(form.start.data, form.end.data)) if quoted and form.start.data < form.end.data else []
    return {
        "form": form, "quote": quoted.quote.document() if quoted else None, "problems": [p for p in problems if p.field not in DATES],
        "dates": [p for p in problems if p.field in DATES], "others": others,
        "cards": by_id({int(row["instrument"]) for row in others} - {instrument.id}),
        "taken": any(p.code == "slot_taken" for p in problems), "labels": {f"answers.{q.key}": bilingual(q) for q in form.questions},
        "own": own, "own_here": [row for row in own if row.instrument_id == instrument.id],
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
