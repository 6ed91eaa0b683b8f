"""A programme document as texts that people type, and back: every text is kept, every mistake has its field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from equipment_share.domain.errors import Problem
from equipment_share.domain.money import Money
from equipment_share.domain.texts import clean_text, has_hidden
from equipment_share.web.vouchers.programme_fields import SPECS

Row = dict[str, str]
WHEN = ("tag", "category", "region", "provider_region")
MOST_ROWS = 40
_RULE = re.compile(r"rate_rules\[([0-9]{1,3})\]\.(?:bands\[([0-9]{1,3})\]\.)?([a-z_.]{1,30})")
_ROW = re.compile(r"(caps\.annual_fen|quota_fen|sources)\[([0-9]{1,3})\]\.([a-z_]{1,20})")
_SHAPES = {
    "yuan": (re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?"), "not_an_amount"), "whole": (re.compile("[0-9]{1,12}"), "not_an_integer"),
    "percent": (re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?"), "not_a_number"),
}  # fmt: skip
SEVERAL = ("many", "open")
_BETWEEN = "[,\uff0c\u3001;\uff1b\\s]+"
BY_TAG = ("caps.annual_fen", "quota_fen")


@dataclass
class Rule:
    """One rate rule as typed: its own texts, and its bands."""

    texts: Row = field(default_factory=dict)
    bands: list[Row] = field(default_factory=list)


@dataclass
class Typed:
    """The whole form as typed."""

    texts: Row = field(default_factory=dict)
    many: dict[str, list[str]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=lambda: {"caps.annual_fen": [], "quota_fen": [], "sources": []})

    def add(self, what: str) -> None:
        """One empty row more: `rate_rules`, `rate_rules[0].bands`, `sources`, `caps.annual_fen` or `quota_fen`."""
        if what == "rate_rules" and len(self.rules) < MOST_ROWS:
            self.rules.append(Rule(bands=[{}]))
        elif what in self.rows and len(self.rows[what]) < MOST_ROWS:
            self.rows[what].append({})
        elif (found := re.fullmatch(r"rate_rules\[([0-9]{1,3})\]\.bands", what)) and int(found[1]) < len(self.rules):
            self.rules[int(found[1])].bands.append({})

    def remove(self, what: str) -> None:
        """One row less: `rate_rules[1]`, `rate_rules[0].bands[2]`, `sources[0]`."""
        found = re.fullmatch(r"(.+)\[([0-9]{1,3})\]", what)
        if found is None:
            return
        name, index = found[1], int(found[2])
        inner = re.fullmatch(r"rate_rules\[([0-9]{1,3})\]\.bands", name)
        rows: list[Any] = self.rules if name == "rate_rules" else self.rows.get(name, [])
        if inner:
            rows = self.rules[int(inner[1])].bands if int(inner[1]) < len(self.rules) else []
        if index < len(rows):
            del rows[index]

    def tidied(self) -> Typed:
        """Without the rows that nobody filled."""
        for rule in self.rules:
            rule.bands = [band for band in rule.bands if any(band.values())]
        self.rules = [rule for rule in self.rules if rule.bands or any(rule.texts.values())]
        self.rows = {name: [row for row in rows if any(row.values())] for name, rows in self.rows.items()}
        return self


def typed_from_form(pairs: Iterable[tuple[str, str]]) -> Typed:
    """What the browser sent; names that are none of ours are left out."""
    made, rules, rows = Typed(), dict[int, Rule](), dict[tuple[str, int], Row]()
    kinds = {spec.path: spec.kind for spec in SPECS}
    for name, text in pairs:
        text = clean_text(text)[:2000]
        if kinds.get(name) == "many":
            made.many.setdefault(name, []).append(text)
        elif kinds.get(name) == "open":
            made.many[name] = list(dict.fromkeys([*made.many.get(name, []), *_parts(text)]))
        elif name in kinds:
            made.texts[name] = text
        elif found := _RULE.fullmatch(name):
            rule = rules.setdefault(int(found[1]), Rule())
            if found[2] is None:
                rule.texts[found[3]] = text
            else:
                rule.bands += [{} for _ in range(min(int(found[2]), MOST_ROWS) + 1 - len(rule.bands))]
                rule.bands[min(int(found[2]), MOST_ROWS)][found[3]] = text
        elif found := _ROW.fullmatch(name):
            rows.setdefault((found[1], int(found[2])), {})[found[3]] = text
    made.rules = [rules[index] for index in sorted(rules)][:MOST_ROWS]
    for name, index in sorted(rows):
        made.rows[name].append(rows[name, index])
    return made


def typed_from_document(document: Mapping[str, Any]) -> Typed:
    """A whole (canonical) document as texts."""
    made = Typed()
    for spec in SPECS:
        value = _at(document, spec.path)
        if spec.kind in SEVERAL:
            made.many[spec.path] = list(value or [])
        else:
            made.texts[spec.path] = _text(spec.kind, value)
    made.texts |= _compound(document)
    for rule in document.get("rate_rules", []):
        texts = {f"when.{key}": str(value) for key, value in rule.get("when", {}).items()}
        texts |= {"uplift_bp": _text("percent", rule.get("uplift_bp") or None), "max_bp": _text("percent", rule.get("max_bp"))}
        bands = [{"up_to_fen": _text("yuan", b.get("up_to_fen")), "rate_bp": _text("percent", b["rate_bp"])} for b in rule["bands"]]
        made.rules.append(Rule(texts, bands))
    for name in BY_TAG:
        made.rows[name] = [{"tag": tag, "fen": _text("yuan", fen)} for tag, fen in (_at(document, name) or {}).items()]
    made.rows["sources"] = [{"code": s["code"], "weight": str(s["weight"])} for s in document.get("sources", [])]
    return made


def _at(document: Mapping[str, Any], path: str) -> Any:
    found: Any = document
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _text(kind: str, value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    match kind:
        case "yuan":
            return str(Money(value))
        case "percent":
            return f"{Decimal(value) / 100:f}".removesuffix(".00")
        case "words":
            return ", ".join(value)
        case "switch":
            return "1" if value else ""
    return str(value)


def _compound(document: Mapping[str, Any]) -> Row:
    """The parameters that take one of several shapes."""
    period, validity = document.get("period", "calendar_year"), document.get("validity", {})
    kind = period if isinstance(period, str) else "rolling" if "rolling_months" in period else "window"
    held = "days" if validity.get("days") else "months" if validity.get("months") else "end_of_period"
    return {"period": kind, "validity": held, "validity.number": _text("whole", validity.get(held))}


@dataclass
class Read:
    """The document that was typed, and what could not be read."""

    document: dict[str, Any]
    problems: list[Problem]


def read(typed: Typed) -> Read:
    """Texts into a document; whether its terms hold together is for the domain to say."""
    made = Read({}, [])
    for spec in SPECS:
        if spec.path not in ("period", "period.from", "period.to", "period.rolling_months", "validity", "validity.number"):
            value = (
                _several(made, spec.path, typed)
                if spec.kind in SEVERAL
                else _value(made, spec.path, spec.kind, typed.texts.get(spec.path, ""))
            )
            _put(made.document, spec.path, value)
    _put(made.document, "rounding.unit_fen", _value(made, "rounding.unit_fen", "whole", typed.texts.get("rounding.unit_fen", "1")))
    _read_time(made, typed.texts)
    made.document["rate_rules"] = [_rule(made, rule, f"rate_rules[{index}]") for index, rule in enumerate(typed.rules)]
    for name in BY_TAG:
        _put(made.document, name, _tags(made, name, typed.rows[name]))
    made.document["sources"] = [
        _known({key: _value(made, f"sources[{i}].{key}", kind, row.get(key, "")) for key, kind in (("code", "text"), ("weight", "whole"))})
        for i, row in enumerate(typed.rows["sources"])
    ]
    return made


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    if value is None:
        return
    *way, last = path.split(".")
    for part in way:
        document = document.setdefault(part, {})
    document[last] = value


def _several(made: Read, path: str, typed: Typed) -> list[str]:
    found = typed.many.get(path, [])
    if any(has_hidden(text) for text in found):
        made.problems.append(Problem("bad_text", path))
    return found


def _parts(text: str) -> list[str]:
    return [part for part in re.split(_BETWEEN, text) if part]


def _value(made: Read, path: str, kind: str, text: str) -> Any:
    """One text as a value; None when it is empty, or wrong and told so."""
    if has_hidden(text):
        made.problems.append(Problem("bad_text", path))
        return None
    if kind == "switch":
        return True if text else _off(path)
    if not text:
        return None
    if kind == "words":
        return _parts(text)
    if kind in _SHAPES:
        shape, code = _SHAPES[kind]
        if not (text.isascii() and shape.fullmatch(text)):
            made.problems.append(Problem(code, path))
            return None
        return int(text) if kind == "whole" else int(Decimal(text) * 100)
    return text


def _off(path: str) -> bool | None:
    """An empty box is no; a penalty that nobody typed stays away altogether."""
    return None if path.startswith("penalty.") else False


def _read_time(made: Read, texts: Row) -> None:
    kind = texts.get("period", "calendar_year")
    if kind == "window":
        made.document["period"] = {"from": texts.get("period.from", ""), "to": texts.get("period.to", "")}
    elif kind == "rolling":
        made.document["period"] = {"rolling_months": _value(made, "period.rolling_months", "whole", texts.get("period.rolling_months", ""))}
    elif kind:
        made.document["period"] = kind
    held = texts.get("validity", "")
    number = _value(made, "validity.number", "whole", texts.get("validity.number", ""))
    if held in ("days", "months") and number is None:
        made.problems.append(Problem("required", "validity.number"))
    elif held in ("days", "months"):
        _put(made.document, f"validity.{held}", number)


def _rule(made: Read, rule: Rule, at: str) -> dict[str, Any]:
    when = _known({key: _value(made, f"{at}.when.{key}", "text", rule.texts.get(f"when.{key}", "")) for key in WHEN})
    bands = [
        _known({key: _value(made, f"{at}.bands[{i}].{key}", kind, band.get(key, "")) for key, kind in (("up_to_fen", "yuan"), ("rate_bp", "percent"))})
        for i, band in enumerate(rule.bands)
    ]  # fmt: skip
    more = {key: _value(made, f"{at}.{key}", "percent", rule.texts.get(key, "")) for key in ("uplift_bp", "max_bp")}
    return _known({"when": when, "bands": bands, **more})


def _tags(made: Read, name: str, rows: list[Row]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index, row in enumerate(rows):
        tag, amount = row.get("tag") or "any", _value(made, f"{name}[{index}].fen", "yuan", row.get("fen", ""))
        if tag in found or has_hidden(tag) or len(tag) > 40:
            made.problems.append(Problem("given_twice" if tag in found else "bad_text", f"{name}[{index}].tag"))
        elif amount is None and not row.get("fen"):
            made.problems.append(Problem("required", f"{name}[{index}].fen"))
        found[tag] = amount
    return {tag: amount for tag, amount in found.items() if amount is not None}


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
