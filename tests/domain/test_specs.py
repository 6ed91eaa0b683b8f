"""Specifications: figures with a unit or words, found by what they reach, and the same after a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipment_share.domain.specs import meets_need, reaches, read_specs, spec_from, spec_text

FIGURES = st.one_of(st.integers(-(10**9), 10**9), st.decimals(-1000, 1000, places=3).map(float))
WORDS = st.text("标准样品ABC abc", min_size=1, max_size=20).map(str.strip).filter(bool)
UNITS = st.sampled_from(["", "nm", "℃", "kV", "mm/s", "%"])


@st.composite
def specs(draw: st.DrawFn) -> dict[str, object]:
    if draw(st.booleans()):
        return {"name": "n", "text": draw(st.one_of(WORDS, st.just("5 nm"), st.just("1..2")))}
    low, high = sorted([draw(FIGURES), draw(FIGURES)])
    ends = draw(st.sampled_from([(low, high), (low, None), (None, high)]))
    return {"name": "n", "low": ends[0], "high": ends[1], "unit": draw(UNITS)}


@given(spec=specs())
def test_a_cell_of_a_table_reads_back_to_the_same_specification(spec: dict[str, object]) -> None:
    kept, problems = read_specs([spec], "specs")

    assert problems == []
    assert read_specs([spec_from("n", spec_text(kept[0]))], "specs") == (kept, [])


@pytest.mark.parametrize(
    ("cell", "low", "high", "unit"),
    [
        ("1..5 nm", 1, 5, "nm"), ("0.5 ~ 30kV", 0.5, 30, "kV"), ("-196..600 ℃", -196, 600, "℃"), ("<=5 nm", None, 5, "nm"),
        ("≥ 2", 2, None, ""), ("..7 mm", None, 7, "mm"), ("3 nm", 3, 3, "nm"), ("'-5..5 V", -5, 5, "V"),
    ],
)  # fmt: skip
def test_cells_are_read_as_people_write_ranges(cell: str, low: object, high: object, unit: str) -> None:
    assert spec_from("n", cell) == {"name": "n", "low": low, "high": high, "unit": unit}


@pytest.mark.parametrize(("value", "found"), [(0.99, False), (1, True), (30, True), (30.01, False)])
def test_both_ends_belong_to_a_range(value: float, found: bool) -> None:
    assert reaches([{"name": "加速电压", "low": 1, "high": 30, "unit": "kV"}], "加速电压", value) is found


def test_an_open_end_holds_everything_beyond_it_and_words_hold_no_figure() -> None:
    rows: list[dict[str, object]] = [{"name": "Temp", "low": 300, "high": None, "unit": "K"}, {"name": "method", "text": "5"}]

    assert [reaches(rows, "ｔｅｍｐ", 10_000), reaches(rows, "temp", 299), reaches(rows, "method", 5), reaches(rows, "x", 1)] == [
        True,
        False,
        False,
        False,
    ]


def test_every_word_of_a_need_must_stand_somewhere() -> None:
    rows = [{"name": "标准", "text": "GB/T 17359"}]

    assert [meets_need(rows, ("断口形貌分析",), need) for need in ("形貌 gb/t", "形貌 ISO", "")] == [True, False, True]


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"name": "", "text": "x"}, "specs.0.name", "required"), ({"name": "a"}, "specs.0.text", "required"),
        ({"name": "a", "low": 1, "text": "x"}, "specs.0.text", "unknown_field"), ({"name": "a", "low": 5, "high": 1}, "specs.0.high", "end_before_start"),
        ({"name": "a", "low": "5"}, "specs.0.low", "not_a_number"), ({"name": "a", "low": float("nan")}, "specs.0.low", "not_a_number"),
        ({"name": "a", "low": True}, "specs.0.low", "not_a_number"), ({"name": "a" * 41, "low": 1}, "specs.0.name", "too_long_text"),
        ({"name": "a", "low": 1, "more": 2}, "specs.0.more", "unknown_field"), (5, "specs.0", "not_an_object"),
    ],
)  # fmt: skip
def test_what_is_no_specification_is_refused_by_name(row: object, field: str, code: str) -> None:
    _, problems = read_specs([row], "specs")

    assert [(problem.field, problem.code) for problem in problems] == [(field, code)]


def test_a_name_stands_once_and_thirty_are_the_most() -> None:
    twice, many = [{"name": "A", "low": 1}, {"name": "ａ", "low": 2}], [{"name": f"n{i}", "low": 1} for i in range(31)]

    assert [p.code for p in read_specs(twice, "specs")[1]] == ["taken"]
    assert [p.code for p in read_specs(many, "specs")[1]] == ["too_many"]
