"""An owner's instruments as files: bring one, look at what would become of every row, save it; take one away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes, xlsx_bytes
from equipment_share.adapters.tables import Table, read_table
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Refused, invalid
from equipment_share.domain.exchange.catalogue import SAID, foreign_words
from equipment_share.domain.exchange.formats import native_header, native_rows
from equipment_share.domain.exchange.mapping import HEADERS, ColumnMap, parse_mapping, unused_columns
from equipment_share.domain.exchange.price_columns import PRICE_HEADERS
from equipment_share.domain.periods import bureau_day
from equipment_share.models.instruments import ImportDraft
from equipment_share.queries.instruments.exchange import draft_of, exported, known_by_code, mappings_of, verdicts_on
from equipment_share.queries.instruments.instruments import instruments_of
from equipment_share.services.instruments.catalogue_import import change_mapping, import_catalogue, keep_draft
from equipment_share.services.tasks import ask_import
from equipment_share.web.access import may, me
from equipment_share.web.fields import typed
from equipment_share.web.instruments.forms import ImportForm
from equipment_share.wording import WORDS

exchange = Blueprint("exchange", __name__, url_prefix="/desk/instruments/files")
TITLES = {**HEADERS, **PRICE_HEADERS}
"""Our own columns by name, those of prices too."""
KINDS = ("created", "updated", "unchanged", "rejected", "skipped")
MOST_SHOWN = 500
_ALLOWED = {"modes": "mode", "run_status": "run_status", "share_mode": "share_mode"}
"""Columns of which only some words are taken, with the kind of these words."""
FIRST = ("inner_code", "name_zh", "name_en", "modes", "price_hour", "price_sample", "location", "class_code", "model")
"""What nearly every table has; the other fields are folded away."""
FEW_ROWS = 300
"""So many rows are saved inside the request; more become a task that shows how far it is."""


@exchange.get("/new")
@may(Act.EDIT_INSTRUMENT)
def new() -> ResponseReturnValue:
    """Choose a file, and how its columns are read."""
    return _new_page(ImportForm())


def _new_page(form: ImportForm) -> str:
    form.saved.choices = [
        ("", gettext("Find out by the column titles")),
        *((str(row.id), row.name) for row in mappings_of(me().organisation_id)),
    ]
    return render_template("instruments/import_new.html", form=form, headers=TITLES)


@exchange.post("/new")
@may(Act.EDIT_INSTRUMENT)
def keep() -> ResponseReturnValue:
    """Keep the file for its trial."""
    form = ImportForm()
    page = _new_page(form)
    if form.validate_on_submit():
        upload = form.file.data
        try:
            token = keep_draft(upload.filename or "", upload.read(), _document(form), by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
            page = _new_page(form)
        else:
            return redirect(url_for("exchange.trial", token=token))
    else:
        page = _new_page(form)
    return page, 422


def _document(form: ImportForm) -> dict[str, Any] | None:
    """The mapping that was handed in or chosen; None when neither was.

    Raises: Invalid `not_an_object`.
    """
    if form.mapping.data and form.mapping.data.filename:
        try:
            found = json.loads(form.mapping.data.read(1_000_000))
        except (ValueError, RecursionError):
            raise invalid("not_an_object", "mapping") from None
        parse_mapping(found)
        return dict(found)
    return next((dict(row.document) for row in mappings_of(me().organisation_id) if str(row.id) == form.saved.data), None)


@exchange.get("/<token>")
@may(Act.EDIT_INSTRUMENT)
def trial(token: str) -> ResponseReturnValue:
    """What would become of every row; nothing is written."""
    return _trial_page(draft_of(token, me()))


def _trial_page(draft: ImportDraft, refusal: Refused | None = None, given: dict[str, str] | None = None) -> str:
    table = read_table(draft.content, draft.name)
    document = draft.document or {}
    mapping = parse_mapping(document) if document else ColumnMap({})
    known = known_by_code(draft.owner_id) if document else {}
    rows = verdicts_on(table, mapping, known, at=now()) if document else []
    shown = sorted(rows, key=lambda row: row.kind != "rejected")[:MOST_SHOWN]
    fields = given if given is not None else {**mapping.fields, **mapping.prices}
    return render_template(
        "instruments/import_trial.html", draft=draft, table=table, counts={kind: sum(row.kind == kind for row in rows) for kind in KINDS},
        rows=shown, more=len(rows) - len(shown), names=[*FIRST, *(name for name in HEADERS if name not in FIRST)], first=FIRST,
        fields=fields, refusal=refusal, known=known, kinds=_ALLOWED, said={name: sorted(set(words.values())) for name, words in SAID.items()},
        foreign=foreign_words((row.cells for row in table.rows), mapping), meant=mapping.values, mapping=mapping,
        unused=unused_columns(table.header, mapping) if document else [], priced=sum(row.prices is not None for row in rows),
        today=bureau_day(now()), all_words=lambda kind: list(WORDS[kind].values()),
    )  # fmt: skip


@exchange.post("/<token>/mapping")
@may(Act.EDIT_INSTRUMENT)
def remap(token: str) -> ResponseReturnValue:
    """Read the columns otherwise."""
    draft = draft_of(token, me())
    given = {name: request.form.get(f"field-{name}", "") for name in TITLES}
    try:
        chosen = {name: text for name in TITLES if (text := typed(f"field-{name}", 300))}
        _known_columns(chosen, read_table(draft.content, draft.name))
        fields, prices = ({name: chosen[name] for name in titles if name in chosen} for titles in (HEADERS, PRICE_HEADERS))
        document = {**(draft.document or {}), "fields": fields, "prices": prices, "values": _meanings(draft.document or {})}
        change_mapping(token, document, name=typed("name", 60), by=me(), at=now())
    except Refused as refusal:
        return _trial_page(draft, refusal, given), 422
    return redirect(url_for("exchange.trial", token=token))


def _meanings(document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What foreign words stand for: as it was, and as it was just said.

    Raises: Invalid `not_a_choice` naming the field.
    """
    values = {name: dict(words) for name, words in document.get("values", {}).items()}
    for name, words in SAID.items():
        for text, code in zip(request.form.getlist(f"word-{name}"), request.form.getlist(f"means-{name}"), strict=False):
            if code and code not in words.values():
                raise invalid("not_a_choice", name)
            values.setdefault(name, {})[text] = code
    return {name: kept for name, words in values.items() if (kept := {text: code for text, code in words.items() if code})}


