"""The worked examples of the domain notes, by number: subsidy, what the firm pays, and what bound it, to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.adapters.samples import sample_programmes
from equipment_share.domain.capitals import in_capitals
from equipment_share.domain.errors import Invalid
from equipment_share.domain.money import Money, split, total
from equipment_share.domain.periods import Period, months_later
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.bonus import Bonus, owner_bonus
from equipment_share.domain.subsidy.casefile import evaluate
from equipment_share.domain.subsidy.prorata import pro_rata
from equipment_share.domain.vouchers import expiry_bar
from equipment_share.wording import WORDS

SAMPLES = sample_programmes()
"""The examples run against the very documents that the bureau is offered, wherever the notes name one of them."""
YH, TJ, BJ, SD, LC, JS, ZJ, QH, WH, HN, SH, FJ, XM = (
    SAMPLES[code] for code in ("YH", "TJ", "BJ", "SD", "LC", "JS", "ZJ", "QH", "WH", "HN", "SH", "FJ", "XM")
)


def flat(bp: int, **more: Any) -> list[dict[str, Any]]:
    """One rate for everything."""
    return [{"bands": [{"up_to_fen": None, "rate_bp": bp}], **more}]


WHOLE = [{"bands": [{"up_to_fen": 5_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5000}]}]
ANYBODY = ["tech_sme", "small_micro", "park_firm"]


def case(fee: int | list[dict[str, Any]], *programmes: Mapping[str, Any], stage: str = "quote", **more: Any) -> dict[str, Any]:
    """A case file with one machine line, or the lines given; the firm sits in the west, in Zhenjiang when `region` says so."""
    lines = [{"kind": "machine_time", "amount_fen": fee}] if isinstance(fee, int) else fee
    order = {"date": "2026-05-04", "provider_region": "LC", "lines": lines, **more.pop("order", {})}
    return {"order": order, "firm": {"tags": ANYBODY, "region": "west", **more}, "stage": stage, "programmes": list(programmes)}


def state(programme: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """A programme with what the caller counted."""
    return {**programme, "state": values}


def but(programme: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """A sample with one term changed."""
    return {**programme, **changes}


LINES = [{"kind": "machine_time", "category": "shared_instrument", "amount_fen": 300_000}, {"kind": "sample", "category": "test", "amount_fen": 200_000},
         {"kind": "consumables", "category": "test", "amount_fen": 50_000}]  # fmt: skip
ADDED = {"mode": "additive"}
TWO_FACES = but(YH, caps={**YH["caps"], "per_voucher_fen": 4_000_000})
"""Two vouchers of 20,000.00 on one order: the caller gives the sum of their faces."""
TAXED = [{"kind": "machine_time", "amount_fen": 1_060_000, "vat_bp": 600}]
THIRTY = {"code": "B", "rate_rules": flat(3000)}
BY_SOURCE = but(HN, sources=[{"code": "home", "weight": 2}, {"code": "there", "weight": 1}])
NIGHT = {"date": "2026-12-30", "completed_on": "2027-01-01"}
"""A use from New Year's Eve, 20:00, to 04:00."""
EXAMPLES = [
    ("W1", case(1_860_000, YH), [1_430_000], 430_000, ["RATE"]),
    ("W2", case(3_600_000, YH), [2_000_000], 1_600_000, ["PER_VOUCHER"]),
    ("W2b", case(3_600_000, state(TWO_FACES, voucher_left_fen=5_000_000)), [2_300_000], 1_300_000, ["RATE"]),
    ("W3 TJ", case(1_200_000, state(TJ, annual_used_fen=9_650_000)), [350_000], 850_000, ["ANNUAL_CAP"]),
    ("W3 WH", case(1_200_000, state(WH, annual_used_fen=9_650_000)), [350_000], 850_000, ["ANNUAL_CAP"]),
    ("W4", case(15_000_000, state(BJ, period_base_fen=8_000_000, annual_used_fen=7_200_000)), [9_600_000], 5_400_000, ["RATE"]),
    ("W5", case(120_000_000, BJ), [48_000_000], 72_000_000, ["RATE"]),
    ("W6 partial", case(1_000_000, state(HN, budget_left_fen=200_000)), [200_000], 800_000, ["BUDGET"]),
    ("W6 whole", case(1_000_000, state(but(HN, budget={"partial_ok": False}), budget_left_fen=200_000)), [0], 1_000_000, ["BUDGET"]),
    ("W8", case(1_000_000, SD, LC), [600_000, 300_000], 100_000, ["RATE", "RATE"]),
    ("W8b", case(1_000_000, state(SD, joint_used_fen=64_500_000), state(LC, joint_used_fen=64_500_000)), [500_000, 0], 500_000, ["JOINT_CAP"] * 2),
    ("W8c", case(1_000_000, state(SD, annual_used_fen=49_600_000), LC), [400_000, 300_000], 300_000, ["ANNUAL_CAP", "RATE"]),
    ("W9", case(2_000_000, state(HN, voucher_left_fen=400_000), THIRTY), [0, 600_000], 1_400_000, ["EXCLUSIVE", "RATE"]),
    ("W10", case(4_000_000, JS, ZJ, region="zhenjiang"), [1_000_000, 800_000], 2_200_000, ["RATE", "RATE"]),
    ("W11 start", case(240_000, state(HN, annual_used_fen=19_950_000), order=NIGHT), [50_000], 190_000, ["ANNUAL_CAP"]),
    ("W11 completion", case(240_000, HN, order=NIGHT), [120_000], 120_000, ["RATE"]),
    ("W11 split, old half", case(120_000, state(HN, annual_used_fen=19_950_000), order=NIGHT), [50_000], 70_000, ["ANNUAL_CAP"]),
    ("W11 split, new half", case(120_000, HN, order=NIGHT), [60_000], 60_000, ["RATE"]),
    ("W11 old voucher", case(240_000, state(HN, voucher_valid_until="2026-12-31"), order=NIGHT), [0], 240_000, ["VOUCHER_EXPIRED"]),
    ("W12 hold", case(800_000, HN, tags=["tech_sme"]), [400_000], 400_000, ["RATE"]),
    ("W12 usage", case(800_000, HN, tags=[]), [0], 800_000, ["NOT_ELIGIBLE"]),
    ("W12 revoked", case(800_000, state(HN, held_fen=400_000), stage="claim", tags=[]), [0], 800_000, ["NOT_ELIGIBLE"]),
    ("W13", case([{"kind": "penalty", "amount_fen": 600_000}], HN), [0], 600_000, ["EXCLUDED_SERVICE"]),
    ("W14", case(180_000, state(HN, held_fen=120_000), stage="claim"), [90_000], 90_000, ["RATE"]),
    ("W15", case(320_000, state(HN, held_fen=120_000), stage="claim"), [120_000], 200_000, ["HELD"]),
    ("W17 alone", case(180_000, WH), [0], 180_000, ["MIN_CLAIM"]),
    ("W17 three in a claim", case([{"kind": "machine_time", "amount_fen": 180_000}] * 3, WH), [270_000], 270_000, ["RATE"]),
    ("W18", case(33_333, BY_SOURCE), [16_666], 16_667, ["RATE"]),
    ("W16", case(600_000, state(TJ, held_fen=400_000), stage="claim"), [300_000], 300_000, ["RATE"]),
    ("W16b", case(1_000_000, state(TJ, held_fen=350_000, annual_used_fen=9_650_000), stage="claim"), [350_000], 650_000, ["ANNUAL_CAP"]),
    ("W16c", case(500_000, state(TJ, held_fen=350_000, annual_used_fen=9_650_000), stage="claim"), [250_000], 250_000, ["RATE"]),
    ("W16 never more than was settled", case(2_000_000, state(TJ, held_fen=350_000), stage="claim"), [350_000], 1_650_000, ["HELD"]),
    ("W19", case(LINES, QH), [460_000], 90_000, ["RATE"]),
    ("W20 one", case(3_000_000, YH), [2_000_000], 1_000_000, ["RATE"]),
    ("W20 third", case(1_000_000, YH), [1_000_000], 0, ["RATE"]),
    ("W21 first", case(700_000, state(HN, annual_used_fen=19_500_000)), [350_000], 350_000, ["RATE"]),
    ("W21 second", case(700_000, state(HN, annual_used_fen=19_850_000)), [150_000], 550_000, ["ANNUAL_CAP"]),
    ("W23 at the edge", case(5_000_000, {"code": "Z", "rate_rules": WHOLE, "band_mode": "whole"}), [5_000_000], 0, ["RATE"]),
    ("W23 whole", case(5_000_002, {"code": "Z", "rate_rules": WHOLE, "band_mode": "whole"}), [2_500_001], 2_500_001, ["RATE"]),
    ("W23 marginal", case(5_000_002, {"code": "Z", "rate_rules": WHOLE}), [5_000_001], 1, ["RATE"]),
    ("W24", case(300_000, QH, but(HN, stacking=ADDED)), [300_000, 0], 0, ["RATE", "JOINT_RATE"]),
    ("W25 gross", case(TAXED, HN), [530_000], 530_000, ["RATE"]),
    ("W25 net", case(TAXED, but(HN, tax_basis="ex_vat")), [500_000], 560_000, ["RATE"]),
    ("SH", case(1_000_000, SH), [500_000], 500_000, ["RATE"]),
    ("FJ", case(50_000_000, FJ), [20_000_000], 30_000_000, ["ANNUAL_CAP"]),
    ("XM too small", case(1_000_000, XM, revenue_fen=199_999_999), [0], 1_000_000, ["NOT_ELIGIBLE"]),
    ("XM", case(1_000_000, XM, revenue_fen=200_000_000), [350_000], 650_000, ["RATE"]),
    ("ZJ quality", case(1_000_000, ZJ, region="zhenjiang", tags=["quality"]), [450_000], 550_000, ["RATE"]),
    ("barred", case(100_000, HN, barred=True), [0], 100_000, ["BLACKLISTED"]),
    ("related", case(100_000, HN, related_to_owner=True), [0], 100_000, ["RELATED_PARTY"]),
]  # fmt: skip


