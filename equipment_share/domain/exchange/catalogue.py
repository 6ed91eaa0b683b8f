"""Tables of instruments in and out: a mapping of columns, and a verdict on every row. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.instruments import FIELDS, checked_fields
from equipment_share.domain.money import MOST_FEN
from equipment_share.domain.specs import spec_from, spec_text

HEADERS: dict[str, str] = {
    "inner_code": "本单位编号", "name_zh": "仪器名称", "name_en": "英文名称", "class_code": "分类编码", "manufacturer": "生产厂商", "model": "型号",
    "serial_no": "出厂编号", "origin_country": "产地", "original_value_fen": "原值_分", "in_service_on": "启用日期", "tech_spec": "主要技术指标",
    "functions": "主要功能", "services": "服务内容", "run_status": "运行状态", "share_mode": "共享模式", "open_rule": "开放规定",
    "fee_text": "收费说明", "location": "安放地址", "region": "所在地区", "contact_name": "联系人", "contact_phone": "联系电话",
    "contact_email": "联系邮箱", "modes": "服务方式", "time_zone": "时区",
}  # fmt: skip
"""Our own columns by both of their names; either is read without a mapping."""
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
RULE_FIELDS = ("grid_minutes", "min_minutes", "max_minutes", "lead_minutes", "horizon_days", "cancel_cutoff_minutes")
_HOLE = re.compile(r"\{([^{}]+)\}")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_TAG = re.compile(r"<[^<>]{0,200}>")
_MAPPING_KEYS = {"about", "fields", "constants", "values", "rules", "skip", "specs"}
SPEC_COLUMN = "spec:"
"""Our own columns of specifications: `spec:NAME`."""


@dataclass(frozen=True)
class Verdict:
    """What becomes of one row."""

    row: int
    kind: str
    """`created`, `updated`, `unchanged`, `rejected` or `skipped`."""
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class ColumnMap:
    """Which of our fields comes out of which columns."""

    fields: Mapping[str, str]
    constants: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    skip: Sequence[Mapping[str, str]] = ()
    specs: Mapping[str, str] = field(default_factory=dict)
    """Which specification comes out of which columns, by its name."""


def parse_mapping(document: object) -> ColumnMap:
    """Read a mapping document strictly.

    Units: none. Rounding: none.
    Raises: Invalid for unknown keys and unknown fields of ours.
    Source: docs/rules.md#exchange
    """
    if not isinstance(document, Mapping):
        raise invalid("not_an_object", "mapping")
    problems = [Problem("unknown_field", str(key)) for key in document if key not in _MAPPING_KEYS]
    for part, known in (("fields", FIELDS), ("constants", FIELDS), ("rules", frozenset(RULE_FIELDS))):
        inner = document.get(part, {})
        if not isinstance(inner, Mapping):
            problems.append(Problem("not_an_object", part))
        else:
            problems += [Problem("unknown_field", f"{part}.{name}") for name in inner if name not in known]
    specs = document.get("specs", {})
    if not isinstance(specs, Mapping) or any(not isinstance(template, str) for template in specs.values()):
        problems.append(Problem("not_an_object", "specs"))
    if not document.get("fields"):
        problems.append(Problem("required", "fields"))
    if problems:
        raise Invalid(problems)
    return ColumnMap(
        document["fields"], document.get("constants", {}), document.get("values", {}), document.get("rules", {}), document.get("skip", ()),
        document.get("specs", {}),
    )  # fmt: skip


def own_mapping(header: Sequence[str]) -> ColumnMap:
    """The mapping for a table whose columns are ours, in Chinese or in English.

    Units: none. Rounding: none.
    Raises: Invalid when no column is ours.
    Source: docs/rules.md#exchange
    """
    names = {**{name: name for name in HEADERS}, **{title: name for name, title in HEADERS.items()}}
    fields = {names[column]: "{" + column + "}" for column in header if column in names}
    rules = {column.removeprefix("rules."): "{" + column + "}" for column in header if column.removeprefix("rules.") in RULE_FIELDS}
    if not fields:
        raise invalid("not_a_table", "file")
    specs = {name: "{" + column + "}" for column in header if (name := spec_name(column))}
    return ColumnMap(fields, rules=rules, specs=specs)


def spec_name(column: str) -> str:
    """The specification that one of our own columns holds; empty for any other column.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    return column.removeprefix(SPEC_COLUMN).strip() if column.startswith(SPEC_COLUMN) else ""


