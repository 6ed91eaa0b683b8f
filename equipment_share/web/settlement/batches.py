"""The bureau's batches as a guided list, and finance's bank return."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.file import FileField

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.errors import Invalid, Problem, Refused
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.domain.settlement.guide import next_task
from equipment_share.models.settlement import Batch
from equipment_share.queries.adjustments import sides_with_adjustments
from equipment_share.queries.bank_accounts import payees_changed_since_locked
from equipment_share.queries.bookings.bookings import history_of
from equipment_share.queries.cockpit import sums_of_claims, to_be_paid
from equipment_share.queries.gathering import waiting_gatherings
from equipment_share.queries.settlement import batch_seen_by, lines_of
from equipment_share.queries.settlement import batches as listed
from equipment_share.services.settlement.bank_file import bank_answers
from equipment_share.services.settlement.bank_return import BankReading, record_bank_return
from equipment_share.services.settlement.batches import (
    approve_batch,
    lock_batch,
    refuse_batch,
    review_batch,
    send_batch,
)
from equipment_share.services.settlement.closing import close_batch
from equipment_share.services.settlement.gathering import gather_batch
from equipment_share.web.access import may, me
from equipment_share.web.blanks import side_by_side
from equipment_share.web.fields import Line, PageForm, most, required, typed
from equipment_share.web.filters import money
from equipment_share.web.naming import programmes_called
from equipment_share.web.settlement.guiding import batch_page
from equipment_share.wording import WORDS, refusal_words, word
from equipment_share.wording.marks import joined

batches = Blueprint("batches", __name__, url_prefix="/bureau/batches")
SIGNED = (BatchState.LOCKED, BatchState.REVIEWED, BatchState.APPROVED)
"""Where the payment file is still to be made out of the accounts of that day."""
STEPS: dict[str, Callable[..., Batch]] = {
    "lock": lock_batch, "review": review_batch, "approve": approve_batch, "send": send_batch, "close": close_batch,
}  # fmt: skip


class BatchForm(PageForm):
    """Which programme and period."""

    programme = Line("programme", [required, most(40)])
    period = Line("period", [required, most(30)])
    payee = Line("payee", [most(10)])


class ReturnForm(PageForm):
    """The bank's file."""

    file = FileField("file", [required])


@batches.get("/")
@may(Act.SEE_BATCHES)
def index() -> ResponseReturnValue:
    """All batches: those that wait for somebody, then the rest, the newest first."""
    quarter = str(Period.quarter_of(bureau_day(now())))
    return _list(BatchForm(formdata=None, data={"period": quarter}))


def _list(form: BatchForm) -> str:
    rows, waiting = sorted(listed(me()), key=lambda row: next_task(row.state) is None), waiting_gatherings()
    beside = sides_with_adjustments()
    taking = {one.batch.id for one in waiting if one.batch} | {row.id for row in rows if (row.programme_code, row.payee) in beside}
    return render_template(
        "settlement/batches.html", rows=rows, form=form, names=programmes_called(), next_of={row.id: next_task(row.state) for row in rows},
        waiting=waiting, taking=taking, sums=to_be_paid(sums_of_claims()),
    )  # fmt: skip


@batches.post("/")
@may(Act.LOCK_BATCH)
def create() -> ResponseReturnValue:
    """Gather what waits of a programme and period, or go to the batch that is open."""
    form = BatchForm()
    if form.validate_on_submit():
        try:
            period = Period.parse(form.period.data)
            batch = gather_batch(form.programme.data, period, form.payee.data or None, by=me(), at=now())
        except Refused as refusal:
            form.show(refusal)
        else:
            return redirect(url_for(".show", batch_id=batch.id), 303)
    return _list(form), 422


@batches.get("/<number:batch_id>")
@may(Act.SEE_BATCHES)
def show(batch_id: int) -> ResponseReturnValue:
    """One batch: why it is right, who acts next."""
    return _page(batch_seen_by(batch_id, me()), ReturnForm(), [])


def _page(batch: Batch, form: ReturnForm, problems: list[str], reading: BankReading | None = None) -> str:
    history = history_of("batch", batch.id)
    page = batch_page(batch, history, by=me(), at=now())
    return render_template(
        "settlement/batch.html",
        page=page,
        batch=batch,
        form=form,
        problems=problems,
        reading=reading,
        history=history,
        changed=payees_changed_since_locked(batch) if batch.state in SIGNED else set(),
    )


