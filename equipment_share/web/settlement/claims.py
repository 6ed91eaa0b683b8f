"""Papers of a booking, the claimant's claims, the bureau's review queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.file import FileField
from wtforms import DateField, SelectField
from wtforms.validators import Optional

from equipment_share.adapters.clock import now
from equipment_share.domain.access import FIRM, READERS, Act, Role
from equipment_share.domain.errors import Refused
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.days import counted_because
from equipment_share.domain.programmes.programmes import terms
from equipment_share.domain.settlement.claims import LEGS, NOT_HANDED_IN, UNDECIDED, ClaimState
from equipment_share.domain.settlement.evidence import Leg
from equipment_share.models.settlement import Claim
from equipment_share.queries.adjustments import adjustments_of
from equipment_share.queries.bookings.bookings import booking_seen_by, documents_of, history_of, usage_of
from equipment_share.queries.claims import claim_shown_to, claims_shown_to, owners_claimed_for
from equipment_share.queries.people import people_named
from equipment_share.queries.reporting.spans import days_with_figures
from equipment_share.queries.review import review_queue, waiting_rows
from equipment_share.queries.settlement import (
    batch_seen_by,
    claim_seen_by,
    claims_of_booking,
    claims_seen_by,
    count_of_claims,
    file_seen_by,
    kept_findings,
    papers_that_count,
    rows_of,
)
from equipment_share.services.bookings.evidence import SUBMITTED, HandedIn, add_document
from equipment_share.services.settlement.claims import (
    approve_claim,
    check_claim,
    dispose_finding,
    object_to_claim,
    reject_claim,
    return_claim,
    send_back_claim,
    submit_claim,
    withdraw_claim,
)
from equipment_share.services.settlement.flagging import write_findings
from equipment_share.web.access import may, me
from equipment_share.web.fields import Line, PageForm, YuanField, asked, asked_number, most, typed
from equipment_share.web.kept_files import handed_out
from equipment_share.web.naming import programmes_called
from equipment_share.web.periods import PeriodField, period_field
from equipment_share.web.settlement.claim_words import many_done, step_done
from equipment_share.wording import refusal_words, word
from equipment_share.wording.marks import labelled

claims = Blueprint("claims", __name__)
S = ClaimState
MINE: dict[Role, tuple[ClaimState, ...]] = {
    Role.BUREAU_CLERK: (S.SUBMITTED, S.IN_REVIEW), Role.BUREAU_REVIEWER: (S.CHECKED,), Role.OWNER_ADMIN: (S.DRAFT, S.RETURNED),
    Role.FIRM_ADMIN: (S.DRAFT, S.RETURNED),
}  # fmt: skip
"""What waits for each role."""
DECIDES = {Role.BUREAU_CLERK: "check", Role.BUREAU_REVIEWER: "approve"}
"""The act that takes a waiting claim on."""
A_PAGE = 50
AT_ONCE = 200
"""So many claims stand in the queue, and are decided with one button, at most."""
PLAIN: dict[str, Callable[..., Claim]] = {"submit": submit_claim, "check": check_claim, "approve": approve_claim}
WITH_REASON: dict[str, Callable[..., Claim]] = {
    "withdraw": withdraw_claim, "return": return_claim, "reject": reject_claim, "send-back": send_back_claim, "object": object_to_claim,
}  # fmt: skip


class PaperForm(PageForm):
    """A paper of a booking."""

    leg = SelectField("leg", choices=list(LEGS))
    number = Line("number", [most(60)])
    dated_on = DateField("dated_on", [Optional()])
    amount = YuanField("amount")
    file = FileField("file")


@claims.get("/bookings/<number:booking_id>/papers")
@may(Act.ADD_EVIDENCE)
def papers(booking_id: int) -> ResponseReturnValue:
    """The papers that are there and a form for the next one that is missing, or for the one that was chosen."""
    return _papers(booking_id)


def _papers(booking_id: int, wrong: PaperForm | None = None) -> str:
    booking = booking_seen_by(booking_id, me())
    rows, kept = rows_of(claims_of_booking(booking.id), me()), documents_of([booking.id])[booking.id]
    legs = [leg for row in rows for leg in row.legs if leg.leg in LEGS]
    return render_template(
        "settlement/papers.html", booking=booking, papers=kept, form=wrong or _next_paper(legs), rows=rows,
        dues={row.claim.id: due_of(row.claim) for row in rows}, standing=papers_that_count(booking, kept),
        expected={leg.leg: leg.expected for leg in legs if leg.expected is not None},
        takes_papers=not any(row.claim.state in SUBMITTED for row in rows),
    )  # fmt: skip


def _next_paper(legs: Sequence[Leg]) -> PaperForm:
    """A form for the leg of the address, else the first that is missing or differs, with the amount that it must say."""
    lacking = [leg.leg for leg in legs if leg.state in ("missing", "different")]
    chosen = asked("leg", most=20)
    leg = chosen if chosen in LEGS else lacking[0] if lacking else LEGS[0]
    expected = next((one.expected for one in legs if one.leg == leg and one.expected is not None), None)
    return PaperForm(formdata=None, data={"leg": leg, "amount": expected})


@claims.post("/bookings/<number:booking_id>/papers")
@may(Act.ADD_EVIDENCE)
def add_paper(booking_id: int) -> ResponseReturnValue:
    """Add a paper."""
    form = PaperForm()
    if form.validate_on_submit():
        upload = form.file.data
        file = HandedIn(upload.filename or "", upload.read()) if upload and upload.filename else None
        try:
            add_document(
                booking_id, leg=form.leg.data, number=form.number.data or "", dated_on=form.dated_on.data, amount=form.amount.data, file=file,
                by=me(), at=now(),
            )  # fmt: skip
        except Refused as refusal:
            form.show(refusal)
        else:
            flash(gettext("%(paper)s added.", paper=word("leg", form.leg.data)))
            return redirect(url_for(".papers", booking_id=booking_id), 303)
    return _papers(booking_id, form), 422


@claims.get("/papers/<token>")
@may(Act.SEE_EVIDENCE)
def paper(token: str) -> ResponseReturnValue:
    """A paper's file, after the same check as its booking; always as an attachment."""
    return handed_out(file_seen_by(token[:60], me()))


