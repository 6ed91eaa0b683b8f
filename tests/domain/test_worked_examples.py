"""The worked examples of the domain notes, by number: subsidy, what the firm pays, and what bound it, to the fen."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.capitals import in_capitals
from equipment_share.domain.errors import Invalid
from equipment_share.domain.money import Money, split
from equipment_share.domain.periods import Period, months_later
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.casefile import evaluate
from equipment_share.domain.subsidy.samples import SAMPLES

ALL = [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}]


def flat(bp: int, **more: Any) -> list[dict[str, Any]]:
    """One rate for everything."""
    return [{"bands": [{"up_to_fen": None, "rate_bp": bp}], **more}]


YH = {
    "code": "YH", "rate_rules": [{"bands": [{"up_to_fen": 1_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5000}]}],
    "caps": {"per_voucher_fen": 2_000_000, "annual_fen": {"any": 10_000_000}},
}  # fmt: skip
TJ = {"code": "TJ", "rate_rules": flat(5000), "caps": {"annual_fen": {"any": 10_000_000}}}
BJ = {
    "code": "BJ", "band_base": "period_cumulative", "rounding": {"mode": "half_up", "unit_fen": 100}, "caps": {"annual_fen": {"any": 48_000_000}},
    "rate_rules": [{"bands": [{"up_to_fen": 10_000_000, "rate_bp": 9000}, {"up_to_fen": 50_000_000, "rate_bp": 6000},
                              {"up_to_fen": 100_000_000, "rate_bp": 3000}]}],
}  # fmt: skip
SD = {
    "code": "SD",
    "rate_rules": flat(6000),
    "caps": {"annual_fen": {"any": 50_000_000}},
    "stacking": {"mode": "additive", "joint_cap_fen": 65_000_000},
}
LC = {"code": "LC", "rate_rules": flat(3000), "stacking": {"mode": "additive", "with": ["SD"], "joint_cap_fen": 65_000_000}}
JS = {"code": "JS", "rate_rules": flat(2500), "stacking": {"mode": "additive"}}
ZJ = {"code": "ZJ", "rate_rules": flat(4000), "stacking": {"mode": "deduct_first", "with": ["JS"], "multiplier": 2}}
QH = {
    "code": "QH", "exclude": ["consumables"], "stacking": {"mode": "additive"},
    "rate_rules": [{"when": {"category": "shared_instrument"}, "bands": [{"up_to_fen": None, "rate_bp": 10_000}]}, *flat(8000)],
}  # fmt: skip
WHOLE = [{"bands": [{"up_to_fen": 5_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5000}]}]


def case(fee: int | list[dict[str, Any]], *programmes: dict[str, Any], stage: str = "quote", **firm: Any) -> dict[str, Any]:
    """A case file with one machine line, or the lines given."""
    lines = [{"kind": "machine_time", "amount_fen": fee}] if isinstance(fee, int) else fee
    return {
        "order": {"date": "2026-05-04", "lines": lines},
        "firm": {"tags": ["tech_sme"], **firm},
        "stage": stage,
        "programmes": list(programmes),
    }


def state(programme: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A programme with what the caller counted."""
    return {**programme, "state": values}


LINES = [{"kind": "machine_time", "category": "shared_instrument", "amount_fen": 300_000}, {"kind": "sample", "category": "test", "amount_fen": 200_000},
         {"kind": "consumables", "category": "test", "amount_fen": 50_000}]  # fmt: skip
