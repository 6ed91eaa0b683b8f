"""A wish that repeats: every date with what it costs, then all of them or the free ones; the series as it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Forbidden, NotFound, Refused
from equipment_share.domain.limits import BOOKINGS
from equipment_share.domain.money import Money
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.previews import preview
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.bookings.series import Occurrence, series_now, series_of, series_seen_by, sums_of
from equipment_share.queries.instruments.instruments import instrument_seen_by
from equipment_share.services.bookings.series import Rest, add_dates, cancel_rest, preview_series, request_series, rest_of_series
from equipment_share.web.access import may, me, slow_down
from equipment_share.web.bookings.answers import sent_form
from equipment_share.web.bookings.asking import wish_page
from equipment_share.web.bookings.forms import BookingForm, SeriesForm
from equipment_share.web.bookings.planning import planning
from equipment_share.web.fields import typed
from equipment_share.web.filters import money
from equipment_share.web.once import form_key, once
from equipment_share.wording import refusal_words

__all__ = ["planning"]


@planning.post("/instruments/<number:instrument_id>/series")
@may(Act.REQUEST_BOOKING)
def series(instrument_id: int) -> ResponseReturnValue:
    """Every date of a repeated wish with what stands against it; then all of them, or the free ones."""
    slow_down(BOOKINGS)
    instrument = instrument_seen_by(instrument_id, me())
    form, repeat = sent_form(instrument), SeriesForm()
    if form.validate() and repeat.validate():
        wish, take = form.wish(instrument.id), request.form.get("take", "")
        try:
            if take in ("all", "free"):
                return once(lambda: url_for(".show_series", series_id=_made(wish, repeat.rule(), only_if_all=take == "all")))
            found = preview_series(wish, repeat.rule(), by=me(), at=now())
            return _dates_page(instrument, form, repeat, found)
        except Refused as refusal:
            form.show(refusal)
    return wish_page(instrument, form, repeat=repeat), 422


def _dates_page(instrument: Instrument, form: BookingForm, repeat: SeriesForm, found: Sequence[Occurrence]) -> str:
    """The dates with what one costs, what all free ones cost, and whether the vouchers bear less of the last."""
    wish = form.wish(instrument.id)
    quote = preview(wish, by=me(), at=now()).quote
    free = [row.slot for row in found if row.status == "free" and row.slot is not None]
    last = preview(replace(wish, start=free[-1].start, end=free[-1].end, max_net=None), by=me(), at=now()).quote if free else quote
    return render_template(
        "bookings/series_new.html", instrument=instrument, form=form, repeat=repeat, rows=found, quote=quote.document(), key=form_key(),
        fees=quote.gross.times(len(free)) if last.gross == quote.gross else None, last=last, borne=quote.subsidy, last_slot=free[-1] if free else None,
    )  # fmt: skip


def _made(wish: BookingWish, rule: str, *, only_if_all: bool) -> int:
    """Ask for the dates, and say how many there are and what they cost together."""
    series, dates = request_series(wish, rule, only_if_all=only_if_all, by=me(), at=now())
    (gross, borne, net), count = sums_of(dates), sum(date.status == "booked" for date in dates)
    facts = {"gross": money(gross), "held": money(borne), "net": money(net)}
    words = ngettext(
        "%(num)s date asked for: fee %(gross)s, vouchers bear %(held)s, you pay %(net)s.",
        "%(num)s dates asked for: fee %(gross)s, vouchers bear %(held)s, you pay %(net)s.", count, **facts,
    )  # fmt: skip
    flash(words)
    return series.id


@planning.get("/series")
@may(Act.REQUEST_BOOKING)
def all_series() -> ResponseReturnValue:
    """A firm's series."""
    return render_template("bookings/series.html", rows=series_of(me()), series=None)


@planning.get("/series/<number:series_id>")
@may(Act.REQUEST_BOOKING)
def show_series(series_id: int) -> ResponseReturnValue:
    """One series as it stands now."""
    found = series_seen_by(series_id, me())
    dates = series_now(found, at=now())
    rest = rest_of_series(found, at=now())
    return render_template(
        "bookings/series.html", series=found, dates=dates, sums=sums_of(dates), rows=[], rest=rest, says=rest_words(rest)
    )


def rest_words(rest: Rest) -> str:
    """What cancelling every date still to come will do, in figures."""
    count, facts = len(rest.given_up), {"fees": money(rest.fees), "freed": money(rest.freed), "late": rest.late}
    if not rest.late:
        return ngettext(
            "Cancels %(num)s date, free of charge. %(freed)s of your vouchers is free again. What is over or has begun stays as it is.",
            "Cancels %(num)s dates, free of charge. %(freed)s of your vouchers is free again. What is over or has begun stays as it is.",
            count, **facts,
        )  # fmt: skip
    return ngettext(
        "Cancels %(num)s date; %(late)s is late and costs %(fees)s, which no voucher pays. %(freed)s of your vouchers is free again.",
        "Cancels %(num)s dates; %(late)s of them late, which costs %(fees)s that no voucher pays. %(freed)s of your vouchers is free again.",
        count, **facts,
    )  # fmt: skip


@planning.post("/series/<number:series_id>/cancel")
@may(Act.REQUEST_BOOKING)
def cancel_dates(series_id: int) -> ResponseReturnValue:
    """Cancel the dates still to come, as they were shown; what could not be cancelled is named."""
    fee = request.form.get("most_fee_fen", "")
    most = Money(int(fee)) if fee.isascii() and fee.isdecimal() and len(fee) < 14 else None
    shown = request.form.get("bookings", "")[:2000].split()
    try:
        done = cancel_rest(series_id, shown, most_fee=most, reason=typed("reason"), by=me(), at=now())
    except Refused as refusal:
        if isinstance(refusal, (Forbidden, NotFound)):
            raise
        flash(gettext("Nothing was cancelled: things changed meanwhile. Look at the dates below and cancel again."), "warning")
        return redirect(url_for(".show_series", series_id=series_id), 303)
    facts = {"fees": money(done.fees), "freed": money(done.freed)}
    words = ngettext(
        "%(num)s date cancelled. To pay for late cancelling: %(fees)s. Free again of your vouchers: %(freed)s.",
        "%(num)s dates cancelled. To pay for late cancelling: %(fees)s. Free again of your vouchers: %(freed)s.", len(done.given_up), **facts,
    )  # fmt: skip
    flash(words)
    if done.kept:
        flash(
            gettext("Not cancelled, because they had begun or were decided: %(numbers)s", numbers=", ".join(b.number for b in done.kept)),
            "warning",
        )
    return redirect(url_for(".show_series", series_id=series_id), 303)


@planning.post("/series/<number:series_id>/add")
@may(Act.REQUEST_BOOKING)
def add(series_id: int) -> ResponseReturnValue:
    """Ask for more dates of a series."""
    names = [name[:40] for name in request.form.getlist("date")[:52]]
    found = series_seen_by(series_id, me())
    if names:
        try:
            add_dates(series_id, names, by=me(), at=now())
            flash(ngettext("%(num)s date added.", "%(num)s dates added.", len(names)))
        except Refused as refusal:
            flash(refusal_words(refusal.code, refusal.facts), "warning")
    return redirect(url_for(".show_series", series_id=found.id), 303)
