"""Which of our fields comes out of which columns of a table of instruments. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.exchange.price_columns import PRICE_HEADERS
from equipment_share.domain.instruments import FIELDS

HEADERS: dict[str, str] = {
    "inner_code": "本单位编号", "name_zh": "仪器名称", "name_en": "英文名称", "class_code": "分类编码", "manufacturer": "生产厂商", "model": "型号",
    "serial_no": "出厂编号", "origin_country": "产地", "original_value_fen": "原值_分", "in_service_on": "启用日期", "tech_spec": "主要技术指标",
    "functions": "主要功能", "services": "服务内容", "run_status": "运行状态", "share_mode": "共享模式", "open_rule": "开放规定",
    "fee_text": "收费说明", "location": "安放地址", "region": "所在地区", "contact_name": "联系人", "contact_phone": "联系电话",
    "contact_email": "联系邮箱", "modes": "服务方式", "time_zone": "时区",
}  # fmt: skip
"""Our own columns by both of their names; either is read without a mapping."""
RULE_FIELDS = ("grid_minutes", "min_minutes", "max_minutes", "lead_minutes", "horizon_days", "cancel_cutoff_minutes")
_HOLE = re.compile(r"\{([^{}]+)\}")
_TAG = re.compile(r"<[^<>]{0,200}>")
_MAPPING_KEYS = {"about", "fields", "constants", "values", "rules", "skip", "specs", "prices"}
SPEC_COLUMN = "spec:"
"""Our own columns of specifications: `spec:NAME`."""


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
    prices: Mapping[str, str] = field(default_factory=dict)
    """Which price comes out of which columns: `price_hour`, `price_sample`."""

    def columns(self, name: str) -> list[str]:
        """The columns of the table that one of our fields is read from."""
        form = {**self.fields, **self.prices, **{f"rules.{rule}": text for rule, text in self.rules.items()}}.get(name, "")
        return _HOLE.findall(form)


def parse_mapping(document: object) -> ColumnMap:
    """Read a mapping document strictly.

    Units: none. Rounding: none.
    Raises: Invalid for unknown keys and unknown fields of ours.
    Source: docs/rules.md#exchange
    """
    if not isinstance(document, Mapping):
        raise invalid("not_an_object", "mapping")
    problems = [Problem("unknown_field", str(key)) for key in document if key not in _MAPPING_KEYS]
    for part, known in (("fields", FIELDS), ("constants", FIELDS), ("rules", frozenset(RULE_FIELDS)), ("prices", frozenset(PRICE_HEADERS))):
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
        document.get("specs", {}), document.get("prices", {}),
    )  # fmt: skip


def own_mapping(header: Sequence[str]) -> ColumnMap:
    """The mapping for a table whose columns are ours, in Chinese or in English.

    Units: none. Rounding: none.
    Raises: Invalid when no column is ours.
    Source: docs/rules.md#exchange
    """
    fields, prices = _own_columns(HEADERS, header), _own_columns(PRICE_HEADERS, header)
    rules = {column.removeprefix("rules."): "{" + column + "}" for column in header if column.removeprefix("rules.") in RULE_FIELDS}
    if not fields:
        raise invalid("not_a_table", "file")
    specs = {name: "{" + column + "}" for column in header if (name := spec_name(column))}
    return ColumnMap(fields, rules=rules, specs=specs, prices=prices)


def _own_columns(titles: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    names = {**{name: name for name in titles}, **{title: name for name, title in titles.items()}}
    return {names[column]: "{" + column + "}" for column in header if column in names}


def spec_name(column: str) -> str:
    """The specification that one of our own columns holds; empty for any other column.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#specs
    """
    return column.removeprefix(SPEC_COLUMN).strip() if column.startswith(SPEC_COLUMN) else ""


def unused_columns(header: Sequence[str], mapping: ColumnMap) -> list[str]:
    """The columns of a table that no field, rule, specification or price is read from.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange
    """
    parts = (mapping.fields, mapping.rules, mapping.specs, mapping.prices)
    read = {hole for part in parts for form in part.values() for hole in _HOLE.findall(form)}
    return [title for title in header if title and title not in read and title not in {rule.get("column") for rule in mapping.skip}]


def filled(form: str, cells: Mapping[str, str]) -> str:
    """What a form says of a row: every column in braces is its cell, without mark-up.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#exchange
    """
    return plain_text(_HOLE.sub(lambda hole: cells.get(hole[1], "").strip(), form)).strip()


def plain_text(text: str) -> str:
    """A description without its mark-up: line breaks stay, tags go."""
    return re.sub(r"\n{2,}", "\n", _TAG.sub("", re.sub(r"(?i)<br\s*/?>", "\n", text)))
