"""The bureau's cockpit, the owners' scorecards, and what finance has to pay."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Act
from equipment_share.domain.money import ZERO
from equipment_share.domain.periods import Period, bureau_day, months_later
from equipment_share.domain.scorecards import QUOTA_MINUTES, Grade, minutes_within
from equipment_share.queries.cockpit import ageing_of_holds, batches_to_pay
from equipment_share.queries.exceptions import exceptions_by_code
from equipment_share.queries.payments import failed_lines
from equipment_share.queries.reporting.burning import programme_burn
from equipment_share.queries.reporting.reports import report
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.queries.scorecards import administrators, idle_instruments, scorecards
from equipment_share.queries.statistics import POOL_TARGET, headline, pool_growth
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, asked_number
from equipment_share.web.naming import programmes_called
from equipment_share.web.periods import period_field

bureau = Blueprint("bureau", __name__)


@bureau.get("/bureau")
@may(Act.SEE_BATCHES)
def index() -> ResponseReturnValue:
    """How the budget lasts, what became of the vouchers, how old the holds are, how the pool grows."""
    programmes = programmes_called()
    wanted = asked("programme", most=40)
    code = wanted if wanted in programmes else next(iter(programmes), "")
    today = bureau_day(now())
    period = Period.year_of(today)
    funnel = report("funnel", code, period, by=me()) if code else None
    burn = programme_burn(code, by=me(), on=today) if code else None
    return render_template(
        "bureau/index.html",
        programmes=programmes,
        code=code,
        period=period,
        burn=burn,
        ahead=burn.forecast.ahead(_month_ends(today, period.last_on)) if burn else [],
        funnel=funnel,
        paid_inside=next(cell[1].value for cell in funnel.table("funnel").rows if cell[0].value == "redeemed") if funnel else ZERO,
        holds=ageing_of_holds(code, at=now()),
        exceptions=exceptions_by_code(me(), undisposed=True),
        growth=pool_growth(at=now()),
        target=POOL_TARGET,
        saved=headline(at=now()),
    )


def _month_ends(after: date, last: date) -> list[date]:
    """The last days of the months that follow a day's own, up to another day."""
    ends = (months_later(after.replace(day=1), count) - timedelta(days=1) for count in range(2, 13))
    return [end for end in ends if end <= last]


@bureau.get("/bureau/owners")
@may(Act.SEE_BATCHES)
def owners() -> ResponseReturnValue:
    """Every owner's scorecard of a period, and the instruments to wake."""
    period = period_field(days_with_figures(programmes_called(), me()), default=str(bureau_day(now()).year))
    cards, idle = scorecards(period.period, by=me(), at=now()), idle_instruments(by=me(), at=now())
    counted = Counter(card.grade for card in cards)
    grades = [(one, counted[one]) for one in (*Grade, None) if one or counted[one]]
    return render_template(
        "bureau/owners.html", cards=cards, idle=idle, period=period, grades=grades, quota=minutes_within(period.period, QUOTA_MINUTES),
        card=next((card for card in cards if card.facts.owner_id == asked_number("owner")), None),
        people=administrators({row.instrument.owner_id for row in idle}, by=me()),
    ), 422 if period.words else 200  # fmt: skip


@bureau.get("/finance")
@may(Act.SEE_BATCHES)
def finance() -> ResponseReturnValue:
    """What to pay, what was sent, what failed."""
    return render_template("bureau/finance.html", rows=batches_to_pay(), failed=failed_lines())