@batches.post("/<number:batch_id>/<any(lock,review,approve,send,close):act>")
@may(Act.SEE_BATCHES)
def step(batch_id: int, act: str) -> ResponseReturnValue:
    """One step of a batch; the use case says whose it is."""
    batch = STEPS[act](batch_id, by=me(), at=now())
    flash(_done_words(act, batch))
    return redirect(url_for(".show", batch_id=batch_id), 303)


def _done_words(act: str, batch: Batch) -> str:
    """What a step did in figures, and who is next."""
    did = str(WORDS["batch_done"][act]) % {"lines": len(lines_of(batch.id)), "amount": money(batch.total)}
    task = next_task(batch.state)
    return side_by_side(did, gettext("Next: %(role)s", role=word("role", task.role))) if task is not None else did


@batches.post("/<number:batch_id>/refuse")
@may(Act.REFUSE_BATCH)
def refuse(batch_id: int) -> ResponseReturnValue:
    """Say no; its claims are free again."""
    refuse_batch(batch_id, reason=typed("reason"), by=me(), at=now())
    flash(gettext("Refused. Its claims are approved again and free for another batch."))
    return redirect(url_for(".show", batch_id=batch_id), 303)


@batches.get("/<number:batch_id>/payment.csv")
@may(Act.SEE_BATCHES)
def payment(batch_id: int) -> ResponseReturnValue:
    """The payment file as it was sent."""
    batch = batch_seen_by(batch_id, me())
    answer = Response(batch.payment_file or b"", mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = attachment(f"{batch.number}.csv")
    return answer


@batches.post("/<number:batch_id>/bank-return")
@may(Act.RECORD_BANK_RETURN)
def bank_return(batch_id: int) -> ResponseReturnValue:
    """Read the bank's answers; the same file again changes nothing."""
    batch, form = batch_seen_by(batch_id, me()), ReturnForm()
    if not form.validate_on_submit():
        return _page(batch, form, []), 422
    try:
        answers, unread = bank_answers(form.file.data.read(), form.file.data.filename or "")
        reading = record_bank_return(batch.id, answers, by=me(), at=now())
    except Invalid as refusal:
        form.file.errors = [_file_words(problem) for problem in refusal.problems[:1]]
        return _page(batch_seen_by(batch_id, me()), form, []), 422
    rows = [*unread, *reading.problems]
    if rows:
        return _page(reading.batch, ReturnForm(formdata=None), [_row_words(*row) for row in rows], reading), 422
    flash(_reading_words(reading))
    return redirect(url_for(".show", batch_id=batch_id), 303)


def _file_words(problem: Problem) -> str:
    """What is wrong with the file as a whole; columns by the names that people read."""
    if "missing" not in problem.facts:
        return refusal_words(problem.code, problem.facts)
    missing, found = problem.facts["missing"], problem.facts["found"]
    names = joined(word("bank_column", column) for column in missing) if isinstance(missing, list) else ""
    heads = joined(found) if isinstance(found, list) else ""
    return gettext("These columns are missing: %(missing)s. The file has: %(found)s.", missing=names, found=heads or "—")


def _row_words(row: int, problem: Problem) -> str:
    """What is wrong with one row, by its number in the file and its line in the batch."""
    column = word("bank_column", "amount_yuan" if problem.code == "amount_differs" else problem.field)  # both are told in yuan
    words = refusal_words(problem.code, problem.facts)
    line = problem.facts.get("line") or "—"
    return gettext("Batch line %(line)s (row %(row)s of the file), %(column)s: %(words)s", line=line, row=row, column=column, words=words)


def _reading_words(reading: BankReading) -> str:
    """What a clean file changed, and who is next."""
    did = gettext("%(paid)s paid, %(failed)s failed, %(same)s unchanged", paid=reading.paid, failed=reading.failed, same=reading.unchanged)
    if not reading.left:
        return gettext("%(did)s. Every line is paid; the reviewer closes the batch next.", did=did)
    if reading.failed:
        return gettext(
            "%(did)s. Lines not paid yet: %(left)s; the clerk corrects the accounts of those that failed.", did=did, left=reading.left
        )
    return gettext("%(did)s. Lines not paid yet: %(left)s.", did=did, left=reading.left)
