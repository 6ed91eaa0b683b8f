"""The list of what this door offers, and its one blueprint."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from flask import Blueprint, Flask, Response, jsonify
from werkzeug.routing import BaseConverter

from equipment_share.api import (
    adjustments,
    answer_files,
    batches,
    bookings,
    burning,
    calendars,
    claims,
    decisions,
    exceptions,
    instruments,
    laboratory,
    ledger,
    organisations,
    planning,
    programmes,
    proofs,
    quotations,
    reports,
    statements,
    training,
    vouchers,
)
from equipment_share.api.errors import PREFIX, answer_problems
from equipment_share.api.openapi import document
from equipment_share.api.operations import Operation, Shelf
from equipment_share.api.serving import endpoint

SHELVES: tuple[Shelf, ...] = tuple(
    feature.shelf
    for feature in (
        organisations,
        instruments,
        training,
        bookings,
        answer_files,
        decisions,
        planning,
        quotations,
        calendars,
        proofs,
        vouchers,
        programmes,
        laboratory,
        claims,
        adjustments,
        batches,
        exceptions,
        reports,
        burning,
        statements,
        ledger,
    )
)


class KeyConverter(BaseConverter):
    """An id in an address: no sign, no leading zero, ASCII digits only, and short enough for every engine."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


class CodeConverter(BaseConverter):
    """The code of a programme in an address."""

    regex = "[A-Za-z0-9_.-]{1,40}"


class NumberConverter(BaseConverter):
    """The number of a version in an address."""

    regex = "[1-9][0-9]{0,4}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


class SecretConverter(BaseConverter):
    """The secret of a calendar link in an address."""

    regex = "[A-Za-z0-9_-]{20,64}"


_CONVERTERS = {"code": "api_code", "n": "api_number", "secret": "api_secret"}


def operations() -> list[Operation]:
    """Everything that can be called, in the order of the page."""
    return [operation for shelf in SHELVES for operation in shelf.operations]


def register(app: Flask) -> None:
    """Open the door."""
    app.url_map.converters |= {
        "api_key": KeyConverter,
        "api_code": CodeConverter,
        "api_number": NumberConverter,
        "api_secret": SecretConverter,
    }
    app.register_blueprint(the_door())
    if (csrf := app.extensions.get("csrf")) is not None:
        csrf.exempt(the_door())  # this door asks for X-CSRFToken itself, and only of browsers' sessions


@cache
def the_door() -> Blueprint:
    """The one blueprint of all operations, the same for every application of this process."""
    door = Blueprint("api", __name__, url_prefix=PREFIX)
    answer_problems(door)
    _offer(door, operations())
    _describe(door)
    return door


def _offer(door: Blueprint, offered: Iterable[Operation]) -> None:
    for operation in offered:
        rule = re.sub(r"\{(\w+)\}", lambda found: f"<{_CONVERTERS.get(found[1], 'api_key')}:{found[1]}>", operation.path)
        door.add_url_rule(rule, operation.name, endpoint(operation), methods=[operation.method])


def _describe(door: Blueprint) -> None:
    page = document(operations())

    def openapi() -> Response:
        """The OpenAPI 3.1 page, open to all."""
        answer = jsonify(page)
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    openapi.act, openapi.is_public = None, True  # type: ignore[attr-defined]
    door.add_url_rule("/openapi.json", "openapi", openapi)