@claims.get("/claims")
@may(Act.SEE_CLAIMS)
def index() -> ResponseReturnValue:
    """Claims: what waits for me by default."""
    mine = MINE.get(me().role, ())
    if me().role in FIRM and not count_of_claims(me(), states=mine):
        mine = ()  # under most programmes the owner hands in: a tab that is always empty only puzzles
    show = asked("show", "mine" if mine and me().role not in FIRM else "all", most=10)
    if show == "mine" and me().role in DECIDES:
        came = asked("came", most=10)
        return render_template(
            "settlement/review.html", queue=review_queue(me(), mine, came=came, limit=AT_ONCE), came=came, act=DECIDES[me().role]
        )
    wanted, after_id = _narrowed(), asked_number("after")
    if show == "mine":
        found = claims_seen_by(me(), states=mine, after_id=after_id, limit=A_PAGE + 1)
    else:
        found = claims_shown_to(
            me(), states=wanted.states, owner_id=wanted.owner_id, during=wanted.during, after_id=after_id, limit=A_PAGE + 1
        )
    return render_template(
        "settlement/claims.html",
        rows=rows_of(found[:A_PAGE], me()),
        show=show,
        mine=mine,
        wanted=wanted,
        states=list(ClaimState),
        owners=owners_claimed_for() if me().role in READERS else [],
        more=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
    )


@dataclass(frozen=True)
class Narrowed:
    """Which claims a list shows."""

    state: str
    states: tuple[ClaimState, ...]
    owner_id: int
    field: PeriodField
    during: Period | None

    @property
    def is_narrowed(self) -> bool:
        """Whether the person chose anything."""
        return bool(self.state or self.owner_id or self.field.chosen or self.field.words)


