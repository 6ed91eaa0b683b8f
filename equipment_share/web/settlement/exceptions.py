"""The bureau's red flags: which need somebody, the evidence beside each, what was decided."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from equipment_share.adapters.attachments import attachment
from equipment_share.adapters.clock import now
from equipment_share.adapters.sheets import csv_bytes
from equipment_share.domain.access import Act
from equipment_share.domain.settlement.flags.terms import BLOCK, CODES, WARN
from equipment_share.models.settlement import Claim, FindingLine
from equipment_share.queries.exceptions import alike, claims_behind, count_of_exceptions, exceptions_by_code
from equipment_share.queries.exceptions import exceptions as listed
from equipment_share.services.settlement.claims import dispose_findings
from equipment_share.web.access import may, me
from equipment_share.web.fields import asked, asked_number, typed
from equipment_share.web.filters import local
from equipment_share.wording import word
from equipment_share.wording.flags import evidence_words, subject_words

exceptions = Blueprint("exceptions", __name__, url_prefix="/bureau/exceptions")
A_PAGE = 50
IN_A_FILE = 10_000


def _wanted() -> dict[str, str]:
    """What the address narrows the list to; a word that is none is left out."""
    code, severity = asked("code"), asked("severity")
    return {
        "code": code if code in CODES else "",
        "severity": severity if severity in (BLOCK, WARN) else "",
        "show": "all" if asked("show") == "all" else "open",
    }


def _filter(wanted: dict[str, str]) -> dict[str, str | bool]:
    return {"code": wanted["code"], "severity": wanted["severity"], "undisposed": wanted["show"] == "open"}


@exceptions.get("/")
@may(Act.SEE_BATCHES)
def index() -> ResponseReturnValue:
    """Findings, those that wait for somebody by default; counts by code."""
    wanted = _wanted()
    rows = listed(me(), **_filter(wanted), after_id=asked_number("after"), limit=A_PAGE + 1)  # type: ignore[arg-type]
    claims = claims_behind(rows)
    return render_template(
        "settlement/exceptions.html", groups=alike(rows[:A_PAGE], claims), more=rows[A_PAGE - 1].id if len(rows) > A_PAGE else None, wanted=wanted,
        counts=exceptions_by_code(me(), undisposed=wanted["show"] == "open"), claims=claims,
        total=count_of_exceptions(me(), **_filter(wanted)),  # type: ignore[arg-type]
    )  # fmt: skip


@exceptions.get("/exceptions.csv")
@may(Act.SEE_BATCHES)
def download() -> ResponseReturnValue:
    """The same list as a file."""
    rows = listed(me(), **_filter(_wanted()), limit=IN_A_FILE)  # type: ignore[arg-type]
    claims = claims_behind(rows)
    header = [
        gettext("Code"), gettext("Flag"), gettext("Severity"), gettext("About"), gettext("Claim"), gettext("Firm"), gettext("Owner"),
        gettext("Amount of the claim in fen"), gettext("Amount of the flag in fen"), gettext("Evidence"), gettext("Found on"),
        gettext("Disposition"), gettext("Reason"),
    ]  # fmt: skip
    answer = Response(csv_bytes(header, (_cells(row, claims.get(row.claim_id or 0)) for row in rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = attachment("exceptions.csv")
    return answer


def _cells(row: FindingLine, claim: Claim | None) -> list[str | int | None]:
    booking = claim.booking if claim else None
    return [
        row.code,
        word("flag", row.code),
        word("severity", row.severity),
        subject_words(row.subject),
        claim.number if claim else "",
        booking.firm.name if booking else "",
        booking.instrument.owner.name if booking else "",
        claim.amount.fen if claim else None,
        row.amount.fen if row.amount is not None else None,
        "; ".join(f"{label} {value}" for label, value in evidence_words(row.facts)),
        local(row.made_at),
        word("disposition", row.disposition) if row.disposition else "",
        row.reason,
    ]


@exceptions.post("/dispose")
@may(Act.DISPOSE_FINDING)
def dispose() -> ResponseReturnValue:
    """Say what was found about a red flag, or about the same one of several claims, and why."""
    ids = [int(text) for text in request.form.getlist("finding")[:A_PAGE] if text.isascii() and text.isdecimal() and len(text) < 18]
    done = dispose_findings(ids, disposition=typed("disposition", 20), reason=typed("reason"), by=me(), at=now())
    words = word("disposition", typed("disposition", 20))
    flash(ngettext("%(num)s red flag noted: %(words)s.", "%(num)s red flags noted: %(words)s.", len(done), words=words))
    back = {name: value for name, value in request.args.items() if name in ("code", "severity", "show") and len(value) < 20}
    return redirect(url_for(".index", **back), 303)  # type: ignore[arg-type]