@pytest.mark.parametrize(("given_case", "amounts", "net", "bindings"), [row[1:] for row in EXAMPLES], ids=[row[0] for row in EXAMPLES])
def test_a_worked_example_comes_out_to_the_fen(given_case: dict[str, Any], amounts: list[int], net: int, bindings: list[str]) -> None:
    answer = evaluate(given_case)
    found = answer["subsidies"]

    assert [entry["amount_fen"] for entry in found] == amounts  # type: ignore[attr-defined]
    assert answer["net_fen"] == net
    assert [entry["binding"] for entry in found] == bindings  # type: ignore[attr-defined]


def test_w18_the_spare_fen_goes_to_the_larger_remainder() -> None:
    assert split(Money(16_666), [2, 1]) == [Money(11_111), Money(5_555)]


def test_w7_a_budget_is_divided_in_proportion_and_the_spare_fen_goes_to_the_largest_remainder() -> None:
    parts = pro_rata({"C": Money(6_000_001), "A": Money(12_000_000), "B": Money(9_000_000)}, Money(20_000_000))

    assert parts == {"A": Money(8_888_889), "B": Money(6_666_666), "C": Money(4_444_445)}


def test_w7_on_equal_remainders_the_first_claim_number_gets_the_spare_fen() -> None:
    assert pro_rata({7: Money(1), 3: Money(1), 5: Money(1)}, Money(2)) == {3: Money(1), 5: Money(1), 7: Money(0)}


