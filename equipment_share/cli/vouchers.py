"""`flask voucher evaluate`: the pure subsidy function on a case file, without a database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from equipment_share.domain.casefile import evaluate
from equipment_share.domain.errors import Invalid

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
