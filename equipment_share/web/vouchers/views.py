"""The firm's wallet and the bureau's vouchers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import FIRM, READERS, Act
from equipment_share.domain.errors import Forbidden, Refused
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.applying import ASKED, grounds_of, offers
from equipment_share.queries.bookings.bookings import history_of, numbers_of
from equipment_share.queries.entitlement import open_holds, totals
from equipment_share.queries.grants import due_grants
from equipment_share.queries.reporting.burning import wallet_burn
from equipment_share.queries.voucher_journal import voucher_journal
from equipment_share.queries.voucher_list import ENDS, WAITS, Wanted, counted_vouchers, vouchers_found
from equipment_share.queries.vouchers import VoucherRow, voucher_seen_by, vouchers_seen_by, with_figures
from equipment_share.services.vouchers.vouchers import (
    apply_for_voucher,
    check_voucher,
    freeze_voucher,
    issue_voucher,
    reject_voucher,
    return_voucher,
    revoke_voucher,
    unfreeze_voucher,
)
from equipment_share.web.access import may, me
from equipment_share.web.fields import PageForm, YuanField, asked, page_number, typed
from equipment_share.web.filters import local, money, posting
from equipment_share.web.vouchers.programme_words import share_words
from equipment_share.wording import word

vouchers = Blueprint("vouchers", __name__)
SHOWN = 200
"""Entries of one voucher on its page; its file has them all."""
A_PAGE = 50
WITHOUT_REASON: dict[str, Callable[..., Voucher]] = {"check": check_voucher, "issue": issue_voucher}
WITH_REASON: dict[str, Callable[..., Voucher]] = {
    "return": return_voucher, "reject": reject_voucher, "freeze": freeze_voucher, "unfreeze": unfreeze_voucher, "revoke": revoke_voucher,
}  # fmt: skip


class ApplyForm(PageForm):
    """How much of the quota is asked for."""

    amount = YuanField("amount")


@vouchers.get("/wallet")
@may(Act.SEE_VOUCHERS)
def wallet() -> ResponseReturnValue:
    """What the firm has, what is set aside and why, and what it may ask for."""
    return _wallet()


def _wallet(code: str = "", wrong: ApplyForm | None = None) -> str:
    """The page; `wrong` is the form of one programme as it came, with what is to be mended."""
    if me().role not in FIRM:
        raise Forbidden()
    today = bureau_day(now())
    rows, months = vouchers_seen_by(me()), wallet_burn(me().organisation_id, on=today)[-12:]
    return render_template(
        "vouchers/wallet.html",
        rows=rows,
        sums=totals(rows),
        due=due_grants(me().organisation, today),
        offers=[
            (offer, share_words(offer.version.document), _form_for(offer.version.code, wrong if offer.version.code == code else None))
            for offer in offers(me().organisation, rows, on=today)
        ],
        today=today,
        holds=open_holds(me().organisation_id),
        burn=months if any(month.spent for month in months) else [],
    )


def _form_for(code: str, wrong: ApplyForm | None) -> ApplyForm:
    """One of the page's forms: empty, or as it came; each field has an id of its own."""
    form = wrong or ApplyForm(formdata=None)
    form.amount.id = f"amount-{code}"
    return form


@vouchers.post("/wallet/<code>")
@may(Act.APPLY_VOUCHER)
def apply(code: str) -> ResponseReturnValue:
    """Ask for the quota of a programme."""
    form = ApplyForm()
    if form.validate_on_submit():
        try:
            made = apply_for_voucher(code[:40], amount=form.amount.data, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("Applied for %(amount)s. The bureau checks it next.", amount=money(made.wanted)))
            return redirect(url_for(".wallet"), 303)
    return _wallet(code, form), 422


