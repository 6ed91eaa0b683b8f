"""What a use costs: the worked examples of price by number, bands and units, and what holds for every price list."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.bookings.options import Options
from equipment_share.domain.charging import charged_time
from equipment_share.domain.errors import Invalid
from equipment_share.domain.money import Money
from equipment_share.domain.periods import BUREAU_ZONE
from equipment_share.domain.pricing import Mode, NoPrice, PricedLine, PriceItem, gross, penalty
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.quotes import Quote, quote
from equipment_share.domain.subsidy.awards import FirmFacts, ProgrammeState, Stage
from equipment_share.domain.tariffs import Tariff, Terms, Use, list_problems, price, units_of
from equipment_share.domain.timeslots import Slot

NEW_YORK = ZoneInfo("America/New_York")
HALF = {"code": "HALF", "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}]}


def row(fen: int = 40_000, **more: Any) -> PriceItem:
    """A row of guided hours; `begins` and `ends` stand for `from` and `to`."""
    band = {name: more.pop(word) for name, word in (("from", "begins"), ("to", "ends")) if word in more}
    return PriceItem.parse({"mode": "guided", "unit": "hour", "unit_price_fen": fen, **band, **more}, "items[0]")


def add_on(code: str, fen: int, kind: str = "consumables") -> PriceItem:
    """Something that is ordered beside the time."""
    return row(fen, unit="item", code=code, name=code.title(), kind=kind)


def between(start: str, end: str, zone: ZoneInfo = BUREAU_ZONE) -> Slot:
    """A slot of Tuesday 8 September 2026 by clock, or of whole local times."""
    moments = [datetime.fromisoformat(text if "T" in text else f"2026-09-08T{text}").replace(tzinfo=zone) for text in (start, end)]
    return Slot(*moments)


def lines_of(tariff: Tariff, start: str = "10:00", end: str = "12:00", zone: ZoneInfo = BUREAU_ZONE, **more: Any) -> list[PricedLine]:
    """The fee of a use."""
    return price(tariff, Use(between(start, end, zone), zone, **more))


def subsidised(lines: list[PricedLine], **terms: Any) -> Quote:
    """The three numbers under a programme that bears half."""
    day = between("10:00", "12:00").start.date()
    programme = Programme.parse({**HALF, **terms})
    return quote(
        lines, [(programme, ProgrammeState())], FirmFacts(), ordered_on=day, completed_on=day, provider_region="", stage=Stage.QUOTE
    )


def amounts(lines: list[PricedLine]) -> list[tuple[str, int]]:
    """Label and fen of each line."""
    return [(line.label, line.amount.fen) for line in lines]


PEAK = Tariff((row(30_000, begins="08:00", ends="18:00"), row(18_000, min_fee_fen=20_000)))


def test_w13_a_late_fee_is_never_subsidised() -> None:
    answer = subsidised([penalty("late_cancel", Money(600_000))])

    assert (answer.gross, answer.subsidy, answer.net) == (Money(600_000), Money(0), Money(600_000))
    assert answer.awards[0].binding == "EXCLUDED_SERVICE"


@pytest.mark.parametrize(("end", "fee"), [("11:10", 40_000), ("11:15", 60_000), ("10:20", 20_000)])
def test_w22_units_of_half_an_hour_with_a_threshold_at_twice_the_price(end: str, fee: int) -> None:
    tariff = Tariff((row(10_000, unit_minutes=30, threshold_minutes=15),), multiplier_bp=20_000)

    assert gross(lines_of(tariff, "10:00", end)) == Money(fee)


@pytest.mark.parametrize(("basis", "subsidy", "net"), [("gross_invoice", 530_000, 530_000), ("ex_vat", 500_000, 560_000)])
def test_w25_a_programme_may_count_without_the_tax_inside_the_price(basis: str, subsidy: int, net: int) -> None:
    lines = lines_of(Tariff((row(530_000),), vat_bp=600))

    answer = subsidised(lines, tax_basis=basis)

    assert (answer.gross, answer.subsidy, answer.net) == (Money(1_060_000), Money(subsidy), Money(net))
    assert {line.vat_bp for line in lines} == {600}


def test_w29_discounts_come_before_the_subsidy() -> None:
    lines = lines_of(Tariff((row(40_000, setup_fee_fen=20_000),), multiplier_bp=8000), "10:00", "16:00")

    answer = subsidised(lines)

    assert amounts(lines) == [("machine_time", 240_000), ("setup", 20_000), ("class", -48_000), ("class_setup", -4_000)]
    assert (answer.gross, answer.subsidy, answer.net) == (Money(208_000), Money(104_000), Money(104_000))


def test_acceptance_25_a_use_over_two_bands_has_two_lines_and_the_minimum_is_subsidised() -> None:
    over_both, short = lines_of(PEAK, "17:30", "19:00"), lines_of(PEAK, "20:00", "20:20")

    assert [(line.name, line.quantity, line.amount.fen) for line in over_both] == [
        ("08:00-18:00", Fraction(1, 2), 15_000), ("", Fraction(1), 18_000),
    ]  # fmt: skip
    assert amounts(short) == [("machine_time", 6_000), ("minimum", 14_000)]
    assert subsidised(short).subsidy == Money(10_000)


def test_a_band_over_midnight_prices_the_night() -> None:
    tariff = Tariff((row(10_000, begins="22:00", ends="06:00"), row(30_000, begins="06:00", ends="22:00")))

    assert list_problems(tariff.items) == []
    assert amounts(lines_of(tariff, "2026-09-08T21:00", "2026-09-09T07:00")) == [("machine_time", 60_000), ("machine_time", 80_000)]


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 5), ("2026-11-01", 7), ("2026-11-02", 6)])
def test_a_night_on_which_the_clocks_change_costs_what_it_lasts(day: str, hours: int) -> None:
    tariff = Tariff((row(6_000, begins="01:30", ends="02:30"), row(6_000)))

    lines = lines_of(tariff, f"{day}T00:00", f"{day}T06:00", NEW_YORK)

    assert sum(line.quantity for line in lines) == hours
    assert gross(lines) == Money(6_000 * hours)


def test_a_unit_belongs_to_the_band_in_which_it_begins() -> None:
    tariff = Tariff((row(10_000, unit_minutes=60, begins="08:00", ends="18:00"), row(5_000, unit_minutes=60)))

    assert amounts(lines_of(tariff, "16:30", "19:00")) == [("machine_time", 20_000), ("machine_time", 5_000)]
    assert amounts(lines_of(tariff, "17:59", "18:30")) == [("machine_time", 10_000)]


def test_the_first_unit_may_have_its_own_price() -> None:
    hours = Tariff((row(20_000, first_price_fen=50_000),))
    samples = Tariff((row(15_000, unit="sample", first_price_fen=30_000),))

    assert amounts(lines_of(hours, "10:00", "12:10")) == [("first_unit", 50_000), ("machine_time", 40_000)]
    assert amounts(lines_of(samples, samples=3)) == [("first_unit", 30_000), ("sample", 30_000)]


def test_haste_comes_after_the_class_and_add_ons_after_both() -> None:
    tariff = Tariff((row(40_000), add_on("GRID", 2_500), add_on("STAFF", 8_000, "staff")), multiplier_bp=8000, urgent_bp=15_000)

    lines = lines_of(tariff, options=Options(True, {"GRID": 4, "STAFF": 1}))

    assert amounts(lines) == [("machine_time", 80_000), ("class", -16_000), ("urgent", 32_000), ("consumables", 10_000), ("staff", 8_000)]
    assert [line.code for line in lines[3:]] == ["GRID", "STAFF"]


def test_what_is_not_offered_is_named_and_not_priced() -> None:
    tariff = Tariff((row(), add_on("GRID", 2_500)))
    wanted = Options(True, {"GRID": 1, "GLUE": 2})

    assert [(p.code, p.field) for p in tariff.problems(wanted)] == [
        ("not_offered", "options.urgent"), ("not_offered", "options.add_ons.GLUE"),
    ]  # fmt: skip
    assert gross(lines_of(tariff, options=wanted)) == Money(82_500)


def test_a_programme_that_excludes_a_kind_counts_just_the_others_after_maximum_and_class() -> None:
    tariff = Tariff((row(40_000, setup_fee_fen=20_000, max_fee_fen=50_000), add_on("GRID", 2_500)), multiplier_bp=8000)
    lines = lines_of(tariff, options=Options(False, {"GRID": 2}))

    assert gross(lines) == Money(45_000)
    assert subsidised(lines).subsidy == Money(22_500)
    assert subsidised(lines, exclude=["consumables"]).subsidy == Money(20_000)
    assert subsidised(lines, exclude=["consumables", "setup"]).subsidy == Money(16_000)


def test_the_band_of_a_charge_is_where_its_minutes_lie() -> None:
    booked, used = between("17:00", "18:00"), between("17:15", "18:30")

    assert charged_time("used", booked, used) == used
    assert charged_time("reserved", booked, used) == booked
    assert charged_time("reserved_plus_overrun", booked, used) == between("17:00", "18:30")


@pytest.mark.parametrize(("rows", "problems"), [
    ((row(), row()), [("taken", "items[1].mode")]),
    ((row(begins="08:00", ends="18:00"), row(begins="17:00", ends="20:00"), row()), [("bands_overlap", "items[1].from")]),
    ((row(begins="08:00", ends="18:00"),), [("bands_gap", "items[0].from")]),
    ((row(begins="08:00", ends="18:00"), row(unit="sample")), [("bands_differ", "items[1].unit")]),
    ((row(), add_on("A", 1), add_on("A", 2)), [("given_twice", "items[2].code")]),
    ((add_on("A", 1),), [("no_price", "items[0].mode")]),
    ((row(begins="00:00", ends="24:00"),), []),
])  # fmt: skip
def test_the_rows_of_a_mode_price_every_minute_once(rows: tuple[PriceItem, ...], problems: list[tuple[str, str]]) -> None:
    assert [(found.code, found.field) for found in list_problems(rows)] == problems


@pytest.mark.parametrize(("more", "problem"), [
    ({"from": "8:00", "to": "18:00"}, ("not_a_time", "from")), ({"from": "24:00", "to": "18:00"}, ("not_a_time", "from")),
    ({"from": "08:00"}, ("required", "to")), ({"from": "08:00", "to": "08:00"}, ("end_before_start", "to")),
    ({"unit": "sample", "unit_minutes": 30}, ("does_not_go_together", "unit_minutes")),
    ({"unit_minutes": 30, "threshold_minutes": 31}, ("out_of_range", "threshold_minutes")),
    ({"min_fee_fen": 2, "max_fee_fen": 1}, ("out_of_range", "max_fee_fen")), ({"kind": "staff"}, ("required", "code")),
    ({"unit": "item", "code": "A", "kind": "staff"}, ("required", "name")), ({"unit_price_fen": 1.5}, ("not_an_integer", "unit_price_fen")),
    ({"code": "A", "name": "a", "kind": "staff"}, ("not_a_choice", "unit")), ({"colour": "red"}, ("unknown_field", "colour")),
    ({"unit": "item", "code": "A", "name": "a", "kind": "staff", "setup_fee_fen": 1}, ("does_not_go_together", "setup_fee_fen")),
    ({"unit": "item", "code": "a b", "name": "a", "kind": "staff"}, ("not_a_code", "code")), ({"mode": None}, ("required", "mode")),
])  # fmt: skip
def test_a_wrong_row_is_refused_with_its_field(more: dict[str, Any], problem: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        PriceItem.parse({"mode": "guided", "unit": "hour", "unit_price_fen": 1, **more}, "items[0]")

    assert [(found.code, found.field.removeprefix("items[0].")) for found in refused.value.problems] == [problem]


def test_terms_are_within_their_bounds_and_haste_never_makes_cheaper() -> None:
    assert [problem.field for problem in Terms(100_001, 9_999, 10_001).problems()] == ["multiplier_bp", "urgent_bp", "vat_bp"]
    assert Terms().problems() == []


def test_a_mode_with_add_ons_alone_has_no_price() -> None:
    with pytest.raises(NoPrice):
        Tariff((row(), add_on("A", 1))).of(Mode.REMOTE)


def test_options_are_read_strictly() -> None:
    assert Options.parse({"urgent": True, "add_ons": {"A": 2}}).document() == {"urgent": True, "add_ons": {"A": 2}}
    with pytest.raises(Invalid) as refused:
        Options.parse({"urgent": 1, "add_ons": {"A": 0, "B": 1001}, "soon": True})

    assert {(found.code, found.field) for found in refused.value.problems} == {
        ("not_a_switch", "options.urgent"), ("out_of_range", "options.add_ons.A"), ("out_of_range", "options.add_ons.B"),
        ("unknown_field", "options.soon"),
    }  # fmt: skip


fens, minutes = st.integers(0, 10**7), st.integers(1, 3000)
bands = st.lists(st.integers(0, 1439), min_size=2, max_size=5, unique=True).map(sorted)


@st.composite
def tariffs(draw: st.DrawFn, most: bool = True) -> Tariff:
    """A sound list of one mode, with or without bands, units, bounds, class and haste."""
    unit, threshold = draw(st.sampled_from([(None, None), (30, 15), (60, None), (45, 45)]))
    edges = draw(st.one_of(st.just([]), bands))
    highest = draw(st.one_of(st.none(), fens)) if most else None
    lowest = draw(st.integers(0, 10**6 if highest is None else highest))
    more = {
        "unit_minutes": unit,
        "threshold_minutes": threshold,
        "min_fee_fen": lowest,
        "max_fee_fen": highest,
        "setup_fee_fen": draw(fens),
    }
    clocks = [f"{edge // 60:02d}:{edge % 60:02d}" for edge in edges]
    rows = [row(draw(fens), begins=begins, ends=ends, **more) for begins, ends in zip(clocks, clocks[1:] + clocks[:1], strict=True)]
    rows += [row(draw(fens), **more)] if not rows or draw(st.booleans()) else []
    return Tariff(tuple(rows), draw(st.integers(0, 50_000)), draw(st.integers(10_000, 30_000)), draw(st.integers(0, 2000)))


def fee(tariff: Tariff, length: int, start: str = "2026-10-31T20:00") -> list[PricedLine]:
    """The lines of some minutes that lie around a night with a change of clocks, ordered in haste."""
    begin = datetime.fromisoformat(start).replace(tzinfo=NEW_YORK)
    slot = Slot(begin, between(start, "2027-01-01T00:00", NEW_YORK).start + timedelta(minutes=length))
    return price(tariff, Use(slot, NEW_YORK, options=Options(urgent=True)))


@given(tariff=tariffs(), length=minutes)
def test_the_gross_is_the_sum_of_its_lines_and_no_kind_is_ever_negative(tariff: Tariff, length: int) -> None:
    assert list_problems(tariff.items) == []
    lines = fee(tariff, length)
    by_kind = {kind: sum(line.amount.fen for line in lines if line.kind == kind) for kind in {line.kind for line in lines}}

    assert gross(lines) == Money(sum(by_kind.values()))
    assert min(by_kind.values()) >= 0
    assert subsidised(lines).subsidy <= gross(lines)


@given(tariff=tariffs(most=False), length=minutes, more=st.integers(1, 200))
def test_more_minutes_never_cost_less_where_there_is_no_maximum(tariff: Tariff, length: int, more: int) -> None:
    assert gross(fee(tariff, length)) <= gross(fee(tariff, length + more))


@given(tariff=tariffs(), length=minutes)
def test_the_bands_share_the_minutes_out_exactly(tariff: Tariff, length: int) -> None:
    timed = [line for line in fee(tariff, length) if line.label == "machine_time"]
    whole = tariff.items[0].unit_length

    assert sum(line.quantity for line in timed) == (
        Fraction(length, 60) if whole is None else units_of(length, whole, tariff.items[0].threshold_minutes)
    )


@given(tariff=tariffs())
def test_a_tariff_reads_back_to_itself(tariff: Tariff) -> None:
    assert Tariff.parse(tariff.document()) == tariff
