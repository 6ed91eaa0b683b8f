"""How fast a budget and a voucher go: figures out of the ledger, and the day they run out."""

from __future__ import annotations

from datetime import date

from flask import Flask

from equipment_share.domain.money import Money
from equipment_share.queries.reporting.burning import programme_burn, voucher_burn
from equipment_share.queries.vouchers import vouchers_seen_by
from equipment_share.services.vouchers.vouchers import revoke_voucher
from tests.support.quarter import AFTER, a_quarter

ON = date(2026, 9, 30)


def test_a_programmes_budget_goes_down_by_what_its_vouchers_paid(app: Flask) -> None:
    quarter = a_quarter()

    made = programme_burn("HALF", by=quarter.people["auditor"], on=ON)
    before = programme_burn("HALF", by=quarter.people["auditor"], on=date(2026, 9, 6), step="week")

    assert [m.fen for m in (made.budget, made.granted, made.held, made.spent, made.left)] == [
        100_000_000,
        40_000_000,
        15_000,
        80_000,
        99_920_000,
    ]
    row = made.periods[0]
    assert (len(made.periods), row.version, row.first_on, row.last_on) == (1, 1, date(2026, 1, 1), date(2026, 12, 31))
    assert [m.fen for m in (row.budget, row.granted, row.held, row.spent, row.left)] == [
        100_000_000,
        40_000_000,
        15_000,
        80_000,
        39_905_000,
    ]
    assert (len(made.steps), made.steps[0].first_on, made.steps[-1].first_on, made.steps[-1].last_on) == (
        12, date(2025, 10, 1), date(2026, 9, 1), ON,
    )  # fmt: skip
    assert [step.spent.fen for step in made.steps] == [0] * 11 + [80_000]
    assert (made.steps[-1].spent_so_far, made.steps[-1].left) == (made.spent, made.left)
    assert [pace.spent.fen for pace in made.forecast.paces] == [80_000, 80_000, 80_000]
    assert (made.forecast.earliest_on, made.forecast.expected_on, made.forecast.latest_on) == (None, None, None)  # a century is never
    assert (before.spent, before.granted, len(before.steps), before.steps[-1].first_on) == (Money(0), Money(0), 26, date(2026, 8, 31))


def test_the_weeks_of_a_programme_add_up_to_its_months(app: Flask) -> None:
    quarter = a_quarter()

    weeks = programme_burn("HALF", by=quarter.people["finance"], on=ON, step="week").steps

    assert [(step.first_on, step.spent.fen) for step in weeks if step.spent] == [(date(2026, 9, 7), 80_000)]
    assert (weeks[-1].first_on, weeks[-1].last_on, weeks[-1].spent_so_far.fen) == (date(2026, 9, 28), ON, 80_000)


def test_a_voucher_by_month_is_spent_held_gone_or_left(app: Flask) -> None:
    quarter = a_quarter()
    firm, rival = quarter.people["firm"], quarter.people["rival"]
    used, waiting = (vouchers_seen_by(who)[0].voucher for who in (firm, rival))

    rows = voucher_burn(used.id, by=firm, on=date(2026, 10, 31))
    held = voucher_burn(waiting.id, by=rival, on=ON)
    revoke_voucher(used.id, reason="a test of what is gone", by=quarter.people["bureau_leader"], at=AFTER)
    gone = voucher_burn(used.id, by=firm, on=ON)

    assert [(row.first_on, row.granted.fen, row.spent.fen, row.held.fen, row.left.fen) for row in rows] == [
        (date(2026, 9, 1), 20_000_000, 60_000, 0, 19_940_000), (date(2026, 10, 1), 0, 0, 0, 19_940_000),
    ]  # fmt: skip
    assert [(row.spent.fen, row.held.fen, row.left.fen) for row in held] == [(20_000, 15_000, 19_965_000)]
    assert [(row.gone.fen, row.left.fen) for row in gone] == [(19_940_000, 0)]