@vouchers.get("/bureau/vouchers")
@may(Act.SEE_LEDGER)
def index() -> ResponseReturnValue:
    """Vouchers for the bureau: what waits for a hand first, the others by number, firm, state, programme or end."""
    wanted, today, page = _wanted(), bureau_day(now()), page_number()
    counted = counted_vouchers(me(), wanted, on=today)
    kept = {name: asked(name) for name in ("q", "show", "programme", "ends") if asked(name)}
    return render_template(
        "vouchers/index.html", rows=vouchers_found(me(), wanted, on=today, first=(page - 1) * A_PAGE, limit=A_PAGE), counted=counted,
        show=_show(), kept=kept, states=list(VoucherState), ends=ENDS, page=page, pages=-(-counted.found // A_PAGE),
    )  # fmt: skip


@vouchers.get("/bureau/vouchers.csv")
@may(Act.SEE_LEDGER)
def download() -> ResponseReturnValue:
    """The vouchers of the same filter as a file, all of them."""
    header = [
        gettext("Number"), gettext("Firm"), gettext("Code"), gettext("Programme"), gettext("State"), gettext("Good until"),
        gettext("Issued in fen"), gettext("Free in fen"), gettext("Held in fen"), gettext("Used in fen"),
    ]  # fmt: skip
    rows: Iterable[list[str | int | None]] = (
        [
            row.voucher.number, row.voucher.firm.name, row.voucher.firm.code, row.voucher.programme_code, word("voucher", row.voucher.state),
            str(row.voucher.valid_until or ""), row.figures.issued.fen, row.figures.available.fen, row.figures.held.fen, row.figures.consumed.fen,
        ]
        for row in vouchers_found(me(), _wanted(), on=bureau_day(now()))
    )  # fmt: skip
    answer = Response(csv_bytes(header, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = attachment("vouchers.csv")
    return answer


def _show() -> str:
    """`waiting` unless something else was asked for: who searches, searches in all."""
    return asked("show", "all" if any(asked(name) for name in ("q", "programme", "ends")) else "waiting", most=20)


def _wanted() -> Wanted:
    """The filters of the address."""
    show, ends = _show(), asked("ends", most=10)
    states = WAITS if show == "waiting" else frozenset(state for state in VoucherState if state.value == show)
    return Wanted(asked("q", most=60), states, asked("programme", most=40), ends if ends in ENDS else "")


@vouchers.get("/vouchers/<number:voucher_id>")
@may(Act.SEE_VOUCHERS)
def show(voucher_id: int) -> ResponseReturnValue:
    """One voucher: six amounts, every entry, its history."""
    voucher = voucher_seen_by(voucher_id, me())
    entries = voucher_journal(voucher.account_id) if voucher.account_id else []
    return render_template(
        "vouchers/show.html",
        row=with_figures([voucher])[0],
        entries=entries,
        shown=SHOWN,
        numbers=numbers_of({entry.step.booking_id for entry in entries[-SHOWN:]}),
        steps=history_of("voucher", voucher.id),
        grounds=grounds_of(voucher, terms(voucher.programme.document), on=bureau_day(now())) if _is_checked_by_me(voucher) else None,
        today=bureau_day(now()),
    )


def _is_checked_by_me(voucher: Voucher) -> bool:
    return me().role in READERS and voucher.state in ASKED


@vouchers.get("/vouchers/<number:voucher_id>/journal.csv")
@may(Act.SEE_VOUCHERS)
def journal(voucher_id: int) -> ResponseReturnValue:
    """Every entry of one voucher as a file, with what stands and what is free after each."""
    voucher = voucher_seen_by(voucher_id, me())
    entries = voucher_journal(voucher.account_id) if voucher.account_id else []
    numbers = numbers_of({entry.step.booking_id for entry in entries})
    header = [
        gettext("No."), gettext("Booked at"), gettext("Counts at"), gettext("Phase"), gettext("Why"), gettext("Booking"),
        gettext("Amount in fen"), gettext("Moved in fen"), gettext("Balance in fen"), gettext("Free in fen"),
    ]  # fmt: skip
    rows: Iterable[list[str | int | None]] = (
        [
            entry.step.id, local(entry.step.made_at), local(entry.step.effective_at), word("phase", entry.step.phase), posting(entry.step.reason),
            numbers[entry.step.booking_id] if entry.step.booking_id else "", entry.step.amount.fen, entry.moved.fen, entry.balance.fen, entry.free.fen,
        ]
        for entry in entries
    )  # fmt: skip
    answer = Response(csv_bytes(header, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = attachment(f"{voucher.number}.csv")
    return answer


@vouchers.post("/vouchers/<number:voucher_id>/<any(check,issue,return,reject,freeze,unfreeze,revoke):act>")
@may(Act.SEE_LEDGER)
def decide(voucher_id: int, act: str) -> ResponseReturnValue:
    """The bureau's step on a voucher."""
    if act in WITHOUT_REASON:
        voucher = WITHOUT_REASON[act](voucher_id, by=me(), at=now())
    else:
        voucher = WITH_REASON[act](voucher_id, reason=typed("reason"), by=me(), at=now())
    flash(_done(act, with_figures([voucher])[0]))
    return redirect(url_for(".show", voucher_id=voucher_id), 303)


def _done(act: str, row: VoucherRow) -> str:
    """What was done in figures, and who is next."""
    facts = {"firm": row.voucher.firm.name, "amount": money(row.voucher.wanted), "until": row.voucher.valid_until or ""}
    if act == "issue" and row.voucher.waits_since is not None:
        return gettext("The voucher of %(amount)s for %(firm)s waits until the programme has budget again.", **facts)
    words = {
        "check": gettext("Application of %(firm)s for %(amount)s checked. A reviewer issues it next.", **facts),
        "issue": gettext("%(amount)s issued to %(firm)s, good until %(until)s. The firm can book with it now.", **facts),
        "return": gettext("Sent back to %(firm)s with the reason. The firm may apply again.", **facts),
        "reject": gettext("Application of %(firm)s for %(amount)s turned down. The firm has been told.", **facts),
        "freeze": gettext("Frozen. Nothing new is held on it until another person unfreezes it.", **facts),
        "unfreeze": gettext("Unfrozen. %(firm)s can book with it again.", **facts),
        "revoke": gettext("Revoked: %(taken)s taken back, %(held)s stays held for its bookings.", taken=money(row.figures.revoked),
                          held=money(row.figures.held)),
    }  # fmt: skip
    return words[act]