EXAMPLES = [
    ("W1", case(1_860_000, YH), [1_430_000], 430_000, ["RATE"]),
    ("W2", case(3_600_000, YH), [2_000_000], 1_600_000, ["PER_VOUCHER"]),
    ("W2b", case(3_600_000, {**YH, "caps": {"annual_fen": {"any": 10_000_000}}}), [2_300_000], 1_300_000, ["RATE"]),
    ("W3", case(1_200_000, state(TJ, annual_used_fen=9_650_000)), [350_000], 850_000, ["ANNUAL_CAP"]),
    ("W4", case(15_000_000, state(BJ, period_base_fen=8_000_000, annual_used_fen=7_200_000)), [9_600_000], 5_400_000, ["RATE"]),
    ("W5", case(120_000_000, BJ), [48_000_000], 72_000_000, ["RATE"]),
    ("W6 partial", case(1_000_000, state(TJ, budget_left_fen=200_000)), [200_000], 800_000, ["BUDGET"]),
    ("W6 whole", case(1_000_000, state({**TJ, "budget": {"partial_ok": False}}, budget_left_fen=200_000)), [0], 1_000_000, ["BUDGET"]),
    ("W8", case(1_000_000, SD, LC), [600_000, 300_000], 100_000, ["RATE", "RATE"]),
    ("W8b", case(1_000_000, state(SD, joint_used_fen=64_500_000), state(LC, joint_used_fen=64_500_000)), [500_000, 0], 500_000, ["JOINT_CAP"] * 2),
    ("W8c", case(1_000_000, state(SD, annual_used_fen=49_600_000), LC), [400_000, 300_000], 300_000, ["ANNUAL_CAP", "RATE"]),
    ("W9", case(2_000_000, state({**TJ, "code": "A"}, voucher_left_fen=400_000), {"code": "B", "rate_rules": flat(3000)}), [0, 600_000], 1_400_000,
     ["EXCLUSIVE", "RATE"]),
    ("W10", case(4_000_000, JS, ZJ), [1_000_000, 800_000], 2_200_000, ["RATE", "RATE"]),
    ("W12", case(800_000, {**TJ, "eligible_any": ["hnte"]}), [0], 800_000, ["NOT_ELIGIBLE"]),
    ("W13", case([{"kind": "penalty", "amount_fen": 600_000}], TJ), [0], 600_000, ["EXCLUDED_SERVICE"]),
    ("W14", case(180_000, state(TJ, held_fen=120_000), stage="claim"), [90_000], 90_000, ["RATE"]),
    ("W15", case(320_000, state(TJ, held_fen=120_000), stage="claim"), [120_000], 200_000, ["HELD"]),
    ("W17", case(180_000, {**TJ, "min_claim_fen": 100_000}), [0], 180_000, ["MIN_CLAIM"]),
    ("W18", case(33_333, {**TJ, "sources": [{"code": "home", "weight": 2}, {"code": "there", "weight": 1}]}), [16_666], 16_667, ["RATE"]),
    ("W19", case(LINES, QH), [460_000], 90_000, ["RATE"]),
    ("W20 one", case(3_000_000, YH), [2_000_000], 1_000_000, ["RATE"]),
    ("W20 third", case(1_000_000, YH), [1_000_000], 0, ["RATE"]),
    ("W21", case(700_000, state(TJ, annual_used_fen=9_850_000)), [150_000], 550_000, ["ANNUAL_CAP"]),
    ("W23 whole", case(5_000_002, {"code": "Z", "rate_rules": WHOLE, "band_mode": "whole"}), [2_500_001], 2_500_001, ["RATE"]),
    ("W23 marginal", case(5_000_002, {"code": "Z", "rate_rules": WHOLE}), [5_000_001], 1, ["RATE"]),
    ("W24", case(300_000, QH | {"rate_rules": flat(10_000)}, {**TJ, "stacking": {"mode": "additive"}}), [300_000, 0], 0, ["RATE", "JOINT_RATE"]),
    ("W25 gross", case([{"kind": "machine_time", "amount_fen": 1_060_000, "vat_bp": 600}], TJ), [530_000], 530_000, ["RATE"]),
    ("W25 net", case([{"kind": "machine_time", "amount_fen": 1_060_000, "vat_bp": 600}], {**TJ, "tax_basis": "ex_vat"}), [500_000], 560_000, ["RATE"]),
    ("barred", case(100_000, TJ, barred=True), [0], 100_000, ["BLACKLISTED"]),
    ("related", case(100_000, {**TJ, "exclude": ["related_party"]}, related_to_owner=True), [0], 100_000, ["RELATED_PARTY"]),
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


def test_w28_three_months_from_the_end_of_november_end_with_february() -> None:
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)


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


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_programme_reads_back_to_itself_and_is_marked(name: str) -> None:
    programme = Programme.parse(SAMPLES[name])

    assert Programme.parse(programme.document()) == programme
    assert programme.sample


@pytest.mark.parametrize(("change", "field", "code"), [
    ({"rate_rules": [{"bands": [{"up_to_fen": 5, "rate_bp": 1}, {"up_to_fen": 5, "rate_bp": 2}]}]}, "rate_rules[0].bands", "bands_not_ascending"),
    ({"rate_rules": flat(10_001)}, "rate_rules[0].bands[0].rate_bp", "out_of_range"),
    ({"caps": {"per_order_fen": 1.5}}, "caps.per_order_fen", "not_an_integer"), ({"caps": {"per_order_fen": True}}, "caps.per_order_fen", "not_an_integer"),
    ({"caps": {"per_order_fen": -1}}, "caps.per_order_fen", "out_of_range"), ({"sources": [{"code": "a", "weight": 0}]}, "sources", "weights_zero"),
    ({"colour": "red"}, "colour", "unknown_field"), ({"flow": "sideways"}, "flow", "not_a_choice"),
])  # fmt: skip
def test_a_wrong_parameter_is_refused_with_its_field(change: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Programme.parse({**TJ, **change})

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


@given(st.integers(2000, 2099), st.integers(1, 4))
def test_quarters_tile_the_year_and_read_back_by_name(year: int, quarter: int) -> None:
    period = Period.parse(f"{year}-Q{quarter}")

    assert str(period) == f"{year}-Q{quarter}"
    following = Period.parse(f"{year}-Q{quarter + 1}" if quarter < 4 else f"{year + 1}-Q1")
    assert period.span.end == following.span.start


@pytest.mark.parametrize(
    ("fen", "words"), [(0, "零元整"), (105, "壹元零伍分"), (1_234_567, "壹万贰仟叁佰肆拾伍元陆角柒分"), (10_000_500_000, "壹亿零伍仟元整")]
)
def test_amounts_in_capitals_are_written_as_statements_carry_them(fen: int, words: str) -> None:
    assert in_capitals(Money(fen)) == words