def _narrowed() -> Narrowed:
    """The filters of the address. Without one the bureau sees what was handed in: on drafts it cannot act."""
    state, owner_id = asked("state", most=20), asked_number("owner")
    at_bureau = tuple(one for one in ClaimState if one not in NOT_HANDED_IN) if me().role in READERS else ()
    groups = {"": at_bureau, "every": (), "undecided": tuple(UNDECIDED)}
    states = groups.get(state) if state in groups else tuple(one for one in ClaimState if one.value == state)
    field = period_field(days_with_figures(programmes_called(), me()) if me().role in READERS else (), default="")
    return Narrowed(state, states or (), owner_id, field, field.period if field.chosen and not field.words else None)


@claims.get("/claims/<number:claim_id>")
@may(Act.SEE_CLAIMS)
def show(claim_id: int) -> ResponseReturnValue:
    """One claim: five legs beside each other, findings, what to do."""
    claim = claim_shown_to(claim_id, me())
    row = waiting_rows([claim], me())[0]
    kept = kept_findings([claim.id])[claim.id] if me().role in READERS else []
    known = {(line.code, line.subject) for line in kept}
    return render_template(
        "settlement/claim.html", row=row, claim=claim, booking=claim.booking, records=usage_of(claim.booking_id), kept=kept,
        fresh=[found for found in row.findings if (found.code, found.subject) not in known], steps=history_of("claim", claim.id),
        adjustments=adjustments_of(claim.id), decided_by=people_named({line.disposed_by_id for line in kept}), due=due_of(claim),
        batch=batch_seen_by(claim.batch_id, me()) if claim.batch_id and me().role in READERS else None,
        counted=counted_because(terms(claim.programme.document), claim.used_on, claim.completed_on),
    )  # fmt: skip


def due_of(claim: Claim) -> date | None:
    """The last day to hand a claim in, while it has not been."""
    if claim.state not in (S.DRAFT, S.RETURNED):
        return None
    return terms(claim.programme.document).claim_due(claim.used_on)


@claims.post("/claims/<number:claim_id>/<any('submit','check','approve','withdraw','return','reject','send-back','object'):act>")
@may(Act.SEE_CLAIMS)
def decide(claim_id: int, act: str) -> ResponseReturnValue:
    """One step of a claim; the use case says who may."""
    if act in PLAIN:
        claim = PLAIN[act](claim_id, by=me(), at=now())
    else:
        claim = WITH_REASON[act](claim_id, reason=typed("reason"), by=me(), at=now())
    flash(step_done(act, claim))
    if typed("back", 10) == "queue":
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".show", claim_id=claim_id), 303)


@claims.post("/claims/many")
@may(Act.SEE_CLAIMS)
def decide_many() -> ResponseReturnValue:
    """Check or approve every marked claim; each is its own decision, and those that cannot be are named."""
    name = typed("act", 20)
    name = name if name in PLAIN else "check"
    good: list[Money] = []
    bad: list[str] = []
    for text in request.form.getlist("claim")[:AT_ONCE]:
        if text.isascii() and text.isdecimal() and len(text) < 18:
            try:
                good.append(PLAIN[name](int(text), by=me(), at=now()).amount)
            except Refused as refusal:
                bad.append(labelled(claim_seen_by(int(text), me()).number, refusal_words(refusal.code, refusal.facts)))
    flash(many_done(name, good))
    for words in bad:
        flash(words, "warning")
    return redirect(url_for(".index"), 303)


@claims.post("/claims/<number:claim_id>/findings")
@may(Act.CHECK_CLAIM)
def write_down(claim_id: int) -> ResponseReturnValue:
    """Keep what is raised now, so that it can be disposed of."""
    write_findings(claim_id, by=me(), at=now())
    flash(gettext("Noted."))
    return redirect(url_for(".show", claim_id=claim_id), 303)


@claims.post("/claims/<number:claim_id>/findings/<number:finding_id>")
@may(Act.DISPOSE_FINDING)
def dispose(claim_id: int, finding_id: int) -> ResponseReturnValue:
    """Say what was found about a red flag."""
    dispose_finding(finding_id, disposition=typed("disposition", 20), reason=typed("reason"), by=me(), at=now())
    flash(gettext("Noted."))
    return redirect(url_for(".show", claim_id=claim_id), 303)
