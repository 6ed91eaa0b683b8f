"""Three families of no, three kinds of page; and a plain one for faults of ours."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from equipment_share.domain.errors import Conflict, Forbidden, NotFound, Refused
from equipment_share.domain.people import TooManyTries
from equipment_share.models.base import db
from equipment_share.services.transaction import Busy
from equipment_share.web.access import safe_next
from equipment_share.wording import refusal_words, status_words
from equipment_share.wording.refusals import no_words

errors = Blueprint("errors", __name__)


def _page(status: int, words: str, code: str = "") -> tuple[str, int]:
    db.session.rollback()
    title, why = no_words(status, code)
    return render_template("errors/error.html", status=status, title=title, words=words, why=why, back=way_back(), inbox=0), status


def way_back() -> str:
    """The page of ours that the form or the link was on, as a path that can be opened; nothing where there is none."""
    came = urlsplit(request.referrer or "")
    target = safe_next(came.path + ("?" + came.query if came.query else ""))
    if came.netloc != request.host or target is None or (request.method == "GET" and came.path == request.path):
        return ""
    try:
        current_app.url_map.bind(request.host).match(unquote(came.path), method="GET")
    except HTTPException:
        return ""
    return target


def from_api() -> bool:
    """Whether the API's own door answers."""
    return request.path.startswith("/api/")


@errors.app_errorhandler(NotFound)
def not_found(_refusal: NotFound) -> ResponseReturnValue:
    """A foreign object and a missing one look the same."""
    return _page(404, refusal_words("not_found", {}))


@errors.app_errorhandler(Forbidden)
def forbidden(refusal: Forbidden) -> ResponseReturnValue:
    """The role does not carry the act."""
    return _page(403, refusal_words(refusal.code, refusal.facts), refusal.code)


@errors.app_errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """A rule said no and there was no form to say it on."""
    return _page(409 if isinstance(refusal, Conflict) else 422, refusal_words(refusal.code, refusal.facts), refusal.code)


@errors.app_errorhandler(TooManyTries)
def too_often(refusal: TooManyTries) -> ResponseReturnValue:
    """Somebody comes too often: what was typed is still in the form behind."""
    body, _ = _page(429, refusal_words(refusal.code, refusal.facts), refusal.code)
    return Response(body, 429, {"Retry-After": str(refusal.facts.get("seconds", 60))})


@errors.app_errorhandler(CSRFError)
def csrf_missing(_error: CSRFError) -> ResponseReturnValue:
    """The form was open too long, or is not ours."""
    return _page(400, refusal_words("csrf", {}))


@errors.app_errorhandler(HTTPException)
def http(error: HTTPException) -> ResponseReturnValue:
    """What the framework refuses: 404, 405, 413 and the like; headers such as Allow are kept."""
    status = error.code or 500
    body, _ = _page(status, refusal_words("not_found", {}) if status == 404 else status_words(status))
    response = Response(body, status)
    response.headers.extend({name: value for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")})
    return response


@errors.app_errorhandler(Busy)
@errors.app_errorhandler(OperationalError)
@errors.app_errorhandler(PoolTimeout)
def busy(_error: Exception) -> ResponseReturnValue:
    """The database has no room, or is away: try again."""
    body, _ = _page(503, refusal_words("unavailable", {}))
    return Response(body, 503, {"Retry-After": "2"})


@errors.app_errorhandler(500)
def fault(_error: Exception) -> ResponseReturnValue:
    """A fault of ours: no trace, no SQL."""
    return _page(500, refusal_words("server_error", {}))
