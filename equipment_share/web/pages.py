"""The front of the house: home, language, health."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.queries.house import schema_version
from equipment_share.queries.instruments.front import class_counts, newest, pool_size, soonest_of_each_class
from equipment_share.queries.instruments.instruments import first_photos
from equipment_share.queries.statistics import POOL_TARGET, headline
from equipment_share.services.people.signin import choose_language
from equipment_share.web.access import public, safe_next, visitor_or_me
from equipment_share.web.house import newest_migration

pages = Blueprint("pages", __name__)
SHOWN = 4


@pages.get("/")
@public
def home() -> ResponseReturnValue:
    """What this is, the search, and the figures the city wants to see."""
    at = now()
    soonest = soonest_of_each_class(SHOWN, at=at)
    fresh = newest(SHOWN)
    return render_template(
        "pages/home.html", pool=pool_size(), target=POOL_TARGET, figures=headline(at=at), classes=class_counts(), soonest=soonest,
        newest=fresh, photos=first_photos([*soonest.instruments, *fresh]),
    )  # fmt: skip


@pages.post("/language")
@public
def language() -> ResponseReturnValue:
    """Switch between Chinese and English; a signed-in person's choice is remembered."""
    wanted = "en" if request.form.get("language") == "en" else "zh"
    person = visitor_or_me()
    if person is not None:
        choose_language(wanted, by=person, at=now())
    else:
        session["language"] = wanted  # whoever signs in after that reads on in it
    answer = redirect(safe_next(request.form.get("next")) or url_for("pages.home"))
    answer.set_cookie("language", wanted, max_age=31536000, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@pages.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process is up."""
    return jsonify(status="ok")


@pages.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The database is there and migrated to what this code expects."""
    return (jsonify(status="ok"), 200) if schema_version() == newest_migration() else (jsonify(status="not migrated"), 503)
