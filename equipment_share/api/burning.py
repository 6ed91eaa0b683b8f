"""Burn-downs: how fast a programme's budget or a voucher goes, and how long the rest lasts."""

from __future__ import annotations

from typing import Any

from equipment_share.api.fields import Field
from equipment_share.api.kinds import Choice, Day
from equipment_share.api.operations import Answer, Call, Reply, Shelf, by_id
from equipment_share.api.plain import day, key
from equipment_share.domain.access import Act
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.reports.burning import Forecast
from equipment_share.queries.reporting.burning import SHOWN, programme_burn, voucher_burn
from equipment_share.queries.vouchers import voucher_seen_by

shelf = Shelf("reports")
ON = Field("on", Day(), means="At the end of which day; today if it is left out.")
AMOUNTS = ("budget", "granted", "held", "spent", "left")


def _fen(row: object, *names: str) -> dict[str, Any]:
    """Amounts of a row by name, as whole fen."""
    found: dict[str, Money] = {name: getattr(row, name) for name in names}
    return {f"{name}_fen": amount.fen for name, amount in found.items()}


def _days(row: Any) -> dict[str, Any]:
    return {"first_on": day(row.first_on), "last_on": day(row.last_on)}


def _forecast(made: Forecast) -> dict[str, Any]:
    return {
        "expected_on": day(made.expected_on), "earliest_on": day(made.earliest_on), "latest_on": day(made.latest_on),
        "paces": [{"days": pace.days, "runs_out_on": day(pace.runs_out_on), **_fen(pace, "spent")} for pace in made.paces],
    }  # fmt: skip


@shelf.get("/programmes/{code}/burn-down", Act.SEE_BATCHES, "Budget, granted, held and spent of a programme out of the ledger, and the day it runs out.",
           Answer("ProgrammeBurnDown"), query=(ON, Field("step", Choice(tuple(SHOWN)), default="month")),
           refusals={404: ("not_found",)})  # fmt: skip
def show_programme_burn_down(call: Call) -> Reply:
    """A programme's burn-down."""
    on, step = call.query["on"] or bureau_day(call.at), call.query["step"]
    made = programme_burn(call.path["code"], by=call.me, on=on, step=step)
    return Reply({
        "programme": made.programme, "on": day(on), "step": step, **_fen(made, *AMOUNTS),
        "periods": [{"version": row.version, **_days(row), **_fen(row, *AMOUNTS)} for row in made.periods],
        "steps": [{**_days(row), **_fen(row, "spent", "spent_so_far", "left")} for row in made.steps],
        "forecast": _forecast(made.forecast),
    })  # fmt: skip


@shelf.get("/vouchers/{id}/burn-down", Act.SEE_VOUCHERS, "What a voucher was granted, spent and lost by month, what is held and left at each end.",
           Answer("VoucherBurnDown"), sees=by_id(voucher_seen_by), query=(ON,))  # fmt: skip
def show_voucher_burn_down(call: Call) -> Reply:
    """A voucher's burn-down."""
    on = call.query["on"] or bureau_day(call.at)
    rows = voucher_burn(call.id, by=call.me, on=on)
    names = ("granted", "spent", "gone", "held", "left")
    return Reply({"voucher": key(call.id), "on": day(on), "months": [{"first_on": day(row.first_on), **_fen(row, *names)} for row in rows]})
