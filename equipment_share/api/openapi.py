"""The OpenAPI 3.1 page, made from the declarations that the readers use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from equipment_share.api.access import SAFE
from equipment_share.api.bodies import Json
from equipment_share.api.fields import Field
from equipment_share.api.operations import Answer, Operation
from equipment_share.api.schemas import PROBLEM_LINE, SCHEMAS
from equipment_share.api.schematic import Schema, many, page_of, ref

TITLE = "Equipment Share"
VERSION = "1"
FIELD_CODES = (
    "required", "unknown_field", "not_a_text", "bad_text", "too_long_text", "not_an_integer", "out_of_range", "not_a_choice", "not_a_switch",
    "not_an_instant", "not_a_date", "not_a_list", "not_an_object", "not_an_id", "not_an_email", "not_a_code", "too_many", "given_twice",
    "bad_cursor",
)  # fmt: skip
"""What any reader may say of a field."""
_MEANS = {
    400: "The request cannot be understood.",
    401: "Nobody is signed in.",
    403: "The role may not.",
    404: "There is nothing here that you may see.",
    409: "Somebody or something came first.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "A rule or a field says no; all of them at once.",
    429: "Too many calls in this minute.",
    500: "A fault of ours.",
    503: "The database is busy; nothing was kept.",
}


def codes_of(operation: Operation) -> dict[int, tuple[str, ...]]:
    """Every code that an operation may answer, by status."""
    body = operation.body
    found: dict[int, list[str]] = {422: list(FIELD_CODES)}
    _add(found, 400, "malformed", *(["csrf"] if operation.method not in SAFE else []))
    _add(found, 503, "unavailable")
    _add(found, 401, "not_signed_in")
    _add(found, 403, "forbidden")
    if "{" in operation.path or operation.sees:
        _add(found, 404, "not_found")
    if body is not None:
        _add(found, 413, "too_large")
        _add(found, 415, "wrong_type")
    if operation.keeps:
        _add(found, 422, "bad_key", "key_reused")
        _add(found, 409, "in_progress")
    if operation.versioned:
        _add(found, 409, "stale_version")
    if operation.per_minute:
        _add(found, 429, "rate_limited")
    for status, codes in operation.refusals.items():
        _add(found, status, *codes)
    return {status: tuple(dict.fromkeys(codes)) for status, codes in sorted(found.items())}


def _add(found: dict[int, list[str]], status: int, *codes: str) -> None:
    found.setdefault(status, []).extend(codes)


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole page."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": "Times are RFC 3339 with offset, money is whole fen, ids are opaque."},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS | {"Problem": _problem_schema(None, listed=True)},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "with X-CSRFToken on every change"},
            },
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.says,
        "tags": [operation.tag],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation.query), *_header_parameters(operation)],
        "responses": {
            **{str(status): _answered(answer, operation) for status, answer in operation.answers.items()},
            **{str(status): _refused(status, codes) for status, codes in codes_of(operation).items()},
        },
        "security": [{"token": []}, {"session": []}] if not operation.is_public else [{}, {"token": []}],
    }
    if operation.body is not None:
        body = operation.body.described()
        if not (isinstance(operation.body, Json) and not operation.body.fields):
            told["requestBody"] = body
    return told


_PATH_KINDS: dict[str, Schema] = {
    "code": {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,40}$"},
    "n": {"type": "integer", "minimum": 1, "maximum": 99999},
    "secret": {"type": "string", "pattern": "^[A-Za-z0-9_-]{20,64}$"},
}
_KEY: Schema = {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", operation.path)
    return [{"name": name, "in": "path", "required": True, "schema": _PATH_KINDS.get(name, _KEY)} for name in names]


def _query_parameters(fields: Sequence[Field]) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "in": "query", "required": field.required, "schema": field.kind.schema(), "description": field.means}
        for field in fields
    ]


def _header_parameters(operation: Operation) -> list[dict[str, Any]]:
    told = []
    if operation.keeps:
        told.append(_header("Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": 255}))
    if operation.versioned:
        told.append(_header("If-Match", {"type": "string", "pattern": "^[0-9]{1,9}$"}))
    return told


def _header(name: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": schema}


def _answered(answer: Answer, operation: Operation) -> dict[str, Any]:
    schema = page_of(answer.shape) if answer.listed else ref(answer.shape)
    content = {kind: ({"schema": schema} if kind == "application/json" else {}) for kind in answer.media_types}
    told: dict[str, Any] = {"description": answer.means or operation.says, "content": content}
    if operation.method == "POST" and 201 in operation.answers:
        told["headers"] = {"Location": {"schema": {"type": "string"}}}
    return told


def _refused(status: int, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "description": _MEANS[status],
        "content": {"application/problem+json": {"schema": _problem_schema(codes, listed=status == 422)}},
    }


def _problem_schema(codes: Sequence[str] | None, *, listed: bool) -> Schema:
    """RFC 9457 with our code; 422 lists every broken rule."""
    code: Schema = {"type": "string"} if codes is None else {"type": "string", "enum": list(codes)}
    text = {"type": "string"}
    shape: Schema = {
        "type": "object",
        "properties": {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": code},
        "required": ["type", "title", "status", "detail", "code"],
    }
    if listed:
        shape["properties"] = {**shape["properties"], "errors": many(PROBLEM_LINE)}
    return shape
