"""Bytes to one sound JSON object, before anything else looks at them: nothing is guessed, nothing is too big (`reliability.md` §5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from equipment_share.domain.errors import Invalid, Problem, Refusal, invalid

DEEPEST = 20
MOST_JSON = 1_000_000


class Malformed(Refusal):
    """The bytes are no JSON document that two readers would understand alike."""

    code = "malformed"


class TooLarge(Refusal):
    """The body is over the limit of its kind."""

    code = "too_large"


class WrongType(Refusal):
    """The body is of another type than this operation takes."""

    code = "wrong_type"


def json_body(*, optional: bool) -> dict[str, Any]:
    """The request's JSON object; an empty one when there is no body and none is needed.

    Raises: TooLarge, WrongType, Malformed, Invalid `not_an_object`.
    """
    raw = body_bytes(MOST_JSON)
    if not raw and optional:
        return {}
    kind, options = media_type()
    if kind != "application/json" or options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise WrongType(wanted="application/json")
    document = parsed(raw)
    if not isinstance(document, dict):
        raise invalid("not_an_object")
    return document


def media_type() -> tuple[str, dict[str, str]]:
    """What the request says its body is."""
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    return kind.lower(), options


def body_bytes(most: int) -> bytes:
    """The whole body, read no further than the limit.

    Raises: TooLarge.
    """
    request.max_content_length = most
    if (request.content_length or 0) > most:
        raise TooLarge(most=most)
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise TooLarge(most=most) from None


def parsed(raw: bytes) -> Any:
    """One JSON value out of UTF-8 bytes.

    Raises: Malformed for wrong bytes, duplicate keys, NaN, endless numbers and depth; Invalid `bad_text` for text that
    cannot be stored.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_each_key_once, parse_constant=_no_constant, parse_float=_finite, parse_int=_short
        )
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Malformed(why=type(error).__name__) from None
    except RecursionError:
        raise Malformed(why="depth", most=DEEPEST) from None
    _check_depth_and_text(value)
    return value


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed(why="duplicate key")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Malformed(why=name)


def _short(digits: str) -> int:
    if len(digits) > 30:
        raise Malformed(why="number")
    return int(digits)


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise Malformed(why="number")
    return value


def _check_depth_and_text(value: Any) -> None:
    """Walk the value level by level, so that no depth can exhaust the stack."""
    level, depth = [("", value)], 0
    while level:
        depth += 1
        if depth > DEEPEST + 1:
            raise Malformed(why="depth", most=DEEPEST)
        level = [child for at, parent in level for child in _children(at, parent)]
        for at, child in level:
            if isinstance(child, str) and not is_storable(child):
                raise Invalid([Problem("bad_text", at)])


def _children(at: str, parent: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(parent, dict):
        for name, child in parent.items():
            if not is_storable(name):
                raise Invalid([Problem("unknown_field", shown(f"{at}.{name}".lstrip(".")))])
            yield f"{at}.{name}".lstrip("."), child
    elif isinstance(parent, list):
        for i, child in enumerate(parent):
            yield f"{at}[{i}]", child


def is_storable(text: str) -> bool:
    """Whether both engines keep the text as it is: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def shown(name: str) -> str:
    """A field's name in a form that any answer can carry."""
    return name.encode("utf-8", "backslashreplace").decode()[:80]
