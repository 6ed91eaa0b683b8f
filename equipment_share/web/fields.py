"""Local time and yuan in, UTC and Money out; text as it may be kept. The only place where forms parse them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.widgets import DateTimeLocalInput, TextInput

from equipment_share.domain.errors import Invalid, Problem, Refused, invalid
from equipment_share.domain.money import MOST_FEN, Money
from equipment_share.domain.periods import BUREAU_ZONE
from equipment_share.domain.texts import clean_text, has_hidden
from equipment_share.wording import refusal_words

_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


class PageForm(FlaskForm):
    """A form that can show a refusal where it belongs: beside the field, or above the form."""

    other_errors: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.other_errors = []

    def show(self, refusal: Refused) -> None:
        """Put the words of a refusal where the person looks for them."""
        problems = refusal.problems if isinstance(refusal, Invalid) else []
        self.show_all(problems)
        if not problems:
            self.other_errors.append(refusal_words(refusal.code, refusal.facts))

    def all_errors(self) -> list[str]:
        """Every word of what is wrong, for a place that has no room beside the fields."""
        return [*self.other_errors, *(str(words) for own in self.errors.values() for words in own)]

    def show_all(self, problems: Sequence[Problem]) -> None:
        """Put the words of some problems there."""
        for problem in problems:
            name = problem.field.split(".")[-1].removesuffix("_fen")
            field = self._fields.get(name) or next((one for one in self if one.short_name == name), None)
            words = refusal_words(problem.code, problem.facts)
            if field is not None:
                field.errors = [*field.errors, words]
            else:
                self.other_errors.append(words)


class Line(StringField):
    """One line of text, cleaned; hidden and turning characters are refused."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Outer blanks cut, NFC."""
        super().process_formdata([clean_text(value) for value in valuelist])

    def pre_validate(self, form: Any) -> None:
        """Refuse what cannot be kept."""
        if self.data and has_hidden(self.data):
            raise ValidationError(refusal_words("bad_text", {}))


class Text(Line, TextAreaField):
    """Several lines of text."""

    widget = TextAreaField.widget


class InstantField(Field):
    """A wall-clock time in Shanghai, as browsers send it, into an aware instant."""

    widget = DateTimeLocalInput()
    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.astimezone(BUREAU_ZONE).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read `2026-05-04T10:00`, nothing looser."""
        text = (valuelist or [""])[0].strip()
        self.data = None
        if not text:
            return
        if not re.fullmatch(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}", text):
            raise ValueError(refusal_words("not_a_time", {}))
        try:
            self.data = datetime.fromisoformat(text).replace(tzinfo=BUREAU_ZONE).astimezone(UTC)
        except ValueError:
            raise ValueError(refusal_words("not_a_time", {})) from None


class FigureField(Field):
    """A figure that is typed in one unit and kept in another; what was typed stays as it was typed."""

    widget = TextInput()
    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.shown(self.data) if self.data is not None else ""

    @staticmethod
    def shown(value: Any) -> str:
        """A kept figure as it would be typed."""
        return str(value)


class YuanField(FigureField):
    """An amount in yuan, `12`, `12.5` or `12.50`, into Money."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """By Decimal, never by float."""
        text = (valuelist or [""])[0].strip()
        self.data = None
        if not text:
            return
        try:
            self.data = yuan_of(text, self.name)
        except Invalid as refusal:
            raise ValueError(refusal_words(refusal.code, {})) from None


class FenField(YuanField):
    """The same, into whole fen, as an instrument's rules keep it."""

    @staticmethod
    def shown(value: int) -> str:
        """Fen as they are typed, in yuan."""
        return str(Money(value))

    def process_formdata(self, valuelist: list[str]) -> None:
        """By Decimal, never by float."""
        super().process_formdata(valuelist)
        self.data = self.data.fen if self.data is not None else None


class PercentField(FigureField):
    """A share in percent, `80` or `82.5`, into whole basis points."""

    @staticmethod
    def shown(value: int) -> str:
        """Basis points as they are typed."""
        return f"{Decimal(value) / 100:f}".removesuffix(".00")

    def process_formdata(self, valuelist: list[str]) -> None:
        """By Decimal, never by float."""
        text = (valuelist or [""])[0].strip().removesuffix("%").strip()
        self.data = None
        if text and not (text.isascii() and re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,2})?", text)):
            raise ValueError(refusal_words("not_a_number", {}))
        if text:
            self.data = int(Decimal(text) * 100)


def show_usual(form: PageForm, names: Iterable[str], usual: object) -> None:
    """Let each field show, while it is empty, what holds then."""
    for name in names:
        form[name].render_kw = {"placeholder": getattr(form[name], "shown", str)(getattr(usual, name))}


def yuan_fen(text: str) -> int | str:
    """An amount in yuan as fen; what is none stays as it was typed, for the rule to refuse."""
    return int(Decimal(text) * 100) if text.isascii() and _YUAN.fullmatch(text) else text


def required(_form: Any, field: Field) -> None:
    """Refuse an empty field, or a box that must be ticked and is not, in our own words."""
    if (field.data is False or field.data in (None, "", [])) and not field.errors:  # `is`: the figure 0 is an answer
        raise ValidationError(refusal_words("required", {}))


def most(length: int) -> Any:
    """Refuse a text longer than it may be kept."""

    def check(_form: Any, field: Field) -> None:
        if field.data and len(field.data) > length:
            raise ValidationError(refusal_words("too_long_text", {}))

    return check


def page_number() -> int:
    """The `page` of the address, 1 when it is anything else."""
    text = request.args.get("page", "1")
    return int(text) if re.fullmatch("[1-9][0-9]{0,3}", text) else 1


def kept_words() -> str:
    """What a page says when everything typed was kept."""
    return gettext("What you typed is still here. Please mend what is marked.")


def typed(name: str, most: int = 500) -> str:
    """One text of a form that needs no form class (a reason, a name), cleaned.

    Raises: Invalid `bad_text` for what cannot be kept, `too_long_text`.
    """
    text = clean_text(request.form.get(name, ""))
    if has_hidden(text):
        raise invalid("bad_text", name)
    if len(text) > most:
        raise invalid("too_long_text", name, most=most)
    return text


def typed_yuan(name: str) -> Money | None:
    """One amount of a form that needs no form class; None when it was left empty.

    Raises: Invalid `not_an_amount`, `out_of_range`.
    """
    text = clean_text(request.form.get(name, ""))
    return yuan_of(text, name) if text else None


def yuan_of(text: str, field: str) -> Money:
    """An amount in yuan as people type it: `12`, `12.5`, `12.50`; by Decimal, never by float.

    Raises: Invalid `not_an_amount`, `out_of_range`.
    """
    if not (text.isascii() and _YUAN.fullmatch(text)):
        raise invalid("not_an_amount", field)
    fen = int(Decimal(text) * 100)
    if fen > MOST_FEN:
        raise invalid("out_of_range", field)
    return Money(fen)


def asked(name: str, default: str = "", most: int = 200) -> str:
    """One word of an address, cut to its length; what cannot be kept cannot be found either and is left out."""
    text = clean_text(request.args.get(name, default))[:most]
    return "".join(char for char in text if not has_hidden(char))


def asked_number(name: str) -> int:
    """One number of an address, 0 for none or for what is no number."""
    return _number(asked(name, most=18))


def typed_number(name: str) -> int:
    """The same of a form: a version that it was shown with."""
    return _number(request.form.get(name, "")[:9])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def asked_day(name: str) -> date | None:
    """One day of an address, nothing for none or for what is no day."""
    try:
        return date.fromisoformat(asked(name, most=10))
    except ValueError:
        return None
