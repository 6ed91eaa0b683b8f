"""The help: how it works in figures, the glossary, and a short tour through the real pages for each role."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from equipment_share.domain.access import Role
from equipment_share.domain.money import Money
from equipment_share.web.access import public, visitor_or_me
from equipment_share.wording.help import GLOSSARY

help_pages = Blueprint("help", __name__, url_prefix="/help")

STEPS = {
    "find": "instruments.index", "week": "instruments.calendar", "notice": "reports.publicity", "join": "people.register", "book": "instruments.index",
    "follow": "bookings.index", "wallet": "vouchers.wallet", "confirm": "bookings.index", "team": "team.index", "proofs": "proofs.index",
    "own_claims": "claims.index", "statement": "statements.own", "inbox": "desk.index", "run": "desk.run", "board": "desk.board",
    "training": "training.index", "upkeep": "upkeep.index", "instruments": "owner.index", "import": "exchange.new",
    "organisations": "organisations.index", "vouchers": "vouchers.index", "claims": "claims.index", "exceptions": "exceptions.index",
    "batches": "batches.index", "period_end": "adjustments.period_end", "programmes": "programmes.index", "laboratory": "laboratory.index",
    "reports": "reports.index", "bank": "batches.index", "accounts": "books.index", "fen": "books.find", "journal": "reports.audit",
    "people": "staff.index", "jobs": "house.jobs", "mail": "house.mail", "health": "house.health",
    "calendar": "administration.calendar",
}  # fmt: skip
"""Where each step of a tour leads."""

TOURS: dict[Role, tuple[str, ...]] = {
    Role.VISITOR: ("find", "week", "notice", "join"),
    Role.FIRM_USER: ("find", "book", "follow", "confirm", "wallet"),
    Role.FIRM_ADMIN: ("wallet", "book", "confirm", "proofs", "team", "statement"),
    Role.OWNER_OPERATOR: ("inbox", "run", "board", "training"),
    Role.OWNER_ADMIN: ("instruments", "import", "inbox", "upkeep", "own_claims", "statement"),
    Role.BUREAU_CLERK: ("organisations", "vouchers", "claims", "exceptions", "batches", "period_end"),
    Role.BUREAU_REVIEWER: ("vouchers", "claims", "programmes", "batches"),
    Role.BUREAU_LEADER: ("batches", "exceptions", "laboratory", "reports"),
    Role.FINANCE: ("batches", "bank", "accounts", "reports"),
    Role.AUDITOR: ("fen", "accounts", "journal", "exceptions"),
    Role.ADMIN: ("people", "jobs", "mail", "health", "calendar"),
}
"""The steps of each role's tour, in the order of a first day."""

MONEY_WORDS = {
    "wallet": "hold", "book": "subsidy", "confirm": "capture", "own_claims": "claim", "claims": "claim", "vouchers": "voucher", "batches": "batch",
    "bank": "bank_return", "period_end": "close", "exceptions": "flag", "accounts": "ledger", "fen": "ledger", "notice": "publicity",
}  # fmt: skip
"""The word that a step needs, explained where it stands."""

SEEN = "tours_seen"


@dataclass(frozen=True)
class StoryStep:
    """One moment of the story: the fee, the three parts of the voucher, and what the firm pays."""

    what: str
    gross: Money | None
    net: Money | None
    held: Money
    used: Money
    free: Money


NOTHING = Money(0)
STORY = (
    StoryStep("granted", None, None, NOTHING, NOTHING, Money(1_000_000)),
    StoryStep("booked", Money(80_000), Money(40_000), Money(40_000), NOTHING, Money(960_000)),
    StoryStep("used", Money(60_000), Money(30_000), NOTHING, Money(30_000), Money(970_000)),
    StoryStep("paid", Money(60_000), Money(30_000), NOTHING, Money(30_000), Money(970_000)),
    StoryStep("claimed", Money(60_000), Money(30_000), NOTHING, Money(30_000), Money(970_000)),
)
"""The same two hours of which the glossary's examples tell; held, used and free always make the ¥10,000.00 that were granted."""


@help_pages.get("")
@public
def guide() -> ResponseReturnValue:
    """How it works, and what the money words mean."""
    person = visitor_or_me()
    own = person.role if person else Role.VISITOR
    return render_template(
        "help/guide.html", roles=[own, *(role for role in TOURS if role is not own)], own=own, story=STORY, glossary=GLOSSARY
    )


@help_pages.get("/tour/<role>")
@public
def tour(role: str) -> ResponseReturnValue:
    """A role's first day in a few steps, each with its page."""
    found = _role(role)
    person = visitor_or_me()
    own = person.role if person else Role.VISITOR
    return render_template(
        "help/tour.html",
        role=found,
        steps=TOURS[found],
        pages=STEPS,
        explained=MONEY_WORDS,
        mine=own is found,
        seen=found.value in seen_tours(),
    )


@help_pages.post("/tour/<role>/seen")
@public
def dismiss(role: str) -> ResponseReturnValue:
    """The tour was taken: this browser is not offered it again."""
    found = _role(role)
    answer = redirect(url_for("people.home" if visitor_or_me() else "pages.home"), 303)
    kept = " ".join(sorted({*seen_tours(), found.value}))
    answer.set_cookie(SEEN, kept, max_age=31_536_000, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


def seen_tours() -> frozenset[str]:
    """The tours that this browser has taken; what is no role is not kept."""
    return frozenset(request.cookies.get(SEEN, "")[:300].split()) & frozenset(TOURS)


def _role(text: str) -> Role:
    if text not in TOURS:
        abort(404)
    return Role(text)
