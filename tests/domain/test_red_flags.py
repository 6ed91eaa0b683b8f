"""The twenty red flags on plain values: what was planted is found, what is clean is left alone, and the doubtful edges by name."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.errors import Invalid
from equipment_share.domain.money import Money
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.settlement.evidence import number_key
from equipment_share.domain.settlement.flags.figures import highest_price, most_samples, rates_of
from equipment_share.domain.settlement.flags.raising import DETECTORS, flags
from equipment_share.domain.settlement.flags.terms import CODES, DEFAULT_TERMS, THRESHOLDS, terms_under
from equipment_share.domain.settlement.inspection import drawn, sample_size
from tests.support.anomalies import YUHUAN, Sample, _sibling, clean, samples, scores

LEAST = 0.95
FLAT = [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}]


def _raised(rows: list[Sample]) -> list[set[str]]:
    return [{finding.code for finding in flags(row.claim, {})} for row in rows]


def test_what_is_planted_is_found_and_what_is_clean_is_left_alone() -> None:
    rows = samples(20260907, clean_claims=400, of_each=3)

    found = scores(rows, _raised(rows))

    assert [score.planted for score in found] == [3] * 20
    assert [str(score) for score in found if score.recall < LEAST or score.precision < LEAST] == []


@pytest.mark.slow
def test_recall_and_precision_over_twenty_thousand_claims(capsys: pytest.CaptureFixture[str]) -> None:
    rows = samples(1, clean_claims=20_000, of_each=50)

    found = scores(rows, _raised(rows))

    with capsys.disabled():
        print("\nflag planted found raised  recall precision")
        print("\n".join(str(score) for score in found))
    assert [str(score) for score in found if score.recall < LEAST or score.precision < LEAST] == []


def test_there_is_one_detector_for_each_of_the_twenty() -> None:
    assert tuple(DETECTORS) == CODES == tuple(f"X{n:02d}" for n in range(1, 21))
    assert set(THRESHOLDS) <= set(CODES)


def test_three_jobs_of_ten_thousand_leak_ten_thousand_under_the_bands_of_yuhuan() -> None:
    rng, gross = random.Random(1), Money(1_000_000)
    one = clean(rng, 1)
    third = replace(one, case=replace(one.case, gross=gross, net=Money(0)), amount=gross, rates=YUHUAN)
    split = replace(third, claims_elsewhere=[_sibling(third, rng, 1, gross), _sibling(third, rng, 2, gross)])

    (finding,) = [found for found in flags(split, {}) if found.code == "X08"]

    assert finding.amount == Money(1_000_000)
    assert (finding.facts["sum_fen"], finding.facts["one_job_fen"], finding.facts["parts_fen"]) == (3_000_000, 2_000_000, 3_000_000)
    assert finding.facts["limit_fen"] == 1_000_000
    assert [found.code for found in flags(third, {}) if found.code == "X08"] == []


@pytest.mark.parametrize("written", ["ＦＰ－００１", "fp-001", "FP 001", "FP—001", " fp001 ", "FP‐0 0 1"])
def test_an_invoice_number_is_the_same_however_it_is_written(written: str) -> None:
    assert number_key(written) == number_key("FP-001") == "fp001"


def test_a_programme_sets_severities_and_thresholds_and_reads_back_what_it_wrote() -> None:
    document = {
        "code": "P", "rate_rules": FLAT,
        "flags": {"X08": {"severity": "block", "split_days": 30}, "X13": {"severity": "off"}, "X11": {"price_orders": 9}},
    }  # fmt: skip

    programme = Programme.parse(document)

    assert Programme.parse(programme.document()) == programme
    assert programme.document()["flags"] == document["flags"]
    assert (terms_under(programme.flags).split_days, terms_under(programme.flags).price_orders) == (30, 9)
    assert terms_under({}) == DEFAULT_TERMS
    one = clean(random.Random(3), 3)
    cut = replace(one, cap_left=one.amount)
    assert {found.code for found in flags(cut, {})} == {"X13"}
    assert flags(cut, programme.flags) == []
    assert [found.severity for found in flags(cut, {"X13": {"severity": "block"}})] == ["block"]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"X21": {}}, "flags.X21", "unknown_field"),
        ({"X08": {"days": 3}}, "flags.X08.days", "unknown_field"),
        ({"X08": {"severity": "loud"}}, "flags.X08.severity", "not_a_choice"),
        ({"X08": {"split_days": 0}}, "flags.X08.split_days", "out_of_range"),
        ({"X08": {"split_days": 10**9}}, "flags.X08.split_days", "out_of_range"),
        ({"X01": {"split_days": 3}}, "flags.X01.split_days", "unknown_field"),
        ({"X13": {"review_near_bp": True}}, "flags.X13.review_near_bp", "not_an_integer"),
    ],
)
def test_a_programme_that_says_what_no_flag_knows_is_refused(said: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Programme.parse({"code": "P", "rate_rules": FLAT, "flags": said})

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


@given(st.dictionaries(st.sampled_from(CODES), st.fixed_dictionaries({"severity": st.sampled_from(["block", "warn", "off"])})))
def test_any_severities_survive_the_round_trip(said: dict[str, dict[str, str]]) -> None:
    programme = Programme.parse({"code": "P", "rate_rules": FLAT, "flags": said})

    assert programme.flags == said
    assert Programme.parse(programme.document()) == programme


def test_the_rule_of_a_split_is_the_one_that_fits_the_firm() -> None:
    bands = [{"up_to_fen": 1_000_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5_000}]
    yuhuan = Programme.parse({"code": "YH", "rate_rules": [{"bands": bands}], "caps": {"per_order_fen": 2_000_000}})
    tagged = Programme.parse({"code": "P", "rate_rules": [{"when": {"tag": "hnte"}, **FLAT[0]}]})

    rates = rates_of(yuhuan, frozenset(), "", "")

    assert rates is not None
    assert (rates.per_order, rates.rule.bands[0].up_to) == (Money(2_000_000), Money(1_000_000))
    assert rates_of(tagged, frozenset({"tech_sme"}), "", "") is None


def test_the_highest_published_price_counts_multipliers_and_urgency() -> None:
    items = [{"mode": "guided", "unit": "hour", "unit_price_fen": 40_000}, {"mode": "guided", "unit": "sample", "unit_price_fen": 9}]

    assert highest_price([(items, 8_000, 10_000)], "guided", "hour") == Money(40_000)
    assert highest_price([(items, 10_000, 15_000)], "guided", "hour") == Money(60_000)
    assert highest_price([(items, 10_000, 10_000)], "remote", "hour") is None


def test_the_most_samples_come_out_of_the_specification() -> None:
    assert most_samples([{"name": "x", "low": 1, "high": 12, "unit": "Samples / h"}], ["samples/h"]) == 12
    assert most_samples([{"name": "x", "low": 1, "high": 12, "unit": "nm"}], ["samples/h"]) is None


@given(st.sets(st.text("0123456789-C", min_size=1, max_size=8), max_size=40), st.integers(1, 10_000), st.text(max_size=9))
def test_anybody_draws_the_same_claims_from_the_seed(numbers: set[str], share_bp: int, seed: str) -> None:
    order = sorted(numbers, key=lambda number: (hashlib.sha256((seed + number).encode()).hexdigest(), number))
    size = -(-len(numbers) * share_bp // 10_000)

    assert drawn(seed, numbers, share_bp) == order[:size]
    assert bool(drawn(seed, numbers, share_bp)) == bool(numbers)


def test_a_limit_that_was_used_up_honestly_looks_the_same_and_says_what_was_cut() -> None:
    one = clean(random.Random(5), 5)
    cut = replace(one, cut_by="ANNUAL_CAP", raw=one.amount + Money(5_000))

    (finding,) = flags(cut, {})

    assert (finding.code, finding.severity, finding.subject) == ("X13", "warn", "cap")
    assert (finding.facts["amount_fen"], finding.facts["before_limit_fen"]) == (one.amount.fen, one.amount.fen + 5_000)


def test_a_sample_is_rounded_up_and_never_empty() -> None:
    assert [sample_size(n, 500) for n in (0, 1, 20, 21, 100)] == [0, 1, 1, 2, 5]
    assert sample_size(3, 0) == 1
