"""The books for machines: accounts with balances, their entries at any date, and the way of one transfer's money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from equipment_share.adapters.clock import now
from equipment_share.api.fields import Field
from equipment_share.api.kinds import CODE, Choice, Day
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.paging import PAGE, page
from equipment_share.api.plain import key, local
from equipment_share.domain.access import Act
from equipment_share.domain.errors import NotFound
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.periods import bureau_day
from equipment_share.models.ledger import LedgerAccount
from equipment_share.models.people import User
from equipment_share.queries.accounts import AccountRow, Entry, account_seen_by, accounts, count_of_accounts, statement
from equipment_share.queries.following import Way, WayStep, follow

shelf = Shelf("ledger")


@shelf.get("/ledger/accounts", Act.SEE_LEDGER, "The accounts of the street with their balances.", Answer("LedgerAccount", listed=True),
           query=(Field("kind", Choice(tuple(AccountKind))), Field("programme", CODE), *PAGE))  # fmt: skip
def list_accounts(call: Call) -> Reply:
    """A page of accounts, in the order they were opened."""
    wanted = call.query
    kind, programme = AccountKind(wanted["kind"]) if wanted["kind"] else None, wanted["programme"] or ""
    rows = accounts(call.me, kind=kind, programme=programme, after_id=wanted["cursor"] or 0, limit=wanted["limit"] + 1)
    total = count_of_accounts(call.me, kind=kind, programme=programme) if wanted["total"] else None
    return Reply(page(rows, wanted["limit"], _accounts, lambda row: row.id, total))


def _accounts(rows: Sequence[AccountRow]) -> list[dict[str, Any]]:
    return [_account(row) for row in rows]


def _account(row: AccountRow) -> dict[str, Any]:
    return {
        "id": key(row.id), "kind": row.kind.value, "key": row.key, "programme": row.programme or None,
        "organisation": row.organisation or None, "balance_fen": row.balance.fen, "held_fen": row.held.fen,
    }  # fmt: skip


@shelf.get("/ledger/accounts/{id}/entries", Act.SEE_LEDGER, "The statement of one account at the end of a day: opening, entries, closing.",
           Answer("AccountStatement"), sees=by_id(account_seen_by), query=(
               Field("on", Day(), means="The last day; left out today."), Field("since", Day(), means="The first day; left out 1 January."),
           ))  # fmt: skip
def show_entries(call: Call) -> Reply:
    """The statement."""
    made = statement(call.id, call.query["on"] or bureau_day(now()), by=call.me, since=call.query["since"])
    return Reply({
        "account": _account(made.account), "from": made.first_on.isoformat(), "on": made.last_on.isoformat(),
        "opening_fen": made.opening.fen, "closing_fen": made.closing.fen, "left_out": made.left_out,
        "entries": [_entry(row) for row in made.entries],
    })  # fmt: skip


def _entry(row: Entry) -> dict[str, Any]:
    return {
        "transfer": key(row.transfer_id), "effective_at": local(row.effective_at), "made_at": local(row.made_at), "phase": row.phase.value,
        "other": key(row.other_id), "other_kind": row.other_kind.value, "amount_fen": row.amount.fen, "moved_fen": row.moved.fen,
        "balance_fen": row.balance.fen, "booking": key(row.booking_id) if row.booking_id else None, "reason": row.reason,
    }  # fmt: skip


def _way(path: Mapping[str, Any], by: User | None) -> Way:
    """What the address names, as its caller may see it."""
    if by is None:
        raise NotFound()
    return follow(path["transfer"], by=by)


@shelf.get("/ledger/follow/{transfer}", Act.FOLLOW_MONEY, "The whole way of one transfer's money: who moved it, when, why.",
           Answer("Way"), sees=_way)  # fmt: skip
def follow_transfer(call: Call) -> Reply:
    """The way."""
    way = call.seen
    return Reply({
        "transfer": key(way.transfer.id), "programme": way.transfer.programme_code,
        "bookings": [key(one.id) for one in way.bookings], "claims": [key(one.id) for one in way.claims],
        "batches": [key(one.id) for one in way.batches], "vouchers": [key(one.id) for one in way.vouchers],
        "steps": [_step(one) for one in way.steps],
    })  # fmt: skip


def _step(step: WayStep) -> dict[str, Any]:
    return {
        "at": local(step.at), "step": step.way or None, "event": step.event or None, "subject": step.subject or None,
        "transfer": key(step.transfer_id) if step.transfer_id else None, "from": _house(step.dr), "to": _house(step.cr),
        "amount_fen": step.amount.fen if step.amount is not None else None, "by": step.by_name or None, "role": step.by_role.value,
        "reason": step.reason,
    }  # fmt: skip


def _house(house: LedgerAccount | None) -> str | None:
    return house.kind.value if house is not None else None
