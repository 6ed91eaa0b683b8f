"""An owner's months: each use, request and claim counts in one month, and nothing is lost between them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.insight import Asked, Claimed, Use, money_by_month, months_of, work_by_month
from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.claims import ClaimState

YEAR = Period.parse("2026")
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def test_a_window_shows_the_months_it_touches_and_at_most_three_years() -> None:
    assert [str(month) for month in months_of(Period.parse("2026-01-31..2026-03-01"))] == ["2026-01", "2026-02", "2026-03"]
    long = months_of(Period.parse("2020-01-01..2026-11-30"))
    assert (len(long), str(long[0]), str(long[-1])) == (36, "2023-12", "2026-11")


@given(st.lists(st.tuples(days, st.integers(0, 10**9), st.integers(0, 10**9))))
def test_the_months_add_up_to_the_uses(rows: list[tuple[date, int, int]]) -> None:
    uses = [Use(on, Money(net + subsidy), Money(subsidy), Money(net)) for on, net, subsidy in rows]

    months = work_by_month(YEAR, uses, [], [])

    assert total(month.gross for month in months) == total(use.gross for use in uses)
    assert all(month.gross == month.subsidy + month.net for month in months)
    assert sum(month.uses for month in months) == len(uses)


def test_requests_count_when_they_were_made_and_no_shows_on_their_day() -> None:
    march, may = date(2026, 3, 31), date(2026, 5, 1)

    months = work_by_month(YEAR, [], [Asked(march, 10), Asked(march, 30), Asked(march, None), Asked(may, 5)], [may])
    told = {str(m.month): (m.answered, m.unanswered, m.answer_minutes, m.no_shows) for m in months}

    assert (told["2026-03"], told["2026-05"], told["2026-04"]) == ((2, 1, 30, 0), (1, 0, 5, 1), (0, 0, None, 0))


def test_each_claim_stands_in_one_column_and_those_given_up_in_none() -> None:
    on = date(2026, 9, 8)
    claims = [Claimed(on, Money(2**place), state) for place, state in enumerate(ClaimState)]

    [month] = [one for one in money_by_month(YEAR, [], claims) if str(one.month) == "2026-09"]
    stands = {"waiting": month.waiting.fen, "checking": month.checking.fen, "approved": month.approved.fen, "paid": month.paid.fen}
    by_state = {state.value: 2**place for place, state in enumerate(ClaimState)}

    assert stands == {
        "waiting": by_state["draft"] + by_state["returned"],
        "checking": by_state["submitted"] + by_state["in_review"] + by_state["checked"],
        "approved": by_state["approved"] + by_state["publicised"] + by_state["batched"] + by_state["payment_failed"],
        "paid": by_state["paid"] + by_state["adjusted"],
    }
