"""What may be written about an instrument: its fields, their lengths and kinds, all problems at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from equipment_share.domain.bookings.questions import read_questions
from equipment_share.domain.bookings.rules import Rules
from equipment_share.domain.errors import Invalid, Problem
from equipment_share.domain.money import MOST_FEN
from equipment_share.domain.pricing import Mode
from equipment_share.domain.specs import read_specs
from equipment_share.domain.texts import clean_text, has_hidden

TEXTS: dict[str, int] = {
    "inner_code": 80, "name_zh": 100, "name_en": 100, "class_code": 6, "manufacturer": 100, "model": 100, "serial_no": 100,
    "origin_country": 60, "tech_spec": 500, "functions": 300, "services": 200, "open_rule": 500, "fee_text": 500, "location": 150,
    "region": 60, "contact_name": 20, "contact_phone": 40, "contact_email": 254, "time_zone": 40,
}  # fmt: skip
"""Text fields of `domain.md` §2.2 and how long they may be."""
CHOICES: dict[str, tuple[str, ...]] = {
    "run_status": ("normal", "standby", "remote", "faulty_sometimes", "faulty_often", "awaiting_repair", "to_be_scrapped"),
    "share_mode": ("internal", "external", "none"),
}
SWITCHES = ("takes_vouchers", "keeps_holidays")
OTHER = ("original_value_fen", "in_service_on", "modes", "rules", "hours", "questions", "linked", "specs")
FIELDS = frozenset({*TEXTS, *CHOICES, *SWITCHES, *OTHER})
_CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")


ALSO_CALLED = {
    "扫描电子显微镜": "扫描电镜 SEM", "透射电子显微镜": "透射电镜 TEM", "电子显微镜": "电镜", "核磁共振": "核磁 NMR", "X射线衍射": "XRD",
    "光电子能谱": "XPS", "液质联用": "LC-MS 液质", "气相色谱质谱": "GC-MS 气质", "等离子体质谱": "ICP-MS", "原子力显微镜": "AFM", "热重": "TGA",
}  # fmt: skip
"""What people call an instrument beside its full name."""


def also_called(text: str) -> list[str]:
    """The short names of whatever a text names in full.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#instrument-fields
    """
    return [short for full, short in ALSO_CALLED.items() if full in text]


def checked_fields(given: Mapping[str, object], *, whole: bool) -> dict[str, Any]:
    """The fields of an instrument, typed and clean; `whole` asks for what a new one must have.

    Units: fen; minutes in rules.
    Rounding: none.
    Raises: Invalid with every problem.
    Source: docs/rules.md#instrument-fields (domain §2.2)
    """
    problems = [Problem("unknown_field", name) for name in given if name not in FIELDS]
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in FIELDS:
            try:
                values[name] = _checked(name, value)
            except Invalid as refusal:
                problems.extend(refusal.problems)
    if whole:
        refused = {problem.field for problem in problems}
        if not values.get("inner_code") and "inner_code" not in refused:
            problems.append(Problem("required", "inner_code"))
        if not values.get("name_zh") and not values.get("name_en") and not {"name_zh", "name_en"} & refused:
            problems.append(Problem("required", "name_zh"))
    if problems:
        raise Invalid(problems)
    return values


def _checked(name: str, value: object) -> object:
    if name in TEXTS:
        return _text(name, value)
    if name in CHOICES:
        if value not in CHOICES[name]:
            raise Invalid([Problem("not_a_choice", name)])
        return value
    if name in SWITCHES:
        if type(value) is not bool:
            raise Invalid([Problem("not_a_switch", name)])
        return value
    return _CHECKS[name](value)


def _text(name: str, value: object) -> str | None:
    if value is None:
        return None if name == "class_code" else ""
    if not isinstance(value, str):
        raise Invalid([Problem("not_a_text", name)])
    text = clean_text(value)
    if has_hidden(text):
        raise Invalid([Problem("bad_text", name)])
    if len(text) > TEXTS[name]:
        raise Invalid([Problem("too_long_text", name, {"most": TEXTS[name]})])
    if name == "time_zone" and text not in available_timezones():
        raise Invalid([Problem("not_a_choice", name)])
    if name == "contact_email" and text and "@" not in text:
        raise Invalid([Problem("not_an_email", name)])
    return (text or None) if name == "class_code" else text


def _value(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int:
        raise Invalid([Problem("not_an_integer", "original_value_fen")])
    if not 0 <= value <= MOST_FEN:
        raise Invalid([Problem("out_of_range", "original_value_fen")])
    return value


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid([Problem("not_a_date", "in_service_on")]) from None


def _modes(value: object) -> list[str]:
    if not isinstance(value, list) or any(mode not in set(Mode) for mode in value):
        raise Invalid([Problem("not_a_choice", "modes")])
    return list(dict.fromkeys(value))


def _rules(value: object) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Invalid([Problem("not_an_object", "rules")])
    Rules.parse(value)
    return dict(value)


def _hours(value: object) -> list[dict[str, object]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Invalid([Problem("not_a_list", "hours")])
    problems = [Problem("not_a_time", f"hours[{i}]") for i, row in enumerate(value) if not _is_window(row)]
    if problems:
        raise Invalid(problems)
    return [{name: row[name] for name in ("weekday", "from", "to", "mode") if row.get(name)} for row in value]


def _questions(value: object) -> list[dict[str, object]]:
    found, problems = read_questions([] if value is None else value, "questions")
    if problems:
        raise Invalid(problems)
    return [question.document() for question in found]


def _specs(value: object) -> list[dict[str, object]]:
    found, problems = read_specs([] if value is None else value, "specs")
    if problems:
        raise Invalid(problems)
    return found


def _linked(value: object) -> list[int]:
    """Instruments that are booked together with this one; whether they are the owner's is for the use case to say."""
    rows = [] if value is None else value
    good = isinstance(rows, list) and len(rows) <= 10 and all(re.fullmatch("[1-9][0-9]{0,17}", str(row)) for row in rows)
    if not good:
        raise Invalid([Problem("not_a_list", "linked")])
    return list(dict.fromkeys(int(row) for row in rows))  # type: ignore[attr-defined]


def _is_window(row: object) -> bool:
    if not isinstance(row, Mapping) or set(row) - {"mode"} != {"weekday", "from", "to"}:
        return False
    if row.get("mode") is not None and row["mode"] not in set(Mode):
        return False
    weekday, opens, closes = row["weekday"], row["from"], row["to"]
    if type(weekday) is not int or not 1 <= weekday <= 7 or not isinstance(opens, str) or not isinstance(closes, str):
        return False
    return bool(_CLOCK.fullmatch(opens) and _CLOCK.fullmatch(closes)) and opens < closes <= "24:00"


_CHECKS = {
    "original_value_fen": _value,
    "in_service_on": _day,
    "modes": _modes,
    "rules": _rules,
    "hours": _hours,
    "questions": _questions,
    "linked": _linked,
    "specs": _specs,
}
