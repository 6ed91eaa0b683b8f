"""What an instrument asks about the samples when it is booked, and whether the answers fit. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equipment_share.domain.errors import Problem
from equipment_share.domain.texts import Named, clean_text, has_hidden

KINDS = ("text", "number", "choice", "yes_no", "file")
MOST, LONGEST = 20, 500
_KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
_FILE = re.compile(r"[A-Za-z0-9_-]{20,43}")


@dataclass(frozen=True)
class Question:
    """One field of the form: what it is called, what fits into it, and whether it must be answered.

    Its choices have one language: the one that is chosen is kept as the answer.
    """

    key: str
    label: str
    kind: str = "text"
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    label_en: str = ""
    """The English counterpart of `label`; empty where none was given."""

    @property
    def called(self) -> Named:
        """What it asks, in either language."""
        return Named.given(self.label, self.label_en)

    def document(self) -> dict[str, object]:
        """As the instrument keeps and shows it; `label_en` only where it was given."""
        return {
            "key": self.key, "label": self.label, "kind": self.kind, "unit": self.unit, "required": self.required,
            "choices": list(self.choices), **({"label_en": self.label_en} if self.label_en else {}),
        }  # fmt: skip


def read_questions(value: object, where: str) -> tuple[tuple[Question, ...], list[Problem]]:
    """The questions of an instrument, or everything that is wrong with them.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#questions
    """
    if not isinstance(value, list) or len(value) > MOST:
        return (), [Problem("not_a_list" if not isinstance(value, list) else "too_many", where)]
    found: list[Question] = []
    problems: list[Problem] = []
    for index, row in enumerate(value):
        wrong = _wrong(row, f"{where}.{index}")
        if wrong is None:
            found.append(
                Question(
                    row["key"], row["label"].strip(), row.get("kind", "text"), row.get("unit") or "", row.get("required") is True,
                    tuple(row.get("choices") or ()), (row.get("label_en") or "").strip(),
                )
            )  # fmt: skip
        else:
            problems.append(wrong)
    keys = [question.key for question in found]
    problems += [Problem("taken", f"{where}.{index}.key") for index, key in enumerate(keys) if key in keys[:index]]
    return tuple(found), problems


def _wrong(row: object, where: str) -> Problem | None:
    if not isinstance(row, Mapping):
        return Problem("not_an_object", where)
    if unknown := set(row) - {"key", "label", "label_en", "kind", "unit", "required", "choices"}:
        return Problem("unknown_field", f"{where}.{min(map(str, unknown))}")
    if not isinstance(row.get("key"), str) or not _KEY.fullmatch(row["key"]):
        return Problem("not_a_code", f"{where}.key")
    for name in ("label", "label_en", "unit"):
        text = row.get(name) if name == "label" else row.get(name) or ""
        if not isinstance(text, str) or len(text) > 60 or (name == "label" and not text.strip()):
            return Problem("required" if name == "label" else "too_long_text", f"{where}.{name}", {"most": 60})
        if has_hidden(text):
            return Problem("bad_text", f"{where}.{name}")
    if row.get("kind", "text") not in KINDS:
        return Problem("not_a_choice", f"{where}.kind")
    choices = row.get("choices") or []
    texts = isinstance(choices, list) and all(isinstance(c, str) and 0 < len(c) <= 60 and not has_hidden(c) for c in choices)
    if not texts or len(choices) > 30 or (row.get("kind") == "choice") != bool(choices):
        return Problem("not_a_list_of_texts", f"{where}.choices")
    return None if type(row.get("required", False)) is bool else Problem("not_a_switch", f"{where}.required")


def read_answers(questions: Sequence[Question], given: Mapping[str, object]) -> tuple[dict[str, object], list[Problem]]:
    """The answers that fit, and every problem; an answer nobody asked for is one.

    Units: as each question says. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#questions
    """
    known = {question.key: question for question in questions}
    problems = [Problem("unknown_field", f"answers.{key[:80]}") for key in list(given)[:100] if key not in known]
    kept: dict[str, object] = {}
    for key, question in known.items():
        value = given.get(key)
        if value is None or value == "":
            problems += [Problem("required", f"answers.{key}")] if question.required else []
            continue
        fits, code = _fits(question, value)
        if code:
            problems.append(Problem(code, f"answers.{key}"))
        else:
            kept[key] = fits
    return kept, problems


def _fits(question: Question, value: object) -> tuple[object, str]:
    """An answer as it is kept, or the code of what is wrong with it. Numbers may come as text out of a form."""
    if question.kind == "number":
        return _number(value)
    if question.kind == "yes_no":
        return (
            (value, "") if type(value) is bool else ({"1": True, "0": False}.get(str(value)), "" if value in ("1", "0") else "not_a_switch")
        )
    if not isinstance(value, str):
        return None, "not_a_text"
    if question.kind == "choice":
        return value, "" if value in question.choices else "not_a_choice"
    if question.kind == "file":
        return value, "" if _FILE.fullmatch(value) else "not_found"
    if has_hidden(value):
        return None, "bad_text"
    return clean_text(value), "" if len(value) <= LONGEST else "too_long_text"


def _number(value: object) -> tuple[object, str]:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", value.strip()):
        value = float(value) if "." in value else int(value)
    good = type(value) in (int, float) and math.isfinite(value) and abs(value) < 10**12  # type: ignore[arg-type]
    return (value, "") if good else (None, "not_a_number")
