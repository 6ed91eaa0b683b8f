"""The one calculation of public money: for quote, hold and claim alike; an award names what bound it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from equipment_share.domain.money import ZERO, Money, rounded, split
from equipment_share.domain.programmes.parts import RateRule
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.subsidy.awards import Award, FirmFacts, Line, Order, ProgrammeState, Stage, Step
from equipment_share.domain.subsidy.bands import Exact, band_bp, raw_fen

INELIGIBLE = ("class", "staff", "revenue_above", "revenue_below", "capital", "region", "provider_region")
"""The terms that a firm, or the owner, may not meet."""


@dataclass(frozen=True)
class Given:
    """What programmes before gave of the same order, by code, in order."""

    by_code: Mapping[str, Money] = field(default_factory=dict)

    def sum_of(self, codes: Sequence[str] | None = None, without: Sequence[str] = ()) -> Money:
        """The sum of some or all, less the excepted ones."""
        return Money(sum(m.fen for c, m in self.by_code.items() if (codes is None or c in codes) and c not in without))


def subsidies(order: Order, firm: FirmFacts, candidates: Sequence[tuple[Programme, ProgrammeState]], stage: Stage) -> list[Award]:
    """What every programme bears of an order, one award each, in the order given.

    Units: whole fen.
    Rounding: once per programme, after its groups are summed, before the limits.
    Raises: ValueError when lines that must share one rule do not (cumulative bands, deduct-first).
    Source: docs/rules.md#stacking (contract §4, domain §5.2)
    """
    best = _best_exclusive(order, firm, candidates, stage)
    awards: list[Award] = []
    given: dict[str, Money] = {}
    for index, (programme, state) in enumerate(candidates):
        award = award_of(order, firm, programme, state, stage, Given(dict(given)))
        if programme.stacking == "exclusive" and index != best:
            alone = award_of(order, firm, programme, state, stage, Given())
            award = _set_aside(alone)
        awards.append(award)
        given[programme.code] = given.get(programme.code, ZERO) + award.amount
    return awards


def _best_exclusive(order: Order, firm: FirmFacts, candidates: Sequence[tuple[Programme, ProgrammeState]], stage: Stage) -> int | None:
    """The exclusive programme that gives most after limits, each tried alone; the first on ties."""
    tried = [
        (award_of(order, firm, programme, state, stage, Given()).amount, -index)
        for index, (programme, state) in enumerate(candidates)
        if programme.stacking == "exclusive"
    ]
    return -max(tried)[1] if tried else None


def _set_aside(award: Award) -> Award:
    """An exclusive programme that another one beats: its own base and raw, 0, and why."""
    binding = "EXCLUSIVE" if award.amount or award.binding == "RATE" else award.binding
    step = Step("exclusive", {"would_have_been_fen": award.amount.fen})
    none = tuple((code, ZERO) for code, _ in award.sources)
    before = tuple(earlier for earlier in award.steps if earlier.rule != "award")
    return replace(award, amount=ZERO, binding=binding, sources=none, steps=(*before, step))


def award_of(order: Order, firm: FirmFacts, programme: Programme, state: ProgrammeState, stage: Stage, given: Given) -> Award:
    """What one programme bears, after what others gave before it.

    Units: whole fen.
    Rounding: once, as the programme says.
    Raises: ValueError as `subsidies`.
    Source: docs/rules.md#subsidy (domain §5.2)
    """
    if state.tags is not None:
        firm = replace(firm, tags=state.tags)
    if stop := hard_stop(order, firm, programme, state):
        return Award(programme.code, ZERO, ZERO, ZERO, stop, _shares(programme, ZERO), (Step("stop", {"reason": stop}),))
    groups = _groups(order, firm, programme)
    base: Exact = sum(amount for _, amount in groups)
    steps = [Step("base", {"base_fen": rounded(base).fen})]
    if programme.stacking == "deduct_first":
        deducted = min(base, programme.multiplier * given.sum_of(programme.stacking_with).fen)
        base, groups = base - deducted, [(rule, amount - deducted) for rule, amount in groups]
        steps.append(Step("deduct", {"deducted_fen": rounded(deducted).fen, "base_fen": rounded(base).fen}))
    exact = raw_fen(groups, mode=programme.band_mode, earlier=state.period_base if programme.band_base == "period_cumulative" else None)
    raw = rounded(exact, programme.rounding, programme.rounding_unit)
    steps.append(Step("bands", {"rates": _rates(groups), "raw_fen": raw.fen}))
    amount, binding, left = _limited(raw, base, firm, programme, state, stage, given)
    if binding != "RATE":
        steps.append(Step("limit", {"reason": binding, "left_fen": left.fen, "amount_fen": amount.fen}))
    if amount < programme.min_claim:
        steps.append(Step("min_claim", {"amount_fen": amount.fen, "least_fen": programme.min_claim.fen}))
        amount, binding = ZERO, "MIN_CLAIM"
    steps.append(Step("award", {"amount_fen": amount.fen}))
    return Award(programme.code, rounded(base), raw, amount, binding, _shares(programme, amount), tuple(steps))


def hard_stop(order: Order, firm: FirmFacts, programme: Programme, state: ProgrammeState) -> str | None:
    """The first reason why a programme gives nothing at all, in the contract's order.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#eligibility (contract §4 hard stops)
    """
    until = state.voucher_valid_until
    stops = (
        ("BLACKLISTED", firm.barred),
        ("PERIOD_CLOSED", not state.period_open),
        ("NOT_ELIGIBLE", bool(ineligible_by(order, firm, programme))),
        ("RELATED_PARTY", firm.related_to_owner and "related_party" in programme.exclude),
        ("EXCLUDED_SERVICE", not _counted_lines(order, programme)),
        ("VOUCHER_EXPIRED", until is not None and order.completed_on > until),
    )
    return next((name for name, holds in stops if holds), None)


def ineligible_by(order: Order, firm: FirmFacts, programme: Programme) -> tuple[str, ...]:
    """Every term of a programme that a firm or the owner of an order does not meet; none for whoever is eligible.

    Units: none. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#eligibility
    """
    limits = programme.limits
    unmet = (
        not programme.is_open_to(firm.tags),
        limits.max_staff is not None and (firm.staff or 0) > limits.max_staff,
        limits.max_revenue is not None and (firm.revenue or ZERO) > limits.max_revenue,
        limits.min_revenue is not None and (firm.revenue or ZERO) < limits.min_revenue,
        limits.max_capital is not None and (firm.capital or ZERO) > limits.max_capital,
        bool(limits.regions) and firm.region not in limits.regions,
        bool(programme.provider_regions) and order.provider_region not in programme.provider_regions,
    )
    return tuple(name for name, is_unmet in zip(INELIGIBLE, unmet, strict=True) if is_unmet)


def _counted_lines(order: Order, programme: Programme) -> list[Line]:
    excluded = set(programme.exclude)
    return [
        line
        for line in order.lines
        if line.kind != "penalty"
        and line.kind not in excluded
        and not line.flags & excluded
        and (not programme.services_in or line.category in programme.services_in)
    ]


def _groups(order: Order, firm: FirmFacts, programme: Programme) -> list[tuple[RateRule, Exact]]:
    """The lines under each rate rule, exact; a line that no rule fits earns nothing."""
    sums: dict[int, Exact] = {}
    for line in _counted_lines(order, programme):
        index = next((i for i, rule in enumerate(programme.rate_rules) if _fits(rule, line, order, firm)), None)
        if index is not None:
            sums[index] = sums.get(index, 0) + _counted(line, programme)
    if len(sums) > 1 and (programme.band_base == "period_cumulative" or programme.stacking == "deduct_first"):
        raise ValueError("all lines must fit the same rule")
    return [(programme.rate_rules[index], amount) for index, amount in sorted(sums.items())]


def _fits(rule: RateRule, line: Line, order: Order, firm: FirmFacts) -> bool:
    facts = {"category": line.category, "region": firm.region, "provider_region": order.provider_region}
    return all(wanted in firm.tags if key == "tag" else facts[key] == wanted for key, wanted in rule.when)


def _counted(line: Line, programme: Programme) -> Exact:
    fen = line.amount.fen
    return Fraction(fen * 10_000, 10_000 + line.vat_bp) if programme.tax_basis == "ex_vat" else fen


def _rates(groups: Sequence[tuple[RateRule, Exact]]) -> str:
    return "; ".join("/".join(f"{band_bp(rule, band) / 100:g} %" for band in rule.bands) for rule, _ in groups)


def _limited(
    raw: Money, base: Exact, firm: FirmFacts, programme: Programme, state: ProgrammeState, stage: Stage, given: Given
) -> tuple[Money, str, Money]:
    """The smallest of raw and every limit, the name of the first that equals it, and what that limit left.

    Units: whole fen.
    Rounding: the joint rate's part down to the fen.
    Raises: nothing; an amount of zero is an answer.
    Source: docs/rules.md#limits (contract §4 limits, in this order)
    """
    limits = [(name, max(ZERO, limit)) for name, limit in _limits(base, firm, programme, state, stage, given) if limit is not None]
    least = min([raw, *(limit for _, limit in limits)])
    if raw == least:
        return raw, "RATE", raw
    name = next(name for name, limit in limits if limit == least)
    if name == "BUDGET" and not programme.partial_ok:
        return ZERO, "BUDGET", least
    return least, name, least


def _limits(
    base: Exact, firm: FirmFacts, programme: Programme, state: ProgrammeState, stage: Stage, given: Given
) -> list[tuple[str, Money | None]]:
    annual = programme.annual_cap_for(firm.tags)
    before = given.sum_of()
    ignored = programme.stacking_with if programme.stacking == "deduct_first" else ()
    joint_rate = rounded(Fraction(base * programme.joint_rate.value, 10_000)) - given.sum_of(without=ignored)
    return [
        ("PER_ORDER", programme.per_order),
        ("PER_VOUCHER", programme.per_voucher),
        ("PER_VOUCHER", state.voucher_left),
        ("HOLDING", None if programme.holding is None else programme.holding - state.holding),
        ("ANNUAL_CAP", None if annual is None else annual - state.annual_used),
        ("JOINT_CAP", None if programme.joint_cap is None else programme.joint_cap - state.joint_used - before),
        ("JOINT_RATE", joint_rate),
        ("HELD", state.held if stage is Stage.CLAIM else None),
        ("BUDGET", state.budget_left),
    ]


def _shares(programme: Programme, amount: Money) -> tuple[tuple[str, Money], ...]:
    """Whose money, split by weight; an entry per source also for nothing."""
    if not programme.sources:
        return ()
    parts = split(amount, [source.weight for source in programme.sources])
    return tuple((source.code, part) for source, part in zip(programme.sources, parts, strict=True))
