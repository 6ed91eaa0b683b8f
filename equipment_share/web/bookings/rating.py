"""How a use went: one to five stars and some words, said by the firm that had it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.texts import clean_text
from equipment_share.queries.instruments.favourites import rating_of
from equipment_share.services.bookings.rating import rate_use
from equipment_share.web.access import may, me
from equipment_share.wording import refusal_words

rating = Blueprint("rating", __name__)


@rating.app_context_processor
def _for_templates() -> dict[str, Any]:
    """What `bookings/_rating.html` asks, wherever it is put."""
    return {"rating_of": rating_of}


@rating.post("/bookings/<number:booking_id>/rating")
@may(Act.RATE_USE)
def create(booking_id: int) -> ResponseReturnValue:
    """Rate a use."""
    stars, words = request.form.get("stars", ""), clean_text(request.form.get("words", ""))
    try:
        rate_use(booking_id, int(stars) if re.fullmatch("[0-9]", stars) else 0, words, by=me(), at=now())
    except Refused as refusal:
        flash(refusal_words(refusal.code, refusal.facts), "warning")
    else:
        flash(gettext("Thank you. Your rating counts from now on."))
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)
