"""Any of the ten reports as a page and as a file: for the bureau all, for firms and owners their own statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.domain.access import READERS, Act
from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import Period, bureau_day, periods_around
from equipment_share.domain.reports.unused import for_people
from equipment_share.domain.reports.values import Link, Report
from equipment_share.queries.instruments.instruments import names_of
from equipment_share.queries.people import organisation_seen_by
from equipment_share.queries.reporting.reports import ACROSS, report, reports_for
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.services.settlement.rendering import rendered
from equipment_share.web.access import can, may, me
from equipment_share.web.fields import asked
from equipment_share.web.naming import bilingual, programme_called, programmes_called
from equipment_share.web.periods import period_field, period_words
from equipment_share.wording import refusal_words, word

statements = Blueprint("statements", __name__)
TYPES = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip
NAME = "<any(payment_list,owner_statement,firm_statement,budget,funnel,exceptions,adjustments,publicity,utilisation,savings):name>"
NAMED = 6
"""How many periods with figures a report without any names."""
FORM = "<any(csv,xlsx,pdf):form>"


def _programme(codes: Collection[str]) -> str:
    """The programme that was asked for, else the first; `all` is every one."""
    wanted = asked("programme", most=40)
    return "" if wanted == "all" else wanted or next(iter(codes), "")


def _days(code: str, programmes: Collection[str], name: str = "") -> list[date]:
    """The days that a programme, or all of them, has figures on."""
    return days_with_figures([code] if code else programmes, me(), report=name)


def reports_index(show: str, download: str) -> ResponseReturnValue:
    """Which reports there are for this person, and for which programme and period; those of one programme are offered by programme."""
    programmes = programmes_called()
    code = _programme(programmes)
    period = period_field(_days(code, programmes))
    return render_template(
        "settlement/statements.html", names=reports_for(me()), programmes=programmes, code=code, period=period, show=show,
        download=download, across=ACROSS,
    ), 422 if period.words else 200  # fmt: skip


def _made(name: str, code: str, period: Period) -> Report:
    """The report that the address asks for.

    Raises: Refused, NotFound.
    """
    wanted = asked("party", most=18)
    party = organisation_seen_by(int(wanted), me()).code if wanted.isascii() and wanted.isdigit() and me().role in READERS else ""
    return report(name, code, period, by=me(), party=party)


def _page(name: str, show: str, download: str) -> ResponseReturnValue:
    programmes = programmes_called()
    code = _programme(programmes)
    days = _days(code, programmes, name)
    period, made, words = period_field(days), None, ""
    if not code and name not in ACROSS:
        words = gettext("This report is made for one programme at a time.")
    elif not period.words:
        try:
            made = _for_reader(for_people(_made(name, code, period.period)))
        except Refused as refusal:
            words = refusal_words(refusal.code, refusal.facts)
    return render_template(
        "settlement/statement.html", report=made, name=name, programmes=programmes, code=code, period=period, party=asked("party", most=18),
        title=title_of(name, code, period.period),
        words=words, show=show, download=download, across=name in ACROSS, address=_address, elsewhere=periods_around(days)[1][:NAMED],
    ), 422 if words or period.words else 200  # fmt: skip


def _for_reader(made: Report) -> Report:
    """A report with the names of its instruments in the reader's language: on the page alone, for a file is the same whoever asks."""
    return made.naming({key: bilingual(names) for key, names in names_of(made.instruments()).items()})


def _file(name: str, form: str) -> ResponseReturnValue:
    """A report as a file: named and headed in words for people, by its number for programs."""
    programmes = programmes_called()
    period = Period.parse(asked("period", most=30) or str(Period.quarter_of(bureau_day(now()))))
    made = _made(name, _programme(programmes), period)
    if form != "csv":
        made = for_people(replace(made, head=replace(made.head, number=title_of(made.head.name, made.head.programme, period))))
    answer = Response(rendered(made, form), mimetype=TYPES[form])
    answer.headers["Content-Disposition"] = attachment(f"{made.head.number}.{form}")
    return answer


def title_of(name: str, code: str, period: Period) -> str:
    """What a report is called: its programme, period and name in words."""
    programme = programme_called(code) if code else word("report_column", "all_programmes")
    title = gettext("Voucher reconciliation") if name == "reconciliation" else word("report", name)
    return gettext("%(programme)s, %(period)s, %(report)s", programme=programme, period=period_words(period), report=title)


def _address(link: Link | None, report: Report) -> str:
    """Where a figure leads, for who may go there; nowhere for others."""
    if link is None:
        return ""
    about = {"programme": report.head.programme or "all", "period": report.head.period}
    ways: dict[str, tuple[str, str, dict[str, Any]]] = {
        "account": ("ledger.view", "books.show", {"account_id": link.id, "on": Period.parse(report.head.period).last_on.isoformat()}),
        "payable_of": ("ledger.view", "books.index", {"kind": "payable", "organisation": link.id}),
        "vouchers_of": (
            "ledger.view",
            "books.index",
            {"kind": "voucher", "organisation": link.id or None, "programme": report.head.programme},
        ),
        "batch": ("batch.view", "batches.show", {"batch_id": link.id}),
        "booking": ("booking.view", "bookings.show", {"booking_id": link.id}),
        "claim": ("ledger.view" if can("booking.create") else "claim.view", "claims.show", {"claim_id": link.id}),
        "voucher": ("voucher.view", "vouchers.show", {"voucher_id": link.id}),
        "instrument": ("catalogue.view", "instruments.show", {"instrument_id": link.id}),
        "owner": ("ledger.view", "statements.show", {"name": "owner_statement", "party": link.id, **about}),
        "firm": ("ledger.view", "statements.show", {"name": "firm_statement", "party": link.id, **about}),
        "follow_claim": ("ledger.follow", "books.find", {"claim": link.id}),
        "follow_booking": ("ledger.follow", "books.find", {"booking": link.id}),
    }
    act, endpoint, values = ways[link.to]
    return url_for(endpoint, **values) if can(act) else ""


@statements.get(f"/bureau/reports/{NAME}")
@may(Act.SEE_REPORTS)
def show(name: str) -> ResponseReturnValue:
    """One report of a programme and period; every figure leads to its entries."""
    return _page(name, "statements.show", "statements.download")


@statements.get(f"/bureau/reports/{NAME}.{FORM}")
@may(Act.SEE_REPORTS)
def download(name: str, form: str) -> ResponseReturnValue:
    """The same report as a file."""
    return _file(name, form)


@statements.get("/statements")
@may(Act.OWN_REPORTS)
def own() -> ResponseReturnValue:
    """The statements of one's own organisation."""
    return reports_index("statements.own_show", "statements.own_download")


@statements.get(f"/statements/{NAME}")
@may(Act.OWN_REPORTS)
def own_show(name: str) -> ResponseReturnValue:
    """One statement of one's own organisation."""
    return _page(name, "statements.own_show", "statements.own_download")


@statements.get(f"/statements/{NAME}.{FORM}")
@may(Act.OWN_REPORTS)
def own_download(name: str, form: str) -> ResponseReturnValue:
    """The same statement as a file."""
    return _file(name, form)
