"""The open audit dump (`contract.md` §5): the books as they stand at one instant, for a checker that shares no code with us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.money import Money
from equipment_share.domain.settlement.adjustments import AdjustmentState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.outbox import AuditRow
from equipment_share.models.people import KeptAnswer
from equipment_share.models.settlement import Adjustment, Batch, Claim

KEYS = ("accounts", "transfers", "bookings", "claims", "batches", "audit")
BATCH = 2000


def dumped() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row with its key, all of one instant, streamed; amounts in fen, times in UTC."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    yield from (("accounts", row) for row in _accounts())
    yield from (("transfers", row) for row in _transfers())
    yield from (("bookings", row) for row in _bookings())
    yield from (("claims", row) for row in _claims())
    yield from (("batches", row) for row in _batches())
    yield from (("audit", row) for row in _audit())
    db.session.rollback()


def _rows(*columns: Any, order: Any) -> Iterator[Sequence[Any]]:
    yield from db.session.execute(select(*columns).order_by(order).execution_options(yield_per=BATCH))


def _accounts() -> Iterator[dict[str, Any]]:
    a = LedgerAccount
    for row in _rows(a.id, a.kind, a.bounded, a.dr_pend, a.dr_post, a.cr_pend, a.cr_post, order=a.id):
        found = {"id": str(row[0]), "kind": row[1].value, "bounded": row[2]}
        sums = {name: amount.fen for name, amount in zip(("dr_pend", "dr_post", "cr_pend", "cr_post"), row[3:], strict=True)}
        yield found | (sums if row[2] else {})


def _transfers() -> Iterator[dict[str, Any]]:
    t = LedgerTransfer
    for row in _rows(t.id, t.dr_id, t.cr_id, t.amount, t.phase, t.of_id, t.made_at, order=t.id):
        yield {
            "id": str(row[0]), "dr": str(row[1]), "cr": str(row[2]), "amount": row[3].fen, "phase": row[4].value,
            "of": None if row[5] is None else str(row[5]), "seq": row[0], "at": _utc(row[6]),
        }  # fmt: skip


def _bookings() -> Iterator[dict[str, Any]]:
    holds, captures = _held_and_captured()
    keys, waiting = _keys_of_bookings(), _changes_that_wait()
    b = Booking
    columns = (
        b.id, b.unit_id, b.starts_at, b.ends_at, b.busy_from, b.busy_to, b.blocking, b.state, b.gross, b.subsidy, b.net, b.late_fee,
        b.change_of_id,
    )  # fmt: skip
    for row in _rows(*columns, order=b.id):
        yield {
            "id": str(row[0]), "unit": str(row[1]), "start": _utc(row[2]), "end": _utc(row[3]), "busy_from": _utc(row[4]),
            "busy_to": _utc(row[5]), "blocking": row[6], "status": row[7].value,
            **_three(row[8:11], waits=row[0] in waiting), "late_fee": row[11].fen,
            "change_of": None if row[12] is None else str(row[12]),
            "hold": _one_or_many(holds.get(row[0], [])), "capture": _one_or_many(captures.get(row[0], [])), "key": keys.get(str(row[0])),
        }  # fmt: skip


def _held_and_captured() -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """The transfers that hold and those that capture, by booking, in the order in which they were made."""
    holds: dict[int, list[str]] = {}
    captures: dict[int, list[str]] = {}
    u, t = VoucherUse, LedgerTransfer
    for booking_id, hold_id, resolved_id, phase in db.session.execute(
        select(u.booking_id, u.hold_id, u.resolved_id, t.phase).outerjoin(t, t.id == u.resolved_id).order_by(u.id)
    ):
        holds.setdefault(booking_id, []).append(str(hold_id))
        if phase is not None and phase.value == "capture":
            captures.setdefault(booking_id, []).append(str(resolved_id))
    return holds, captures


def _keys_of_bookings() -> dict[str, str]:
    """The Idempotency-Key under which a booking was made, by its id as text."""
    places = db.session.execute(select(KeptAnswer.location, KeptAnswer.key).where(KeptAnswer.location.like("%/bookings/%")))
    return {location.rsplit("/", 1)[-1]: key for location, key in places}


def _changes_that_wait() -> set[int]:
    b, old = Booking, aliased(Booking)
    query = select(b.id).join(old, old.id == b.change_of_id)
    return set(db.session.scalars(query.where(b.state == BookingState.SUBMITTED, old.state != BookingState.RESCHEDULED)))


def _three(amounts: Sequence[Money], *, waits: bool) -> dict[str, int | None]:
    """The three numbers; null for a change that waits, whose old booking still has the price (`contract.md` §5)."""
    return {name: None if waits else amount.fen for name, amount in zip(("price", "subsidy", "firm_share"), amounts, strict=True)}


def _one_or_many(ids: list[str]) -> str | list[str] | None:
    return ids if len(ids) > 1 else ids[0] if ids else None


def _claims() -> Iterator[dict[str, Any]]:
    c = Claim
    for row in _rows(c.id, c.booking_id, c.programme_code, c.amount, c.state, c.batch_id, order=c.id):
        yield {
            "id": str(row[0]), "booking": str(row[1]), "programme": row[2], "amount": row[3].fen, "status": row[4].value,
            "batch": None if row[5] is None else str(row[5]),
        }  # fmt: skip
    a = Adjustment
    columns = (a.id, c.booking_id, a.programme_code, a.amount, a.batch_id)
    query = select(*columns).outerjoin(c, c.id == a.claim_id).where(a.state.not_in([AdjustmentState.PROPOSED, AdjustmentState.REFUSED]))
    for row in db.session.execute(query.order_by(a.id)):  # entries beside the claims, so that a batch's total is the sum of its rows
        yield {
            "id": f"adjustment-{row[0]}", "booking": None if row[1] is None else str(row[1]), "programme": row[2], "amount": row[3].fen,
            "status": "adjusted", "batch": None if row[4] is None else str(row[4]),
        }  # fmt: skip


def _batches() -> Iterator[dict[str, Any]]:
    b = Batch
    for row in _rows(b.id, b.programme_code, b.period_first_on, b.period_last_on, b.payee, b.state, b.total, b.file_hash, order=b.id):
        yield {
            "id": str(row[0]), "programme": row[1], "period": f"{row[2]}..{row[3]}", "payee": row[4], "status": row[5].value,
            "total": row[6].fen, "file_hash": row[7] or None,
        }  # fmt: skip


def _audit() -> Iterator[dict[str, Any]]:
    a = AuditRow
    for row in _rows(a.seq, a.prev, a.h, a.doc, order=a.seq):
        yield {"seq": row[0], "prev": row[1], "h": row[2], "doc": row[3]}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
