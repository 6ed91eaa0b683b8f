"""Reports 4 and 5: how a programme's budget was executed, and what became of its vouchers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.reports.forecast import burn_down, runs_out_on
from equipment_share.domain.reports.rows import ClaimRow, VoucherRow
from equipment_share.domain.reports.sums import Books, Flowed
from equipment_share.domain.reports.values import (
    Cell,
    Column,
    Difference,
    Fact,
    Head,
    Kind,
    Link,
    Report,
    Table,
    compared,
    fact,
    linked,
    share_bp,
    table,
)

APPROVED = frozenset({"approved", "publicised", "batched", "payment_failed"})
CLAIMED = APPROVED | {"submitted", "in_review", "checked", "paid", "adjusted", "clawed_back"}
PAID = frozenset({"paid", "adjusted", "clawed_back"})
LINES = (
    "appropriated", "issued", "set_aside", "released", "held", "used", "gathered", "paid", "paid_back", "expired", "revoked", "bonus", "left",
)  # fmt: skip
HOUSES = {
    "appropriated": "programme", "issued": "programme", "bonus": "programme", "left": "programme", "gathered": "", "paid": "paid",
    "paid_back": "paid", "expired": "expired", "revoked": "revoked",
}  # fmt: skip
"""In whose account a figure stands; the rest stand in the vouchers."""
AGES = (0, 30, 60, 90)
"""Where the classes of expiry end, in days after the period's last day."""


def _of(claims: Sequence[ClaimRow], states: frozenset[str]) -> Money:
    return Money(sum(row.amount_fen for row in claims if row.state in states))


def budget(head: Head, period: Period, books: Books, claims: Sequence[ClaimRow], accounts: Mapping[str, int]) -> Report:
    """Appropriated, held, committed, paid, released, expired; paid of appropriated; how long the rest lasts.

    Units: whole fen; the execution rate in basis points.
    Rounding: the rate half up.
    Raises: nothing.
    Source: docs/rules.md#budget-view
    """
    figures = books.street.figures()
    gone = figures["issued"] + figures["bonus"]
    figures["left"] = figures["appropriated"] - gone
    appropriated, spent = figures["appropriated"].at_end, figures["used"] + figures["bonus"]
    first_on = next((month.first_on for month in books.months if month.used), period.first_on)
    used_since = total(month.used for month in books.months if month.first_on >= first_on)
    ends_on = runs_out_on(appropriated - spent.at_end, used_since, first_on, period.last_on) if appropriated else None
    return Report(
        head,
        (
            fact("appropriated", appropriated),
            fact("committed", _of(claims, APPROVED)),
            fact("paid", figures["paid"].at_end),
            fact("execution_rate", share_bp(figures["paid"].at_end.fen, appropriated.fen), Kind.PERCENT),
            fact("not_used_yet", appropriated - spent.at_end),
            fact("runs_out_on", ends_on, Kind.DATE),
        ),
        (_view(figures, accounts), _of_the_period(books, claims), _burn(appropriated, figures, books)),
        _checks(books, figures),
    )


def _view(figures: dict[str, Flowed], accounts: Mapping[str, int]) -> Table:
    """Each figure leads to the account that it stands in, or to the vouchers together."""
    columns = (
        Column("figure", Kind.WORD, "report_figure"), Column("before", Kind.MONEY), Column("inside", Kind.MONEY),
        Column("at_end", Kind.MONEY),
    )  # fmt: skip
    rows = [(name, figures[name].before, figures[name].inside, Cell(figures[name].at_end, _where(name, accounts))) for name in LINES]
    made = table("budget", columns, rows)
    return Table(made.key, made.columns, made.rows)  # the lines are of different kinds: no sum


def _where(figure: str, accounts: Mapping[str, int]) -> Link | None:
    account = accounts.get(HOUSES.get(figure, ""))
    return Link("account", account) if account else Link("vouchers_of", 0) if figure not in HOUSES else None


def _of_the_period(books: Books, claims: Sequence[ClaimRow]) -> Table:
    """From use to payment, of the uses of the period."""
    stages = (
        ("used", books.used), ("claimed", _of(claims, CLAIMED)), ("committed", _of(claims, APPROVED)),
        ("gathered", total(sums.gathered for sums in books.batches.values())), ("paid", total(sums.paid for sums in books.batches.values())),
    )  # fmt: skip
    rows = [(name, amount, share_bp(amount.fen, books.used.fen)) for name, amount in stages]
    columns = (Column("stage", Kind.WORD, "report_figure"), Column("amount", Kind.MONEY), Column("share_of_used", Kind.PERCENT))
    made = table("of_the_period", columns, rows)
    return Table(made.key, made.columns, made.rows)


