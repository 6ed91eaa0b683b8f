"""The ten reports over one lived quarter: every figure to the fen, in every format, for everybody who may see it, and for nobody else."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_babel import force_locale
from python_calamine import CalamineWorkbook

from equipment_share.adapters.print import words
from equipment_share.adapters.tables import read_table
from equipment_share.domain.errors import Forbidden, Invalid
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.periods import Period
from equipment_share.domain.reports.values import Report
from equipment_share.models.base import db
from equipment_share.models.people import User
from equipment_share.models.settlement import BatchLine, KeptReport
from equipment_share.queries.ledger import account, balance
from equipment_share.queries.reporting.kept import facts_of
from equipment_share.queries.reporting.reports import ACROSS, FIRMS, OWNERS, REPORTS, report
from equipment_share.queries.reports import reconciliation
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking
from equipment_share.services.bookings.usage import record_usage
from equipment_share.services.settlement.claims import approve_claim, check_claim
from equipment_share.services.settlement.kept import KEPT, is_whole, remade
from equipment_share.services.settlement.rendering import rendered
from equipment_share.services.transaction import transaction
from equipment_share.wording import WORDS
from tests.builders import a_booking, an_account, tuesday, yuan
from tests.support.counting import questions
from tests.support.people import signed_in
from tests.support.quarter import AFTER, Q3, Quarter, a_closed_batch, a_quarter


def facts(made: Report) -> dict[str, object]:
    """The figures above the tables, as JSON has them."""
    return {fact.column.name: fact.cell.plain() for fact in made.facts}


def total(made: Report, key: str) -> dict[str, object]:
    """The sums of a table by column."""
    table = made.table(key)
    assert table.total is not None
    return {column.name: cell.plain() for column, cell in zip(table.columns, table.total, strict=True)}


def column(made: Report, key: str, name: str) -> list[object]:
    """One column of a table."""
    table = made.table(key)
    at = [one.name for one in table.columns].index(name)
    return [row[at].plain() for row in table.rows]


def test_the_ten_reports_of_a_lived_quarter_add_up_to_the_ledger(app: Flask) -> None:
    quarter = a_quarter()
    by = quarter.people["auditor"]
    made = {name: report(name, "HALF", Q3, by=by) for name in REPORTS}

    assert [name for name, one in made.items() if not one.re_added] == []
    paid = made["payment_list"]
    assert total(paid, "payees") == {
        "payee": "", "code": "", "account": "", "orders": 2, "gross_fen": 100_000, "net_fen": 50_000, "elsewhere_fen": 0,
        "subsidy_fen": 50_000, "source_city_fen": 33_333, "source_province_fen": 16_667,
    }  # fmt: skip
    assert column(paid, "sources", "subsidy_fen") == [33_333, 16_667]
    assert column(paid, "lines", "subsidy_fen") == [30_000, 20_000]
    assert paid.in_words == yuan("500") == quarter.batch.total == balance(account(AccountKind.PAID, "HALF").id)
    owners = made["owner_statement"]
    assert [column(owners, "owners", name) for name in ("subsidy_fen", "bureau_paid_fen", "in_checking_fen", "firms_paid_fen")] == [
        [50_000, 30_000], [50_000, 0], [0, 30_000], [50_000, 30_000],
    ]  # fmt: skip
    firms = made["firm_statement"]
    assert (facts(firms)["subsidy_fen"], facts(firms)["held_fen"], facts(firms)["quota_left_fen"]) == (80_000, 15_000, 39_905_000)
    budget = made["budget"]
    figures = dict(zip(column(budget, "budget", "figure"), column(budget, "budget", "at_end_fen"), strict=True))
    assert figures == {
        "appropriated": 100_000_000, "issued": 40_000_000, "set_aside": 105_000, "released": 10_000, "held": 15_000, "used": 80_000,
        "gathered": 50_000, "paid": 50_000, "paid_back": 0, "expired": 0, "revoked": 0, "bonus": 0, "left": 60_000_000,
    }  # fmt: skip
    assert facts(budget)["execution_rate_bp"] == 5
    assert column(budget, "burn_down", "left_fen") == [100_000_000, 100_000_000, 99_920_000]
    assert column(made["funnel"], "funnel", "at_end_fen") == [40_000_000, 80_000, 50_000]
    assert column(made["funnel"], "funnel", "share_of_stage_before_bp") == [None, 20, 6_250]
    assert column(made["funnel"], "ageing", "left_fen") == [0, 0, 0, 0, 39_905_000, 0]
    assert facts(made["exceptions"]) == {"exceptions": 1, "undisposed": 1}
    assert facts(made["adjustments"]) == {"adjustments": 0, "amount_fen": 0}
    assert column(made["publicity"], "publicity", "amount_fen") == [30_000, 20_000]
    assert {name: facts(made["utilisation"])[name] for name in ("effective_minutes", "external_minutes", "utilisation_bp", "sharing_bp")} == {
        "effective_minutes": 270, "external_minutes": 270, "utilisation_bp": 14, "sharing_bp": 10_000,
    }  # fmt: skip
    assert facts(made["savings"]) == {"gross_fen": 160_000, "subsidy_fen": 80_000, "net_fen": 80_000, "saved_bp": 5_000, "uses": 3}
    whole = reconciliation("HALF", Q3, by=by)
    assert (whole.total.captured, whole.total.paid, whole.findings) == (yuan("800"), yuan("500"), ())


def test_a_firm_and_an_owner_see_their_own_rows_and_nobody_elses(app: Flask) -> None:
    quarter = a_quarter()
    owner, other, firm, rival = (quarter.people[name] for name in ("owner", "other", "firm", "rival"))

    assert facts(report("owner_statement", "HALF", Q3, by=other))["in_checking_fen"] == 30_000
    assert column(report("owner_statement", "HALF", Q3, by=owner), "uses", "subsidy_fen") == [30_000, 20_000]
    assert facts(report("utilisation", "HALF", Q3, by=owner))["effective_minutes"] == 150
    assert facts(report("savings", "HALF", Q3, by=other))["subsidy_fen"] == 30_000
    mine = report("firm_statement", "HALF", Q3, by=firm)
    assert (facts(mine)["subsidy_fen"], column(mine, "uses", "net_fen")) == (60_000, [30_000, 30_000])
    assert column(report("savings", "HALF", Q3, by=rival), "firms", "firm") == [rival.organisation.name]
    assert report("savings", "HALF", Q3, by=rival, party=firm.organisation.code).table("firms").rows[0][0].value == rival.organisation.name
    people: dict[str, tuple[User, frozenset[str]]] = {"owner": (owner, OWNERS), "firm": (firm, FIRMS)}
    for by, allowed in people.values():
        for name in set(REPORTS) - allowed:
            with pytest.raises(Forbidden):
                report(name, "HALF", Q3, by=by)
    for own in (report(name, "HALF", Q3, by=by) for by, allowed in people.values() for name in allowed):
        assert own.re_added, own.differences


def test_a_report_of_all_programmes_or_of_one_party_is_asked_for_by_who_sees_all(app: Flask) -> None:
    quarter = a_quarter()
    by = quarter.people["finance"]

    for name in ACROSS:
        assert report(name, "", Q3, by=by).re_added
    assert facts(report("owner_statement", "HALF", Q3, by=by, party=quarter.people["other"].organisation.code))["in_checking_fen"] == 30_000
    with pytest.raises(Invalid):
        report("budget", "", Q3, by=by)
    with pytest.raises(Invalid):
        report("budget", "NONE", Q3, by=by)


def test_the_same_report_is_the_same_bytes_and_reads_back_with_its_figures(app: Flask) -> None:
    quarter = a_quarter()
    made = report("payment_list", "HALF", Q3, by=quarter.people["auditor"])

    for form in ("csv", "xlsx", "pdf"):
        assert rendered(made, form) == rendered(report("payment_list", "HALF", Q3, by=quarter.people["auditor"]), form)
    lines = rendered(made, "csv").decode("utf-8-sig").splitlines()
    assert lines[:3] == ["report,payment_list,HALF,2026-Q3", "report,number,HALF-2026-Q3-payment_list", "report,re_added,yes"]
    assert "payees_total,,,,2,100000,50000,0,50000,33333,16667" in lines
    book = CalamineWorkbook.from_filelike(io.BytesIO(rendered(made, "xlsx")))
    assert book.sheet_names == ["概览", "按收款单位", "按资金来源", "逐笔明细"]
    assert book.get_sheet_by_name("按资金来源").to_python()[1:] == [
        ["市级", 333.33, 0.6667],
        ["省级", 166.67, 0.3333],
        ["合计", 500.0, 1.0],
    ]
    assert len(read_table(rendered(made, "xlsx"), "a.xlsx").rows) > 3
    paper = rendered(made, "pdf")
    assert paper.startswith(b"%PDF-") and len(re.findall(rb"/Type\s*/Page\b", paper)) >= 1


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_every_report_is_written_in_every_format(app: Flask) -> None:
    quarter = a_quarter()

    for name in REPORTS:
        made = report(name, "HALF", Q3, by=quarter.people["auditor"])
        assert rendered(made, "csv").decode("utf-8-sig").startswith(f"report,{name},HALF,2026-Q3")
        assert CalamineWorkbook.from_filelike(io.BytesIO(rendered(made, "xlsx"))).sheet_names[0] == "概览"
        assert rendered(made, "pdf").startswith(b"%PDF-")
        assert made.document()["re_added"] is True


def test_the_printed_words_are_the_words_of_the_screen(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        for kind, codes in words().items():
            assert codes == {code: str(shown) for code, shown in WORDS[kind].items()}, kind


def _kept(quarter: Quarter) -> list[KeptReport]:
    """What the close has kept."""
    return db.session.query(KeptReport).filter_by(batch_id=quarter.batch.id).order_by(KeptReport.id).all()


def _later(quarter: Quarter) -> None:
    """What was late for the quarter counts in the next: another use, another batch, another name and account: nothing of it was there at the close."""
    people, at = quarter.people, AFTER + timedelta(days=1)
    booking = a_booking(people["rival"], quarter.instruments[0], tuesday("16:00"), tuesday("17:00"))
    approve_booking(booking.id, by=people["owner"], at=tuesday("15:00"))
    record_usage(booking.id, start=tuesday("16:00"), end=tuesday("17:00"), by=people["owner"], at=at)
    confirm_usage(booking.id, by=people["rival"], at=at)
    cancel_booking(quarter.bookings[3].id, by=people["rival"], at=tuesday("09:00"))
    check_claim(quarter.claims[2].id, by=people["bureau_clerk"], at=at)
    approve_claim(quarter.claims[2].id, by=people["bureau_reviewer"], at=at)
    a_closed_batch(people, at, Period.parse("2026-Q4"))
    db.session.refresh(people["owner"].organisation)
    an_account(people["owner"].organisation_id, "6222 0000")


def test_the_reports_of_a_closed_batch_are_the_same_bytes_whatever_happens_later(app: Flask) -> None:
    quarter = a_quarter()
    kept = _kept(quarter)
    assert [row.key for row in kept] == [f"batch:{quarter.batch.id}:{file}" for file in ("facts.json", *KEPT)]
    before = {row.key: row.content for row in kept}

    _later(quarter)

    assert {row.key: remade(row) for row in kept} == before
    assert all(is_whole(row) for row in kept)
    assert rendered(report("budget", "HALF", Q3, by=quarter.people["auditor"]), "csv") != before[f"batch:{quarter.batch.id}:budget.csv"]
    assert facts_of(quarter.batch).upto > 0


def test_the_command_makes_the_kept_reports_again_and_stops_at_the_first_that_differs(app: Flask) -> None:
    quarter = a_quarter()
    _kept(quarter)
    run: Callable[..., object] = app.test_cli_runner().invoke

    good = run(args=["report", "verify"])
    with transaction() as session:
        session.add(KeptReport(key="batch:1:budget.csv.x", batch_id=quarter.batch.id, sha256="0" * 64, content=b"x", made_at=AFTER))
    bad = run(args=["report", "verify"])

    assert (good.exit_code, good.output) == (0, "8 kept reports made again, the same bytes\n")  # type: ignore[attr-defined]
    assert (bad.exit_code, bad.output) == (1, "batch:1:budget.csv.x is not what was kept\n")  # type: ignore[attr-defined]


def test_a_report_names_what_the_ledger_does_not_bear_out(app: Flask) -> None:
    quarter = a_quarter()
    facts_then = facts_of(quarter.batch)
    wrong = [*facts_then.lines, facts_then.lines[0]]

    from equipment_share.domain.reports.paying import payment_list
    from equipment_share.domain.reports.values import Head
    from equipment_share.queries.reporting.books import batch_sums

    made = payment_list(Head("payment_list", "HALF", "2026-Q3"), wrong, batch_sums([quarter.batch.id]))

    assert not made.re_added
    assert {one.figure: one.amount for one in made.differences} == {"subsidy": yuan("300"), "payees": yuan("300"), "sources": yuan("300")}
    assert "difference,subsidy,80000,50000" in rendered(made, "csv").decode("utf-8-sig")
    assert db.session.query(BatchLine).count() == 2


@pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)
def test_a_report_takes_no_more_questions_when_there_are_more_rows(app: Flask) -> None:
    quarter = a_quarter()
    by = quarter.people["auditor"]

    def counted() -> dict[str, int]:
        found = {}
        for name in REPORTS:
            db.session.expire_all()
            with questions() as asked:
                report(name, "HALF", Q3, by=by)
            found[name] = len(asked)
        return found

    few = counted()
    _later(quarter)

    assert counted() == few
    assert max(few.values()) <= 24, few


def test_the_pages_show_the_figures_and_every_figure_leads_to_its_entries(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    signed_in(client, quarter.people["auditor"])

    index = client.get("/bureau/reports?programme=HALF&period=2026-Q3").text
    page = client.get("/bureau/reports/savings?programme=HALF&period=2026-Q3").text
    budget = client.get("/bureau/reports/budget?programme=HALF&period=2026-Q3").text
    bad = client.get("/bureau/reports/budget?programme=HALF&period=autumn")
    answer = client.get("/bureau/reports/payment_list.pdf?programme=HALF&period=2026-Q3")

    assert all(f"/bureau/reports/{name}?" in index for name in REPORTS)
    assert 'data-figure="saved">50 %' in page
    assert "¥1,600.00" in page
    assert f"/audit/accounts?kind=voucher&amp;organisation={quarter.people['firm'].organisation_id}" in page
    house = account(AccountKind.PROGRAMME, "HALF").id
    assert f'<a href="/audit/accounts/{house}?on=2026-09-30">¥1,000,000.00' in budget
    assert bad.status_code == 422
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    signed_in(client, quarter.people["firm"])
    own = client.get("/statements/firm_statement?programme=HALF&period=2026-Q3").text
    assert "¥600.00" in own and quarter.people["rival"].organisation.name not in own
    assert client.get("/statements/budget?programme=HALF&period=2026-Q3").status_code == 403
    assert client.get("/bureau/reports/savings?programme=HALF&period=2026-Q3").status_code == 403


def test_a_statement_names_its_instruments_to_each_reader_and_its_file_is_the_same_for_all(app: Flask, client: FlaskClient) -> None:
    quarter = a_quarter()
    owner, instrument = quarter.people["owner"], quarter.instruments[0]
    instrument.name_zh, instrument.name_en = "扫描电镜", "Scanning electron microscope"
    db.session.commit()
    address = "/statements/owner_statement"
    files = []

    for language, shown, hidden in (("zh", "扫描电镜", "Scanning electron"), ("en", "Scanning electron microscope", "扫描电镜")):
        owner.language = language
        db.session.commit()
        g.pop("_flask_babel", None)  # the test's own context outlives a request
        signed_in(client, owner)
        page = client.get(f"{address}?programme=HALF&period=2026-Q3").text.split('id="uses"')[1]
        assert page.count(f'<a href="/instruments/{instrument.id}">{shown}</a>') == 2
        assert hidden not in page
        files.append(client.get(f"{address}.csv?programme=HALF&period=2026-Q3").data)

    assert "扫描电镜".encode() in files[0]
    assert files[0] == files[1]
