"""Random programmes over the whole model of the contract's section 4, orders, firms and what was counted, for properties.

A case is thrown from one seed: that is a hundred times quicker than drawing it value by value, and the seed in a failure makes it again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

TAGS = ("tech_sme", "hnte", "team", "quality")
PLACES = ("haining", "west", "LC")
CATEGORIES = ("shared_instrument", "test")
KINDS = ("machine_time", "machine_time", "setup", "sample", "staff", "consumables", "shipping", "penalty")
FLAGS = ("statutory", "batch", "subcontract", "funded_project")
EXCLUDED = ("related_party", "statutory", "batch", "consumables", "shipping")
POINTS = (0, 1, 333, 2500, 3333, 5000, 6667, 9999, 10_000)
DAY = date(2026, 5, 4)
Dice = random.Random


def fen(dice: Dice) -> int:
    """A small, a usual or a huge amount."""
    return dice.randint(0, dice.choice((300, 10**7, 10**12)))


def points(dice: Dice) -> int:
    """A rate, often one that is awkward."""
    return dice.choice((dice.choice(POINTS), dice.randint(0, 10_000)))


def perhaps(dice: Dice, value: Callable[[Dice], Any]) -> Any:
    """A value, or as often nothing said."""
    return value(dice) if dice.random() < 0.5 else None


def some(dice: Dice, words: Sequence[str], most: int) -> list[str]:
    """A few different words, often none."""
    return dice.sample(words, dice.randint(0, most))


def a_rule(dice: Dice, by_category: bool) -> dict[str, Any]:
    """A rate rule: ascending bands, the last one open or not."""
    ends: list[int | None] = sorted({dice.randint(1, 10**8) for _ in range(dice.randint(0, 3))})
    if not ends or dice.random() < 0.5:
        ends.append(None)
    offered = {"tag": TAGS, "region": PLACES, "provider_region": PLACES} | ({"category": CATEGORIES} if by_category else {})
    return {
        "when": {key: dice.choice(words) for key, words in offered.items() if dice.random() < 0.2},
        "bands": [{"up_to_fen": end, "rate_bp": points(dice)} for end in ends],
        "uplift_bp": dice.choice((0, 0, 500)), "max_bp": perhaps(dice, points),
    }  # fmt: skip


def a_state(dice: Dice) -> dict[str, Any]:
    """What the caller counted; mostly little."""

    def counted() -> int:
        return fen(dice) if dice.random() < 0.3 else 0

    return {
        "annual_used_fen": counted(), "period_base_fen": counted(), "holding_fen": counted(), "budget_left_fen": perhaps(dice, fen),
        "joint_used_fen": counted(), "held_fen": None, "voucher_left_fen": perhaps(dice, fen),
        "voucher_valid_until": dice.choice((None, None, "2026-12-31", "2026-05-04")), "period_open": dice.random() < 0.9,
    }  # fmt: skip


def a_case_programme(dice: Dice, code: str = "A", before: Sequence[str] = ()) -> dict[str, Any]:
    """A programme as a case file holds it, with its state; `before` are codes it may deduct."""
    mode = dice.choice(("exclusive", "additive", "deduct_first" if before else "additive"))
    base = dice.choice(("order", "period_cumulative"))
    split = dice.choice(([], [], [("a", 2), ("b", 1)], [("a", 0), ("b", 7)], [("a", 1), ("b", 1), ("c", 1)]))
    return {
        "code": code, "eligible_any": some(dice, TAGS, 2), "exclude": some(dice, EXCLUDED, 2),
        "limits": {"max_staff": perhaps(dice, lambda d: d.randint(50, 300)), "regions": dice.choice(([], [], [], ["haining"]))},
        "provider_regions": dice.choice(([], [], [], ["haining", "LC"])), "services_in": dice.choice(([], [], ["shared_instrument"])),
        "rate_rules": [a_rule(dice, base == "order" and mode != "deduct_first") for _ in range(dice.randint(1, 3))],
        "band_mode": "marginal" if base == "period_cumulative" else dice.choice(("marginal", "whole")), "band_base": base,
        "caps": {
            "per_order_fen": perhaps(dice, fen), "per_voucher_fen": perhaps(dice, fen), "holding_fen": perhaps(dice, fen),
            "annual_fen": {tag: fen(dice) for tag in some(dice, ("any", *TAGS), 2)},
        },
        "min_claim_fen": dice.choice((0, 0, 100, 100_000)),
        "rounding": {"mode": dice.choice(("floor", "half_up")), "unit_fen": dice.choice((1, 10, 100))},
        "tax_basis": dice.choice(("gross_invoice", "ex_vat")),
        "stacking": {
            "mode": mode, "with": list(before) if mode == "deduct_first" else [], "multiplier": dice.randint(1, 3),
            "joint_cap_fen": perhaps(dice, fen), "joint_rate_bp": perhaps(dice, points),
        },
        "sources": [{"code": name, "weight": weight} for name, weight in split], "budget": {"partial_ok": dice.random() < 0.5},
        "state": a_state(dice),
    }  # fmt: skip


def a_line(dice: Dice) -> dict[str, Any]:
    """One line of a fee."""
    return {
        "kind": dice.choice(KINDS), "category": dice.choice(CATEGORIES), "amount_fen": fen(dice), "vat_bp": dice.choice((0, 0, 600, 1300)),
        "flags": some(dice, FLAGS, 1),
    }  # fmt: skip


def a_case_firm(dice: Dice) -> dict[str, Any]:
    """A firm, seldom barred or related."""
    return {
        "tags": some(dice, TAGS, 3), "region": dice.choice(PLACES), "staff": dice.randint(0, 200), "related_to_owner": dice.random() < 0.1,
        "barred": dice.random() < 0.05,
    }  # fmt: skip


def a_case(seed: int) -> dict[str, Any]:
    """A whole case file with one to three programmes."""
    dice, codes = Dice(seed), ("A", "B", "C")
    rows = [a_line(dice) for _ in range(dice.randint(1, 4))]
    done = (DAY + timedelta(dice.randint(0, 5))).isoformat()
    return {
        "order": {"date": DAY.isoformat(), "completed_on": done, "provider_region": dice.choice(PLACES), "lines": rows},
        "firm": a_case_firm(dice), "stage": dice.choice(("quote", "hold")),
        "programmes": [a_case_programme(dice, code, codes[:index]) for index, code in enumerate(codes[: dice.randint(1, 3)])],
    }  # fmt: skip


seeds = st.integers(0, 2**62)
cases = seeds.map(a_case)
programmes = seeds.map(lambda seed: a_case_programme(Dice(seed)))
firms = seeds.map(lambda seed: a_case_firm(Dice(seed)))
fens = st.integers(0, 10**10)
