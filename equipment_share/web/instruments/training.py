"""Training at the browser's door: a firm asks, the owner grants with a last good day, or says why not."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import bureau_day, months_later
from equipment_share.models.instruments import Instrument
from equipment_share.queries.bookings.bookings import firm_people_of
from equipment_share.queries.instruments.authorisations import authorisations_of, authorised_at, training_seen_by
from equipment_share.queries.instruments.instruments import instruments_of, own_instrument, rules_in_force
from equipment_share.services.instruments.authorisations import ask_training, authorise, grant_training, refuse_training
from equipment_share.web.access import may, me
from equipment_share.web.fields import Line, PageForm, most, typed
from equipment_share.web.naming import bilingual
from equipment_share.web.persons import PersonForm

training = Blueprint("training", __name__)
MONTHS = 12
"""The last good day that is offered: a year from today."""


class GrantForm(PageForm):
    """Until when."""

    valid_until = DateField("valid_until", [Optional()])


class AuthoriseForm(PersonForm):
    """Who may use which instrument until when."""

    valid_until = DateField("valid_until", [Optional()])
    instrument = SelectField("instrument", coerce=int)
    email = Line("email", [most(254)])

    def address(self) -> Line:
        """Whoever is not in the list."""
        return self.email


@training.post("/instruments/<number:instrument_id>/training")
@may(Act.ASK_TRAINING)
def ask(instrument_id: int) -> ResponseReturnValue:
    """Ask the keeper for training."""
    ask_training(instrument_id, by=me(), at=now())
    flash(gettext("The keeper has been asked. You will be told."))
    return redirect(url_for("instruments.show", instrument_id=instrument_id))


@training.get("/desk/training")
@may(Act.GRANT_TRAINING)
def index() -> ResponseReturnValue:
    """Who waits for training, and a form to authorise somebody without a request."""
    return _page(_form())


def _form() -> AuthoriseForm:
    form = AuthoriseForm(data={"valid_until": months_later(bureau_day(now()), MONTHS)})
    form.instrument.choices = [(row.id, _named(row)) for row in instruments_of(me().organisation_id)]
    form.among(firm_people_of(me().organisation_id))
    return form


def _named(row: Instrument) -> str:
    needs = rules_in_force(row).authorisation_required
    return f"{row.inner_code} {bilingual(row)}" + (f" ({gettext('needs training')})" if needs else "")


def _page(form: AuthoriseForm) -> str:
    rows = training_seen_by(me())
    until = months_later(bureau_day(now()), MONTHS)
    return render_template(
        "instruments/training.html", rows=rows, waiting=[row for row in rows if row.state == "asked"], form=form, until=until,
        authorised=authorised_at(me().organisation_id, on=bureau_day(now())),
    )  # fmt: skip


@training.post("/desk/training/<number:request_id>/grant")
@may(Act.GRANT_TRAINING)
def grant(request_id: int) -> ResponseReturnValue:
    """The person has been trained."""
    form = GrantForm()
    form.validate_on_submit()
    grant_training(request_id, valid_until=form.valid_until.data or months_later(bureau_day(now()), MONTHS), by=me(), at=now())
    flash(gettext("Granted. The person can book now."))
    return redirect(url_for("training.index"))


@training.post("/desk/training/<number:request_id>/refuse")
@may(Act.GRANT_TRAINING)
def refuse(request_id: int) -> ResponseReturnValue:
    """Say no, and why."""
    refuse_training(request_id, reason=typed("reason"), by=me(), at=now())
    flash(gettext("Refused. The person has been told why."))
    return redirect(url_for("training.index"))


@training.post("/desk/training")
@may(Act.GRANT_TRAINING)
def authorise_person() -> ResponseReturnValue:
    """Authorise somebody who was trained without asking here."""
    form = _form()
    if form.validate_on_submit():
        until = form.valid_until.data or months_later(bureau_day(now()), MONTHS)
        try:
            authorise(form.instrument.data, form.person(), valid_until=until, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Granted. The person can book now."))
            return redirect(url_for("training.index"))
    return _page(form), 422


@training.post("/desk/training/<number:instrument_id>/<number:user_id>/end")
@may(Act.GRANT_TRAINING)
def end(instrument_id: int, user_id: int) -> ResponseReturnValue:
    """End an authorisation: yesterday was its last good day."""
    found = next((row for row in authorisations_of(own_instrument(instrument_id, me()).id) if row.user_id == user_id), None)
    if found is not None:
        authorise(instrument_id, found.user.email, valid_until=bureau_day(now()) - timedelta(days=1), by=me(), at=now())
        flash(gettext("Ended. %(person)s can no longer book it and has been told.", person=found.user.called))
    return redirect(url_for("training.index"))
