"""Every parameter of a programme at work: periods, classes, cumulative bands, joint caps, groups, promises, pro rata, bonus, waiting, carrying over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from equipment_share.domain.access import Role
from equipment_share.domain.errors import Refused
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.adjustments import AdjustmentState
from equipment_share.domain.vouchers import NotEligible, OverBudget, VoucherState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.people import Organisation, User
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.dump import KEYS, dumped
from equipment_share.queries.ledger import account, balance, mismatches
from equipment_share.queries.settlement import claims_of_booking, lines_of
from equipment_share.queries.vouchers import vouchers_of
from equipment_share.services.jobs import run_due
from equipment_share.services.people.people import describe_organisation
from equipment_share.services.settlement.batches import ProRataMissing, lock_batch, open_batch
from equipment_share.services.settlement.bonuses import approve_bonus, prepare_bonuses
from equipment_share.services.settlement.prorata import run_pro_rata
from equipment_share.services.vouchers.programmes import draft_version, publish_version
from equipment_share.services.vouchers.vouchers import apply_for_voucher, check_voucher, issue_voucher
from tests.builders import HALF, NOW, a_booking, a_firm, a_programme, an_instrument, an_officer, an_owner, local, tuesday, yuan
from tests.support.checker import faults
from tests.support.settled import approved, handed_in, paid, the_hands, used

AFTER = local("2026-09-09 09:00")
NEW_YEAR = ("2026-12-31 20:00", "2027-01-01 04:00")


def flat(bp: int) -> list[dict[str, Any]]:
    return [{"bands": [{"up_to_fen": None, "rate_bp": bp}]}]


def set_of(firm: User, **facts: Any) -> Organisation:
    """What the bureau knows of a firm."""
    organisation = firm.organisation
    for name, value in facts.items():
        setattr(organisation, name, value)
    db.session.commit()
    return organisation


def dump_faults() -> list[str]:
    rows: dict[str, list[dict[str, Any]]] = {key: [] for key in KEYS}
    for key, row in dumped():
        rows[key].append(row)
    return faults(rows, "test")


def asked(booking: Booking) -> list[tuple[int, str]]:
    """What each programme bears of a booking, and what bound it."""
    return [(row["amount_fen"], row["binding"]) for row in booking.quote["subsidies"]]


W11 = [
    ("usage_start", {"must_be": "used"}, 50_000, "ANNUAL_CAP"),
    ("completion", {"months": 14}, 120_000, "RATE"),
    ("completion", {}, 0, "VOUCHER_EXPIRED"),
]


@pytest.mark.parametrize(("basis", "validity", "amount", "binding"), W11, ids=["start", "completion", "old voucher"])
def test_w11_the_basis_decides_which_years_cap_a_night_over_new_year_counts_in(
    app: Flask, basis: str, validity: dict[str, Any], amount: int, binding: str
) -> None:
    a_programme(caps={"annual_fen": {"tech_sme": 125_000}}, period_basis=basis, quota_fen={"tech_sme": 1_000_000}, validity=validity)
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, hourly=30_000, rules={"horizon_days": 365})
    early = a_booking(firm, instrument, local("2026-12-30 08:00"), local("2026-12-30 13:00"), at=local("2026-12-01 09:00"))
    assert early.subsidy == yuan("750")

    night = a_booking(firm, instrument, local(NEW_YEAR[0]), local(NEW_YEAR[1]), at=local("2026-12-02 09:00"))

    assert (night.gross, asked(night)) == (yuan("2400"), [(amount, binding)])


@pytest.mark.parametrize(("tier_at", "amount"), [("hold", 400_000), ("usage", 0)])
def test_w12_a_class_that_ends_between_booking_and_use_counts_as_the_programme_says(app: Flask, tier_at: str, amount: int) -> None:
    a_programme(tier_at=tier_at)
    owner, firm = an_owner(), a_firm()
    set_of(firm, tags=[{"tag": "tech_sme", "valid_until": "2026-09-15"}])
    instrument = an_instrument(owner, hourly=100_000)

    booking = a_booking(firm, instrument, local("2026-09-17 08:00"), local("2026-09-17 16:00"))

    assert booking.subsidy == Money(amount)


def test_w12_a_revoked_class_bears_nothing_at_the_claim(app: Flask) -> None:
    a_programme()
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner, hourly=100_000), tuesday("08:00"), tuesday("16:00"))
    assert booking.subsidy == yuan("4000")
    describe_organisation(firm.organisation_id, tags=[], by=an_officer(Role.BUREAU_CLERK), at=NOW)

    booking = used(booking, owner, firm, tuesday("08:00"), tuesday("16:00"), at=AFTER)

    assert (booking.subsidy, booking.net, booking.charge["subsidies"][0]["binding"]) == (Money(0), yuan("8000"), "NOT_ELIGIBLE")


def test_w4_cumulative_bands_go_on_where_the_period_stands(app: Flask) -> None:
    bands = [
        {"up_to_fen": 10_000_000, "rate_bp": 9000},
        {"up_to_fen": 50_000_000, "rate_bp": 6000},
        {"up_to_fen": 100_000_000, "rate_bp": 3000},
    ]
    a_programme(
        rate_rules=[{"bands": bands}], band_base="period_cumulative", caps={"annual_fen": {"any": 48_000_000}}, budget={"total_fen": 10**11}
    )
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, hourly=1_000_000)
    first = a_booking(firm, instrument, tuesday("08:00"), tuesday("16:00"))
    assert first.subsidy == yuan("72000")

    second = a_booking(firm, instrument, local("2026-09-09 08:00"), local("2026-09-09 23:00"))

    assert (second.gross, second.subsidy, second.net) == (yuan("150000"), yuan("96000"), yuan("54000"))
    first = used(first, owner, firm, tuesday("08:00"), tuesday("12:00"), at=AFTER)
    assert first.subsidy == yuan("36000")


def test_w8b_programmes_that_share_a_joint_cap_count_together_what_each_gave(app: Flask) -> None:
    a_programme(code="SD", rate_rules=flat(6000), caps={}, quota_fen={"any": 10**9}, budget={"total_fen": 10**11}, order=1,
                stacking={"mode": "additive", "joint_cap_fen": 1_000_000})  # fmt: skip
    a_programme(code="LC", rate_rules=flat(3000), caps={}, quota_fen={"any": 10**9}, budget={"total_fen": 10**11}, order=2,
                stacking={"mode": "additive", "with": ["SD"], "joint_cap_fen": 1_000_000})  # fmt: skip
    owner, firm = an_owner(), a_firm()
    instrument = an_instrument(owner, hourly=100_000)
    first = a_booking(firm, instrument, tuesday("08:00"), tuesday("18:00"))
    assert asked(first) == [(600_000, "RATE"), (300_000, "RATE")]

    second = a_booking(firm, instrument, local("2026-09-09 08:00"), local("2026-09-09 18:00"))

    assert asked(second) == [(100_000, "JOINT_CAP"), (0, "JOINT_CAP")]


def test_firms_of_one_controller_share_a_cap(app: Flask) -> None:
    a_programme(cap_subject="controller_group", caps={"annual_fen": {"tech_sme": 300_000}})
    owner, one, other, stranger = an_owner(), a_firm(), a_firm(), a_firm()
    for firm in (one, other):
        set_of(firm, controller="Zhang San")
    instrument = an_instrument(owner, hourly=100_000)

    bookings = [
        a_booking(firm, instrument, local(f"2026-09-{day} 08:00"), local(f"2026-09-{day} 12:00")) for firm, day in ((one, "08"), (other, "09"), (stranger, "10"))
    ]  # fmt: skip

    assert [booking.subsidy for booking in bookings] == [yuan("2000"), yuan("1000"), yuan("2000")]
    assert bookings[1].quote["subsidies"][0]["binding"] == "ANNUAL_CAP"


def test_w15_a_longer_use_is_topped_up_where_the_programme_says_so_and_there_is_room(app: Flask) -> None:
    a_programme(overrun="topup_if_room", caps={"annual_fen": {"tech_sme": 140_000}})
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner, hourly=40_000, rules={"grace_minutes": 300}), tuesday("08:00"), tuesday("14:00"))
    assert booking.subsidy == yuan("1200")

    booking = used(booking, owner, firm, tuesday("08:00"), tuesday("16:00"), at=AFTER)

    assert (booking.gross, booking.subsidy, booking.net) == (yuan("3200"), yuan("1400"), yuan("1800"))
    figures = vouchers_of(firm.organisation_id, "HALF")[0].figures
    assert (figures.consumed, figures.held, figures.available) == (yuan("1400"), Money(0), Money(0))
    assert mismatches() == [] and dump_faults() == []


FJ = {
    "code": "FJ", "issue_mode": "none", "rate_rules": flat(5000), "caps": {"annual_fen": {"any": 20_000_000}}, "flow": "gross_refund", "claimant": "firm",
    "sources": [{"code": "province", "weight": 6}, {"code": "city", "weight": 4}],
}  # fmt: skip


def test_w7_the_approved_claims_are_cut_pro_rata_to_the_budget_and_only_then_the_money_moves(app: Flask) -> None:
    a_programme(**FJ, budget={"total_fen": 20_000_000, "reserve_at": "claim", "exhaustion": "pro_rata"})
    owner, hands = an_owner(), the_hands()
    bookings = []
    for hourly in (24_000_000, 18_000_000, 12_000_002):
        firm = a_firm()
        booking = a_booking(firm, an_instrument(owner, hourly=hourly), tuesday("08:00"), tuesday("09:00"))
        assert (booking.subsidy, booking.net, booking.quote["net_fen"]) == (
            Money(0),
            booking.gross,
            booking.gross.fen - booking.quote["subsidies"][0]["amount_fen"],
        )
        booking = used(booking, owner, firm, tuesday("08:00"), tuesday("09:00"), at=AFTER)
        approved(handed_in(booking, owner, firm, at=AFTER, refund=True), hands, at=AFTER)
        bookings.append(booking)
    period = Period.parse("2026")
    batch, _ = open_batch("FJ", period, by=hands.clerk, at=AFTER)
    with pytest.raises(ProRataMissing):
        lock_batch(batch.id, by=hands.clerk, at=AFTER)

    run_pro_rata("FJ", period, by=hands.clerk, at=AFTER)
    run = run_pro_rata("FJ", period, by=hands.reviewer, at=AFTER)

    amounts = [claims_of_booking(booking.id)[0].amount for booking in bookings]
    assert amounts == [yuan("88888.89"), yuan("66666.66"), yuan("44444.45")]
    assert [row["asked_fen"] for row in run.shares] == [12_000_000, 9_000_000, 6_000_001]
    assert [booking.subsidy for booking in bookings] == amounts
    assert account(AccountKind.PROGRAMME, "FJ").sums.available == Money(0)
    batch = paid("FJ", "2026", hands, at=AFTER, close=True)
    assert (batch.total, len(lines_of(batch.id)), batch.payee) == (yuan("200000"), 3, "firm")
    assert mismatches() == [] and dump_faults() == []
    with pytest.raises(Refused):
        run_pro_rata("FJ", period, by=hands.clerk, at=AFTER)


@pytest.mark.parametrize(("partial_ok", "amount"), [(True, 200_000), (False, None)])
def test_w6_after_the_fact_and_first_come_the_claim_gets_what_the_budget_still_has(
    app: Flask, partial_ok: bool, amount: int | None
) -> None:
    a_programme(**FJ, budget={"total_fen": 700_000, "reserve_at": "claim", "partial_ok": partial_ok})
    owner, hands, claims = an_owner(), the_hands(), []
    for day in ("08", "09"):
        firm = a_firm()
        booking = a_booking(
            firm, an_instrument(owner, hourly=1_000_000), local(f"2026-09-{day} 08:00"), local(f"2026-09-{day} 09:00"), programmes=("FJ",)
        )
        booking.quote["subsidies"][0]["amount_fen"]
        booking = used(booking, owner, firm, booking.starts_at, booking.ends_at, at=AFTER + timedelta(days=1))
        claims.append(handed_in(booking, owner, firm, at=AFTER + timedelta(days=1), refund=True) if claims_of_booking(booking.id) else None)

    first = approved(claims[0], hands, at=AFTER + timedelta(days=1))

    assert first.amount == yuan("5000")
    if partial_ok:
        assert claims[1] is not None
        assert approved(claims[1], hands, at=AFTER + timedelta(days=1)).amount == Money(amount or 0)
    else:
        assert claims[1] is None
    assert mismatches() == [] and dump_faults() == []


def test_w26_an_owners_bonus_is_capped_prepared_once_and_paid_with_the_next_batch(app: Flask) -> None:
    a_programme(owner_bonus={"rate_bp": 500, "cap_fen": 30_000})
    owner, firm, hands = an_owner(), a_firm(), the_hands()
    booking = a_booking(firm, an_instrument(owner, hourly=100_000), tuesday("08:00"), tuesday("16:00"))
    booking = used(booking, owner, firm, tuesday("08:00"), tuesday("16:00"), at=AFTER)
    approved(handed_in(booking, owner, firm, at=AFTER), hands, at=AFTER)
    period = Period.parse("2026-Q3")
    free = account(AccountKind.PROGRAMME, "HALF").sums.available

    made = prepare_bonuses("HALF", period, by=hands.clerk, at=AFTER)
    again = prepare_bonuses("HALF", period, by=hands.clerk, at=AFTER)
    bonus = approve_bonus(made[0].id, by=hands.reviewer, at=AFTER)

    assert (len(made), again, bonus.amount, bonus.facts["binding"]) == (1, [], yuan("300"), "BONUS_CAP")
    assert account(AccountKind.PROGRAMME, "HALF").sums.available == free - yuan("300")
    batch = paid("HALF", "2026-Q3", hands, at=AFTER, close=True)
    assert ([line.amount for line in lines_of(batch.id)], batch.total) == ([yuan("4000"), yuan("300")], yuan("4300"))
    assert (bonus.state, vouchers_of(firm.organisation_id, "HALF")[0].figures.consumed) == (AdjustmentState.SETTLED, yuan("4000"))


def _issued(firm: User, amount: str, hands: Any, *, at: Any) -> Voucher:
    voucher = apply_for_voucher("HALF", amount=yuan(amount), by=firm, at=at)
    check_voucher(voucher.id, by=hands.clerk, at=at)
    return issue_voucher(voucher.id, by=hands.reviewer, at=at)


def test_w27_a_firm_that_let_too_much_expire_is_out_for_a_period(app: Flask) -> None:
    terms = {
        "issue_mode": "apply",
        "expiry_penalty": {"ratio_bp": 5000, "bar_periods": 1},
        "validity": {"months": 3},
        "caps": {"annual_fen": {"any": 2_000_000}},
    }
    a_programme(**terms)
    hands, sparing, wasting = the_hands(), a_firm(), a_firm()
    owner = an_owner()
    instrument = an_instrument(owner, hourly=1_000_000)
    for firm in (sparing, wasting):
        _issued(firm, "20000", hands, at=NOW)
    for firm, hours, day in ((sparing, 2, "08"), (wasting, 1, "09")):
        booking = a_booking(firm, instrument, local(f"2026-09-{day} 08:00"), local(f"2026-09-{day} {8 + hours:02d}:00"))
        used(booking, owner, firm, booking.starts_at, booking.ends_at, at=AFTER + timedelta(days=1))
    run_due(at=local("2026-12-20 09:00"))
    assert [vouchers_of(firm.organisation_id, "HALF")[0].figures.expired for firm in (sparing, wasting)] == [yuan("10000"), yuan("15000")]
    january = local("2027-01-10 09:00")

    assert apply_for_voucher("HALF", amount=yuan("100"), by=sparing, at=january).state is VoucherState.APPLIED
    with pytest.raises(NotEligible):
        apply_for_voucher("HALF", amount=yuan("100"), by=wasting, at=january)


def test_what_is_left_is_carried_into_the_next_period_once(app: Flask) -> None:
    a_programme(carry_over=True, caps={"annual_fen": {"tech_sme": 500_000}})
    owner, firm = an_owner(), a_firm()
    booking = a_booking(firm, an_instrument(owner, hourly=100_000), tuesday("08:00"), tuesday("10:00"))
    used(booking, owner, firm, tuesday("08:00"), tuesday("10:00"), at=AFTER)

    for _ in range(2):
        run_due(at=local("2027-01-02 09:00"))

    old, *others = vouchers_of(firm.organisation_id, "HALF")
    carried = next(row for row in others if row.voucher.carried_from_id == old.voucher.id)
    assert (old.voucher.state, old.figures.issued, old.figures.expired) == (VoucherState.EXPIRED, yuan("1000"), Money(0))
    assert (carried.figures.available, str(carried.voucher.valid_until)) == (yuan("4000"), "2027-12-31")
    run_due(at=local("2028-01-02 09:00"))
    assert vouchers_of(firm.organisation_id, "HALF")[1].figures.expired == yuan("4000")
    assert mismatches() == []


def test_an_approved_application_waits_for_budget_and_is_served_in_its_turn(app: Flask) -> None:
    document = {**HALF, "issue_mode": "apply", "budget": {"total_fen": 1_500_000, "waitlist": True}}
    a_programme(**document)
    hands, firms = the_hands(), [a_firm(), a_firm(), a_firm()]
    vouchers = [_issued(firm, "10000", hands, at=NOW + timedelta(minutes=number)) for number, firm in enumerate(firms)]
    assert [voucher.state for voucher in vouchers] == [VoucherState.ISSUED, VoucherState.CHECKED, VoucherState.CHECKED]
    draft_version("HALF", {**document, "budget": {"total_fen": 2_600_000, "waitlist": True}}, by=an_officer(Role.BUREAU_CLERK), at=NOW)
    publish_version("HALF", 2, by=hands.reviewer, at=NOW)

    done = run_due(at=AFTER)

    assert done["applications that wait for budget"] == 1
    assert [voucher.state for voucher in vouchers] == [VoucherState.ISSUED, VoucherState.ISSUED, VoucherState.CHECKED]


def test_without_a_waiting_list_an_application_beyond_the_budget_is_refused(app: Flask) -> None:
    a_programme(issue_mode="apply", budget={"total_fen": 500_000})
    with pytest.raises(OverBudget):
        _issued(a_firm(), "10000", the_hands(), at=NOW)


def test_what_may_be_held_at_once_is_a_limit_of_the_application(app: Flask) -> None:
    a_programme(issue_mode="apply", caps={"annual_fen": {"any": 10_000_000}, "per_voucher_fen": 2_000_000, "holding_fen": 3_000_000})
    hands, firm = the_hands(), a_firm()
    _issued(firm, "20000", hands, at=NOW)

    second = apply_for_voucher("HALF", by=firm, at=NOW)

    assert second.wanted == yuan("10000")


def test_w2b_two_vouchers_on_one_order_bear_what_both_faces_allow(app: Flask) -> None:
    bands = [{"up_to_fen": 1_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5000}]
    a_programme(rate_rules=[{"bands": bands}], issue_mode="apply", caps={"annual_fen": {"any": 10_000_000}, "per_voucher_fen": 2_000_000})
    owner, firm, hands = an_owner(), a_firm(), the_hands()
    instrument = an_instrument(owner, hourly=1_800_000)
    _issued(firm, "20000", hands, at=NOW)
    one = a_booking(firm, instrument, tuesday("08:00"), tuesday("10:00"))
    assert (one.subsidy, one.quote["subsidies"][0]["binding"]) == (yuan("20000"), "PER_VOUCHER")
    for _ in range(2):
        _issued(firm, "20000", hands, at=NOW)

    two = a_booking(firm, instrument, local("2026-09-09 08:00"), local("2026-09-09 10:00"))

    assert (two.gross, two.subsidy, two.net) == (yuan("36000"), yuan("23000"), yuan("13000"))
    held = [row.figures.held for row in vouchers_of(firm.organisation_id, "HALF")]
    assert held == [yuan("20000"), yuan("20000"), yuan("3000")]
    assert total(held) == yuan("43000")


def test_reserve_at_claim_counts_the_vouchers_quota_and_moves_the_programmes_money_at_approval(app: Flask) -> None:
    a_programme(budget={"total_fen": 10_000_000, "reserve_at": "claim"}, caps={"annual_fen": {"tech_sme": 300_000}})
    owner, firm, hands = an_owner(), a_firm(), the_hands()
    instrument = an_instrument(owner, hourly=100_000)
    first = a_booking(firm, instrument, tuesday("08:00"), tuesday("12:00"))
    second = a_booking(firm, instrument, local("2026-09-09 08:00"), local("2026-09-09 12:00"))
    assert [row["amount_fen"] for row in (first.quote["subsidies"][0], second.quote["subsidies"][0])] == [200_000, 100_000]
    assert (account(AccountKind.PROGRAMME, "HALF").sums.available, first.subsidy) == (yuan("100000"), Money(0))

    first = used(first, owner, firm, tuesday("08:00"), tuesday("11:00"), at=AFTER)
    claim = approved(handed_in(first, owner, firm, at=AFTER, refund=True), hands, at=AFTER)

    assert (claim.amount, first.subsidy, first.net) == (yuan("1500"), yuan("1500"), yuan("1500"))
    assert account(AccountKind.PROGRAMME, "HALF").sums.available == yuan("98500")
    assert balance(account(AccountKind.PAYABLE, f"HALF:{owner.organisation_id}").id) == yuan("1500")
    assert mismatches() == [] and dump_faults() == []
