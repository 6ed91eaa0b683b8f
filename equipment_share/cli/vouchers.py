"""`flask voucher evaluate` and `simulate`: the pure subsidy function on a case file, and on what was really used."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from equipment_share.cli.speaking import plainly
from equipment_share.domain.errors import Invalid, invalid
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.casefile import evaluate
from equipment_share.queries.simulation import replayed

voucher = AppGroup("voucher", help="Vouchers and their rules.")


def decided(text: str) -> tuple[dict[str, object], bool]:
    """One case's answer, or its errors, and whether it was good."""
    try:
        return evaluate(json.loads(text)), True
    except (ValueError, RecursionError):
        return {"errors": [{"field": "", "code": "malformed"}]}, False
    except Invalid as refusal:
        return {"errors": [{"field": p.field, "code": p.code} for p in refusal.problems]}, False


@voucher.command("evaluate", with_appcontext=False)
@click.argument("case", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def evaluate_case(case: Path) -> None:
    """Decide CASE.json, or every line of CASE.jsonl; exit 2 when something in it is wrong."""
    text = case.read_text(encoding="utf-8")
    parts = [line for line in text.splitlines() if line.strip()] if case.suffix == ".jsonl" else [text]
    answers = [decided(part) for part in parts]
    for answer, _ in answers:
        click.echo(json.dumps(answer, ensure_ascii=False))
    if not all(good for _, good in answers):
        sys.exit(2)


@voucher.command("simulate")
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day, included.")
@plainly
def simulate(document: Path, first: datetime, last: datetime) -> None:
    """Replay recorded uses under the draft in DOCUMENT (a programme document); never touches the books."""
    if last < first:
        raise invalid("end_before_start", "to")
    try:
        draft = json.loads(document.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise invalid("malformed", document.name) from None
    found = replayed([Programme.read(draft)], Period(first.date(), last.date())).document()
    told = {"uses": found["uses"], "gross_fen": found["gross_fen"], "subsidy_today_fen": found["life"]["subsidy_fen"], **found["drafts"][0]}
    click.echo(json.dumps({**told, "months": found["months"]}, ensure_ascii=False, indent=1))
