"""`flask booking import` and `flask usage import`: tables of wishes, and of what was used without one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click
from flask.cli import AppGroup

from equipment_share.adapters.clock import now
from equipment_share.adapters.tables import read_table
from equipment_share.cli.speaking import actor, plainly
from equipment_share.domain.errors import Problem
from equipment_share.queries.bookings.wishes import wished_rows
from equipment_share.queries.people import named_person, organisation_by_code
from equipment_share.services.bookings.tables import import_bookings
from equipment_share.services.bookings.usage_import import import_uses
from equipment_share.wording import refusal_words

booking = AppGroup("booking", help="Bookings as a file.")
usage = AppGroup("usage", help="Past use as a file.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@booking.command("import")
@click.argument("file", type=FILE)
@click.option("--by", "by", required=True, help="E-mail of the person of the firm who books.")
@click.option("--strict", is_flag=True, help="Any rejected row: nothing saved, exit 1.")
@click.option("--dry-run", is_flag=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@plainly
def import_wishes(file: Path, by: str, strict: bool, dry_run: bool, form: str) -> None:
    """Book every row of FILE: instrument, mode, start, end, samples, purpose, programmes."""
    table = read_table(file.read_bytes(), file.name)
    answers = import_bookings(wished_rows(table), strict=strict, dry_run=dry_run, by=named_person(by), at=now())
    rejected = [(answer.number, problem) for answer in answers for problem in answer.problems]
    created = sum(not answer.problems for answer in answers) if not (strict and rejected) else 0
    _say(form, created, 0, rejected, saved=created > 0 and not dry_run)
    if strict and rejected:
        raise SystemExit(1)


@usage.command("import")
@click.argument("file", type=FILE)
@click.option("--owner", "code", required=True, help="Code of the owner.")
@click.option(
    "--map",
    "mapping",
    type=FILE,
    help='{"instrument": column or "{A}|{B}", "start": column, "end": column, "person": column, "note": column, "open_end": text}',
)
@click.option("--dry-run", is_flag=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--by", "by", help="E-mail of the person who acts.")
@plainly
def import_log(file: Path, code: str, mapping: Path | None, dry_run: bool, form: str, by: str | None) -> None:
    """Keep the uses of a machine's log in FILE: any length, open end allowed; overlaps within the file are reported."""
    fields = json.loads(mapping.read_text(encoding="utf-8")) if mapping else {}
    done = import_uses(
        read_table(file.read_bytes(), file.name), {str(k): str(v) for k, v in dict(fields).items()}, organisation_by_code(code).id,
        dry_run=dry_run, by=actor(by), at=now(),
    )  # fmt: skip
    _say(form, done.created, done.unchanged, done.rejected, saved=done.created > 0 and not dry_run)


def _say(form: str, created: int, unchanged: int, rejected: Sequence[tuple[int, Problem]], *, saved: bool) -> None:
    rows = [{"row": row, "column": p.field, "code": p.code, "reason": refusal_words(p.code, p.facts)} for row, p in rejected]
    if form == "json":
        click.echo(json.dumps({"created": created, "updated": 0, "unchanged": unchanged, "rejected": rows}, ensure_ascii=False))
        return
    click.echo(f"{created} created, {unchanged} unchanged, {len({row for row, _ in rejected})} rejected")
    for line in rows:
        click.echo(f"row {line['row']}, {line['column']}: {line['code']}: {line['reason']}")
    if not saved:
        click.echo("nothing was saved")
