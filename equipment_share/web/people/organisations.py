"""The bureau's list of organisations: verify, suspend, describe."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act, Kind
from equipment_share.domain.access import may as may_do
from equipment_share.domain.errors import Refused
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.queries.bank_accounts import account_changes
from equipment_share.queries.bookings.bookings import count_to_come, history_of
from equipment_share.queries.people import count_of_organisations, members_of, organisation_seen_by, regions_in_use
from equipment_share.queries.people import organisations as listed
from equipment_share.queries.proofs import proofs_of
from equipment_share.services.people.people import describe_organisation, suspend_organisation, verify_organisation
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, page_number, typed
from equipment_share.web.people.facts import codes_typed, facts_typed, filled
from equipment_share.web.people.forms import AccountForm, DescribeForm

organisations = Blueprint("organisations", __name__, url_prefix="/bureau/organisations")
SIZE = 30
"""Organisations on one page."""


@organisations.get("/")
@may(Act.SEE_ORGANISATIONS)
def index() -> ResponseReturnValue:
    """All organisations, those that wait first."""
    kind, state, q, page = asked("kind"), asked("state"), asked("q"), page_number()
    wanted: dict[str, Any] = {
        "kind": Kind(kind) if kind in set(Kind) else None,
        "state": OrganisationState(state) if state in set(OrganisationState) else None,
        "q": q,
    }
    count = count_of_organisations(me(), **wanted)
    return render_template(
        "people/organisations.html", rows=listed(me(), **wanted, first=(page - 1) * SIZE, limit=SIZE), count=count, page=page,
        pages=-(-count // SIZE), kept={name: str(value) for name, value in wanted.items() if value}, states=list(OrganisationState),
    )  # fmt: skip


@organisations.get("/<number:organisation_id>")
@may(Act.SEE_ORGANISATIONS)
def show(organisation_id: int) -> ResponseReturnValue:
    """One organisation."""
    found = organisation_seen_by(organisation_id, me())
    return page_of_organisation(found)


def page_of_organisation(found: Organisation, form: DescribeForm | None = None, account: AccountForm | None = None) -> str:
    """The page, with what was typed in one of its forms."""
    return render_template(
        "people/organisation.html",
        organisation=found,
        form=form or filled(found),
        account=account or AccountForm(formdata=None),
        changes=account_changes(found.id) if may_do(me().role, Act.SEE_BANK_ACCOUNTS) else [],
        regions=regions_in_use(),
        members=members_of(found.id),
        steps=history_of("organisation", found.id),
        coming=count_to_come(found, at=now()),
        proofs=proofs_of(found.id) if may_do(me().role, Act.SEE_PROOFS) else [],
    )


@organisations.post("/<number:organisation_id>/verify")
@may(Act.VERIFY_ORGANISATION)
def verify(organisation_id: int) -> ResponseReturnValue:
    """The organisation is what it says."""
    _verified(organisation_id)
    return redirect(url_for("organisations.show", organisation_id=organisation_id))


def _verified(organisation_id: int) -> None:
    found = verify_organisation(organisation_id, by=me(), at=now())
    flash(gettext("%(name)s is verified. Everybody there gets a letter.", name=found.name))


@organisations.post("/<number:organisation_id>/suspend")
@may(Act.VERIFY_ORGANISATION)
def suspend(organisation_id: int) -> ResponseReturnValue:
    """Stop the organisation."""
    found = suspend_organisation(organisation_id, reason=typed("reason"), by=me(), at=now())
    flash(gettext("%(name)s is suspended. Everybody there gets a letter with the reason.", name=found.name))
    return redirect(url_for("organisations.show", organisation_id=organisation_id))


@organisations.post("/<number:organisation_id>/describe")
@may(Act.DESCRIBE_ORGANISATION)
def describe(organisation_id: int) -> ResponseReturnValue:
    """Write down tags, links and facts; verify with the same button where the form says so."""
    found = organisation_seen_by(organisation_id, me())
    form = filled(found)
    if form.validate_on_submit():
        try:
            describe_organisation(
                found.id, tags=form.tags.data or [] if found.kind is Kind.FIRM else None, related=codes_typed(form.related.data or ""),
                facts=facts_typed(form),
                by=me(), at=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Saved."))
            if "verify" in request.form and may_do(me().role, Act.VERIFY_ORGANISATION):
                _verified(found.id)
            return redirect(url_for("organisations.show", organisation_id=organisation_id))
    return page_of_organisation(found, form), 422
