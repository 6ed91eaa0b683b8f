"""Extensions of the browser's door: who is signed in, forms that cannot be forged, languages."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect

from equipment_share.adapters.clock import now
from equipment_share.models.people import User
from equipment_share.queries.people import sign_in_of
from equipment_share.services.people.signin import LANGUAGES

IDLE = timedelta(minutes=30)
csrf = CSRFProtect()
login = LoginManager()
babel = Babel()


def wire(app: Flask) -> None:
    """Give the extensions their application."""
    csrf.init_app(app)
    login.init_app(app)
    login.session_protection = None  # the sign-in's own row is the protection
    babel.init_app(app, locale_selector=language)


def language() -> str:
    """The language of this answer: the person's, else the cookie's, else Chinese; at the terminal English."""
    if not has_request_context():
        return "en"
    person = current_user if getattr(current_user, "is_authenticated", False) else None
    wanted = person.language if person is not None else request.cookies.get("language", "zh")
    return wanted if wanted in LANGUAGES else "zh"


@login.request_loader
def person_of_request(_request: object) -> User | None:
    """The person whose living sign-in the cookie names; idle for half an hour is over."""
    token, seen = session.get("sign_in"), session.get("seen")
    if not isinstance(token, str) or not isinstance(seen, int | float):
        return None
    at = now()
    if at.timestamp() - seen > IDLE.total_seconds():
        return None
    found = sign_in_of(token, at=at)
    if found is None:
        return None
    session["seen"] = int(at.timestamp())
    g.sign_in = found
    return found.user


def remember(token: str) -> None:
    """Start the session of a fresh sign-in; nothing of an older one stays."""
    session.clear()
    session["sign_in"] = token
    session["seen"] = int(now().timestamp())
