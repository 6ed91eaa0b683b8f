"""The voucher case file: one JSON object in, one decision out (`contract.md` §4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from equipment_share.domain.errors import Invalid, Problem, invalid
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.reading import Reader
from equipment_share.domain.subsidy.awards import Award, FirmFacts, Line, Order, ProgrammeState, Stage
from equipment_share.domain.subsidy.subsidy import subsidies

KINDS = ("machine_time", "setup", "sample", "staff", "consumables", "shipping", "penalty")
FLAGS = frozenset({"statutory", "batch", "subcontract", "funded_project"})


def evaluate(case: object) -> dict[str, object]:
    """Decide a case with the same function that quotes, holds and claims use.

    Units: fen and basis points, as `contract.md` §4.
    Rounding: as the programmes say.
    Raises: Invalid with every problem and its field path.
    Source: docs/rules.md#case-file
    """
    reader = Reader(case)
    order, firm = _order(reader.inside("order")), _firm(reader.inside("firm"))
    stage = Stage(reader.choice("stage", tuple(Stage), "quote"))
    programmes = _programmes(reader)
    if not programmes and not reader.problems:
        reader.say("required", "programmes")
    reader.nothing_else()
    reader.finish()
    try:
        awards = subsidies(order, firm, programmes, stage)
    except ValueError:
        raise invalid("contradiction", "programmes") from None
    gross = total(line.amount for line in order.lines)
    net = gross - total(award.amount for award in awards)
    return {"gross_fen": gross.fen, "net_fen": net.fen, "subsidies": [_entry(award) for award in awards]}


def _entry(award: Award) -> dict[str, object]:
    steps = [{"rule": step.rule, "text": step.text} for step in award.steps]
    return {**award.document(), "steps": steps}


def _order(reader: Reader) -> Order:
    ordered = reader.day("date", required=True) or date(2000, 1, 1)
    completed = reader.day("completed_on") or ordered
    lines = tuple(_line(row) for row in reader.each("lines"))
    if not lines:
        reader.say("required", "lines")
    order = Order(ordered, completed, reader.text("provider_region"), lines)
    reader.nothing_else()
    return order


def _line(row: Reader) -> Line:
    flags = row.words("flags")
    if set(flags) - FLAGS:
        row.say("not_a_choice", "flags")
    line = Line(
        row.choice("kind", KINDS, "machine_time"),
        row.text("category", "shared_instrument"),
        Money(row.whole("amount_fen", required=True) or 0),
        row.whole("vat_bp", 0, high=10_000) or 0,
        frozenset(flags),
    )
    row.nothing_else()
    return line


def _firm(reader: Reader) -> FirmFacts:
    def money(name: str) -> Money | None:
        fen = reader.whole(name)
        return None if fen is None else Money(fen)

    firm = FirmFacts(
        tags=frozenset(reader.words("tags")),
        region=reader.text("region"),
        staff=reader.whole("staff"),
        revenue=money("revenue_fen"),
        capital=money("capital_fen"),
        related_to_owner=reader.switch("related_to_owner", False),
        barred=reader.switch("barred", False),
    )
    reader.nothing_else()
    return firm


def _programmes(reader: Reader) -> list[tuple[Programme, ProgrammeState]]:
    found = []
    for row in reader.each("programmes"):
        state = _state(row.inside("state"))
        if not isinstance(row.source, Mapping) or not row.source:
            continue
        document = {key: value for key, value in row.source.items() if key != "state"}
        try:
            found.append((Programme.read(document), state))
        except Invalid as refusal:
            reader.problems += [Problem(p.code, f"{row.at}.{p.field}", p.facts) for p in refusal.problems]
    return found


def _state(reader: Reader) -> ProgrammeState:
    def money(name: str) -> Money | None:
        fen = reader.whole(name)
        return None if fen is None else Money(fen)

    state = ProgrammeState(
        annual_used=money("annual_used_fen") or ZERO,
        period_base=money("period_base_fen") or ZERO,
        holding=money("holding_fen") or ZERO,
        budget_left=money("budget_left_fen"),
        joint_used=money("joint_used_fen") or ZERO,
        held=money("held_fen"),
        voucher_left=money("voucher_left_fen"),
        voucher_valid_until=reader.day("voucher_valid_until"),
        period_open=reader.switch("period_open", True),
    )
    reader.nothing_else()
    return state
