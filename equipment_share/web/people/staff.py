"""The administrator's pages of people: everybody found; the bureau's and the platform's invited, changed, ended and let in again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.domain.access import STAFF, Act, Role, roles_of
from equipment_share.domain.errors import Refused
from equipment_share.models.people import User
from equipment_share.queries.house import people_found, person_found
from equipment_share.queries.people import organisations_of_the_house
from equipment_share.services.people.members import invite_again
from equipment_share.services.people.people import invite_person
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, page_number
from equipment_share.web.people.forms import StaffForm
from equipment_share.web.people.team import changed_role, ended, given_back, link_to

staff = Blueprint("staff", __name__, url_prefix="/admin/people")
SIZE = 25
"""People on one page."""


@staff.get("")
@may(Act.SEE_HOUSE)
def index() -> ResponseReturnValue:
    """Find people."""
    kept = _kept()
    role = Role(kept["role"]) if "role" in kept else None
    page = page_number()
    rows, count = people_found(me(), q=kept.get("q", ""), role=role, first=(page - 1) * SIZE, limit=SIZE)
    return render_template(
        "house/people.html", rows=rows, count=count, kept=kept, roles=sorted(set(Role) - {Role.VISITOR, Role.SYSTEM}),
        page=page, pages=-(-count // SIZE),
    )  # fmt: skip


def _kept() -> dict[str, str]:
    """What the list was narrowed to; it goes along to a person and back."""
    text, q = asked("role"), asked("q", most=100)
    return ({"q": q} if q else {}) | ({"role": text} if text in set(Role) else {})


@staff.get("/<number:user_id>")
@may(Act.SEE_HOUSE)
def show(user_id: int) -> ResponseReturnValue:
    """One person, and what the administrator may do."""
    return _person(user_id)


def _person(user_id: int, raw: str = "") -> str:
    found = person_found(user_id, me())
    return render_template(
        "house/person.html", found=found, managed=found.user.role in STAFF, kept=_kept(),
        roles=roles_of(found.user.organisation.kind), url=link_to(raw) if raw else "",
    )  # fmt: skip


@staff.get("/invite")
@may(Act.SEE_HOUSE)
def new() -> ResponseReturnValue:
    """The form for somebody of the bureau or the platform."""
    return _invitation(_form(empty=True))


def _form(*, empty: bool = False) -> StaffForm:
    form = StaffForm(formdata=None) if empty else StaffForm()
    houses = organisations_of_the_house(me())
    form.organisation.choices = [(house.id, house.name) for house in houses]
    form.role.choices = {house.name: [role.value for role in roles_of(house.kind)] for house in houses}
    return form


def _invitation(form: StaffForm, invited: User | None = None, raw: str = "") -> str:
    return render_template("house/invite.html", form=form, invited=invited, url=link_to(raw) if raw else "")


@staff.post("/invite")
@may(Act.SEE_HOUSE)
def invite() -> ResponseReturnValue:
    """Invite by a one-time link, shown once."""
    form = _form()
    if form.validate_on_submit():
        try:
            made, raw = invite_person(
                form.email.data, Role(form.role.data), form.organisation.data, name=form.name.data or "", by=me(), at=now()
            )
        except Refused as refusal:
            form.show(refusal)
        else:
            return _invitation(_form(empty=True), made, raw)
    return _invitation(form), 422


@staff.post("/<number:user_id>/invite")
@may(Act.SEE_HOUSE)
def again(user_id: int) -> ResponseReturnValue:
    """Another link for somebody who has not joined yet, shown once."""
    _, raw = invite_again(user_id, by=me(), at=now())
    return _person(user_id, raw)


@staff.post("/<number:user_id>/role")
@may(Act.SEE_HOUSE)
def give_role(user_id: int) -> ResponseReturnValue:
    """Give a person of the bureau or the platform another role."""
    changed_role(user_id)
    return _back(user_id)


@staff.post("/<number:user_id>/disable")
@may(Act.SEE_HOUSE)
def disable(user_id: int) -> ResponseReturnValue:
    """End a person's access."""
    ended(user_id)
    return _back(user_id)


@staff.post("/<number:user_id>/restore")
@may(Act.SEE_HOUSE)
def restore(user_id: int) -> ResponseReturnValue:
    """Give an ended person access again."""
    given_back(user_id)
    return _back(user_id)


def _back(user_id: int) -> ResponseReturnValue:
    values: dict[str, Any] = dict(_kept())
    return redirect(url_for(".show", user_id=user_id, **values), 303)
