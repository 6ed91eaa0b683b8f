"""The bureau's list of organisations: verify, suspend, describe."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act, Kind
from equipment_share.domain.access import may as may_do
from equipment_share.domain.errors import Refused, invalid
from equipment_share.models.people import Organisation
from equipment_share.queries.bookings.bookings import history_of
from equipment_share.queries.people import members_of, organisation_seen_by
from equipment_share.queries.people import organisations as listed
from equipment_share.queries.proofs import proofs_of
from equipment_share.services.people.people import describe_organisation, suspend_organisation, verify_organisation
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, typed
from equipment_share.web.people.forms import DescribeForm

organisations = Blueprint("organisations", __name__, url_prefix="/bureau/organisations")
_TAG = re.compile(r"([a-z_]{2,40})(?::(20[0-9]{2}-[01][0-9]-[0-3][0-9]))?")


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
    return _page(found, _filled(found))


def _filled(found: Organisation) -> DescribeForm:
    tags = ", ".join(row["tag"] + (f":{row['valid_until']}" if row.get("valid_until") else "") for row in found.tags)
    return DescribeForm(
        data={
            "tags": tags,
            "related": ", ".join(found.related),
            "region": found.region,
            "bank_account": found.bank_account,
            "barred": found.barred,
        }
    )


def _page(found: Organisation, form: DescribeForm) -> str:
    return render_template(
        "people/organisation.html",
        organisation=found,
        form=form,
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
    found, form = organisation_seen_by(organisation_id, me()), DescribeForm()
    if form.validate_on_submit():
        facts = {"region": form.region.data or "", "bank_account": form.bank_account.data or "", "barred": bool(form.barred.data)}
        try:
            tags = _tags(form.tags.data or "")
            related = [code.strip() for code in re.split("[,,;;]", form.related.data or "") if code.strip()]
            describe_organisation(found.id, tags=tags, related=related, facts=facts, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Saved."))
            return redirect(url_for("organisations.show", organisation_id=organisation_id))
    return _page(found, form), 422


def _tags(text: str) -> list[dict[str, object]]:
    """`tech_sme:2027-03-31, hnte` as rows.

    Raises: Invalid.
    """
    rows: list[dict[str, object]] = []
    for word in (part.strip() for part in re.split("[,,;;]", text) if part.strip()):
        found = _TAG.fullmatch(word)
        if found is None:
            raise invalid("not_a_choice", "tags")
        rows.append({"tag": found[1], "valid_until": found[2]})
    return rows
