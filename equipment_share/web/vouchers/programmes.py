"""The bureau's programmes: read, drafted in a form with its effect beside it, compared, published by another hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.samples import sample_programmes
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, NotFound, Problem, Refused
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.subsidy.examples import Example, examples
from equipment_share.models.vouchers import ProgrammeVersion, VersionState
from equipment_share.queries.ledger import account_or_none
from equipment_share.queries.people import people_named
from equipment_share.queries.vouchers import programmes_seen_by, standings, version_of, versions_of
from equipment_share.services.vouchers.programmes import change_draft, draft_programme, draft_version, publish_version
from equipment_share.web.access import may, me
from equipment_share.web.fields import PageForm, Text, asked, asked_number, required, typed_number
from equipment_share.web.vouchers.programme_choices import choices
from equipment_share.web.vouchers.programme_fields import OPEN, SPECS, TABLES
from equipment_share.web.vouchers.programme_sections import sections
from equipment_share.web.vouchers.programme_texts import Typed, read, typed_from_document, typed_from_form
from equipment_share.web.vouchers.programme_words import Difference, differences, in_words, path_words, problem_words, term
from equipment_share.wording import refusal_words
from equipment_share.wording.marks import labelled

programmes = Blueprint("programmes", __name__, url_prefix="/bureau/programmes")


class ExpertForm(PageForm):
    """A programme document as people may paste it."""

    document = Text("document", [required])


@dataclass(frozen=True)
class Aim:
    """What a form writes: a new programme, the next version of one, or one draft as it was read."""

    code: str = ""
    draft: int = 0
    version: int = 0

    @classmethod
    def asked(cls) -> Aim:
        """What the address points at; the version that the form was shown with stays until it is kept."""
        code, draft = asked("code", most=40), asked_number("draft")
        return cls(code, draft, typed_number("version") or (version_of(code, draft).version if draft else 0))

    @property
    def args(self) -> dict[str, str | int | None]:
        """The same as a part of an address."""
        return {"code": self.code or None, "draft": self.draft or None}

    def keep(self, document: Mapping[str, object]) -> ProgrammeVersion:
        """Hand the document to the use case it is for."""
        if self.draft:
            return change_draft(self.code, self.draft, document, version=self.version, by=me(), at=now())
        if self.code:
            return draft_version(self.code, document, by=me(), at=now())
        return draft_programme(document, by=me(), at=now())


@dataclass
class Effect:
    """What a draft does: three orders, and how it differs from what is in force; or what is wrong with it."""

    examples: list[Example] = field(default_factory=list)
    changes: list[Difference] = field(default_factory=list)
    in_force: int | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)
    """Words by field path."""


@programmes.get("/")
@may(Act.SEE_LEDGER)
def index() -> ResponseReturnValue:
    """All programmes, newest version of each on top."""
    versions = programmes_seen_by(me())
    states = standings(versions, bureau_day(now()))
    current = [version.id for version in versions if states[version.id] == "published"]
    rows = [(v, states[v.id], account_or_none(AccountKind.PROGRAMME, v.code) if v.id in current else None) for v in versions]
    return render_template("vouchers/programmes.html", rows=rows, samples=sample_programmes())


@programmes.get("/drafts/<number:version_id>")
@may(Act.SEE_LEDGER)
def draft(version_id: int) -> ResponseReturnValue:
    """On to one version by its key, as the list of what needs a person names it."""
    found = next((version for version in programmes_seen_by(me()) if version.id == version_id), None)
    if found is None:
        raise NotFound()
    return redirect(url_for(".show", code=found.code, number=found.number))


@programmes.get("/new")
@may(Act.DRAFT_PROGRAMME)
def new() -> ResponseReturnValue:
    """What to begin with: a draft as it stands, the newest version of a programme, or a sample; as fields, or as a document."""
    aim, sample = Aim.asked(), asked("sample", "HN")
    earlier = [version_of(aim.code, aim.draft)] if aim.draft else versions_of(aim.code) if aim.code else []
    document = earlier[0].document if earlier else sample_programmes().get(sample, sample_programmes()["HN"])
    if asked("tab") == "document":
        text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)
        return _expert(ExpertForm(formdata=None, data={"document": text}), aim, [])
    return _fields(PageForm(), typed_from_document(document), aim, _effect(document, [], aim.code))


def _fields(form: PageForm, typed: Typed, aim: Aim, effect: Effect, touched: str = "") -> str:
    return render_template(
        "vouchers/programme_form.html", form=form, typed=typed, aim=aim, effect=effect, tables=TABLES,
        sections=sections(typed, effect.errors, touched=touched, fresh=not aim.code), term=term, known=choices(typed), open_kinds=OPEN,
        labels={spec.path: spec.label for spec in SPECS} | TABLES, path_words=path_words,
    )  # fmt: skip


def _expert(form: ExpertForm, aim: Aim, problems: list[tuple[str, str]]) -> str:
    return render_template("vouchers/programme_document.html", form=form, aim=aim, problems=problems, path_words=path_words)


def _in_force(code: str) -> ProgrammeVersion | None:
    return next((version for version in versions_of(code) if version.state is VersionState.PUBLISHED), None) if code else None


def _effect(document: Mapping[str, Any], mistakes: list[Problem], code: str) -> Effect:
    """The preview: reckoned only when the whole draft can be read."""
    problems = list(mistakes)
    named = {problem.field for problem in mistakes}
    programme = None
    try:
        programme = Programme.parse(document)
    except Invalid as refusal:
        problems += [problem for problem in refusal.problems if problem.field not in named]
    made = Effect()
    for problem in problems:
        made.errors.setdefault(problem.field, []).append(problem_words(problem))
    if programme is not None and not problems:
        made.examples = examples(programme, bureau_day(now()))
        if old := _in_force(code):
            made.in_force, made.changes = old.number, differences(terms(old.document).document(), programme.document())
    return made


@programmes.post("/preview")
@may(Act.DRAFT_PROGRAMME)
def preview() -> ResponseReturnValue:
    """The effect alone, as it changes while somebody types."""
    found = read(typed_from_form(request.form.items(multi=True)).tidied())
    effect = _effect(found.document, found.problems, asked("code")[:40])
    return render_template("vouchers/_programme_effect.html", effect=effect)


@programmes.post("/new")
@may(Act.DRAFT_PROGRAMME)
def create() -> ResponseReturnValue:
    """Keep a draft; or add a row, take one away, read a file, show the effect: then everything typed comes back."""
    if "document" in request.form:
        return _create_from_document()
    form, aim, wanted = PageForm(), Aim.asked(), request.form.get("do", "keep")
    typed = typed_from_form(request.form.items(multi=True))
    if not form.validate_on_submit():
        return _fields(form, typed, aim, Effect()), 422
    verb, _, what = wanted.partition(":")
    if verb in ("add", "remove"):
        typed.add(what) if verb == "add" else typed.remove(what)
        return _fields(form, typed, aim, Effect(), what)
    if verb == "load":
        return _loaded(form, typed, aim)
    found = read(typed.tidied())
    effect = _effect(found.document, found.problems, aim.code)
    if verb == "show" or effect.errors:
        return _fields(form, typed, aim, effect), 422 if effect.errors else 200
    return _kept(form, found.document, aim) or (_fields(form, typed, aim, effect), 422)


def _kept(form: PageForm, document: Mapping[str, object], aim: Aim) -> ResponseReturnValue | None:
    """On to the new version; None when a rule refused it, which the form then says."""
    try:
        made = aim.keep(document)
    except Refused as refusal:
        form.show(refusal)
        return None
    flash(gettext("Version %(n)s is kept as a draft. A reviewer publishes it next; until then it can be changed.", n=made.number))
    return redirect(url_for(".show", code=made.code, number=made.number), 303)


def _loaded(form: PageForm, typed: Typed, aim: Aim) -> ResponseReturnValue:
    """A document out of a file, into the fields."""
    upload = request.files.get("file")
    try:
        document = Programme.read(json.loads(upload.read() if upload else b"")).document()
    except (ValueError, TypeError, RecursionError):
        form.other_errors.append(refusal_words("malformed", {}))
    except Invalid as refusal:
        form.other_errors += [labelled(p.field, refusal_words(p.code, p.facts)) for p in refusal.problems]
    else:
        return _fields(form, typed_from_document(document), aim, _effect(document, [], aim.code))
    return _fields(form, typed, aim, Effect()), 422


def _create_from_document() -> ResponseReturnValue:
    """The expert's way: the document as it stands."""
    form, aim, problems = ExpertForm(), Aim.asked(), list[tuple[str, str]]()
    if form.validate_on_submit():
        try:
            made = aim.keep(dict(json.loads(form.document.data)))
        except (ValueError, TypeError, RecursionError):
            form.other_errors.append(refusal_words("malformed", {}))
        except Invalid as refusal:
            problems = [(problem.field, problem_words(problem)) for problem in refusal.problems]
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Version %(n)s is kept as a draft. A reviewer publishes it next; until then it can be changed.", n=made.number))
            return redirect(url_for(".show", code=made.code, number=made.number), 303)
    return _expert(form, aim, problems), 422


