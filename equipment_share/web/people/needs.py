"""The first page of everybody who is signed in: what needs them, and where each thing is done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import render_template, url_for

from equipment_share.domain.access import FIRM, OWNER
from equipment_share.domain.needs import CLOSE_DAYS, Need, NeedKind, how_many
from equipment_share.domain.periods import bureau_day
from equipment_share.models.people import User
from equipment_share.queries.needs import NEXT_DAYS, first_page, papers_missing
from equipment_share.queries.people import standing_of
from equipment_share.web.help import seen_tours

K = NeedKind
PLACES: dict[NeedKind, tuple[str, str, str]] = {
    K.OFFER: ("bookings.show", "booking_id", "bookings.index"), K.PROPOSAL: ("bookings.show", "booking_id", "bookings.index"),
    K.CONFIRM_USE: ("bookings.show", "booking_id", "bookings.index"), K.PAPERS: ("claims.papers", "booking_id", "people.papers"),
    K.CLAIM_READY: ("claims.show", "claim_id", "claims.index"), K.CLAIM_RETURNED: ("claims.show", "claim_id", "claims.index"),
    K.PROOF_ENDING: ("", "", "proofs.index"), K.VOUCHER_ENDING: ("", "", "instruments.index"),
    K.REQUEST: ("bookings.show", "booking_id", "desk.index"), K.CORRECTION: ("bookings.show", "booking_id", "desk.index"),
    K.RECORD_USE: ("bookings.show", "booking_id", "desk.run"), K.SAMPLES: ("bookings.show", "booking_id", "desk.run"),
    K.FAULT: ("", "", "upkeep.index"), K.TRAINING: ("", "", "training.index"),
    K.ADJUDICATE: ("bookings.show", "booking_id", "bookings.index"),
    K.CLAIM_CHECK: ("claims.show", "claim_id", "claims.index"), K.CLAIM_APPROVE: ("claims.show", "claim_id", "claims.index"),
    K.CLAIM_AGAIN: ("claims.show", "claim_id", "claims.index"),
    K.BATCH_GATHER: ("", "", "batches.index"),
    K.BATCH_LOCK: ("batches.show", "batch_id", "batches.index"), K.BATCH_REVIEW: ("batches.show", "batch_id", "batches.index"),
    K.BATCH_APPROVE: ("batches.show", "batch_id", "batches.index"), K.BATCH_SEND: ("batches.show", "batch_id", "batches.index"),
    K.BANK_RETURN: ("batches.show", "batch_id", "batches.index"), K.BATCH_CLOSE: ("batches.show", "batch_id", "batches.index"),
    K.PAY_AGAIN: ("batches.show", "batch_id", "bureau.finance"), K.ACCOUNT: ("organisations.show", "organisation_id", "bureau.finance"),
    K.FINDING: ("", "", "exceptions.index"), K.INSPECTION: ("inspections.show", "inspection_id", "inspections.index"),
    K.ADJUSTMENT: ("", "", "adjustments.index"), K.ORGANISATION: ("organisations.show", "organisation_id", "organisations.index"),
    K.APPLICATION: ("vouchers.show", "voucher_id", "vouchers.index"), K.ISSUE: ("vouchers.show", "voucher_id", "vouchers.index"),
    K.ACCOUNT_CONFIRM: ("organisations.show", "organisation_id", "organisations.index"),
    K.PROOF: ("", "", "proofs.index"),
    K.PUBLISH: ("programmes.draft", "version_id", "programmes.index"), K.BOOKS_DIFFER: ("", "", "books.index"),
    K.WORKER_SILENT: ("", "", "house.health"), K.POST_LATE: ("", "", "house.mail"), K.LETTERS_GIVEN_UP: ("", "", "house.mail"),
}  # fmt: skip
"""Where one is done, by which part of the address, and the queue of all of them."""
FILTERED: dict[NeedKind, dict[str, Any]] = {
    **{kind: {"show": "needs"} for kind in (K.OFFER, K.CONFIRM_USE)},
    **{kind: {"came": "new"} for kind in (K.CLAIM_CHECK, K.CLAIM_APPROVE)},
    K.CLAIM_AGAIN: {"came": "back"},
}
"""How a queue is narrowed to what the line speaks of."""


def page_of_needs(person: User, *, at: datetime) -> str:
    """What needs this person now, what comes next, and the figures of the role."""
    page = first_page(person, at=at)
    side = "firm" if person.role in FIRM else "owner" if person.role in OWNER else "bureau"
    return render_template(
        "people/home.html", needs=[(need, place_of(need), _is_close(need, at)) for need in page.needs], number=how_many(page.needs),
        coming=page.coming, stats=page.stats, side=side, next_days=NEXT_DAYS, tour=person.role.value not in seen_tours(),
        standing=standing_of(person.organisation),
    )  # fmt: skip


def page_of_papers(person: User, *, at: datetime) -> str:
    """Every claim for which this side owes a paper, and the way to each."""
    needs = papers_missing(person)
    return render_template("people/papers.html", needs=[(need, place_of(need), _is_close(need, at)) for need in needs])


def place_of(need: Need) -> str:
    """The address at which a thing is done."""
    one, part, queue = PLACES[need.kind]
    if one and need.target is not None:
        values: dict[str, Any] = {part: need.target}
        return url_for(one, **values)
    return url_for(queue, **FILTERED.get(need.kind, {}))


def _is_close(need: Need, at: datetime) -> bool:
    if need.due_at is not None:
        return need.due_at <= at + timedelta(days=CLOSE_DAYS)
    return need.due_on is not None and need.due_on <= bureau_day(at) + timedelta(days=CLOSE_DAYS)
