"""`python -m tests.bench.ledger [rows] [programmes] [engine]`: the ten reports over a generated ledger of three years; prints seconds a report.

Guards are off while it fills; afterwards the stored sums are held against the journal, so that a wrong filling cannot be measured.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import text

from equipment_share.app import create_app
from equipment_share.domain.access import Kind, Role
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.models.base import db
from equipment_share.models.instruments import Unit
from equipment_share.models.ledger import LedgerAccount
from equipment_share.queries.ledger import mismatches
from equipment_share.queries.reporting.reports import ACROSS, REPORTS, report
from tests.builders import a_person, a_programme, an_instrument, an_officer, an_organisation, an_owner
from tests.support.postgres import on_server, throwaway_postgres

FIRMS, OWNERS, YEARS, ROUNDS = 400, 20, (2024, 2025, 2026), 3
STATED = 0.5
"""Seconds that a report may take over a million ledger rows (performance.md, goal 9)."""
ASKED = Period.parse("2026-Q3")
SOURCES = [{"code": "city", "weight": 2}, {"code": "province", "weight": 1}]
STEP = ("id", "dr_id", "cr_id", "amount", "phase", "of_id", "programme_code", "booking_id", "made_at", "effective_at", "reason")
Rows = Iterable[Sequence[Any]]


@contextmanager
def server(engine: str) -> Iterator[str]:
    """The address of an empty database."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.db"
        return
    with throwaway_postgres() as address:
        on_server(address, "CREATE DATABASE bench")
        yield address.format(name="bench")


def written(table: str, columns: Sequence[str], rows: Rows) -> None:
    """Rows into a table the quickest way that each engine has; its guards are asleep meanwhile."""
    connection = db.session.connection().connection.dbapi_connection
    assert connection is not None
    names = ", ".join(columns)
    if db.engine.dialect.name == "sqlite":
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)  # type: ignore[attr-defined]
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def guards_asleep(tables: Sequence[str]) -> Iterator[None]:
    """No trigger of these tables runs; they stand again afterwards."""
    if db.engine.dialect.name == "sqlite":
        found = db.session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in found:
            db.session.execute(text(f"DROP TRIGGER {name}"))
        yield
        for _, made in found:
            db.session.connection().exec_driver_sql(made)
        return
    for table in tables:
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    yield
    for table in tables:
        db.session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))


