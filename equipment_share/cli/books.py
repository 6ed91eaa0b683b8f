"""`flask settlement`, `flask report`, `flask ledger`, `flask audit`: the books from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import AppGroup

from equipment_share.adapters.clock import now
from equipment_share.cli.speaking import actor, plainly
from equipment_share.domain.periods import Period
from equipment_share.models.base import db
from equipment_share.models.grants import BadLogin, grants
from equipment_share.models.people import SYSTEM
from equipment_share.queries.dump import KEYS, dumped
from equipment_share.queries.journal import chain_state
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.people import named_person, organisation_auditor
from equipment_share.queries.reporting.kept import all_kept
from equipment_share.queries.reporting.reports import REPORTS
from equipment_share.queries.reporting.reports import report as made_report
from equipment_share.queries.reports import reconciliation
from equipment_share.queries.settlement import latest_batch
from equipment_share.services.settlement.closing import checklist, close_batch
from equipment_share.services.settlement.kept import is_whole
from equipment_share.services.settlement.printing import report_file
from equipment_share.services.settlement.rendering import rendered

settlement = AppGroup("settlement", help="Batches.")
report = AppGroup("report", help="Reports.")
ledger = AppGroup("ledger", help="The ledger.")
audit = AppGroup("audit", help="The audit chain.")


@settlement.command("close")
@click.argument("programme")
@click.argument("period")
@click.option("--by", "by", required=True, help="E-mail of the reviewer who answers for it.")
@plainly
def close_period(programme: str, period: str, by: str) -> None:
    """Run the close checklist of PROGRAMME and PERIOD, then close its batch."""
    batch = latest_batch(programme, Period.parse(period))
    for item in checklist(batch, at=now()):
        state = "ok" if item.is_done else "not yet" if item.stops else "later"
        click.echo(f"{state}: {item.code}" + (f" ({item.count})" if item.count else ""))
    closed = close_batch(batch.id, by=named_person(by), at=now())
    click.echo(f"closed {closed.number} {closed.total}")


@report.command("reconciliation")
@click.argument("programme")
@click.argument("period")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "pdf", "json"]), default="json")
@click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--by", "by", help="E-mail of the person who asks; left out the installation's own view.")
@plainly
def reconciliation_report(programme: str, period: str, form: str, output: Path, by: str | None) -> None:
    """Write the voucher reconciliation report of PROGRAMME and PERIOD."""
    asker = actor(by)
    if asker is SYSTEM:
        asker = organisation_auditor()
    made = reconciliation(programme, Period.parse(period), by=asker)
    data = json.dumps(made.document(), ensure_ascii=False, indent=1).encode() if form == "json" else report_file(made, form)
    output.write_bytes(data)
    click.echo(f"wrote {output} ({len(data)} bytes), {len(made.findings)} findings")


def _offer(name: str) -> None:
    """`flask report NAME PROGRAMME PERIOD`, the same for all ten."""

    @report.command(name, help=f"Write the report {name} of PROGRAMME (`all` for every one, where that makes sense) and PERIOD.")
    @click.argument("programme")
    @click.argument("period")
    @click.option("--format", "form", type=click.Choice(["csv", "xlsx", "pdf", "json"]), default="json")
    @click.option("-o", "output", type=click.Path(dir_okay=False, path_type=Path), required=True)
    @click.option("--party", default="", help="The code of one owner or firm.")
    @click.option("--by", "by", help="E-mail of the person who asks; left out the installation's own view.")
    @plainly
    def write(programme: str, period: str, form: str, output: Path, party: str, by: str | None) -> None:
        asker = actor(by)
        if asker is SYSTEM:
            asker = organisation_auditor()
        made = made_report(name, "" if programme == "all" else programme, Period.parse(period), by=asker, party=party)
        data = json.dumps(made.document(), ensure_ascii=False, indent=1).encode() if form == "json" else rendered(made, form)
        output.write_bytes(data)
        click.echo(f"wrote {output} ({len(data)} bytes), {'re-added' if made.re_added else f'{len(made.differences)} differences'}")


for _name in REPORTS:
    _offer(_name)


@report.command("verify")
def verify_reports() -> None:
    """Make every kept report again; exit 1 at the first that is not the same bytes."""
    count = 0
    for kept in all_kept():
        if not is_whole(kept):
            click.echo(f"{kept.key} is not what was kept")
            raise SystemExit(1)
        count += 1
    click.echo(f"{count} kept reports made again, the same bytes")


@ledger.command("verify")
def verify_ledger() -> None:
    """Re-add the whole journal and every stored balance; exit 1 and the accounts if one fen is off."""
    off = mismatches()
    for row in off:
        click.echo(f"{row.kind.value} {row.key} {row.column}: stored {row.stored}, added {row.added}")
    click.echo("the ledger adds up" if not off else f"{len(off)} differences")
    raise SystemExit(bool(off))


@ledger.command("dump")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lines", is_flag=True, help="One JSON line a row, for large books.")
def dump_ledger(file: Path, lines: bool) -> None:
    """Write the open audit dump to FILE: one instant, read straight from the database."""
    counts = dict.fromkeys(KEYS, 0)
    with file.open("w", encoding="utf-8") as target:
        whole: dict[str, list[object]] = {key: [] for key in KEYS}
        for key, row in dumped():
            counts[key] += 1
            if lines:
                target.write(json.dumps({"key": key, "row": row}, ensure_ascii=False) + "\n")
            else:
                whole[key].append(row)
        if not lines:
            json.dump(whole, target, ensure_ascii=False)
    click.echo(", ".join(f"{count} {key}" for key, count in counts.items()))


@ledger.command("grants")
@click.argument("login")
def print_grants(login: str) -> None:
    """Print the SQL that lets LOGIN serve and nothing more; the owner of the tables says it after each migration."""
    try:
        lines = grants(login, db.engine.url.database or "equipment_share")
    except BadLogin:
        raise click.BadParameter("small letters, digits and _, beginning with a letter", param_hint="LOGIN") from None
    click.echo("\n".join(f"{line};" for line in lines))


@audit.command("verify")
def verify_audit() -> None:
    """Walk the audit chain; exit 1 at the first broken link."""
    state = chain_state()
    click.echo(f"{state.length} rows, {'the chain holds' if state.broken_at is None else f'broken at row {state.broken_at}'}")
    raise SystemExit(state.broken_at is not None)
