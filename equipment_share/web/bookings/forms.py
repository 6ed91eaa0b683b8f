"""Shapes of a wish and of what was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask import request
from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from equipment_share.domain.bookings.options import NO_OPTIONS, Options
from equipment_share.domain.bookings.questions import Question, read_questions
from equipment_share.domain.bookings.series import MOST as MOST_DATES
from equipment_share.domain.errors import Problem, Refused
from equipment_share.domain.money import Money
from equipment_share.domain.pricing import Mode
from equipment_share.domain.tariffs import Tariff
from equipment_share.domain.texts import clean_text, has_hidden
from equipment_share.models.bookings import Quotation
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import User
from equipment_share.queries.bookings.quoting import MOST_SAMPLES, BookingWish
from equipment_share.web.fields import InstantField, Line, PageForm, Text, most, required
from equipment_share.web.naming import bilingual
from equipment_share.web.persons import PersonForm
from equipment_share.web.repeats import repeated
from equipment_share.wording import refusal_words
from equipment_share.wording.marks import joined, labelled


class BookingForm(PageForm):
    """The shape of a wish; whether it may be granted is for the rules to say."""

    mode = SelectField("mode")
    start = InstantField("start", [required])
    end = InstantField("end", [required])
    samples = IntegerField("samples", [Optional(), NumberRange(0, MOST_SAMPLES)], default=0)
    purpose = Text("purpose", [most(500)])
    max_net_fen = Line("max_net_fen")

    questions: tuple[Question, ...] = ()
    files: Mapping[str, str] = MappingProxyType({})
    """What was handed in with this very form, by the question's key."""
    refused: Refused | None = None
    tariff: Tariff | None = None
    ordered: Options = NO_OPTIONS
    by_quotation: Quotation | None = None
    """The formal quotation that the wish goes by."""
    wrong: Sequence[str] = ()
    answer_errors: Mapping[str, str] = MappingProxyType({})
    """What is wrong with an answer, by the question's key."""

    @property
    def takes_files(self) -> bool:
        """Whether a question asks for a file."""
        return any(question.kind == "file" for question in self.questions)

    def offer(self, instrument: Instrument) -> BookingForm:
        """Offer the instrument's modes, ask its questions."""
        self.mode.choices = list(instrument.modes) or ["guided"]
        self.questions = read_questions(instrument.questions, "questions")[0]
        return self

    def priced(self, tariff: Tariff | None, ordered: Options, kept: Quotation | None, wrong: Sequence[str] = ()) -> BookingForm:
        """With the prices it goes by, and what is ordered beside the time; `wrong` are the add-ons whose quantity is none."""
        self.tariff, self.ordered, self.by_quotation, self.wrong = tariff, ordered, kept, wrong
        return self

    def move_to(self, times: str) -> None:
        """Put another time into the form, `2026-05-04T10:00/2026-05-04T12:00`; what else was typed stays."""
        start, _, end = times.partition("/")
        for field, text in ((self.start, start), (self.end, end)):
            field.process(None, None)
            field.raw_data = [text]
            try:
                field.process_formdata([text])
            except ValueError as wrong:
                field.process_errors = [str(wrong)]

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields, the quantities of the add-ons, and that every file could be kept."""
        sound = super().validate(extra_validators)
        if self.wrong:
            self.other_errors.append(labelled(joined(self.wrong), refusal_words("not_an_integer", {})))
        if self.refused is not None:
            self.show(self.refused)
        return bool(sound) and not self.wrong and self.refused is None

    def answers(self) -> dict[str, object]:
        """What was typed into the instrument's own fields; how it fits is for the rules to say."""
        texts = {question.key: clean_text(request.form.get(f"answer_{question.key}", ""))[:600] for question in self.questions}
        return {**{key: text for key, text in texts.items() if text and not has_hidden(text)}, **self.files}

    def keep(self, instrument_id: int) -> dict[str, Any]:
        """The wish as a basket keeps it between two pages."""
        wish = self.wish(instrument_id)
        return {
            "instrument": instrument_id, "mode": wish.mode, "start": wish.start.isoformat(), "end": wish.end.isoformat(),
            "samples": wish.samples, "purpose": wish.purpose, "answers": dict(wish.answers), "options": wish.options.document(),
            "quotation": wish.quotation,
        }  # fmt: skip

    @staticmethod
    def kept(row: Mapping[str, Any]) -> BookingWish:
        """A wish out of a basket."""
        return BookingWish(
            int(row["instrument"]), row["mode"], datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]),
            samples=row["samples"], purpose=row["purpose"], answers=row["answers"], options=Options.parse(row.get("options", {})),
            quotation=row.get("quotation"),
        )  # fmt: skip

    def show_all(self, problems: Sequence[Problem]) -> None:
        """Beside the fields and the questions; the box on top names the question."""
        labels = {f"answers.{question.key}": question for question in self.questions}
        for problem in problems:
            question = labels.get(problem.field)
            if question is None:
                super().show_all([problem])
                continue
            words = refusal_words(problem.code, problem.facts)
            self.answer_errors = {**self.answer_errors, question.key: words}
            self.other_errors.append(labelled(bilingual(question), words))

    def time_alone(self, instrument_id: int) -> BookingWish:
        """The wish as a place in line takes it."""
        return replace(self.wish(instrument_id), options=NO_OPTIONS, quotation=None, answers={})

    def wish(self, instrument_id: int) -> BookingWish:
        """The one value this form makes; the net that was shown protects the firm."""
        shown = self.max_net_fen.data or ""
        limit = Money(int(shown)) if shown.isascii() and shown.isdecimal() and len(shown) < 14 else None
        return BookingWish(
            instrument_id,
            str(self.mode.data),
            self.start.data,
            self.end.data,
            self.samples.data or 0,
            self.purpose.data or "",
            "auto",
            limit,
            self.answers(),
            self.ordered,
            self.by_quotation.id if self.by_quotation is not None else None,
        )