@given(st.dictionaries(st.integers(1, 99), st.integers(0, 10**9).map(Money), max_size=8), st.integers(0, 10**10).map(Money))
def test_w7_nobody_gets_more_than_was_approved_and_the_whole_budget_is_used(approved: dict[int, Money], budget: Money) -> None:
    parts = pro_rata(approved, budget)

    assert total(parts.values()) == min(budget, total(approved.values()))
    assert all(parts[number] <= approved[number] for number in approved)


def test_w26_the_owners_bonus_stops_at_its_limit() -> None:
    rate, cap = JS["owner_bonus"]["rate_bp"], Money(JS["owner_bonus"]["cap_fen"])

    assert owner_bonus(Money(1_040_000_000), rate, cap) == Bonus(Money(50_000_000), "BONUS_CAP")
    assert owner_bonus(Money(1_000_000_000), rate, cap) == Bonus(Money(50_000_000), "RATE")
    assert owner_bonus(Money(1_040_000_000), rate, None) == Bonus(Money(52_000_000), "RATE")


def test_w27_exactly_half_expired_does_not_bar_and_one_fen_more_does() -> None:
    assert expiry_bar(Money(2_000_000), Money(1_000_000), 5000) is False
    assert expiry_bar(Money(2_000_000), Money(1_000_001), 5000) is True


def test_w28_three_months_from_the_end_of_november_end_with_february() -> None:
    issued = date(2026, 11, 30)

    assert months_later(issued, 3) == date(2027, 2, 28)
    assert Programme.parse(YH).valid_until(issued, Period.parse("2026")) == date(2027, 2, 28)


def test_w11_the_period_of_a_use_over_new_year_follows_its_basis() -> None:
    programme = Programme.parse(HN)

    assert programme.period_of(date(2026, 12, 31)).last_on == date(2026, 12, 31)
    assert programme.period_of(date(2027, 1, 1)).first_on == date(2027, 1, 1)