def _known_columns(fields: dict[str, str], table: Table) -> None:
    """Every column named between braces is one of the file's.

    Raises: Invalid `not_a_choice` naming the field.
    """
    for name, template in fields.items():
        for part in template.split("{")[1:]:
            if part.split("}")[0] not in table.header:
                raise invalid("not_a_choice", name)


@exchange.post("/<token>/save")
@may(Act.EDIT_INSTRUMENT)
def save(token: str) -> ResponseReturnValue:
    """Save the clean rows, or with the other button all or nothing."""
    draft = draft_of(token, me())
    strict = request.form.get("strict") == "1"
    try:
        if not draft.document:
            raise invalid("required", "fields")
        table = read_table(draft.content, draft.name)
        if len(table.rows) > FEW_ROWS:
            task = ask_import(token, draft.document, rows=len(table.rows), strict=strict, by=me(), at=now())
            return redirect(url_for("tasks.show", task_id=task.id), 303)
        done = import_catalogue(table, parse_mapping(draft.document), draft.owner_id, strict=strict, by=me(), at=now())
    except Refused as refusal:
        return _trial_page(draft_of(token, me()), refusal), 422
    if not done.saved:
        return _trial_page(draft_of(token, me()), Invalid([problem for row in done.verdicts for problem in row.problems][:1])), 422
    if priced := sum(row.prices is not None for row in done.verdicts if row.kind in ("created", "updated")):
        flash(
            ngettext(
                "%(num)s instrument has a new price list, from today on.",
                "%(num)s instruments have a new price list, from today on.",
                priced,
            )
        )
    flash(
        gettext(
            "Saved: %(created)s new, %(updated)s changed, %(unchanged)s as they were, %(rejected)s not taken.",
            **{kind: done.count(kind) for kind in KINDS[:4]},
        )
    )
    return redirect(url_for("owner.index"))


@exchange.get("/own.<form>")
@may(Act.OWN_INSTRUMENTS)
def download(form: str) -> ResponseReturnValue:
    """All of one's own instruments, in our own columns: what is downloaded can be brought back."""
    rows = exported(instruments_of(me().organisation_id), at=now())
    table = native_rows(rows)
    if form == "csv":
        return _file(csv_bytes(native_header(rows), table), "text/csv; charset=utf-8", form)
    if form == "xlsx":
        book = xlsx_bytes({"instruments": (native_header(rows), table)})
        return _file(book, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", form)
    if form != "json":
        abort(404)
    return _file(json.dumps(rows, ensure_ascii=False, indent=1, default=str).encode(), "application/json", form)


def _file(data: bytes, kind: str, form: str) -> Response:
    return Response(data, content_type=kind, headers={"Content-Disposition": attachment(f"instruments.{form}")})
