"""Who may open a page: the same table as the use cases, marked on every view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from equipment_share.adapters import turnstile
from equipment_share.domain.access import Act
from equipment_share.domain.access import may as role_may
from equipment_share.domain.limits import Limit
from equipment_share.models.people import User

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def me() -> User:
    """The signed-in person."""
    return cast("User", current_user._get_current_object())


def visitor_or_me() -> User | None:
    """The signed-in person, or nobody."""
    return me() if current_user.is_authenticated else None


def may(act: Act) -> Callable[[View], View]:
    """Guard a view by an act and mark it with it: visitors are asked to sign in, others are told no."""

    def mark(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                target = request.full_path.rstrip("?") if request.method == "GET" else request.path
                return redirect(url_for("people.sign_in", next=target))
            if not role_may(me().role, act):
                abort(403)
            return view(*args, **kwargs)

        guarded.act = act  # type: ignore[attr-defined]
        return cast("View", guarded)

    return mark


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    view.act = Act.SEE_CATALOGUE  # type: ignore[attr-defined]
    return view


def slow_down(limit: Limit) -> None:
    """Count one call of a kind that is limited, together with those at the API's door.

    Raises: TooManyTries.
    """
    if str(current_app.config.get("RATE_LIMITS", "on")).lower() == "off":
        return
    person = visitor_or_me()
    whom = f"user:{person.id}" if person is not None else f"address:{request.remote_addr}"
    turnstile.slow_down(limit, whom, house=current_app.config["SQLALCHEMY_DATABASE_URI"], folder=current_app.instance_path)


def can(act_name: str) -> bool:
    """Whether the reader may, for templates: `can("booking.approve")`."""
    person = me()
    return bool(person.is_authenticated) and role_may(person.role, Act(act_name))


def safe_next(target: str | None) -> str | None:
    """A path of this site, or nothing (`reliability.md` §2.11: 0 of 1,469 accepted strings leave the site)."""
    fits = target and len(target) <= 2000 and target[0] == "/" and target[1:2] not in ("/", "\\")
    return target if fits and target and not any(ord(char) < 33 or char in "\\\x7f" for char in target) else None
