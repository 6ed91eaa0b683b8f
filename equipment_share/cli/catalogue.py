"""`flask catalogue import` and `export`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes, xlsx_bytes
from equipment_share.adapters.tables import read_table
from equipment_share.cli.speaking import actor, plainly
from equipment_share.domain.exchange.formats import NRII, UNIQUIP, native_header, native_rows, nrii_row, pidinst, uniquip_row
from equipment_share.domain.exchange.mapping import own_mapping, parse_mapping
from equipment_share.queries.instruments.catalogue import all_open
from equipment_share.queries.instruments.exchange import exported
from equipment_share.queries.people import organisation_by_code
from equipment_share.services.instruments.catalogue_import import Imported, import_catalogue
from equipment_share.wording import refusal_words

catalogue = AppGroup("catalogue", help="The pool as files.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@catalogue.command("import")
@click.argument("file", type=FILE)
@click.option("--owner", "code", required=True, help="Code of the owner.")
@click.option("--map", "mapping", type=FILE, help="A mapping document, when the columns are not ours.")
@click.option("--dry-run", is_flag=True)
@click.option("--strict", is_flag=True, help="Any rejected row: nothing saved, exit 1.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--by", "by", help="E-mail of the person who acts.")
@plainly
def import_file(file: Path, code: str, mapping: Path | None, dry_run: bool, strict: bool, form: str, by: str | None) -> None:
    """Import FILE (csv, xlsx or json); rows that are there are changed only where they differ."""
    table = read_table(file.read_bytes(), file.name)
    columns = parse_mapping(json.loads(mapping.read_text(encoding="utf-8"))) if mapping else own_mapping(table.header)
    done = import_catalogue(table, columns, organisation_by_code(code).id, strict=strict, dry_run=dry_run, by=actor(by), at=now())
    click.echo(_json(done) if form == "json" else _text(done))
    if strict and done.count("rejected"):
        raise SystemExit(1)


def _json(done: Imported) -> str:
    document = done.document()
    for row in document["rejected"]:
        row["reason"] = refusal_words(row["code"], {})
    return json.dumps(document, ensure_ascii=False)


def _text(done: Imported) -> str:
    lines = [", ".join(f"{done.count(kind)} {kind}" for kind in ("created", "updated", "unchanged", "rejected", "skipped"))]
    for verdict in done.verdicts:
        lines += [f"row {verdict.row}, {p.field}: {p.code}: {refusal_words(p.code, p.facts)}" for p in verdict.problems]
        if verdict.kind == "skipped":
            lines.append(f"row {verdict.row}: skipped: {verdict.reason}")
    return "\n".join([*lines, "" if done.saved else "nothing was saved"]).strip()


@catalogue.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as", "form", type=click.Choice(["native", "uniquip", "nrii", "pidinst"]), default="native", show_default=True)
@plainly
def export_file(file: Path, form: str) -> None:
    """Export the open pool to FILE (.csv, .xlsx or .json) in our own columns or those of another house; PIDINST is JSON."""
    header, table, records = _exported(form, str(current_app.config["BASE_URL"]))
    if file.suffix == ".json" or form == "pidinst":
        file.write_text(json.dumps(records, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    elif file.suffix == ".xlsx":
        file.write_bytes(xlsx_bytes({"instruments": (header, table)}))
    else:
        file.write_bytes(csv_bytes(header, table))
    click.echo(f"wrote {len(records)} instruments to {file}")


def _exported(form: str, base: str) -> tuple[list[str], list[list[Any]], list[dict[str, Any]]]:
    """Header, rows and records of the open pool in one house's words."""
    pool = all_open()
    rows = exported(pool, at=now())
    if form == "native":
        return native_header(rows), native_rows(rows), rows
    urls = [f"{base}/instruments/{row.id}" for row in pool]
    if form == "pidinst":
        return [], [], [pidinst(row, found.owner.name, url) for row, found, url in zip(rows, pool, urls, strict=True)]
    if form == "uniquip":
        header, table = list(UNIQUIP), [uniquip_row(row, found.owner.name, url) for row, found, url in zip(rows, pool, urls, strict=True)]
    else:
        header, table = list(NRII), [nrii_row(row, found.owner.code, url) for row, found, url in zip(rows, pool, urls, strict=True)]
    return header, [list(row) for row in table], [dict(zip(header, row, strict=True)) for row in table]
