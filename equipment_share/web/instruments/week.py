"""The seven weekdays of an instrument's ordinary hours as a field: from and until of each, both empty where it is closed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import request
from flask_babel import gettext
from wtforms import Field, ValidationError

from equipment_share.web.filters import weekday

_MONDAY = date(2026, 1, 5)
_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
WORKDAYS = [("08:00", "18:00")] * 5 + [("", "")] * 2
"""What a new instrument begins with."""
Rows = Sequence[Mapping[str, Any]]


class WeekField(Field):
    """From and until of Monday to Sunday; midnight as the end is the end of the day."""

    data: list[tuple[str, str]]

    def named(self) -> list[tuple[str, str, str]]:
        """Each weekday's name with what stands in its two boxes."""
        days = (self.data or []) + [("", "")] * 7
        return [(weekday(_MONDAY + timedelta(days=number)), *days[number]) for number in range(7)]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Two lists of seven; a form without them says nothing about the week."""
        starts, ends = ([text.strip()[:5] for text in request.form.getlist(f"{self.name}-{end}")[:7]] for end in ("from", "until"))
        if request.form:
            self.data = list(zip(starts, ends, strict=False))

    def pre_validate(self, form: Any) -> None:
        """Both boxes or none, and an end after the start."""
        for name, start, end in self.named():
            if bool(start) != bool(end):
                raise ValidationError(gettext("%(day)s: say from and until, or leave both empty.", day=name))
            if start and not (_CLOCK.fullmatch(start) and _CLOCK.fullmatch(end) and start < _end(end)):
                raise ValidationError(gettext("%(day)s: the end must come after the start.", day=name))

    def rows(self) -> list[dict[str, object]]:
        """The week as `hours` of an instrument has it; boxes that cannot be read are left out."""
        return [
            {"weekday": number, "from": start, "to": _end(end)}
            for number, (_name, start, end) in enumerate(self.named(), 1)
            if _CLOCK.fullmatch(start) and _CLOCK.fullmatch(end)
        ]


def _end(clock: str) -> str:
    return "24:00" if clock == "00:00" else clock


def week_and_rest(hours: Rows) -> tuple[list[tuple[str, str]], list[Mapping[str, Any]]]:
    """The first window of each weekday that is no mode's own, and the rows that do not fit into the week."""
    week, rest = [("", "")] * 7, []
    for row in hours:
        place = int(row["weekday"]) - 1
        if row.get("mode") or week[place] != ("", ""):
            rest.append(row)
        else:
            week[place] = (str(row["from"]), "00:00" if row["to"] == "24:00" else str(row["to"]))
    return week, rest
