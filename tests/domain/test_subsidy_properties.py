"""What holds of the calculation of public money whatever the programme, the order, the firm and what was counted (R12)."""

from __future__ import annotations

import copy
import os
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipment_share.domain.errors import Invalid
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.casefile import evaluate
from tests.strategies import cases, fens, firms, programmes, seeds

SLOW = bool(os.environ.get("SLOW"))
MANY = settings(max_examples=100_000 if SLOW else 2000, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not SLOW)
SOME = settings(MANY, max_examples=10_000 if SLOW else 200)
STOPS = {"BLACKLISTED", "PERIOD_CLOSED", "NOT_ELIGIBLE", "RELATED_PARTY", "EXCLUDED_SERVICE", "VOUCHER_EXPIRED"}
JUNK = [
    None,
    True,
    -1,
    0,
    1.5,
    "",
    "x",
    [],
    {},
    [1],
    {"a": 1},
    10**15 + 1,
    10**40,
    "2026-02-30",
    float("nan"),
    float("inf"),
    "pro_rata",
    [[]],
    [{}],
]


def at_claim(case: dict[str, Any], held: int) -> dict[str, Any]:
    """The same case when it is claimed, everything held that could be."""
    found = copy.deepcopy(case)
    found["stage"] = "claim"
    for programme in found["programmes"]:
        programme["state"]["held_fen"] = held
    return found


@MANY
@given(cases)
def test_quote_hold_and_claim_agree_and_every_award_keeps_every_limit(case: dict[str, Any]) -> None:
    answer = evaluate(case)
    entries: list[dict[str, Any]] = answer["subsidies"]  # type: ignore[assignment]

    assert answer == evaluate({**case, "stage": "hold"}) == evaluate({**case, "stage": "quote"}) == evaluate(at_claim(case, 10**15))
    gross = sum(line["amount_fen"] for line in case["order"]["lines"])
    assert answer["gross_fen"] == gross
    assert answer["net_fen"] == gross - sum(entry["amount_fen"] for entry in entries)
    assert 0 <= answer["net_fen"] <= gross  # type: ignore[operator]
    for entry, programme in zip(entries, case["programmes"], strict=True):
        keeps(entry, programme, set(case["firm"]["tags"]))


def keeps(entry: dict[str, Any], programme: dict[str, Any], tags: set[str]) -> None:
    """One award under its own programme's limits."""
    amount, caps, state, stacking = entry["amount_fen"], programme["caps"], programme["state"], programme["stacking"]
    annual = [fen for tag, fen in caps["annual_fen"].items() if tag == "any" or tag in tags]
    limits = [
        caps["per_order_fen"], caps["per_voucher_fen"], state["voucher_left_fen"], state["budget_left_fen"],
        None if caps["holding_fen"] is None else caps["holding_fen"] - state["holding_fen"],
        max(annual) - state["annual_used_fen"] if annual else None,
        None if stacking["joint_cap_fen"] is None else stacking["joint_cap_fen"] - state["joint_used_fen"],
        None if stacking["joint_rate_bp"] is None else entry["base_fen"] * stacking["joint_rate_bp"] // 10_000 + 1,
    ]  # fmt: skip

    assert 0 <= amount <= entry["base_fen"]
    assert all(amount <= max(0, limit) for limit in limits if limit is not None)
    assert amount == 0 or amount >= programme["min_claim_fen"]
    assert amount <= entry["raw_fen"]
    assert amount == entry["raw_fen"] or entry["binding"] != "RATE"
    assert (entry["binding"] in STOPS) <= (amount == entry["base_fen"] == entry["raw_fen"] == 0)
    assert len(entry["sources"]) == len(programme["sources"])
    assert not entry["sources"] or sum(source["amount_fen"] for source in entry["sources"]) == amount
    assert entry["steps"]


@SOME
@given(cases, st.integers(0, 10_000))
def test_a_claim_gives_the_quote_when_just_that_was_held_and_never_more_than_was_held(case: dict[str, Any], part: int) -> None:
    alone = {**case, "programmes": case["programmes"][:1]}
    quoted = evaluate(alone)["subsidies"][0]["amount_fen"]  # type: ignore[index]
    less = quoted * part // 10_000

    claims = [evaluate(at_claim(alone, held))["subsidies"][0]["amount_fen"] for held in (quoted, less)]  # type: ignore[index]

    assert claims[0] == quoted
    assert claims[1] <= less


@SOME
@given(programmes, firms, fens, fens)
def test_a_higher_fee_never_earns_less_where_the_model_says_so(
    programme: dict[str, Any], firm: dict[str, Any], low: int, more: int
) -> None:
    programme |= {"band_mode": "marginal", "min_claim_fen": 0, "budget": {"partial_ok": True}}

    def given_for(fee: int) -> int:
        order = {"date": "2026-05-04", "provider_region": "LC", "lines": [{"kind": "machine_time", "amount_fen": fee}]}
        return evaluate({"order": order, "firm": firm, "programmes": [programme]})["subsidies"][0]["amount_fen"]  # type: ignore[index,no-any-return]

    assert given_for(low) <= given_for(low + more)


@SOME
@given(programmes)
def test_a_document_is_read_back_to_itself(programme: dict[str, Any]) -> None:
    document = {key: value for key, value in programme.items() if key != "state"}

    read = Programme.read(document)

    assert Programme.read(read.document()) == read


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a document."""
    found = [way] if way else []
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        found += places(value, (*way, key))
    return found


def mutated(case: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The case with one to three places spoilt: another kind of value, a value less, a key more."""
    broken = copy.deepcopy(case)
    for _ in range(dice.randint(1, 3)):
        *way, last = dice.choice(places(broken))
        node = broken
        for key in way:
            node = node[key]
        change = dice.choice(("junk", "junk", "drop", "stranger"))
        if change == "drop":
            del node[last]
        elif change == "stranger" and isinstance(node, dict):
            node["stranger"] = 1
        else:
            node[last] = copy.deepcopy(dice.choice(JUNK))
    return broken


@settings(MANY, max_examples=100_000 if SLOW else 1000)
@given(cases, seeds)
def test_a_mutated_case_is_decided_or_refused_and_never_a_fault(case: dict[str, Any], seed: int) -> None:
    try:
        answer = evaluate(mutated(case, random.Random(seed)))
    except Invalid as refusal:
        assert all(problem.code for problem in refusal.problems)
    else:
        assert 0 <= answer["net_fen"] <= answer["gross_fen"]  # type: ignore[operator]