@programmes.get("/<code>/<number:number>")
@may(Act.SEE_LEDGER)
def show(code: str, number: int) -> ResponseReturnValue:
    """One version in words and as a document, what it does, and what it changes."""
    version = version_of(code[:40], number)
    programme, old = terms(version.document), _in_force(code[:40])
    changes = differences(terms(old.document).document(), programme.document()) if old is not None and old.id != version.id else []
    effect = Effect(examples(programme, bureau_day(now())), changes, old.number if old else None)
    return render_template(
        "vouchers/programme.html", version=version, programme=programme, effect=effect, groups=in_words(version.document),
        document=json.dumps(version.document, ensure_ascii=False, indent=2, sort_keys=True), house=account_or_none(AccountKind.PROGRAMME, code[:40]),
        standing=standings([version], bureau_day(now()))[version.id], today=bureau_day(now()), drafted_by=people_named([version.drafted_by_id]),
    )  # fmt: skip


@programmes.get("/<code>/<number:number>.json")
@may(Act.SEE_LEDGER)
def download(code: str, number: int) -> ResponseReturnValue:
    """The document as a file; the form reads it back."""
    version = version_of(code[:40], number)
    answer = Response(json.dumps(version.document, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = attachment(f"{version.code}-{version.number}.json")
    return answer


@programmes.get("/samples/<sample_code>.json")
@may(Act.SEE_LEDGER)
def sample(sample_code: str) -> ResponseReturnValue:
    """A sample's document as a file."""
    if (found := sample_programmes().get(sample_code)) is None:
        raise NotFound()
    answer = Response(json.dumps(found, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = attachment(f"{sample_code}.json")
    return answer


@programmes.post("/<code>/<number:number>/publish")
@may(Act.PUBLISH_PROGRAMME)
def publish(code: str, number: int) -> ResponseReturnValue:
    """Put a version into force and appropriate its budget."""
    made = publish_version(code[:40], number, version=typed_number("version") or None, by=me(), at=now())
    since = terms(made.document).effective_from or bureau_day(now())
    flash(
        gettext(
            "%(code)s version %(n)s published, in force from %(day)s.", code=made.code, n=made.number, day=max(since, bureau_day(now()))
        )
    )
    return redirect(url_for(".show", code=code, number=number), 303)
