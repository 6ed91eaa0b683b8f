"""Tables of instruments in: a verdict on every row. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from equipment_share.domain.errors import Invalid, Problem
from equipment_share.domain.exchange.mapping import ColumnMap, filled
from equipment_share.domain.exchange.price_columns import InForce, NewList, new_list, price_of
from equipment_share.domain.instruments import checked_fields
from equipment_share.domain.money import MOST_FEN, Money
from equipment_share.domain.pricing import Mode
from equipment_share.domain.specs import spec_from

SAID: dict[str, dict[str, str]] = {
    "modes": {"自主上机": "self_operate", "self-operated": "self_operate", "技术指导": "guided", "guided": "guided", "委托测试": "commissioned",
              "commissioned samples": "commissioned", "远程共享": "remote", "remote": "remote"},
    "run_status": {"正常": "normal", "normal": "normal", "待机": "standby", "standby": "standby", "远程服务中": "remote", "serving remotely": "remote",
                   "偶有故障": "faulty_sometimes", "sometimes faulty": "faulty_sometimes", "故障频繁": "faulty_often", "often faulty": "faulty_often",
                   "待修": "awaiting_repair", "awaiting repair": "awaiting_repair", "待报废": "to_be_scrapped", "to be scrapped": "to_be_scrapped"},
    "share_mode": {"内部共享": "internal", "internal": "internal", "外部共享": "external", "external": "external", "不共享": "none",
                   "not shared": "none"},
}  # fmt: skip
"""The words that the pages show for a code, in both languages; a table may bring either."""
_WHOLE = re.compile(r"-?[0-9]{1,15}")
MOST_WORDS = 20
"""So many foreign words of one field are asked about."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of one row."""

    row: int
    kind: str
    """`created`, `updated`, `unchanged`, `rejected` or `skipped`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    reason: str = ""
    prices: NewList | None = None
    """The price list that the row makes; none when it says no price, or the one in force."""


def verdicts(
    rows: Sequence[tuple[int, Mapping[str, str]]], mapping: ColumnMap, known: Mapping[str, Mapping[str, Any]], in_force: InForce
) -> list[Verdict]:
    """What becomes of every row, beside what is known by `inner_code` and the prices in force.

    Units: row numbers as a person sees them, the header is 1.
    Rounding: none.
    Raises: nothing; what is wrong with a row is in its verdict.
    Source: docs/rules.md#exchange
    """
    seen: dict[str, int] = {}
    found = []
    for number, cells in rows:
        verdict = _priced(_verdict(number, cells, mapping, known), cells, mapping, known, in_force)
        code = str(verdict.values.get("inner_code", ""))
        if verdict.kind in ("created", "updated", "unchanged"):
            if code in seen:
                verdict = Verdict(number, "rejected", verdict.values, (Problem("taken", "inner_code", {"row": seen[code]}),))
            seen.setdefault(code, number)
        found.append(verdict)
    return found


def _verdict(number: int, cells: Mapping[str, str], mapping: ColumnMap, known: Mapping[str, Mapping[str, Any]]) -> Verdict:
    for rule in mapping.skip:
        if cells.get(rule.get("column", ""), "").strip().casefold().startswith(rule.get("starts", "\0").casefold()):
            return Verdict(number, "skipped", reason=rule.get("reason", ""))
    try:
        given = _values(cells, mapping)
        before = known.get(str(given.get("inner_code") or "").strip())
        if mapping.specs:
            given["specs"] = _specs(cells, mapping, before.get("specs") or [] if before else [])
        values = checked_fields(given, whole=True)
    except Invalid as refusal:
        return Verdict(number, "rejected", _names(cells, mapping), refusal.problems)
    before = known.get(values["inner_code"])
    if before is None:
        return Verdict(number, "created", values)
    changed = {name: value for name, value in values.items() if _differs(before, name, value)}
    return Verdict(number, "updated" if changed else "unchanged", {"inner_code": values["inner_code"], **changed})


def _priced(
    verdict: Verdict, cells: Mapping[str, str], mapping: ColumnMap, known: Mapping[str, Mapping[str, Any]], in_force: InForce
) -> Verdict:
    """The same with what the row says of prices: a new list, or what is wrong with them."""
    if verdict.kind == "skipped" or not mapping.prices:
        return verdict
    texts = {name: filled(form, cells) for name, form in mapping.prices.items()}
    problems, made = list(verdict.problems), None
    given: dict[str, Money] = {}
    for name, text in texts.items():
        try:
            given |= {name: price_of(text, name)} if text else {}
        except Invalid as refusal:
            problems += refusal.problems
    code = str(verdict.values.get("inner_code", ""))
    modes = verdict.values.get("modes", known.get(code, {}).get("modes", []))
    try:
        if given and not problems:
            made = new_list(given, [Mode(mode) for mode in modes], code, in_force)
    except Invalid as refusal:
        problems += refusal.problems
    if problems:
        return Verdict(verdict.row, "rejected", {**_names(cells, mapping), **verdict.values}, tuple(problems))
    return replace(verdict, prices=made, kind="updated" if made and verdict.kind == "unchanged" else verdict.kind)


def _names(cells: Mapping[str, str], mapping: ColumnMap) -> dict[str, str]:
    """What a row that was not taken calls itself, so that it can be found in the file."""
    forms = {name: mapping.fields[name] for name in ("inner_code", "name_zh", "name_en") if name in mapping.fields}
    return {name: filled(form, cells)[:100] for name, form in forms.items()}


def _differs(before: Mapping[str, Any], name: str, value: Any) -> bool:
    if name == "rules":
        return any(before.get("rules", {}).get(rule) != setting for rule, setting in value.items())
    return bool(before.get(name) != value)


def _values(cells: Mapping[str, str], mapping: ColumnMap) -> dict[str, Any]:
    problems: list[Problem] = []
    values: dict[str, Any] = dict(mapping.constants)
    for name, template in mapping.fields.items():
        text = filled(template, cells)
        translated = mapping.values.get(name)
        if translated is not None:
            text = translated.get(text, translated.get("*", text))
        _put(values, name, text, problems)
    rules = {}
    for name, template in mapping.rules.items():
        text = filled(template, cells)
        if _WHOLE.fullmatch(text):
            rules[name] = int(text)
        elif text:
            problems.append(Problem("not_an_integer", f"rules.{name}"))
    if problems:
        raise Invalid(problems)
    return values | ({"rules": rules} if rules else {})


def _specs(cells: Mapping[str, str], mapping: ColumnMap, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The specifications after this row: a column says its own anew, an empty cell ends it, the others stay; so do English names."""
    texts = {name: filled(form, cells) for name, form in mapping.specs.items()}
    read = {name: spec_from(name, text) for name, text in texts.items() if text}
    kept = [
        {**read.pop(spec["name"]), **{key: spec[key] for key in ("name_en",) if key in spec}} if spec["name"] in read else dict(spec)
        for spec in before
        if spec["name"] in read or spec["name"] not in texts
    ]
    return [*kept, *read.values()]


