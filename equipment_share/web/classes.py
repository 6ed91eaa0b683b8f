"""Classes of firms to choose from: those with a name, those that programmes in force ask for, and those already there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from wtforms import Field, ValidationError

from equipment_share.adapters.clock import now
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import ANYBODY
from equipment_share.queries.proofs import provable_tags
from equipment_share.wording import WORDS, refusal_words


def classes_known(*more: str) -> list[str]:
    """Codes of classes, those with a name first."""
    named = [code for code in WORDS["class"] if code != ANYBODY]
    return list(dict.fromkeys([*named, *provable_tags(bureau_day(now())), *more]))


class TagsField(Field):
    """Which classes are marked, each with the last day on which it is good, if there is one."""

    data: Any
    choices: list[str]

    def until(self, tag: str) -> str:
        """The last good day of a class as it was typed or is kept."""
        if self.raw_data is not None:
            return request.form.get(f"{self.name}-until-{tag}", "")
        return next((str(row["valid_until"] or "") for row in self.data or [] if row["tag"] == tag), "")

    def marked(self, tag: str) -> bool:
        """Whether a class is marked."""
        return any(row["tag"] == tag for row in self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Rows of tag and last day."""
        self.data = [{"tag": tag, "valid_until": request.form.get(f"{self.name}-until-{tag}", "").strip() or None} for tag in valuelist]

    def pre_validate(self, form: Any) -> None:
        """A class that is there to choose, a last day that is a day."""
        for row in self.data or []:
            if row["tag"] not in self.choices:
                raise ValidationError(refusal_words("not_a_choice", {}))
            if row["valid_until"] and not _is_day(row):
                raise ValidationError(refusal_words("not_a_date", {}))


def _is_day(row: Mapping[str, Any]) -> bool:
    try:
        return bool(date.fromisoformat(row["valid_until"]))
    except ValueError:
        return False
