"""Every no as `application/problem+json` (RFC 9457): one status, one stable code, all broken rules at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, default_exceptions

from equipment_share.api.plain import plain
from equipment_share.api.reading import Malformed, TooLarge, WrongType
from equipment_share.domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Refusal
from equipment_share.services.transaction import Busy
from equipment_share.wording import refusal_words, status_words

PREFIX = "/api/v1"
SHOWN_FACTS = ("alternatives", "quote", "bookings", "occurrences", "row")
"""Facts that the contract names as members of the answer; the others only fill the words."""


class NotSignedIn(Refusal):
    """Nobody is known by this token or session."""

    code = "not_signed_in"


class CsrfMissing(Refusal):
    """A browser's session writes only with its `X-CSRFToken`."""

    code = "csrf"


_STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotSignedIn, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Malformed, 400),
    (CsrfMissing, 400),
    (TooLarge, 413),
    (WrongType, 415),
    (Conflict, 409),
)
_BY_CODE = {"token_invalid": 400, "rate_limited": 429}


def status_of(refusal: Refusal) -> int:
    """The HTTP status of a no; whatever is not listed is a broken rule, 422."""
    if refusal.code in _BY_CODE:
        return _BY_CODE[refusal.code]
    return next((status for family, status in _STATUS if isinstance(refusal, family)), 422)


def refused(refusal: Refusal) -> Response:
    """The answer to a refusal. A 404 says nothing but that: a foreign object and a missing one look the same."""
    status = status_of(refusal)
    facts = {} if status == 404 else refusal.facts
    errors = _errors_of(refusal) if status == 422 else None
    extra = {name: plain(facts[name]) for name in SHOWN_FACTS if name in facts}
    return problem(status, refusal.code, refusal_words(refusal.code, facts), errors=errors, extra=extra, headers=_headers(refusal, status))


def _errors_of(refusal: Refusal) -> list[dict[str, Any]]:
    problems: Sequence[Problem] = refusal.problems if isinstance(refusal, Invalid) else [Problem(refusal.code, "", refusal.facts)]
    return [problem_document(found) for found in problems]


def problem_document(found: Problem) -> dict[str, Any]:
    """One broken rule at one field, with words."""
    return {
        "field": found.field,
        "code": found.code,
        "message": refusal_words(found.code, found.facts),
        "overridable_by": found.overridable_by,
    }


def _headers(refusal: Refusal, status: int) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(refusal.facts.get("seconds", 60))} if status == 429 else {}


def problem(
    status: int, code: str, detail: str, *,
    errors: list[dict[str, Any]] | None = None, extra: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """A problem document; `errors` only with 422."""
    document: dict[str, Any] = {
        "type": f"urn:equipment-share:problem:{code}",
        "title": status_words(status),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors is not None:
        document["errors"] = errors
    answer = Response(json.dumps(document | dict(extra or {}), ensure_ascii=False), status, mimetype="application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(headers or {})
    return answer


_HTTP_CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "wrong_type", 500: "server_error"}


def http_problem(error: HTTPException) -> Response:
    """Whatever the framework refuses, in the same form; a fault of ours tells nothing of our inside."""
    status = error.code or 500
    code = _HTTP_CODES.get(status, "malformed" if status < 500 else "server_error")
    answer = problem(status, code, refusal_words(code, {}))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def unavailable(_error: Exception) -> Response:
    """The database is busy, full or gone: nothing was kept, try again (R32, R37)."""
    return problem(503, "unavailable", refusal_words("unavailable", {}), headers={"Retry-After": "2"})


def no_such_route() -> Response | None:
    """Addresses under this door that lead nowhere answer as this door does, not as a page."""
    error = request.routing_exception
    if error is None or (error.code or 500) < 400 or not request.path.startswith(PREFIX + "/"):
        return None
    return http_problem(error)


def answer_problems(blueprint: Blueprint) -> None:
    """Let every no of this door take this form."""
    blueprint.register_error_handler(Refusal, refused)
    for status in default_exceptions:  # by number, or the pages' own handlers for a number would come first
        blueprint.register_error_handler(status, http_problem)
    for passing in (Busy, OperationalError, InterfaceError, PoolTimeout):
        blueprint.register_error_handler(passing, unavailable)
    blueprint.before_app_request(no_such_route)