def verdicts(rows: Sequence[tuple[int, Mapping[str, str]]], mapping: ColumnMap, known: Mapping[str, Mapping[str, Any]]) -> list[Verdict]:
    """What becomes of every row, beside what is known by `inner_code`.

    Units: row numbers as a person sees them, the header is 1.
    Rounding: none.
    Raises: nothing; what is wrong with a row is in its verdict.
    Source: docs/rules.md#exchange
    """
    seen: dict[str, int] = {}
    found = []
    for number, cells in rows:
        verdict = _verdict(number, cells, mapping, known)
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


def unused_columns(header: Sequence[str], mapping: ColumnMap) -> list[str]:
    """The columns of a table that no field, rule or specification is read from.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange
    """
    read = {hole for part in (mapping.fields, mapping.rules, mapping.specs) for form in part.values() for hole in _HOLE.findall(form)}
    return [title for title in header if title and title not in read and title not in {rule.get("column") for rule in mapping.skip}]


def _names(cells: Mapping[str, str], mapping: ColumnMap) -> dict[str, str]:
    """What a row that was not taken calls itself, so that it can be found in the file."""
    forms = {name: mapping.fields[name] for name in ("inner_code", "name_zh", "name_en") if name in mapping.fields}
    return {name: plain_text(_HOLE.sub(lambda hole: cells.get(hole[1], "").strip(), form)).strip()[:100] for name, form in forms.items()}


def _differs(before: Mapping[str, Any], name: str, value: Any) -> bool:
    if name == "rules":
        return any(before.get("rules", {}).get(rule) != setting for rule, setting in value.items())
    return bool(before.get(name) != value)


def _values(cells: Mapping[str, str], mapping: ColumnMap) -> dict[str, Any]:
    problems: list[Problem] = []
    values: dict[str, Any] = dict(mapping.constants)
    for name, template in mapping.fields.items():
        text = plain_text(_HOLE.sub(lambda hole: cells.get(hole[1], "").strip(), template)).strip()
        translated = mapping.values.get(name)
        if translated is not None:
            text = translated.get(text, translated.get("*", text))
        _put(values, name, text, problems)
    rules = {}
    for name, template in mapping.rules.items():
        text = _HOLE.sub(lambda hole: cells.get(hole[1], "").strip(), template)
        if _WHOLE.fullmatch(text):
            rules[name] = int(text)
        elif text:
            problems.append(Problem("not_an_integer", f"rules.{name}"))
    if problems:
        raise Invalid(problems)
    return values | ({"rules": rules} if rules else {})


def _specs(cells: Mapping[str, str], mapping: ColumnMap, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The specifications after this row: a column says its own anew, an empty cell ends it, the others stay."""
    texts = {name: plain_text(_HOLE.sub(lambda hole: cells.get(hole[1], "").strip(), form)) for name, form in mapping.specs.items()}
    read = {name: spec_from(name, text) for name, text in texts.items() if text.strip()}
    kept = [
        read.pop(spec["name"]) if spec["name"] in read else dict(spec)
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
        parts = [part.strip() for part in re.split(r"[;,；，、]+", text) if part.strip()]
        if not all(_code(name, part) for part in parts):
            parts = text.split()
        values[name] = [_code(name, part) or part for part in parts]
    else:
        values[name] = _code(name, text) or text


def _code(name: str, text: str) -> str:
    """The code that a word of ours stands for, in whichever language; empty for a word that is none of ours."""
    said = SAID.get(name, {})
    return text if text in said.values() else said.get(text.casefold(), "")


def plain_text(text: str) -> str:
    """A description without its mark-up: line breaks stay, tags go."""
    return re.sub(r"\n{2,}", "\n", _TAG.sub("", re.sub(r"(?i)<br\s*/?>", "\n", text)))


def native_header(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Our own columns: the fields, then every specification that any of some instruments has."""
    return [*HEADERS.values(), *(SPEC_COLUMN + name for name in _spec_names(rows))]


def _spec_names(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(spec["name"]) for values in rows for spec in values.get("specs") or ()))


def native_rows(rows: Sequence[Mapping[str, Any]]) -> list[list[str | int]]:
    """Instruments as rows under `native_header`."""
    names = _spec_names(rows)
    told = [{str(spec["name"]): spec_text(spec) for spec in values.get("specs") or ()} for values in rows]
    return [[*native_row(values), *(specs.get(name, "") for name in names)] for values, specs in zip(rows, told, strict=True)]


def native_row(values: Mapping[str, Any]) -> list[str | int]:
    """One instrument as a row of our own columns, which reads back to the same."""
    row: list[str | int] = []
    for name in HEADERS:
        value = values.get(name)
        row.append(";".join(value) if isinstance(value, list) else "" if value is None else str(value))
    return row
