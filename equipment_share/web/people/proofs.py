"""Proofs of eligibility: the firm's own page, and the bureau's queue."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.file import FileField
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from equipment_share.adapters.clock import now
from equipment_share.domain.access import FIRM, Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import bureau_day
from equipment_share.queries.proofs import proof_file_seen_by, proofs_of, provable_tags, waiting_proofs
from equipment_share.services.bookings.evidence import HandedIn
from equipment_share.services.people.proofs import accept_proof, hand_in_proof, refuse_proof
from equipment_share.web.access import may, me
from equipment_share.web.fields import Line, PageForm, most, required, typed
from equipment_share.web.kept_files import handed_out
from equipment_share.wording import word

proofs = Blueprint("proofs", __name__, url_prefix="/proofs")


class ProofForm(PageForm):
    """A class, and what shows that the firm belongs to it."""

    tag = SelectField("tag")
    number = Line("number", [most(60)])
    valid_until = DateField("valid_until", [Optional(), required])
    file = FileField("file")

    def of(self, tags: list[str]) -> ProofForm:
        """Among the classes that programmes ask for."""
        self.tag.choices = [(tag, word("class", tag)) for tag in tags]
        return self


def _form() -> ProofForm:
    return ProofForm().of(provable_tags(bureau_day(now())))


@proofs.get("/")
@may(Act.SEE_PROOFS)
def index() -> ResponseReturnValue:
    """A firm's own proofs; for the bureau what waits."""
    return _page(_form())


def _page(form: ProofForm) -> str:
    own = me().role in FIRM
    rows = proofs_of(me().organisation_id) if own else waiting_proofs()
    return render_template("people/proofs.html", rows=rows, own=own, form=form)


@proofs.post("/")
@may(Act.HAND_IN_PROOF)
def hand_in() -> ResponseReturnValue:
    """Hand in a proof."""
    form = _form()
    if form.validate_on_submit():
        upload = form.file.data
        file = HandedIn(upload.filename or "", upload.read()) if upload and upload.filename else None
        try:
            hand_in_proof(form.tag.data, number=form.number.data or "", valid_until=form.valid_until.data, file=file, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Submitted. The bureau checks it."))
            return redirect(url_for(".index"), 303)
    return _page(form), 422


@proofs.post("/<number:proof_id>/accept")
@may(Act.DECIDE_PROOF)
def accept(proof_id: int) -> ResponseReturnValue:
    """The firm belongs to the class until the proof's last good day."""
    found = accept_proof(proof_id, by=me(), at=now())
    flash(gettext("Accepted. The firm has the tag now."))
    return redirect(url_for("organisations.show", organisation_id=found.firm_id), 303)


@proofs.post("/<number:proof_id>/refuse")
@may(Act.DECIDE_PROOF)
def refuse(proof_id: int) -> ResponseReturnValue:
    """The proof does not show it."""
    found = refuse_proof(proof_id, reason=typed("reason"), by=me(), at=now())
    flash(gettext("Refused. The firm has been told why."))
    return redirect(url_for("organisations.show", organisation_id=found.firm_id), 303)


@proofs.get("/files/<token>")
@may(Act.SEE_PROOFS)
def paper(token: str) -> ResponseReturnValue:
    """A proof's file; always as an attachment."""
    return handed_out(proof_file_seen_by(token[:60], me()))
