"""Sign in and out, register, links, one's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act, Kind
from equipment_share.domain.errors import Refused
from equipment_share.domain.limits import REGISTRATIONS, RESETS, SIGN_INS
from equipment_share.domain.people import TooManyTries
from equipment_share.queries.people import link_of, tokens_of
from equipment_share.services.people.people import register_organisation
from equipment_share.services.people.signin import ask_reset, change_password, end_token, make_token, use_link
from equipment_share.services.people.signin import sign_in as let_in
from equipment_share.services.people.signin import sign_out as let_out
from equipment_share.web.access import may, me, public, safe_next, slow_down, visitor_or_me
from equipment_share.web.extensions import remember
from equipment_share.web.people.forms import ChangePasswordForm, PasswordForm, RegisterForm, ResetForm, SignInForm, TokenForm
from equipment_share.web.people.needs import page_of_needs, page_of_papers

people = Blueprint("people", __name__)


@people.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The way in."""
    if visitor_or_me() is not None:
        return redirect(url_for("people.home"))
    return render_template("people/sign_in.html", form=SignInForm(), next=safe_next(request.args.get("next")) or "")


@people.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Let somebody in."""
    form, target = SignInForm(), safe_next(request.form.get("next")) or ""
    if form.validate_on_submit():
        try:
            slow_down(SIGN_INS)
            token = _secret_for(form.email.data, form.password.data)
        except Refused as refusal:
            form.show(refusal)
            return render_template("people/sign_in.html", form=form, next=target), *_no(refusal)
        remember(token)
        return redirect(target or url_for("people.home"))
    return render_template("people/sign_in.html", form=form, next=target), 422


def _no(refusal: Refused) -> tuple[int, dict[str, str]]:
    """Status and headers of a form that was refused."""
    if isinstance(refusal, TooManyTries):
        return 429, {"Retry-After": str(refusal.facts["seconds"])}
    return 422, {}


def _secret_for(email: str, password: str) -> str:
    limited, chosen = current_app.config["RATE_LIMITS"] != "off", str(session.get("language", ""))
    return let_in(email, password, address=request.remote_addr or "", limited=limited, language=chosen, at=now())


@people.post("/sign-out")
@may(Act.OWN_ACCOUNT)
def leave() -> ResponseReturnValue:
    """End this session."""
    let_out(str(session.get("sign_in", "")), by=me(), at=now())
    session.clear()
    g.pop("_login_user", None)
    return redirect(url_for("pages.home"))


@people.get("/me")
@may(Act.OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """What needs me, and what comes next."""
    return page_of_needs(me(), at=now())


@people.get("/me/papers")
@may(Act.ADD_EVIDENCE)
def papers() -> ResponseReturnValue:
    """The claims for which papers are missing that I have at hand."""
    return page_of_papers(me(), at=now())


@people.get("/register")
@public
def register() -> ResponseReturnValue:
    """The form for a firm or an owner."""
    return render_template("people/register.html", form=RegisterForm())


@people.post("/register")
@public
def create() -> ResponseReturnValue:
    """Register an organisation; it waits for the bureau."""
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            slow_down(REGISTRATIONS)
            register_organisation(
                Kind(form.kind.data), form.code.data, form.name.data, email=form.email.data, person=form.person.data,
                password=form.password.data, phone=form.phone.data or "", at=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.show(refusal)
            return render_template("people/register.html", form=form), *_no(refusal)
        else:
            flash(gettext("Registered. You can sign in; the bureau verifies your organisation first."))
            return redirect(url_for("people.sign_in"))
    return render_template("people/register.html", form=form), 422


@people.get("/link/<token>")
@public
def link(token: str) -> ResponseReturnValue:
    """Where a one-time link leads: set a password."""
    return _password_page(token, PasswordForm())


def _password_page(token: str, form: PasswordForm, status: int = 200) -> ResponseReturnValue:
    found = link_of(token, at=now())
    if found is None:
        return render_template("people/link_over.html"), 400
    return render_template("people/password.html", form=form, whom=found.user), status


@people.post("/link/<token>")
@public
def use(token: str) -> ResponseReturnValue:
    """Set the password; the link is used up, and its person is in."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            found = use_link(token, form.password.data, at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            return _straight_in(found.email, form.password.data)
    return _password_page(token, form, 422)


def _straight_in(email: str, password: str) -> ResponseReturnValue:
    try:
        remember(_secret_for(email, password))
    except Refused:  # locked out for some minutes more, by tries of before
        flash(gettext("Password set. Please sign in."))
        return redirect(url_for("people.sign_in"))
    flash(gettext("Password set. You are signed in."))
    return redirect(url_for("people.home"))


@people.get("/reset")
@public
def reset() -> ResponseReturnValue:
    """The form for a lost password."""
    return render_template("people/reset.html", form=ResetForm())


@people.post("/reset")
@public
def send_reset() -> ResponseReturnValue:
    """The answer is the same whether the address is known or not."""
    form = ResetForm()
    if not form.validate_on_submit():
        return render_template("people/reset.html", form=form), 422
    try:
        slow_down(RESETS)
    except TooManyTries as refusal:
        form.show(refusal)
        return render_template("people/reset.html", form=form), *_no(refusal)
    ask_reset(form.email.data, at=now())
    flash(gettext("If the address is known here, a link is on its way. It works for 30 minutes."))
    return redirect(url_for("people.sign_in"))


@people.get("/account")
@may(Act.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """One's own account: password, API tokens."""
    return _account(ChangePasswordForm(prefix="pw"), TokenForm(prefix="token"), "")


def _account(form: ChangePasswordForm, token_form: TokenForm, raw: str) -> str:
    return render_template("people/account.html", form=form, token_form=token_form, raw=raw, tokens=tokens_of(me().id))


@people.post("/account/password")
@may(Act.OWN_ACCOUNT)
def new_password() -> ResponseReturnValue:
    """Change the password; every session ends."""
    form = ChangePasswordForm(prefix="pw")
    if form.validate_on_submit():
        try:
            change_password(form.current.data, form.password.data, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            session.clear()
            flash(gettext("Password changed. Please sign in again."))
            return redirect(url_for("people.sign_in"))
    return _account(form, TokenForm(formdata=None, prefix="token"), ""), 422


@people.post("/account/tokens")
@may(Act.OWN_ACCOUNT)
def new_token() -> ResponseReturnValue:
    """Make a program's key and show it once."""
    form, raw = TokenForm(prefix="token"), ""
    if form.validate_on_submit():
        raw = make_token(form.name.data, ["read", "write"], by=me(), at=now())
    return _account(ChangePasswordForm(formdata=None, prefix="pw"), form, raw), 200 if raw else 422


@people.post("/account/tokens/<number:token_id>/end")
@may(Act.OWN_ACCOUNT)
def stop_token(token_id: int) -> ResponseReturnValue:
    """End a program's key."""
    end_token(token_id, by=me(), at=now())
    return redirect(url_for("people.account"))
