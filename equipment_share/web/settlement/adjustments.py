"""Money beside claims on pages: adjustments and appeals, the pro-rata run and the owners' bonuses of a period."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.periods import Period, bureau_day
from equipment_share.domain.programmes.programmes import terms
from equipment_share.queries.adjustments import adjustments_seen_by, services_by_owner
from equipment_share.queries.prorata import run_of, shares_of
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.queries.vouchers import versions_of
from equipment_share.services.settlement.adjustments import adjust_claim, appeal_adjustment, record_repayment, refuse_adjustment
from equipment_share.services.settlement.bonuses import approve_bonus, prepare_bonuses
from equipment_share.services.settlement.prorata import run_pro_rata
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, asked_number, typed, typed_yuan
from equipment_share.web.naming import programmes_called
from equipment_share.web.periods import period_field
from equipment_share.web.settlement.guiding import periods_of

adjustments = Blueprint("adjustments", __name__)
A_PAGE = 200


@adjustments.get("/adjustments")
@may(Act.SEE_CLAIMS)
def index() -> ResponseReturnValue:
    """Adjustments that one may see, the newest page first; what waits is on top of its page."""
    found = adjustments_seen_by(me(), after_id=asked_number("after"), limit=A_PAGE + 1)
    rows = sorted(found[:A_PAGE], key=lambda row: row.state.value not in ("proposed", "approved"))
    more = found[A_PAGE - 1].id if len(found) > A_PAGE else None
    return render_template("settlement/adjustments.html", rows=rows, more=more)


@adjustments.post("/claims/<number:claim_id>/adjust")
@may(Act.ADJUST)
def adjust(claim_id: int) -> ResponseReturnValue:
    """Take a part of a paid claim back: prepared by the clerk, decided by the reviewer."""
    adjust_claim(claim_id, reason=typed("reason"), amount=typed_yuan("amount"), by=me(), at=now())
    flash(gettext("Done."))
    return redirect(url_for("claims.show", claim_id=claim_id), 303)


@adjustments.post("/adjustments/<number:adjustment_id>/<any(refuse,approve,appeal,repaid):act>")
@may(Act.SEE_CLAIMS)
def decide(adjustment_id: int, act: str) -> ResponseReturnValue:
    """One step of an adjustment; the use case says whose it is."""
    if act == "refuse":
        refuse_adjustment(adjustment_id, reason=typed("reason"), by=me(), at=now())
    elif act == "approve":
        approve_bonus(adjustment_id, by=me(), at=now())
    elif act == "appeal":
        appeal_adjustment(adjustment_id, words=typed("reason"), by=me(), at=now())
    else:
        record_repayment(adjustment_id, reference=typed("reason", 60), by=me(), at=now())
    flash(gettext("Done."))
    return redirect(url_for(".index"), 303)


@adjustments.get("/bureau/period-end")
@may(Act.SEE_BATCHES)
def period_end() -> ResponseReturnValue:
    """What a period's end divides: the pro-rata run with every share, and the owners' bonuses."""
    programmes = programmes_called()
    code = asked("programme", most=40) or next(iter(programmes), "")
    days = days_with_figures([code], me())
    field = period_field(days, default=str(bureau_day(now()).year))
    versions, period = versions_of(code), field.period
    return render_template(
        "settlement/period_end.html", programmes=programmes, code=code, field=field, period=period,
        periods=periods_of(code, days, by=me(), at=now()),
        programme=terms(versions[0].document) if versions else None, shares=shares_of(code, period), run=run_of(code, period),
        services=services_by_owner(code, period), rows=[row for row in adjustments_seen_by(me(), programme=code) if row.period_first_on == period.first_on],
    ), 422 if field.words else 200  # fmt: skip


@adjustments.post("/bureau/period-end/<any('pro-rata',bonus):act>")
@may(Act.CUT_PRO_RATA)
def divide(act: str) -> ResponseReturnValue:
    """Prepare or decide a run, or prepare the bonuses."""
    code, text = typed("programme", 40), typed("period", 30)
    if act == "bonus":
        prepare_bonuses(code, Period.parse(text), by=me(), at=now())
    else:
        run_pro_rata(code, Period.parse(text), by=me(), at=now())
    flash(gettext("Done."))
    return redirect(url_for(".period_end", programme=code, period=text), 303)