class OfferForm(PersonForm):
    """A slot that an owner offers to a person of a firm."""

    instrument = SelectField("instrument", coerce=int)
    mode = SelectField("mode", choices=[mode.value for mode in Mode], default="guided")
    start = InstantField("start", [required])
    end = InstantField("end", [required])
    samples = IntegerField("samples", [Optional(), NumberRange(0, MOST_SAMPLES)], default=0)
    whom = Line("for", [most(254)], name="for")
    override = Line("override", [most(500)])

    def address(self) -> Line:
        """Whoever is not in the list."""
        return self.whom

    def of(self, instruments: Sequence[Instrument], people: Sequence[User]) -> OfferForm:
        """Among these instruments, and these people."""
        self.among(people)
        self.instrument.choices = [(row.id, f"{row.inner_code} {bilingual(row)}") for row in instruments]
        return self


class TimeForm(PageForm):
    """Another time, and why a rule is waived for it."""

    start = InstantField("start", [required])
    end = InstantField("end", [required])
    override = Line("override", [most(500)])


class SeriesForm(PageForm):
    """How a wish repeats."""

    every = SelectField("every", choices=["", "day", "week", "two_weeks", "month"], default="", validate_choice=True)
    times = IntegerField("times", [Optional(), NumberRange(1, MOST_DATES)], default=8)

    @property
    def repeats(self) -> bool:
        """Whether the wish is to repeat: then its dates are looked at before anything is sent."""
        return bool(self.every.data)

    def rule(self) -> str:
        """The repetition as RFC 5545 writes it."""
        return repeated(self.every.data or "week", self.times.data or 8)


class UsageForm(PageForm):
    """What was used."""

    start = InstantField("start", [required])
    end = InstantField("end", [required])
    samples = IntegerField("samples", [Optional(), NumberRange(0, MOST_SAMPLES)], default=0)
    note = Line("note", [most(500)])


class AdjudicationForm(UsageForm):
    """What the bureau finds was used, and why."""

    reason = Line("reason", [required, most(500)])


class DisputeForm(PageForm):
    """What would be right, and why."""

    start = InstantField("start")
    end = InstantField("end")
    reason = Line("reason", [required, most(500)])
