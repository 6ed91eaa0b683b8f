"""One's own organisation's people: invite, another role, end access and give it back."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act, Role, roles_of
from equipment_share.domain.errors import Refused
from equipment_share.models.people import User
from equipment_share.queries.bank_accounts import account_changes
from equipment_share.queries.people import members_of, the_bureau
from equipment_share.services.people.contacts import keep_contact
from equipment_share.services.people.members import change_role, disable_person, invite_again, restore_person
from equipment_share.services.people.people import invite_person
from equipment_share.web.access import may, me
from equipment_share.web.people.forms import AccountForm, ContactForm, InviteForm
from equipment_share.wording import word

team = Blueprint("team", __name__, url_prefix="/team")


@team.get("")
@may(Act.INVITE_PERSON)
def index() -> ResponseReturnValue:
    """Who is in one's organisation."""
    return _page(_form(empty=True))


@team.get("/organisation")
@may(Act.INVITE_PERSON)
def organisation() -> ResponseReturnValue:
    """What is kept of one's own organisation, and whom to ask for a change."""
    return page_of_own_organisation(AccountForm(formdata=None))


@team.post("/organisation")
@may(Act.KEEP_CONTACT)
def keep() -> ResponseReturnValue:
    """Write down where one's own organisation is and how it is reached."""
    form = ContactForm()
    if form.validate_on_submit():
        try:
            keep_contact(form.contact(), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Saved. Whoever books or receives you sees it from now on."))
            return redirect(url_for(".organisation", _anchor="contact"), 303)
    return page_of_own_organisation(AccountForm(formdata=None), form), 422


def page_of_own_organisation(account: AccountForm, contact: ContactForm | None = None) -> str:
    """The page, with what was typed in one of its forms."""
    own = me().organisation
    return render_template(
        "people/own_organisation.html", own=own, bureau=the_bureau(), account=account, changes=account_changes(own.id),
        contact=contact or ContactForm(formdata=None, obj=own),
    )  # fmt: skip


def _form(*, empty: bool = False) -> InviteForm:
    form = InviteForm(formdata=None) if empty else InviteForm()
    form.role.choices = [role.value for role in roles_of(me().organisation.kind)]
    return form


def _page(form: InviteForm, invited: User | None = None, raw: str = "") -> str:
    return render_template(
        "people/team.html", form=form, members=members_of(me().organisation_id), invited=invited, url=link_to(raw) if raw else ""
    )


def link_to(raw: str) -> str:
    """The whole address of a one-time link."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + url_for("people.link", token=raw)


@team.post("")
@may(Act.INVITE_PERSON)
def invite() -> ResponseReturnValue:
    """Invite by a one-time link, shown once."""
    form = _form()
    if form.validate_on_submit():
        try:
            made, raw = invite_person(
                form.email.data, Role(form.role.data), me().organisation_id, name=form.name.data or "", by=me(), at=now()
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            return _page(_form(empty=True), made, raw)
    return _page(form), 422


@team.post("/<number:user_id>/invite")
@may(Act.INVITE_PERSON)
def again(user_id: int) -> ResponseReturnValue:
    """Another link for somebody who has not joined yet, shown once."""
    found, raw = invite_again(user_id, by=me(), at=now())
    return _page(_form(empty=True), found, raw)


@team.post("/<number:user_id>/role")
@may(Act.INVITE_PERSON)
def give_role(user_id: int) -> ResponseReturnValue:
    """Change a member's role."""
    changed_role(user_id)
    return redirect(url_for(".index"), 303)


def changed_role(user_id: int) -> None:
    """The role that a form asks for, given and told."""
    text = request.form.get("role", "")
    found = change_role(user_id, Role(text) if text in set(Role) else Role.VISITOR, by=me(), at=now())
    flash(gettext("%(name)s is now: %(role)s. They sign in anew.", name=found.called, role=word("role", found.role)))


@team.post("/<number:user_id>/disable")
@may(Act.INVITE_PERSON)
def disable(user_id: int) -> ResponseReturnValue:
    """End a member's access."""
    ended(user_id)
    return redirect(url_for(".index"), 303)


def ended(user_id: int) -> None:
    """Access ended and told."""
    found = disable_person(user_id, by=me(), at=now())
    flash(gettext("The access of %(name)s has ended. You can give it back here.", name=found.called))


@team.post("/<number:user_id>/restore")
@may(Act.INVITE_PERSON)
def restore(user_id: int) -> ResponseReturnValue:
    """Give an ended member access again."""
    given_back(user_id)
    return redirect(url_for(".index"), 303)


def given_back(user_id: int) -> None:
    """Access given back and told."""
    found = restore_person(user_id, by=me(), at=now())
    name, role = found.called, word("role", found.role)
    if found.joined:
        flash(gettext("%(name)s has access again, as %(role)s, and signs in with the password of before.", name=name, role=role))
    else:
        flash(gettext("%(name)s is invited again, as %(role)s. Make a new link.", name=name, role=role))
