"""Where an organisation's money goes: proposed on its page or by its own administrator, confirmed by another hand of the bureau."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.access import may as may_do
from equipment_share.domain.bank_accounts import masked
from equipment_share.domain.errors import Refused
from equipment_share.models.bank_accounts import AccountChange
from equipment_share.queries.people import organisation_seen_by
from equipment_share.services.people.bank_accounts import confirm_account, propose_account, refuse_account, withdraw_account
from equipment_share.web.access import may, me
from equipment_share.web.fields import typed
from equipment_share.web.people.forms import AccountForm
from equipment_share.web.people.organisations import page_of_organisation
from equipment_share.web.people.team import page_of_own_organisation

bank_accounts = Blueprint("bank_accounts", __name__, url_prefix="/bank-accounts")


@bank_accounts.post("/<number:organisation_id>")
@may(Act.PROPOSE_BANK_ACCOUNT)
def propose(organisation_id: int) -> ResponseReturnValue:
    """Say which account an organisation has now; another hand confirms it."""
    found = organisation_seen_by(organisation_id, me())
    form = AccountForm()
    if form.validate_on_submit():
        try:
            change = propose_account(found.id, form.account.data or "", by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            told = gettext(
                "%(account)s is proposed. Nothing is paid there before another person of the bureau has confirmed it.",
                account=masked(change.account),
            )
            flash(told)
            return _back(change)
    page = page_of_organisation(found, account=form) if may_do(me().role, Act.SEE_ORGANISATIONS) else page_of_own_organisation(form)
    return page, 422


@bank_accounts.post("/changes/<number:change_id>/confirm")
@may(Act.CONFIRM_BANK_ACCOUNT)
def confirm(change_id: int) -> ResponseReturnValue:
    """It is right: money goes there from now on."""
    change = confirm_account(change_id, by=me(), at=now())
    told = gettext(
        "Confirmed. Payment files that are made from now on pay %(name)s to %(account)s.",
        name=change.organisation.name,
        account=masked(change.account),
    )
    flash(told)
    return _back(change)


@bank_accounts.post("/changes/<number:change_id>/refuse")
@may(Act.CONFIRM_BANK_ACCOUNT)
def refuse(change_id: int) -> ResponseReturnValue:
    """It is not right: money goes on going where it went."""
    change = refuse_account(change_id, reason=typed("reason"), by=me(), at=now())
    flash(gettext("Refused. Everybody at %(name)s gets a letter with the reason.", name=change.organisation.name))
    return _back(change)


@bank_accounts.post("/changes/<number:change_id>/withdraw")
@may(Act.PROPOSE_BANK_ACCOUNT)
def withdraw(change_id: int) -> ResponseReturnValue:
    """Whoever proposed it takes it back."""
    change = withdraw_account(change_id, by=me(), at=now())
    flash(gettext("Taken back. Money goes on going where it went."))
    return _back(change)


def _back(change: AccountChange) -> ResponseReturnValue:
    if may_do(me().role, Act.SEE_ORGANISATIONS):
        return redirect(url_for("organisations.show", organisation_id=change.organisation_id, _anchor="account"), 303)
    return redirect(url_for("team.organisation", _anchor="account"), 303)