@given(fee=st.integers(0, 10**10), bp=st.integers(0, 10_000), cap=st.integers(0, 10**9), used=st.integers(0, 10**9))
def test_no_award_exceeds_the_fee_or_any_limit_and_the_parts_add_up(fee: int, bp: int, cap: int, used: int) -> None:
    programme = {
        "code": "P",
        "rate_rules": flat(bp),
        "caps": {"annual_fen": {"any": cap}},
        "sources": [{"code": "a", "weight": 2}, {"code": "b", "weight": 1}],
    }

    answer = evaluate(case(fee, state(programme, annual_used_fen=used)))
    entry = answer["subsidies"][0]  # type: ignore[index]

    assert 0 <= entry["amount_fen"] <= min(fee, max(0, cap - used))
    assert entry["amount_fen"] == min(int(Fraction(fee * bp, 10_000)), max(0, cap - used))
    assert entry["amount_fen"] + answer["net_fen"] == fee
    assert sum(source["amount_fen"] for source in entry["sources"]) == entry["amount_fen"]


@given(fee=st.integers(0, 10**9))
def test_quote_hold_and_claim_agree_on_equal_input(fee: int) -> None:
    assert (
        evaluate(case(fee, YH)) == evaluate(case(fee, YH, stage="hold")) == evaluate(case(fee, state(YH, held_fen=10**12), stage="claim"))
    )


def test_all_sample_programmes_of_the_notes_are_there_in_their_order() -> None:
    assert list(SAMPLES) == ["HN", "SH", "YH", "TJ", "BJ", "WH", "QH", "JS", "ZJ", "SD", "LC", "FJ", "XM"]


@pytest.mark.parametrize("code", SAMPLES)
def test_a_sample_programme_is_its_own_document_to_the_letter_and_is_marked(code: str) -> None:
    programme = Programme.parse(SAMPLES[code])

    assert programme.document() == SAMPLES[code]
    assert (programme.sample, programme.code) == (True, code)


CONTRADICTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"budget": {"total_fen": 1, "exhaustion": "pro_rata", "reserve_at": "issue"}}, "budget.reserve_at", "gone_before_the_cut"),
    ({"budget": {"total_fen": 1, "exhaustion": "pro_rata", "reserve_at": "hold"}}, "budget.reserve_at", "gone_before_the_cut"),
    ({"budget": {"exhaustion": "pro_rata"}}, "budget.exhaustion", "no_budget_to_divide"),
    ({"budget": {"total_fen": 1, "exhaustion": "pro_rata", "waitlist": True}}, "budget.waitlist", "nobody_waits_for_a_share"),
    ({"issue_mode": "none", "budget": {"reserve_at": "hold"}}, "budget.reserve_at", "nothing_issued"),
    ({"issue_mode": "none", "budget": {"reserve_at": "issue"}}, "budget.reserve_at", "nothing_issued"),
    ({"issue_mode": "none", "budget": {"waitlist": True}}, "budget.waitlist", "nobody_applies"),
    ({"issue_mode": "none", "quota_fen": {"any": 5}}, "quota_fen", "nothing_issued"),
    ({"issue_mode": "none", "tier_at": "issue"}, "tier_at", "nothing_issued"),
    ({"flow": "gross_refund", "claimant": "owner"}, "claimant", "firm_paid_all"),
    ({"flow": "gross_refund", "invoice_mode": "split"}, "invoice_mode", "firm_paid_all"),
    ({"stacking": {"mode": "deduct_first", "with": ["P"]}}, "stacking.with", "itself"),
    ({"band_base": "period_cumulative", "rate_rules": QH["rate_rules"]}, "rate_rules", "one_rule_for_an_order"),
    ({"stacking": {"mode": "deduct_first", "with": ["JS"]}, "rate_rules": QH["rate_rules"]}, "rate_rules", "one_rule_for_an_order"),
    ({"period": "lifetime", "carry_over": True}, "carry_over", "no_next_period"),
    ({"period": "lifetime", "expiry_penalty": {"ratio_bp": 5000, "bar_periods": 1}}, "expiry_penalty", "no_next_period"),
    ({"min_claim_fen": 100_000, "caps": {"per_order_fen": 99_999}}, "min_claim_fen", "never_reached"),
    ({"sources": [{"code": "a", "weight": 1}, {"code": "a", "weight": 1}]}, "sources[1].code", "named_twice"),
]


@pytest.mark.parametrize(("terms", "field", "why"), CONTRADICTIONS)
def test_terms_against_each_other_are_refused_at_the_field_with_the_reason(terms: dict[str, Any], field: str, why: str) -> None:
    document = {"code": "P", "rate_rules": flat(5000), **terms}

    with pytest.raises(Invalid) as refused:
        Programme.parse(document)

    assert [(problem.field, problem.code, problem.facts["why"]) for problem in refused.value.problems] == [(field, "contradiction", why)]
    assert evaluate(case(100, document))["gross_fen"] == 100  # a case file only reckons: there administration does not count
    assert why in WORDS["contradiction"]


