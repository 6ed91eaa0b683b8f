"""The bureau's list of organisations: verify, suspend, describe."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act, Kind
from equipment_share.domain.access import may as may_do
from equipment_share.domain.errors import Refused
from equipment_share.models.people import Organisation
from equipment_share.queries.bookings.bookings import history_of
from equipment_share.queries.people import members_of, organisation_seen_by, regions_in_use
from equipment_share.queries.people import organisations as listed
from equipment_share.queries.proofs import proofs_of
from equipment_share.services.people.people import describe_organisation, suspend_organisation, verify_organisation
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, typed
from equipment_share.web.people.facts import codes_typed, facts_typed, filled
from equipment_share.web.people.forms import DescribeForm

organisations = Blueprint("organisations", __name__, url_prefix="/bureau/organisations")


@organisations.get("/")
@may(Act.SEE_ORGANISATIONS)
def index() -> ResponseReturnValue:
    """All organisations, those that wait first."""
    wanted = asked("kind")
    kind = Kind(wanted) if wanted in set(Kind) else None
    return render_template("people/organisations.html", rows=listed(me(), kind=kind, q=asked("q")), kind=wanted)


@organisations.get("/<number:organisation_id>")
@may(Act.SEE_ORGANISATIONS)
def show(organisation_id: int) -> ResponseReturnValue:
    """One organisation."""
    found = organisation_seen_by(organisation_id, me())
    return _page(found, filled(found))


def _page(found: Organisation, form: DescribeForm) -> str:
    return render_template(
        "people/organisation.html",
        organisation=found,
        form=form,
        regions=regions_in_use(),
        members=members_of(found.id),
        steps=history_of("organisation", found.id),
        proofs=proofs_of(found.id) if may_do(me().role, Act.SEE_PROOFS) else [],
    )


@organisations.post("/<number:organisation_id>/verify")
@may(Act.VERIFY_ORGANISATION)
def verify(organisation_id: int) -> ResponseReturnValue:
    """The organisation is what it says."""
    verify_organisation(organisation_id, by=me(), at=now())
    flash(gettext("Verified."))
    return redirect(url_for("organisations.show", organisation_id=organisation_id))


@organisations.post("/<number:organisation_id>/suspend")
@may(Act.VERIFY_ORGANISATION)
def suspend(organisation_id: int) -> ResponseReturnValue:
    """Stop the organisation."""
    suspend_organisation(organisation_id, reason=typed("reason"), by=me(), at=now())
    flash(gettext("Suspended."))
    return redirect(url_for("organisations.show", organisation_id=organisation_id))


@organisations.post("/<number:organisation_id>/describe")
@may(Act.DESCRIBE_ORGANISATION)
def describe(organisation_id: int) -> ResponseReturnValue:
    """Write down tags, links and facts."""
    found = organisation_seen_by(organisation_id, me())
    form = filled(found)
    if form.validate_on_submit():
        try:
            describe_organisation(
                found.id, tags=form.tags.data or [], related=codes_typed(form.related.data or ""), facts=facts_typed(form),
                by=me(), at=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Saved."))
            return redirect(url_for("organisations.show", organisation_id=organisation_id))
    return _page(found, form), 422
