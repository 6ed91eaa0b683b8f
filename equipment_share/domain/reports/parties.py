"""Reports 2, 3 and 10: an owner's statement, a firm's statement, and what firms saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.reports.rows import SavingRow, UseRow, VoucherRow
from equipment_share.domain.reports.sums import VoucherSums
from equipment_share.domain.reports.values import Cell, Column, Given, Head, Kind, Report, Table, compared, fact, linked, share_bp, table

NOT_HANDED_IN = frozenset({"", "draft", "returned", "withdrawn"})
IN_CHECKING = frozenset({"submitted", "in_review", "checked"})
OWED = frozenset({"approved", "publicised", "batched", "payment_failed"})
PAID = frozenset({"paid", "adjusted", "clawed_back"})
WAITS_FOR_FIRM = frozenset({"confirmed", "invoiced", "usage_recorded", "disputed"})
DUE = ("firms_owe", "firms_paid", "not_handed_in", "in_checking", "bureau_owes", "bureau_paid")


def due(use: UseRow, used: Money) -> dict[str, Money]:
    """Who owes an owner what for one use: the firm its part, the bureau the claim as far as it is.

    Units: whole fen. Rounding: none; the firm's part is the fee less what others bear.
    Raises: nothing.
    Source: docs/rules.md#owner-statement (features B 12)
    """
    to_owner = use.payee_id == use.owner_id
    firm = Money(use.net_fen) if to_owner else Money(use.net_fen) + used
    found = dict.fromkeys(DUE, ZERO)
    found["firms_owe" if use.state in WAITS_FOR_FIRM else "firms_paid"] = firm
    if to_owner:
        claim = Money(use.claim_fen)
        names = {"not_handed_in": NOT_HANDED_IN, "in_checking": IN_CHECKING, "bureau_owes": OWED, "bureau_paid": PAID}
        for name, states in names.items():
            if use.claim_state in states:
                found[name] = claim
    return found


def owner_statement(head: Head, uses: Sequence[UseRow], used: Mapping[int, Money], by_owner: Mapping[int, Money], *, alone: bool) -> Report:
    """What the bureau owes an owner, what firms owe it, what is still in checking; with every use when it is one owner's.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#owner-statement
    """
    groups: dict[int, list[UseRow]] = {}
    for use in uses:
        groups.setdefault(use.owner_id, []).append(use)
    rows: list[Given] = []
    for owner_id, own in groups.items():
        parts = [due(use, used.get(use.booking_id, ZERO)) for use in own]
        sums = [total(part[name] for part in parts) for name in DUE]
        gross, subsidy = Money(sum(use.gross_fen for use in own)), total(used.get(use.booking_id, ZERO) for use in own)
        rows.append((linked(own[0].owner, "owner", owner_id), len(own), gross, linked(subsidy, "payable_of", owner_id), *sums))
    columns = (
        Column("owner"), Column("uses", Kind.COUNT), Column("gross", Kind.MONEY), Column("subsidy", Kind.MONEY),
        *(Column(name, Kind.MONEY) for name in DUE),
    )  # fmt: skip
    owners = table("owners", columns, rows)
    together = {name: owners.sum_of(name) for name in DUE}
    checks = [("subsidy", owners.sum_of("subsidy"), total(by_owner.values()))]
    facts = tuple(fact(name, together[name]) for name in ("bureau_owes", "firms_owe", "in_checking", "not_handed_in"))
    return Report(head, facts, (owners, *([_uses(uses, used, "firm")] if alone else [])), compared(*checks), together["bureau_owes"])


def _uses(uses: Sequence[UseRow], used: Mapping[int, Money], other: str) -> Table:
    columns = (
        Column("used_on"), Column("booking"), Column("instrument"), Column(other), Column("gross", Kind.MONEY), Column("subsidy", Kind.MONEY),
        Column("net", Kind.MONEY), Column("state", Kind.WORD, "booking"), Column("claim", Kind.WORD, "claim"),
    )  # fmt: skip
    rows = [
        (
            use.used_on, linked(use.booking, "booking", use.booking_id), linked(use.instrument, "instrument", use.instrument_id),
            getattr(use, other), Money(use.gross_fen), linked(used.get(use.booking_id, ZERO), "follow_booking", use.booking_id), Money(use.net_fen), use.state,
            linked(use.claim_state or None, "claim", use.claim_id),
        )
        for use in sorted(uses, key=lambda one: (one.used_on, one.booking_id))
    ]  # fmt: skip
    return table("uses", columns, rows)


def firm_statement(
    head: Head,
    uses: Sequence[UseRow],
    used: Mapping[int, Money],
    vouchers: Sequence[VoucherRow],
    books: Mapping[int, VoucherSums],
    *,
    alone: bool,
) -> Report:
    """What firms used in the period and what is left of their vouchers at its end; with every use when it is one firm's.

    Units: whole fen. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#firm-statement
    """
    known = [(row, books.get(row.account_id, VoucherSums())) for row in vouchers]
    tables = [_quota(known), *([_uses(uses, used, "owner")] if alone else [])]
    return Report(
        head,
        (
            fact("gross", Money(sum(use.gross_fen for use in uses))),
            fact("subsidy", total(used.values())),
            fact("net", Money(sum(use.net_fen for use in uses))),
            fact("quota_left", total(sums.left for _, sums in known)),
            fact("held", total(sums.held for _, sums in known)),
        ),
        tuple(tables),
        compared(("subsidy", total(used.values()), total(sums.used_inside for _, sums in known))),
    )


def _quota(known: Sequence[tuple[VoucherRow, VoucherSums]]) -> Table:
    columns = (
        Column("voucher"), Column("firm"), Column("valid_until"), Column("issued", Kind.MONEY), Column("used_inside", Kind.MONEY),
        Column("used", Kind.MONEY), Column("held", Kind.MONEY), Column("expired", Kind.MONEY), Column("revoked", Kind.MONEY),
        Column("quota_left", Kind.MONEY),
    )  # fmt: skip
    rows = [
        (
            linked(row.number, "voucher", row.voucher_id), linked(row.firm, "firm", row.firm_id), row.valid_until, sums.issued,
            sums.used_inside, sums.used, sums.held, sums.expired, sums.revoked, linked(sums.left, "account", row.account_id),
        )
        for row, sums in known
    ]  # fmt: skip
    return table("quotas", columns, rows)


def savings(head: Head, firms: Sequence[SavingRow], used: Mapping[int, Money], ledger: Money) -> Report:
    """The bureau's headline: what shared instruments cost firms before and after the voucher, and how much of it they saved.

    Units: whole fen; the saving in basis points of the fee.
    Rounding: the saving half up.
    Raises: nothing.
    Source: docs/rules.md#savings
    """
    columns = (
        Column("firm"), Column("code"), Column("uses", Kind.COUNT), Column("gross", Kind.MONEY), Column("subsidy", Kind.MONEY),
        Column("elsewhere", Kind.MONEY), Column("net", Kind.MONEY), Column("saved", Kind.PERCENT),
    )  # fmt: skip
    rows: list[Given] = []
    for row in firms:
        subsidy = used.get(row.firm_id, ZERO)
        elsewhere = Money(row.gross_fen - row.net_fen) - subsidy
        saved = share_bp(subsidy.fen, row.gross_fen)
        money: list[Cell | Money] = [Money(row.gross_fen), linked(subsidy, "vouchers_of", row.firm_id), elsewhere, Money(row.net_fen)]
        rows.append((linked(row.firm, "firm", row.firm_id), row.firm_code, row.uses, *money, saved))
    gross, net = (Money(sum(getattr(row, name) for row in firms)) for name in ("gross_fen", "net_fen"))
    subsidy = total(used.get(row.firm_id, ZERO) for row in firms)
    whole = share_bp(subsidy.fen, gross.fen)
    return Report(
        head,
        (
            fact("gross", gross),
            fact("subsidy", subsidy),
            fact("net", net),
            fact("saved", whole, Kind.PERCENT),
            fact("uses", sum(row.uses for row in firms), Kind.COUNT),
        ),
        (table("firms", columns, rows, shares={"saved": whole}),),
        compared(("subsidy", subsidy, ledger)),
        subsidy,
    )
