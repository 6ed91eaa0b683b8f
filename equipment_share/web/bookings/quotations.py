"""A firm's formal quotations: have one made, look at it, print it, book from it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.bookings.options import Options
from equipment_share.domain.errors import Refused
from equipment_share.domain.limits import QUOTES
from equipment_share.domain.periods import bureau_day
from equipment_share.queries.bookings.previews import preview
from equipment_share.queries.bookings.quotations import quotation_seen_by, quotations_of
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.services.bookings.printing import quotation_paper
from equipment_share.services.bookings.quotations import make_quotation, wish_of_quotation
from equipment_share.web.access import may, me, slow_down
from equipment_share.web.bookings.asking import wish_page
from equipment_share.web.bookings.options import booking_form
from equipment_share.web.naming import bilingual
from equipment_share.web.once import once

quotations = Blueprint("quotations", __name__)


@quotations.get("/quotations")
@may(Act.QUOTE)
def index() -> ResponseReturnValue:
    """All of the firm's quotations, newest first."""
    return render_template("bookings/quotations.html", rows=quotations_of(me()), today=bureau_day(now()))


@quotations.post("/instruments/<number:instrument_id>/quotations")
@may(Act.QUOTE)
def create(instrument_id: int) -> ResponseReturnValue:
    """Have the prices of what is typed frozen; no time is reserved."""
    slow_down(QUOTES)
    instrument = instrument_seen_by(instrument_id, me())
    form, quoted = booking_form(instrument), None
    if form.validate():
        wish = form.wish(instrument.id)
        try:
            return once(lambda: url_for(".show", quotation_id=make_quotation(wish, by=me(), at=now()).id))
        except Refused as refusal:
            form.show(refusal)
            quoted = preview(wish, by=me(), at=now())
    return wish_page(instrument, form, quoted), 422


@quotations.get("/quotations/<number:quotation_id>")
@may(Act.QUOTE)
def show(quotation_id: int) -> ResponseReturnValue:
    """One quotation: its prices, its last day, and the way to a booking."""
    found = quotation_seen_by(quotation_id, me())
    wish = wish_of_quotation(found)
    ordered = [(item, Options.parse(found.wish["options"]).add_ons.get(item["code"])) for item in found.tariff["items"]]
    return render_template(
        "bookings/quotation.html", quotation=found, wish=wish, add_ons=[(bilingual(item), count) for item, count in ordered if count],
        is_good=bureau_day(now()) <= found.valid_until,
    )  # fmt: skip


@quotations.get("/quotations/<number:quotation_id>/paper.pdf")
@may(Act.QUOTE)
def paper(quotation_id: int) -> ResponseReturnValue:
    """The quotation on paper."""
    found = quotation_seen_by(quotation_id, me())
    answer = Response(quotation_paper(found), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = attachment(f"{found.number}.pdf")
    return answer