class Town:
    """Firms, owners, programmes and accounts, and the many uses between them."""

    def __init__(self, rows: int, programmes: int) -> None:
        """Make the few things through the use cases, and name the many."""
        self.codes = [f"P{number}" for number in range(programmes)]
        for code in self.codes:
            a_programme(code=code, sources=SOURCES, budget={"total_fen": 900_000_000_000})
        self.firms = [an_organisation(Kind.FIRM).id for _ in range(FIRMS)]
        self.user = a_person(Role.FIRM_USER, an_organisation(Kind.FIRM)).id
        owners = [an_owner() for _ in range(OWNERS)]
        made = [an_instrument(owner) for owner in owners for _ in range(3)]
        units = {unit.instrument_id: unit.id for unit in db.session.query(Unit)}
        self.places = [(one.id, units[one.id], one.owner_id) for one in made]
        self.owners = [owner.organisation_id for owner in owners]
        self.uses = rows // 3
        self.begun = datetime(YEARS[0], 1, 1, tzinfo=UTC)
        self.days = (date(2026, 12, 1) - self.begun.date()).days
        self.version = {code: 1 + at for at, code in enumerate(self.codes)}
        self.houses: dict[tuple[str, str], int] = {(row.kind.value, row.key): row.id for row in db.session.query(LedgerAccount)}
        self.quarters = [Period.parse(f"{year}-Q{quarter}") for year in YEARS for quarter in (1, 2, 3, 4)]

    def accounts(self) -> Rows:
        """Vouchers by programme, year and firm; payables, batches, paid."""
        wanted = []
        for at, code in enumerate(self.codes):
            wanted += [("voucher", f"{code}:{year}:{firm}", True, code, firm) for year in YEARS for firm in self.firms]
            wanted += [("payable", f"{code}:{owner}", False, code, owner) for owner in self.owners]
            wanted += [("batch", str(1 + at * 12 + number), False, code, None) for number in range(12)]
            wanted += [("paid", code, False, code, None)]
        for row in wanted:
            if row[:2] not in self.houses:
                self.houses[row[:2]] = len(self.houses) + 1
                yield (self.houses[row[:2]], *row, 0, 0, 0, 0, 0)

    def vouchers(self) -> Rows:
        """One of each firm, programme and year."""
        number = 0
        for code in self.codes:
            for year in YEARS:
                for firm in self.firms:
                    number += 1
                    house = self.houses["voucher", f"{code}:{year}:{firm}"]
                    first, last = f"{year}-01-01", f"{year}-12-31"
                    yield (
                        number,
                        f"V{number}",
                        code,
                        self.version[code],
                        firm,
                        "issued",
                        60_000_000,
                        first,
                        last,
                        last,
                        house,
                        "[]",
                        "",
                        first,
                        1,
                    )

    def use(self, at: int) -> tuple[str, int, tuple[int, int, int], datetime, int]:
        """Programme, firm, place, moment and amount of one use; all of them spread evenly."""
        moment = self.begun + timedelta(minutes=at * self.days * 1440 // self.uses)
        firm = self.firms[at * 7919 % FIRMS]
        return self.codes[at % len(self.codes)], firm, self.places[at * 31 % len(self.places)], moment, 10_000 + at * 7919 % 5_000 * 10

    def kept(self, at: int) -> bool:
        """One use in ten was called off."""
        return at % 10 != 3

    def bookings(self) -> Rows:
        """Each use as a booking; those of the last week are still to come."""
        for at in range(self.uses):
            _, firm, place, moment, amount = self.use(at)
            end = moment + timedelta(hours=1)
            state = "completed" if self.kept(at) else "cancelled"
            used = (str(moment), str(end), str(end)) if self.kept(at) else (None, None, None)
            yield (
                at + 1, f"B{at}", *place, firm, self.user, state, False, "guided", str(moment), str(end), str(moment), str(end), 0, "", "external", "{}", "{}",
                "{}", "{}", 2 * amount, amount, amount, 0, *used, "[]", "", "{}", "", str(moment), 1,
            )  # fmt: skip

    def batch_of(self, code: str, moment: datetime) -> int:
        """The batch that pays a use."""
        day = bureau_day(moment)
        return 1 + self.codes.index(code) * 12 + (day.year - YEARS[0]) * 4 + (day.month - 1) // 3

    def batches(self) -> Rows:
        """One a quarter and programme; totals do not matter here."""
        for code in self.codes:
            for period in self.quarters:
                number = self.batch_of(code, period.span.start + timedelta(days=1))
                first, last = str(period.first_on), str(period.last_on)
                yield number, f"{code}-{period}", code, first, last, "owner", "closed", 0, "", last, 1

    def claims(self) -> Rows:
        """Each use that was kept, paid or on its way."""
        for at in range(self.uses):
            if self.kept(at):
                code, _, place, moment, amount = self.use(at)
                owner, day = place[2], str(bureau_day(moment))
                yield (
                    at + 1, f"C{at}", at + 1, code, self.version[code], owner, owner, amount, amount, "paid", day, "", self.batch_of(code, moment), day, 1,
                )  # fmt: skip

    def lines(self) -> Rows:
        """Each claim in its batch."""
        for at in range(self.uses):
            if self.kept(at):
                code, _, place, moment, amount = self.use(at)
                yield at + 1, self.batch_of(code, moment), at + 1, at + 1, place[2], amount, "paid"

    def steps(self) -> Iterator[Sequence[Any]]:
        """The journal: issue, hold, capture or release, gathered, paid."""
        number = 0
        for code in self.codes:
            for year in YEARS:
                for firm in self.firms:
                    number += 1
                    moment = str(datetime(year, 1, 1, tzinfo=UTC))
                    source, house = self.houses["programme", code], self.houses["voucher", f"{code}:{year}:{firm}"]
                    yield number, source, house, 60_000_000, "direct", None, code, None, moment, moment, "issue"
        for at in range(self.uses):
            code, firm, place, moment, amount = self.use(at)
            house, payable = self.houses["voucher", f"{code}:{moment.year}:{firm}"], self.houses["payable", f"{code}:{place[2]}"]
            same = (code, at + 1, str(moment), str(moment), "")
            hold = number = number + 1
            yield number, house, payable, amount + 1000, "hold", None, *same
            number += 1
            step = ("capture", amount) if self.kept(at) else ("release", amount + 1000)
            yield number, house, payable, step[1], step[0], hold, *same
            if self.kept(at):
                batch = self.houses["batch", str(self.batch_of(code, moment))]
                late = str(moment + timedelta(days=20))
                number += 1
                yield (
                    number,
                    payable,
                    batch,
                    amount,
                    "direct",
                    None,
                    code,
                    None,
                    late,
                    late,
                    "gathered",
                )  # the product gathers by payee: fewer
                number += 1
                yield number, batch, self.houses["paid", code], amount, "direct", None, code, at + 1, late, late, "paid"


SUMS = """
UPDATE ledger_account SET
 dr_post = coalesce((SELECT sum(t.amount) FROM ledger_transfer t WHERE t.dr_id = ledger_account.id AND t.phase IN ('direct', 'capture', 'refund')), 0),
 cr_post = coalesce((SELECT sum(t.amount) FROM ledger_transfer t WHERE t.cr_id = ledger_account.id AND t.phase IN ('direct', 'capture', 'refund')), 0)
WHERE bounded
"""


def filled(rows: int, programmes: int) -> list[str]:
    """The town with its years; the codes of its programmes."""
    town = Town(rows * 3 // 4, programmes)
    db.session.rollback()
    tables = ("ledger_account", "ledger_transfer", "booking", "claim", "batch", "batch_line", "voucher")
    money = ("dr_pend", "dr_post", "cr_pend", "cr_post", "last_transfer_id")
    with guards_asleep(tables):
        db.session.execute(text("DELETE FROM ledger_transfer WHERE phase <> 'direct'"))
        first = db.session.execute(text("SELECT coalesce(max(id), 0) FROM ledger_transfer")).scalar_one()
        written("ledger_account", ("id", "kind", "key", "bounded", "programme_code", "organisation_id", *money), town.accounts())
        written("voucher", ("id", "number", "programme_code", "version_id", "firm_id", "state", "wanted", "period_first_on", "period_last_on", "valid_until", "account_id", "tier", "reason", "made_at", "version"), town.vouchers())  # fmt: skip
        written("booking", ("id", "number", "instrument_id", "unit_id", "owner_id", "firm_id", "user_id", "state", "blocking", "mode", "starts_at", "ends_at", "busy_from", "busy_to", "samples", "purpose", "user_class", "tariff", "options", "rules", "quote", "gross", "subsidy", "net", "late_fee", "used_from", "used_to", "confirmed_at", "used_lines", "basket", "answers", "sample_state", "made_at", "version"), town.bookings())  # fmt: skip
        written("batch", ("id", "number", "programme_code", "period_first_on", "period_last_on", "payee", "state", "total", "file_hash", "made_at", "version"), town.batches())  # fmt: skip
        written("claim", ("id", "number", "booking_id", "programme_code", "version_id", "claimant_id", "payee_id", "amount", "asked", "state", "completed_on", "reason", "batch_id", "made_at", "version"), town.claims())  # fmt: skip
        written("batch_line", ("id", "batch_id", "line", "claim_id", "payee_id", "amount", "result"), town.lines())
        written("ledger_transfer", STEP, ((row[0] + first, *row[1:5], None if row[5] is None else row[5] + first, *row[6:]) for row in town.steps()))  # fmt: skip
        db.session.execute(text(SUMS))
    db.session.commit()
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    return town.codes


def main(rows: int, programmes: int, engine: str) -> None:
    """Fill, ask each report, tell."""
    with server(engine) as url:
        app = create_app({"DATABASE_URL": url, "SECRET_KEY": "x", "AUDIT_KEY": "x", "HASHING": "cheap"})
        with app.app_context():
            upgrade()
            began = time.perf_counter()
            codes, by = filled(rows, programmes), an_officer(Role.AUDITOR)
            if off := mismatches():
                raise SystemExit(f"the filling is wrong: {off[:3]}")
            count = db.session.execute(text("SELECT count(*) FROM ledger_transfer")).scalar_one()
            print(f"{engine}: {count:,} ledger rows in {programmes} programmes, filled in {time.perf_counter() - began:.0f} s")
            print(json.dumps({name: told(name, codes[0], by) for name in REPORTS}, indent=1))
            db.session.remove()
            db.engine.dispose()


def told(name: str, code: str, by: Any) -> str:
    """The seconds of one report, the median of some rounds, and of all programmes where that can be asked."""
    found = []
    for asked in (code, "") if name in ACROSS else (code,):
        times = []
        for _ in range(ROUNDS):
            db.session.rollback()
            began = time.perf_counter()
            made = report(name, asked, ASKED, by=by)
            times.append(time.perf_counter() - began)
            if not made.re_added:
                raise SystemExit(f"{name}: {made.differences[:3]}")
        seconds = statistics.median(times)
        found.append(f"{asked or 'all'} {seconds:.2f} s {'kept' if seconds <= STATED else 'MISSED'}")
    return ", ".join(found)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 1_000_000, int(given[1]) if len(given) > 1 else 8, given[2] if len(given) > 2 else "sqlite")
