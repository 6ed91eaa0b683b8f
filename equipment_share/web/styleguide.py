"""All parts of the pages together, in both themes, for whoever builds pages; not there in production."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.money import Money
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.domain.tasks import TaskKind, TaskState
from equipment_share.web.access import public
from equipment_share.wording.help import GLOSSARY

styleguide = Blueprint("styleguide", __name__, url_prefix="/styleguide")
AT = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)
QUOTE: dict[str, Any] = {
    "lines": [{"label": "machine_time", "quantity": "2", "unit_price_fen": 40_000, "amount_fen": 80_000}],
    "gross_fen": 80_000, "net_fen": 40_000, "subsidies": [{"programme": "HN", "amount_fen": 40_000, "steps": []}],
}  # fmt: skip
STEPS = [
    {"at": AT, "kind": "booking", "event": "submitted", "by": None, "reason": "", "facts": {}},
    {"at": AT, "kind": "booking", "event": "approved", "by": None, "reason": "", "facts": {"rule": "auto_approve"}},
]
LEGS = [
    {"leg": "invoice", "state": "ok", "paper": {"number": "I-1", "dated_on": "2026-09-08", "amount": Money(60_000)}, "expected": None},
    {
        "leg": "payment",
        "state": "different",
        "paper": {"number": "P-1", "dated_on": None, "amount": Money(36_000)},
        "expected": Money(30_000),
    },
    {"leg": "contract", "state": "missing", "paper": None, "expected": None},
]
TASK = {"kind": TaskKind.LABORATORY, "state": TaskState.RUNNING, "done": 4_000, "total": 10_000}


@styleguide.get("")
@public
def show() -> ResponseReturnValue:
    """Every part once in light, once in dark."""
    _only_here()
    return render_template(
        "pages/styleguide.html", quote=QUOTE, steps=STEPS, legs_shown=LEGS, task=TASK, gross=Money(80_000), subsidy=Money(40_000), net=Money(40_000),
        bookings=list(BookingState), claims=list(ClaimState), words=GLOSSARY["street"], themes=("light", "dark"),
    )  # fmt: skip


@styleguide.get("/themes.css")
@public
def themes() -> ResponseReturnValue:
    """The tokens of `style.css` under two classes, so that both themes stand side by side and never drift from it."""
    _only_here()
    sheet = (Path(str(current_app.static_folder)) / "style.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    ground = "background: var(--paper); color: var(--ink);"
    return Response(
        f".theme-light {{{light}color-scheme: light; {ground}}}\n.theme-dark {{{dark}color-scheme: dark; {ground}}}\n", mimetype="text/css"
    )


def _only_here() -> None:
    if current_app.config["ENVIRONMENT"] == "production":
        abort(404)
