"""Named values, lists and objects of them: what a declaration of an operation is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from equipment_share.api.kinds import Kind, Pattern, Schema
from equipment_share.domain.errors import Invalid, Problem, invalid


@dataclass(frozen=True)
class ListOf(Kind):
    """A list of one kind."""

    kind: Kind
    most: int
    least: int = 0
    once: bool = False

    def read(self, value: object, at: str) -> list[Any]:
        """The values. Raises: Invalid `not_a_list`, `too_many`, `required`, and whatever the items say."""
        if not isinstance(value, list):
            raise invalid("not_a_list", at)
        if len(value) > self.most:
            raise invalid("too_many", at, most=self.most)
        if len(value) < self.least:
            raise invalid("required", at)
        values = gathered([partial(self.kind.read, item, f"{at}[{i}]") for i, item in enumerate(value)])
        if self.once and len(set(values)) < len(values):
            raise invalid("given_twice", at)
        return values

    def schema(self) -> Schema:
        """An array."""
        shape: Schema = {"type": "array", "items": self.kind.schema(), "maxItems": self.most, "minItems": self.least}
        return shape | ({"uniqueItems": True} if self.once else {})


@dataclass(frozen=True)
class Either(Kind):
    """A fixed word, or else another kind: `"auto"` or a list."""

    word: str
    kind: Kind

    def read(self, value: object, at: str) -> Any:
        """The word or the value."""
        return self.word if value == self.word and isinstance(value, str) else self.kind.read(value, at)

    def schema(self) -> Schema:
        """One of two."""
        return {"oneOf": [{"const": self.word}, self.kind.schema()]}


@dataclass(frozen=True)
class ObjectOf(Kind):
    """An object with known fields; unknown ones are refused."""

    fields: tuple[Field, ...]
    some: bool = False

    def read(self, value: object, at: str = "") -> dict[str, Any]:
        """The typed values by name; with `some` only those that were given.

        Raises: Invalid with all problems at once, unknown fields first.
        """
        if not isinstance(value, dict):
            raise invalid("not_an_object", at)
        prefix = f"{at}." if at else ""
        problems, values = unknown(value, self.fields, prefix), {}
        for field in self.fields:
            try:
                if field.name in value or not self.some:
                    values[field.name] = field.read(value.get(field.name), f"{prefix}{field.name}")
            except Invalid as refusal:
                problems += refusal.problems
        if problems:
            raise Invalid(problems)
        return values

    def schema(self) -> Schema:
        """An object without other members."""
        needed = [field.name for field in self.fields if field.required and not self.some]
        shape: Schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {field.name: field.schema() for field in self.fields},
        }
        return shape | ({"required": needed} if needed else {})


@dataclass(frozen=True)
class MapOf(Kind):
    """An object whose keys the caller chooses, each with a value of one kind."""

    keys: Pattern
    kind: Kind
    most: int

    def read(self, value: object, at: str) -> dict[str, Any]:
        """The values by key. Raises: Invalid `not_an_object`, `too_many`, `unknown_field`, and whatever the values say."""
        if not isinstance(value, dict):
            raise invalid("not_an_object", at)
        if len(value) > self.most:
            raise invalid("too_many", at, most=self.most)
        if strange := [name for name in value if len(name) > self.keys.longest or not self.keys.form.fullmatch(name)]:
            raise Invalid([Problem("unknown_field", f"{at}.{name[:80]}") for name in strange[:20]])
        values = gathered([partial(self.kind.read, item, f"{at}.{name}") for name, item in value.items()])
        return dict(zip(value, values, strict=True))

    def schema(self) -> Schema:
        """An object whose keys have a form."""
        return {
            "type": "object",
            "propertyNames": self.keys.schema(),
            "additionalProperties": self.kind.schema(),
            "maxProperties": self.most,
        }


@dataclass(frozen=True)
class Document(Kind):
    """An object whose inside a rule of the house reads (rules, programmes, case files)."""

    described: str = "See the contract."

    def read(self, value: object, at: str) -> dict[str, Any]:
        """The object as it came. Raises: Invalid `not_an_object`."""
        if not isinstance(value, dict):
            raise invalid("not_an_object", at)
        return value

    def schema(self) -> Schema:
        """Any object."""
        return {"type": "object", "description": self.described}


@dataclass(frozen=True)
class Field:
    """One named value of a body, a query or a form."""

    name: str
    kind: Kind
    required: bool = False
    default: Any = None
    means: str = ""

    def read(self, value: object, at: str) -> Any:
        """The value, or its default when it was left out or null. Raises: Invalid."""
        if value is not None:
            return self.kind.read(value, at)
        if self.required:
            raise invalid("required", at)
        return self.default

    def schema(self) -> Schema:
        """The kind's schema; an optional value may be null."""
        shape = self.kind.schema()
        if not self.required:
            if set(shape) & {"enum", "oneOf"} or not isinstance(shape.get("type"), str):
                shape = {"oneOf": [{"type": "null"}, shape]}
            else:
                shape = shape | {"type": [shape["type"], "null"]}
        return shape | ({"description": self.means} if self.means else {})


def unknown(given: Mapping[str, object], fields: Sequence[Field], prefix: str = "") -> list[Problem]:
    """One problem for each name that nobody declared, safe to be sent back."""
    known = {field.name for field in fields}
    strange = [name for name in given if name not in known]
    return [Problem("unknown_field", prefix + name[:80]) for name in strange[:20]]


def gathered(readers: Sequence[Callable[[], Any]]) -> list[Any]:
    """What all readers say; all their problems at once when some refuse.

    Raises: Invalid.
    """
    values: list[Any] = []
    problems: list[Problem] = []
    for reader in readers:
        try:
            values.append(reader())
        except Invalid as refusal:
            problems += refusal.problems
    if problems:
        raise Invalid(problems)
    return values
