"""What a request may carry: a JSON object, a form with a file, or a bare file; each takes and describes itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from equipment_share.api.fields import Field, ObjectOf, gathered, unknown
from equipment_share.api.kinds import Schema
from equipment_share.api.reading import MOST_JSON, TooLarge, WrongType, body_bytes, is_storable, json_body, media_type, shown
from equipment_share.domain.errors import Invalid, Problem, invalid

MEGABYTE = 1024 * 1024
_FORM_OVERHEAD = 65_536
TABLE_CODES = ("not_a_table", "duplicate_header", "too_many_rows", "too_large")
"""What may be wrong with a table as a whole; what is wrong with a row is told by row."""


@dataclass(frozen=True)
class Taken:
    """A body as it came, and a print of it by which the same body is known again."""

    raw: Any
    fingerprint: str


@dataclass(frozen=True)
class UploadedFile:
    """A file as it was sent; its name is only ever shown."""

    name: str
    content: bytes


class Body:
    """One way to carry values. `take` judges the bytes (400, 413, 415), `read` the values (422)."""

    def take(self) -> Taken:
        """The body's raw form. Raises: TooLarge, WrongType, Malformed."""
        raise NotImplementedError

    def read(self, taken: Taken) -> dict[str, Any]:
        """The typed values. Raises: Invalid."""
        raise NotImplementedError

    def described(self) -> dict[str, Any]:
        """The OpenAPI request body."""
        raise NotImplementedError


@dataclass(frozen=True)
class Json(Body):
    """A JSON object with declared fields; `partial` keeps only what was sent (PATCH)."""

    fields: tuple[Field, ...] = ()
    partial: bool = False

    @property
    def optional(self) -> bool:
        """Whether no body at all says the same as an empty one."""
        return not any(field.required for field in self.fields) and not self.partial

    def take(self) -> Taken:
        """The object and the print of its canonical form."""
        document = json_body(optional=self.optional)
        return Taken(document, _print(json.dumps(document, sort_keys=True).encode()))

    def read(self, taken: Taken) -> dict[str, Any]:
        """The fields."""
        return ObjectOf(self.fields, self.partial).read(taken.raw)

    def described(self) -> dict[str, Any]:
        """JSON of this shape."""
        return {"required": not self.optional, "content": {"application/json": {"schema": ObjectOf(self.fields, self.partial).schema()}}}


@dataclass(frozen=True)
class Whole(Body):
    """A JSON object that a rule of the house reads: a programme, a case file."""

    schema: Schema

    def take(self) -> Taken:
        """The object and the print of its canonical form."""
        document = json_body(optional=False)
        return Taken(document, _print(json.dumps(document, sort_keys=True).encode()))

    def read(self, taken: Taken) -> dict[str, Any]:
        """The object under the one name `document`."""
        return {"document": taken.raw}

    def described(self) -> dict[str, Any]:
        """JSON of the named schema."""
        return {"required": True, "content": {"application/json": {"schema": self.schema}}}


@dataclass(frozen=True)
class Form(Body):
    """Multipart parts and one file under `file`; with `bare` the file may also be the whole body."""

    fields: tuple[Field, ...] = ()
    most_megabytes: int = 20
    file_required: bool = True
    bare: tuple[str, ...] = ()

    @property
    def form_types(self) -> tuple[str, ...]:
        """How the parts may be written; without a file a plain form says the same."""
        return ("multipart/form-data",) if self.file_required else ("multipart/form-data", "application/x-www-form-urlencoded")

    def take(self) -> Taken:
        """The parts and the file. Raises: TooLarge, WrongType."""
        most = self.most_megabytes * MEGABYTE
        kind, _ = media_type()
        if kind in self.bare:
            content = body_bytes(most)
            return Taken(({}, UploadedFile("", content)), _print(content))
        if kind not in self.form_types:
            raise WrongType(wanted=", ".join((*self.form_types, *self.bare)))
        parts, file = _multipart(most)
        return Taken((parts, file), _print(json.dumps(parts, sort_keys=True).encode(), file.content if file else b""))

    def read(self, taken: Taken) -> dict[str, Any]:
        """The parts by kind, and the file."""
        parts, file = taken.raw
        values = from_texts(parts, self.fields)
        if file is None and self.file_required:
            raise invalid("required", "file")
        return values | {"file": file}

    def described(self) -> dict[str, Any]:
        """Multipart, and the bare types."""
        shape = ObjectOf(self.fields).schema()
        shape["properties"] = {field.name: field.kind.schema() for field in self.fields} | {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"}
        }
        needed = [*shape.get("required", []), *(["file"] if self.file_required else [])]
        shape |= {"required": needed} if needed else {}
        bare = {kind: {"schema": {"type": "string"}} for kind in self.bare}
        return {"required": True, "content": {kind: {"schema": shape} for kind in self.form_types} | bare}


def _multipart(most: int) -> tuple[dict[str, list[str]], UploadedFile | None]:
    request.max_content_length = most + _FORM_OVERHEAD
    request.max_form_memory_size = MOST_JSON
    try:
        parts = {name: request.form.getlist(name) for name in request.form}
        files = [(name, file) for name in request.files for file in request.files.getlist(name)]
    except RequestEntityTooLarge:
        raise TooLarge(most=most) from None
    strange = [name for name, _ in files if name != "file"]
    if strange or len(files) > 1:
        raise Invalid([Problem("unknown_field", shown(name)) for name in strange] or [Problem("too_many", "file")])
    if not files:
        return parts, None
    content = files[0][1].read(most + 1)
    if len(content) > most:
        raise TooLarge(most=most)
    return parts, UploadedFile(files[0][1].filename or "", content)


def from_texts(given: Mapping[str, list[str]], fields: tuple[Field, ...]) -> dict[str, Any]:
    """Typed values out of query parameters or form parts, each given once.

    Raises: Invalid with all problems at once.
    """
    problems = unknown({shown(name): None for name in given}, fields)

    def one(field: Field) -> Any:
        texts = given.get(field.name)
        if not texts:
            return field.read(None, field.name)
        if len(texts) > 1:
            raise invalid("given_twice", field.name)
        if not is_storable(texts[0]):
            raise invalid("bad_text", field.name)
        return field.kind.parse(texts[0], field.name)

    def all_known() -> None:
        if problems:
            raise Invalid(problems)

    values = gathered([all_known, *((lambda field=field: one(field)) for field in fields)])
    return {field.name: value for field, value in zip(fields, values[1:], strict=True)}


def _print(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
