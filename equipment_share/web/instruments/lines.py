"""Rules that an owner types as lines, and lines that the form shows, in the reader's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from equipment_share.domain.bookings.quotas import Quota
from equipment_share.domain.pricing import Mode
from equipment_share.wording import WORDS

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HORIZON = re.compile(r"(.{1,60}?)[ :=\uff1a\u3000]+([1-9][0-9]{0,2})")
_HOURS = re.compile(r"([1-7])(?:-([1-7]))? +([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})(?: +(.{1,60}))?")
_QUOTA_WORDS = {"企业": "firm", "个人": "user", "每天": "day", "每周": "week", "每月": "month", "分钟": "min", "次": "times"}
_QUOTA = re.compile(r"(firm|user|企业|个人) +(day|week|month|每天|每周|每月) +([1-9][0-9]{0,5}) *(min|times|分钟|次)")


_COLUMNS = {
    ("specs", "name"): _l("Name"), ("specs", "name_en"): _l("English name"),
    ("specs", "low"): _l("From (figure)"), ("specs", "high"): _l("To (figure)"), ("specs", "unit"): _l("Unit"),
    ("specs", "text"): _l("Or words"), ("questions", "label"): _l("Question"), ("questions", "kind"): _l("Answer"),
    ("questions", "label_en"): _l("Question in English"),
    ("questions", "required"): _l("Needed"), ("questions", "choices"): _l("Unit, or the choices with commas"),
    ("questions", "unit"): _l("Unit, or the choices with commas"),
}  # fmt: skip


def code_of(kind: str, text: str) -> str:
    """The code behind a word of the reader's language; a code stays what it is."""
    typed = text.strip().casefold()
    return next((code for code, shown in WORDS[kind].items() if str(shown).casefold() == typed), typed)


def word_of(kind: str, code: str) -> str:
    """The reader's word for a code, the code itself where the field has no word for it."""
    return str(WORDS[kind].get(code, code))


def _horizon(line: str) -> tuple[str, int] | None:
    found = _HORIZON.fullmatch(line.strip())
    code = code_of("class", found[1]) if found else ""
    return (code, int(found[2])) if found and _CODE.fullmatch(code) else None


def horizon_rows(text: str) -> dict[str, int]:
    """`tech_sme 180` or the class's own name, one class a line, as `rules.class_horizon_days`."""
    return dict(row for line in text.splitlines() if (row := _horizon(line)))


def bad_horizons(text: str) -> list[str]:
    """The lines that say nothing."""
    return [line for line in text.splitlines() if line.strip() and _horizon(line) is None]


def horizons_text(horizons: Mapping[str, int]) -> str:
    """`rules.class_horizon_days` as lines."""
    return "\n".join(f"{word_of('class', tag)} {days}" for tag, days in horizons.items())


def _window(line: str) -> list[dict[str, object]]:
    """One line of hours as a row for each weekday; none when it cannot be read."""
    found = _HOURS.fullmatch(line.strip())
    mode = code_of("mode", found[5]) if found and found[5] else ""
    if not found or mode not in ("", *Mode):
        return []
    own = {"mode": mode} if mode else {}
    return [{"weekday": day, "from": found[3], "to": found[4], **own} for day in range(int(found[1]), int(found[2] or found[1]) + 1)]


def hours_rows(text: str) -> list[dict[str, object]]:
    """Lines of opening hours as rows of weekday, from, to; a mode by its name or its code."""
    return [row for line in text.splitlines() for row in _window(line)]


def bad_hours(text: str) -> list[str]:
    """The lines that say nothing."""
    return [line for line in text.splitlines() if line.strip() and not _window(line)]


def hours_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of opening hours as lines, weekdays that follow each other and open alike in one."""
    told: list[tuple[int, int, str]] = []
    for row in rows:
        day, mode = int(row["weekday"]), row.get("mode") or ""
        hours = f"{row['from']}-{row['to']} {word_of('mode', mode) if mode else ''}".rstrip()
        before = next((index for index, (_, last, same) in enumerate(told) if same == hours and last == day - 1), None)
        if before is None:
            told.append((day, day, hours))
        else:
            told[before] = (told[before][0], day, hours)
    return "\n".join(f"{first}-{last} {hours}" if last > first else f"{first} {hours}" for first, last, hours in told)


def is_quota(line: str) -> bool:
    """Whether a line says a quota: `firm week 600 min` or `企业 每周 600 分钟`."""
    return _QUOTA.fullmatch(line.strip()) is not None


def quota_rows(text: str) -> list[dict[str, object]]:
    """Lines of quotas, in either language, as `rules.quotas`."""
    rows: list[dict[str, object]] = []
    for line in text.splitlines():
        if found := _QUOTA.fullmatch(line.strip()):
            whom, per, number, unit = (_QUOTA_WORDS.get(part, part) for part in found.groups())
            rows.append({"minutes" if unit == "min" else "count": int(number), "per": per, "whom": whom})
    return rows


def quotas_text(quotas: Sequence[Quota], language: str) -> str:
    """`rules.quotas` as lines in the reader's language."""
    shown = {english: chinese for chinese, english in _QUOTA_WORDS.items()} if language == "zh" else {}
    lines = []
    for quota in quotas:
        limit, unit = (quota.minutes, "min") if quota.minutes is not None else (quota.count, "times")
        lines.append(" ".join(shown.get(word, word) for word in (quota.whom, quota.per, str(limit), unit)))
    return "\n".join(lines)


def place_in_rows(field: str) -> str:
    """`specs.2.low` or `questions.2.choices` in the words of their forms: the third row, and its column."""
    parts = field.split(".")
    if len(parts) < 2 or not parts[1].isdecimal():
        return ""
    row, column = int(parts[1]) + 1, _COLUMNS.get((parts[0], parts[2])) if len(parts) > 2 else None
    return gettext("Row %(row)s, %(column)s: ", row=row, column=column) if column else gettext("Row %(row)s: ", row=row)
