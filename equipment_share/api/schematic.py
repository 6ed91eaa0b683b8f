"""The few words the documents of this door are described with, as JSON Schema."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "description": "opaque"}
WHOLE: Schema = {"type": "integer"}
FEN: Schema = {"type": "integer", "description": "fen"}
YES_NO: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
ANYTHING: Schema = {"type": "object"}


def ref(name: str) -> Schema:
    """A shape by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """The shape, or null."""
    if "$ref" in schema or "enum" in schema:
        return {"oneOf": [{"type": "null"}, schema]}
    return schema | {"type": [schema["type"], "null"]}


def words(*offered: str) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(offered)}


def many(schema: Schema) -> Schema:
    """A list of one shape."""
    return {"type": "array", "items": schema}


def shape(**members: Schema) -> Schema:
    """An object with exactly these members. `from_` is written for `from`, which Python keeps to itself."""
    named = {name.rstrip("_"): schema for name, schema in members.items()}
    return {"type": "object", "properties": named, "required": list(named), "additionalProperties": False}


def with_optional(one: Schema, **more: Schema) -> Schema:
    """A shape with members that are there only where they were given."""
    return {**one, "properties": one["properties"] | more}


def joined(one: Schema, **more: Schema) -> Schema:
    """A shape with more members."""
    other = shape(**more)
    return {
        "type": "object",
        "properties": one["properties"] | other["properties"],
        "required": one["required"] + other["required"],
        "additionalProperties": False,
    }


def page_of(name: str) -> Schema:
    """One page of a list."""
    members = {"items": many(ref(name)), "next": maybe(TEXT), "total": WHOLE}
    return {"type": "object", "properties": members, "required": ["items", "next"], "additionalProperties": False}


PARTY = shape(code=TEXT, name=TEXT)
