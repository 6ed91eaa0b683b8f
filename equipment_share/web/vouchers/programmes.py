"""The bureau's programmes: read, draft as a document, publish by another hand."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.adapters.samples import sample_programmes
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Refused
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.programmes.programmes import terms
from equipment_share.queries.ledger import account_or_none
from equipment_share.queries.vouchers import programmes_seen_by, version_of, versions_of
from equipment_share.services.vouchers.programmes import draft_programme, draft_version, publish_version
from equipment_share.web.access import may, me
from equipment_share.web.fields import PageForm, Text, asked, required
from equipment_share.wording import refusal_words

programmes = Blueprint("programmes", __name__, url_prefix="/bureau/programmes")


class ProgrammeForm(PageForm):
    """A programme document as people may paste it."""

    document = Text("document", [required])


@programmes.get("/")
@may(Act.SEE_LEDGER)
def index() -> ResponseReturnValue:
    """All programmes, newest version of each on top."""
    rows = [(version, account_or_none(AccountKind.PROGRAMME, version.code)) for version in programmes_seen_by(me())]
    return render_template("vouchers/programmes.html", rows=rows, samples=sample_programmes())


@programmes.get("/new")
@may(Act.DRAFT_PROGRAMME)
def new() -> ResponseReturnValue:
    """A document to begin with: a sample, or the newest version of a programme."""
    code, sample = asked("code"), asked("sample", "HN")
    earlier = versions_of(code) if code else []
    document = earlier[0].document if earlier else sample_programmes().get(sample, sample_programmes()["HN"])
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)
    return render_template(
        "vouchers/programme_form.html", form=ProgrammeForm(formdata=None, data={"document": text}), code=code, problems=[]
    )


@programmes.post("/new")
@may(Act.DRAFT_PROGRAMME)
def create() -> ResponseReturnValue:
    """Keep a draft, or say of every parameter what is wrong."""
    form, code, problems = ProgrammeForm(), asked("code"), []
    if form.validate_on_submit():
        try:
            document = json.loads(form.document.data)
            made = draft_version(code, document, by=me(), at=now()) if code else draft_programme(document, by=me(), at=now())
        except (ValueError, RecursionError):
            form.other_errors.append(refusal_words("malformed", {}))
        except Invalid as refusal:
            problems = [(problem.field, refusal_words(problem.code, problem.facts)) for problem in refusal.problems]
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Drafted. Another person publishes it."))
            return redirect(url_for(".show", code=made.code, number=made.number), 303)
    return render_template("vouchers/programme_form.html", form=form, code=code, problems=problems), 422


@programmes.get("/<code>/<number:number>")
@may(Act.SEE_LEDGER)
def show(code: str, number: int) -> ResponseReturnValue:
    """One version in words and as a document."""
    version = version_of(code[:40], number)
    return render_template(
        "vouchers/programme.html", version=version, programme=terms(version.document),
        document=json.dumps(version.document, ensure_ascii=False, indent=2, sort_keys=True), house=account_or_none(AccountKind.PROGRAMME, code[:40]),
    )  # fmt: skip


@programmes.post("/<code>/<number:number>/publish")
@may(Act.PUBLISH_PROGRAMME)
def publish(code: str, number: int) -> ResponseReturnValue:
    """Put a version into force and appropriate its budget."""
    publish_version(code[:40], number, by=me(), at=now())
    flash(gettext("Published."))
    return redirect(url_for(".show", code=code, number=number), 303)