def _burn(appropriated: Money, figures: dict[str, Flowed], books: Books) -> Table:
    before = figures["used"].at_end - total(month.used for month in books.months)
    rows = [
        (f"{row.month.first_on:%Y-%m}", row.month.used, row.month.paid, row.used_so_far, row.left)
        for row in burn_down(appropriated, before, books.months)
    ]
    columns = (
        Column("month"), Column("used", Kind.MONEY), Column("paid", Kind.MONEY), Column("used_so_far", Kind.MONEY), Column("left", Kind.MONEY),
    )  # fmt: skip
    made = table("burn_down", columns, rows)
    return Table(made.key, made.columns, made.rows)


def _checks(books: Books, figures: dict[str, Flowed]) -> tuple[Difference, ...]:
    """Every voucher by itself against the street as a whole, and issued against what became of it (domain I14)."""
    together = books.vouchers_together
    became = together("used") + together("held") + together("left") + together("expired") + together("revoked")
    return compared(
        ("issued", together("issued"), figures["issued"].at_end),
        ("used", together("used"), figures["used"].at_end),
        ("held", together("held"), figures["held"].at_end),
        ("issued = used + held + left + expired + revoked", became, figures["issued"].at_end),
        ("used by firms", total(books.firms.values()), figures["used"].inside),
    )


def funnel(head: Head, period: Period, books: Books, vouchers: Sequence[VoucherRow]) -> Report:
    """Issued, used, redeemed, each as a share of the stage before; and when the unused rest of the vouchers ends.

    Units: whole fen, basis points, days after the period's last day.
    Rounding: shares half up.
    Raises: nothing.
    Source: docs/rules.md#funnel
    """
    figures = books.street.figures()
    stages = (("issued", figures["issued"]), ("used", figures["used"]), ("redeemed", figures["paid"]))
    rows, above = [], ZERO
    for name, flowed in stages:
        share = (share_bp(flowed.at_end.fen, figures["issued"].at_end.fen), share_bp(flowed.at_end.fen, above.fen if above else 0))
        rows.append((name, flowed.inside, flowed.at_end, *share))
        above = flowed.at_end
    columns = (
        Column("stage", Kind.WORD, "report_figure"), Column("inside", Kind.MONEY), Column("at_end", Kind.MONEY),
        Column("share_of_issued", Kind.PERCENT), Column("share_of_stage_before", Kind.PERCENT),
    )  # fmt: skip
    made = table("funnel", columns, rows)
    facts: tuple[Fact, ...] = (
        fact("vouchers", len(vouchers), Kind.COUNT),
        fact("firms_with_vouchers", len({row.firm_id for row in vouchers}), Kind.COUNT),
        fact("left_in_vouchers", books.vouchers_together("left")),
    )
    return Report(
        head, facts, (Table(made.key, made.columns, made.rows), _ageing(period, books, vouchers), _vouchers(books, vouchers)),
        _checks(books, figures),
    )  # fmt: skip


def _age_class(valid_until: str, last_on: date) -> str:
    if not valid_until:
        return "no_end"
    days = (date.fromisoformat(valid_until) - last_on).days
    return next((f"within_{limit}" if limit else "over" for limit in AGES if days <= limit), f"after_{AGES[-1]}")


def _ageing(period: Period, books: Books, vouchers: Sequence[VoucherRow]) -> Table:
    classes: dict[str, list[VoucherRow]] = {name: [] for name in ("over", "within_30", "within_60", "within_90", "after_90", "no_end")}
    for row in vouchers:
        if row.account_id in books.vouchers and books.vouchers[row.account_id].left:
            classes[_age_class(row.valid_until, period.last_on)].append(row)
    rows = [(name, len(own), total(books.vouchers[row.account_id].left for row in own)) for name, own in classes.items()]
    return table("ageing", (Column("ends", Kind.WORD, "expiry"), Column("vouchers", Kind.COUNT), Column("left", Kind.MONEY)), rows)


def _vouchers(books: Books, vouchers: Sequence[VoucherRow]) -> Table:
    columns = (
        Column("voucher"), Column("firm"), Column("valid_until"), Column("issued", Kind.MONEY), Column("used", Kind.MONEY),
        Column("held", Kind.MONEY), Column("expired", Kind.MONEY), Column("revoked", Kind.MONEY), Column("left", Kind.MONEY),
    )  # fmt: skip
    known = [(row, books.vouchers[row.account_id]) for row in vouchers if row.account_id in books.vouchers]
    rows = [
        (
            linked(row.number, "voucher", row.voucher_id), linked(row.firm, "firm", row.firm_id), row.valid_until, sums.issued, sums.used,
            sums.held, sums.expired, sums.revoked, linked(sums.left, "account", row.account_id),
        )
        for row, sums in known
    ]  # fmt: skip
    return table("vouchers", columns, rows)