@pytest.mark.parametrize(("terms", "reserve_at", "claimant"), [
    ({}, "issue", "owner"), ({"issue_mode": "none"}, "claim", "owner"), ({"flow": "gross_refund"}, "issue", "firm"),
    ({"budget": {"total_fen": 1, "exhaustion": "pro_rata"}}, "claim", "owner"),
])  # fmt: skip
def test_what_is_left_out_never_contradicts_what_is_said(terms: dict[str, Any], reserve_at: str, claimant: str) -> None:
    programme = Programme.parse({"code": "P", "rate_rules": flat(5000), **terms})

    assert (programme.reserve_at, programme.claimant) == (reserve_at, claimant)


@pytest.mark.parametrize(("change", "field", "code"), [
    ({"rate_rules": [{"bands": [{"up_to_fen": 5, "rate_bp": 1}, {"up_to_fen": 5, "rate_bp": 2}]}]}, "rate_rules[0].bands", "bands_not_ascending"),
    ({"rate_rules": flat(10_001)}, "rate_rules[0].bands[0].rate_bp", "out_of_range"),
    ({"caps": {"per_order_fen": 1.5}}, "caps.per_order_fen", "not_an_integer"), ({"caps": {"per_order_fen": True}}, "caps.per_order_fen", "not_an_integer"),
    ({"caps": {"per_order_fen": -1}}, "caps.per_order_fen", "out_of_range"), ({"sources": [{"code": "a", "weight": 0}]}, "sources", "weights_zero"),
    ({"colour": "red"}, "colour", "unknown_field"), ({"flow": "sideways"}, "flow", "not_a_choice"),
])  # fmt: skip
def test_a_wrong_parameter_is_refused_with_its_field(change: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Programme.parse({"code": "P", "rate_rules": flat(5000), **change})

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


@given(st.integers(2000, 2099), st.integers(1, 4))
def test_quarters_tile_the_year_and_read_back_by_name(year: int, quarter: int) -> None:
    period = Period.parse(f"{year}-Q{quarter}")

    assert str(period) == f"{year}-Q{quarter}"
    following = Period.parse(f"{year}-Q{quarter + 1}" if quarter < 4 else f"{year + 1}-Q1")
    assert period.span.end == following.span.start


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"), (5, "伍分"), (50, "伍角整"), (105, "壹元零伍分"), (123_450, "壹仟贰佰叁拾肆元伍角整"), (1_234_567, "壹万贰仟叁佰肆拾伍元陆角柒分"),
        (1_000_000, "壹万元整"), (1_001_000, "壹万零壹拾元整"), (100_050_000, "壹佰万零伍佰元整"), (10_000_500_000, "壹亿零伍仟元整"),
        (1_000_000_000_001, "壹佰亿元零壹分"), (100_000_000_000_000, "壹万亿元整"), (123_450_000_000_000, "壹万贰仟叁佰肆拾伍亿元整"), (-105, "负壹元零伍分"),
    ],
)  # fmt: skip
def test_amounts_in_capitals_are_written_as_statements_carry_them(fen: int, words: str) -> None:
    assert in_capitals(Money(fen)) == words


def read_capitals(words: str) -> int:
    """The fen of an amount in capitals, by a reader that knows only what the signs mean."""
    sign, rest = (-1, words[1:]) if words.startswith("负") else (1, words)
    whole, _, parts = rest.rpartition("元")
    fen = sum(
        "零壹贰叁肆伍陆柒捌玖".index(parts[at - 1]) * worth for mark, worth in (("角", 10), ("分", 1)) if (at := parts.find(mark)) > 0
    )
    yuan = section = group = digit = 0
    for mark in whole:
        if mark in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(mark)
        elif mark in "拾佰仟":
            group, digit = group + digit * {"拾": 10, "佰": 100, "仟": 1000}[mark], 0
        elif mark == "万":
            section, group, digit = section + (group + digit) * 10_000, 0, 0
        else:
            yuan, section, group, digit = yuan + (section + group + digit) * 10**8, 0, 0, 0
    return sign * ((yuan + section + group + digit) * 100 + fen)


@given(st.one_of(st.integers(-(10**6), 10**6), st.integers(0, 10**18 - 1), st.integers(0, 15).map(lambda power: 10**power)))
def test_an_amount_in_capitals_reads_back_and_never_has_two_noughts_in_a_row(fen: int) -> None:
    words = in_capitals(Money(fen))

    assert read_capitals(words) == fen
    assert "零零" not in words and not words.endswith("零")