def _put(values: dict[str, Any], name: str, text: str, problems: list[Problem]) -> None:
    """One cell into its field: empty leaves the default, numbers and lists are typed."""
    if not text:
        return
    if name == "original_value_fen":
        if not _WHOLE.fullmatch(text) or not 0 <= int(text) <= MOST_FEN:
            problems.append(Problem("not_an_integer", name))
        else:
            values[name] = int(text)
    elif name == "modes":
        values[name] = [_code(name, part) or part for part in _modes(text)]
    else:
        values[name] = _code(name, text) or text


def _modes(text: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[;,；，、]+", text) if part.strip()]
    return parts if all(_code("modes", part) for part in parts) else text.split()


def foreign_words(rows: Iterable[Mapping[str, str]], mapping: ColumnMap) -> dict[str, list[str]]:
    """What a table writes where only some words are taken, and that is none of ours: to be given a meaning; by field, at most `MOST_WORDS`.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange
    """
    forms = {name: form for name, form in mapping.fields.items() if name in SAID and "{" in form}
    found: dict[str, dict[str, None]] = {name: {} for name in forms}
    for cells in rows:
        for name, form in forms.items():
            text = filled(form, cells)
            if text and not all(_code(name, part) for part in (_modes(text) if name == "modes" else [text])):
                found[name][text] = None
    return {name: list(texts)[:MOST_WORDS] for name, texts in found.items() if texts}


def _code(name: str, text: str) -> str:
    """The code that a word of ours stands for, in whichever language; empty for a word that is none of ours."""
    said = SAID.get(name, {})
    return text if text in said.values() else said.get(text.casefold(), "")
