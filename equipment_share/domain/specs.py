"""What an instrument can do, as figures and words that can be searched: a range with its unit, or a text. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from equipment_share.domain.errors import Problem
from equipment_share.domain.texts import clean_text, has_hidden

MOST, LONGEST_NAME, LONGEST_UNIT, LONGEST_TEXT = 30, 40, 20, 100
LARGEST = 10**12
Spec = Mapping[str, object]
_NUMBER = r"-?[0-9]{1,12}(?:\.[0-9]{1,9})?"
_RANGE = re.compile(rf"({_NUMBER})?\s*(?:\.\.|~|～|–|至)\s*({_NUMBER})?\s*([^0-9\s].{{0,19}})?")
_BOUND = re.compile(rf"(<=|>=|≤|≥)\s*({_NUMBER})\s*([^0-9\s].{{0,19}})?")
_SINGLE = re.compile(rf"({_NUMBER})\s*([^0-9\s].{{0,19}})?")


def read_specs(value: object, where: str) -> tuple[list[dict[str, object]], list[Problem]]:
    """The specifications of an instrument, or everything that is wrong with them; a name, in either language, is given once.

    Units: each has its own. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    if not isinstance(value, list) or len(value) > MOST:
        return [], [Problem("not_a_list", where) if not isinstance(value, list) else Problem("too_many", where, {"most": MOST})]
    found: list[dict[str, object]] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for index, row in enumerate(value):
        wrong = _wrong(row, f"{where}.{index}")
        twice = next((key for key in ("name", "name_en") if wrong is None and folded(row.get(key) or "") in seen), "")
        if twice:
            wrong = Problem("taken", f"{where}.{index}.{twice}")
        if wrong is not None:
            problems.append(wrong)
            continue
        seen |= names_of(row)
        found.append(_kept(row))
    return found, problems


def _wrong(row: object, where: str) -> Problem | None:
    if not isinstance(row, Mapping):
        return Problem("not_an_object", where)
    if unknown := set(row) - {"name", "name_en", "low", "high", "unit", "text"}:
        return Problem("unknown_field", f"{where}.{min(map(str, unknown))}")
    for name, most in (("name", LONGEST_NAME), ("name_en", LONGEST_NAME), ("unit", LONGEST_UNIT), ("text", LONGEST_TEXT)):
        text = row.get(name)
        if text is not None and not isinstance(text, str):
            return Problem("not_a_text", f"{where}.{name}")
        if text and has_hidden(text):
            return Problem("bad_text", f"{where}.{name}")
        if len(text or "") > most:
            return Problem("too_long_text", f"{where}.{name}", {"most": most})
    if not clean_text(row.get("name") or ""):
        return Problem("required", f"{where}.name")
    return _wrong_figures(row, where)


def _wrong_figures(row: Spec, where: str) -> Problem | None:
    """A spec has figures or a text, and not both."""
    figures = {name: row[name] for name in ("low", "high") if row.get(name) is not None}
    for name, value in figures.items():
        if type(value) not in (int, float) or not math.isfinite(value) or abs(value) > LARGEST:  # type: ignore[arg-type]
            return Problem("not_a_number", f"{where}.{name}")
    if bool(figures) == bool(clean_text(str(row.get("text") or ""))):
        return Problem("required" if not figures else "unknown_field", f"{where}.text")
    if len(figures) == 2 and figures["low"] > figures["high"]:  # type: ignore[operator]
        return Problem("end_before_start", f"{where}.high")
    return None


def _kept(row: Spec) -> dict[str, object]:
    english = clean_text(str(row.get("name_en") or ""))
    called = {"name": clean_text(str(row["name"])), **({"name_en": english} if english else {})}
    if row.get("text"):
        return {**called, "text": clean_text(str(row["text"]))}
    return {**called, "low": row.get("low"), "high": row.get("high"), "unit": clean_text(str(row.get("unit") or ""))}


def spec_from(name: str, text: str) -> dict[str, object]:
    """A cell of a table as a spec: `1..5 nm`, `<=5 nm`, `5 nm`, or words; in double quotes it is words in any case.

    Units: as written behind the figures. Rounding: none.
    Raises: nothing; how it fits is for `read_specs` to say.
    Source: docs/rules.md#specs
    """
    text = clean_text(text).removeprefix("'")  # put before a sign, so that no spreadsheet takes it for a formula
    if len(text) > 1 and text[0] == text[-1] == '"':
        return {"name": name, "text": text[1:-1]}
    if (found := _RANGE.fullmatch(text)) and (found[1] or found[2]):
        return _figures(name, found[1], found[2], found[3])
    if found := _BOUND.fullmatch(text):
        low, high = (None, found[2]) if found[1] in ("<=", "≤") else (found[2], None)
        return _figures(name, low, high, found[3])
    if found := _SINGLE.fullmatch(text):
        return _figures(name, found[1], found[1], found[2])
    return {"name": name, "text": text}


def _figures(name: str, low: str | None, high: str | None, unit: str | None) -> dict[str, object]:
    return {"name": name, "low": number(low), "high": number(high), "unit": (unit or "").strip()}


def number(text: str | None) -> int | float | None:
    """A figure out of plain digits; None for nothing, or for what is none.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    if not text or not re.fullmatch(_NUMBER, text.strip()):
        return None
    return float(text) if "." in text else int(text)


def spec_text(spec: Spec) -> str:
    """A spec as one cell, which reads back to the same.

    Units: behind the figures. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    if "text" in spec:
        words = str(spec["text"])
        return f'"{words}"' if "text" not in spec_from("", words) else words
    low, high, unit = plain(spec.get("low")), plain(spec.get("high")), str(spec.get("unit") or "")
    span = low if low == high else f"{low}..{high}"
    return f"{span} {unit}".strip()


def plain(value: object) -> str:
    """A figure as people write it, without an exponent; nothing for an open end.

    Units: none. Rounding: nine places, the most that can be written.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    if value is None:
        return ""
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def reaches(specs: Iterable[Spec], name: str, value: float) -> bool:
    """Whether a range that is called so in either language holds a figure; an open end holds everything beyond it.

    Units: the spec's own. Rounding: none; both ends belong to the range.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    for spec in specs:
        if "text" not in spec and folded(name) in names_of(spec):
            low, high = spec.get("low"), spec.get("high")
            return (low is None or float(str(low)) <= value) and (high is None or value <= float(str(high)))
    return False


def meets_need(specs: Sequence[Spec], texts: Iterable[str], need: str) -> bool:
    """Whether every word of a need stands in what an instrument does: functions, services, specifications.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    told = folded("\n".join([*texts, *words_of(specs)]))
    return all(word in told for word in folded(need).split())


def words_of(specs: Iterable[Spec]) -> list[str]:
    """The words of specs, as the search reads them.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    return [
        " ".join(str(part) for part in (spec["name"], spec.get("name_en"), spec.get("text") or spec_text(spec)) if part) for spec in specs
    ]


def names_of(spec: Spec) -> frozenset[str]:
    """What a spec is called in either language, as names are compared.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    return frozenset(folded(str(spec[key])) for key in ("name", "name_en") if spec.get(key))


def folded(text: str) -> str:
    """Words without width and case.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    return unicodedata.normalize("NFKC", text).casefold()
