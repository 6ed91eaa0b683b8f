"""The accounts of the street with their statements at any date, and the way of every fen."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.errors import NotFound
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.periods import bureau_day
from equipment_share.queries.account_names import account_names
from equipment_share.queries.accounts import Statement, accounts, statement, sums_by_kind
from equipment_share.queries.following import follow, transfer_of
from equipment_share.web.access import can, may, me
from equipment_share.web.fields import asked, asked_day, asked_number
from equipment_share.web.filters import account, local, posting
from equipment_share.web.naming import programme_called, programmes_called
from equipment_share.wording import word

books = Blueprint("books", __name__, url_prefix="/audit")
PAGE = 100


@books.get("/accounts")
@may(Act.SEE_LEDGER)
def index() -> ResponseReturnValue:
    """Accounts by kind, programme or organisation, with their balances."""
    wanted, programme, name = asked("kind"), asked("programme", most=40), asked("q", most=120)
    everything = asked("all") == "1"
    kind = AccountKind(wanted) if wanted in set(AccountKind) else None
    rows = accounts(
        me(),
        kind=kind,
        programme=programme,
        organisation_id=asked_number("organisation") or None,
        name=name,
        with_money=not everything,
        after_id=asked_number("after"),
        limit=PAGE + 1,
    )
    return render_template(
        "settlement/accounts.html", rows=rows[:PAGE], more=len(rows) > PAGE, kinds=list(AccountKind), kind=wanted, programmes=programmes_called(),
        programme=programme, organisation=asked("organisation", most=18), q=name, everything=everything,
        sums=[] if kind or name or asked("organisation") or asked("after") else sums_by_kind(me(), programme=programme),
        names=account_names([row.id for row in rows], programme_called),
    )  # fmt: skip


@books.get("/accounts/<number:account_id>")
@may(Act.SEE_LEDGER)
def show(account_id: int) -> ResponseReturnValue:
    """The statement of one account at the end of a day."""
    made = _statement(account_id)
    names = account_names({account_id, *(entry.other_id for entry in made.entries)}, programme_called)
    return render_template("settlement/account.html", statement=made, names=names)


@books.get("/accounts/<number:account_id>/statement.csv")
@may(Act.SEE_LEDGER)
def download(account_id: int) -> ResponseReturnValue:
    """The same statement as a file: what stood there first, then every entry that the page lists."""
    made = _statement(account_id)
    answer = Response(csv_bytes(_heads(), _lines(made)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = attachment(f"account-{account_id}-{made.first_on}-{made.last_on}.csv")
    return answer


def _statement(account_id: int) -> Statement:
    """The time that the address names, up to today unless it says otherwise."""
    return statement(account_id, asked_day("on") or bureau_day(now()), by=me(), since=asked_day("since"))


def _heads() -> list[str]:
    return [
        gettext("No."), gettext("Booked at"), gettext("Counts at"), gettext("Phase"), gettext("Why"), gettext("Other account"),
        gettext("Amount in fen"), gettext("Moved in fen"), gettext("Balance in fen"),
    ]  # fmt: skip


def _lines(made: Statement) -> Iterable[list[str | int | None]]:
    names = account_names({entry.other_id for entry in made.entries}, programme_called)
    yield ["", "", str(made.first_on), "", gettext("Opening"), "", "", "", made.opening.fen]
    for entry in made.entries:
        yield [
            entry.transfer_id, local(entry.made_at), local(entry.effective_at), word("phase", entry.phase), posting(entry.reason),
            account(entry.other_kind, names[entry.other_id]), entry.amount.fen, entry.moved.fen, entry.balance.fen,
        ]  # fmt: skip


@books.get("/follow/<number:transfer_id>")
@may(Act.FOLLOW_MONEY)
def way(transfer_id: int) -> ResponseReturnValue:
    """The whole way of one transfer's money: who, when, why."""
    found = follow(transfer_id, by=me())
    houses = {house.id for step in found.steps for house in (step.dr, step.cr) if house is not None}
    return render_template("settlement/way.html", way=found, names=account_names(houses if can("ledger.view") else (), programme_called))


@books.get("/follow")
@may(Act.FOLLOW_MONEY)
def find() -> ResponseReturnValue:
    """From a claim, booking or voucher to where its way begins."""
    wanted = {f"{name}_id": asked_number(name) for name in ("claim", "booking", "voucher") if name in request.args}
    if len(wanted) != 1:
        raise NotFound()
    found = transfer_of(me(), **wanted)
    follow(found, by=me())
    return redirect(url_for(".way", transfer_id=found), 303)
