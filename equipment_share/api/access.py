"""Who is calling, and may they: token or browser session first, then the role, as the whole house reads it (`domain/access`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, request
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from equipment_share.adapters import turnstile
from equipment_share.api.errors import CsrfMissing, NotSignedIn
from equipment_share.domain.access import Act, Role, may
from equipment_share.domain.errors import Forbidden
from equipment_share.domain.limits import Limit
from equipment_share.models.people import User
from equipment_share.queries.people import token_owner

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Caller:
    """A person at this door, or nobody; what their token may do; whether a browser's session brought them."""

    user: User | None
    scopes: frozenset[str]
    by_session: bool = False


NOBODY = Caller(None, frozenset({"read"}))


def caller(at: datetime) -> Caller:
    """Who is calling. A token that is sent must be good, also where none is needed.

    Raises: NotSignedIn.
    """
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, raw = header.partition(" ")
        found = token_owner(raw.strip(), at=at) if scheme.lower() == "bearer" and 0 < len(raw.strip()) <= 200 else None
        if found is None:
            raise NotSignedIn()
        return Caller(found[0], frozenset(found[1]))
    if current_user.is_authenticated:
        return Caller(current_user._get_current_object(), frozenset({"read", "write"}), by_session=True)
    return NOBODY


def admit(who: Caller, act: Act | None) -> None:
    """Let pass whoever may; `act` None is open to all.

    Raises: NotSignedIn, CsrfMissing, Forbidden.
    """
    writes = request.method not in SAFE
    role = who.user.role if who.user is not None else Role.VISITOR
    if act is not None and who.user is None and not may(role, act):
        raise NotSignedIn()
    if writes and who.by_session:
        _check_csrf()
    if writes and who.user is not None and "write" not in who.scopes:
        raise Forbidden(scope="write")
    if act is not None and not may(role, act):
        raise Forbidden(act=act.value)


def _check_csrf() -> None:
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError:
        raise CsrfMissing() from None


def slow_down(limit: Limit, who: Caller) -> None:
    """Count one call of a kind that is limited.

    Raises: TooManyTries.
    """
    if str(current_app.config.get("RATE_LIMITS", "on")).lower() == "off":
        return
    whom = f"user:{who.user.id}" if who.user is not None else f"address:{request.remote_addr}"
    turnstile.slow_down(limit, whom, house=current_app.config["SQLALCHEMY_DATABASE_URI"], folder=current_app.instance_path)
