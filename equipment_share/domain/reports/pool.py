"""Reports 6 and 9: the exceptions, and how the instruments were used and shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.reports.rows import InstrumentRow
from equipment_share.domain.reports.values import Column, Head, Kind, Report, Table, compared, fact, linked, share_bp, table

YEAR_MINUTES = 1600 * 60
"""The hours a year that the authority holds full use against (domain §2.6)."""


@dataclass(frozen=True)
class ExceptionRow:
    """One finding, and what was decided about it."""

    code: str
    severity: str
    claim_id: int | None
    claim: str
    subject: str
    amount: Money | None
    disposition: str
    reason: str
    found_on: str


def exceptions(head: Head, rows: Sequence[ExceptionRow]) -> Report:
    """Every finding of the period with its disposition; what stands undisposed keeps a batch from closing.

    Units: counts. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#reports (domain §3.4)
    """
    codes = {row.code: [own for own in rows if own.code == row.code] for row in rows}
    by_code = [(code, len(own), sum(not row.disposition for row in own)) for code, own in sorted(codes.items())]
    columns = (
        Column("finding", Kind.WORD, "finding"), Column("severity", Kind.WORD, "severity"), Column("claim"), Column("subject"),
        Column("amount", Kind.MONEY), Column("disposition", Kind.WORD, "disposition"), Column("reason"), Column("found_on"),
    )  # fmt: skip
    cells = [
        (
            row.code, row.severity, linked(row.claim, "claim", row.claim_id), row.subject, row.amount, row.disposition or None, row.reason,
            row.found_on,
        )
        for row in rows
    ]  # fmt: skip
    listed = table("exceptions", columns, cells)
    counted = (Column("finding", Kind.WORD, "finding"), Column("count", Kind.COUNT), Column("undisposed", Kind.COUNT))
    return Report(
        head,
        (
            fact("exceptions", len(rows), Kind.COUNT),
            fact("undisposed", sum(not row.disposition for row in rows), Kind.COUNT),
        ),
        (table("codes", counted, by_code), Table(listed.key, listed.columns, listed.rows)),
    )


def utilisation(head: Head, instruments: Sequence[InstrumentRow], subsidies: Mapping[int, Money], ledger: Money) -> Report:
    """Effective hours, hours for other units, utilisation of 1,600 hours a year, sharing rate, subsidy; and the public summary.

    Units: whole minutes, basis points, whole fen.
    Rounding: rates half up.
    Raises: nothing.
    Source: docs/rules.md#utilisation (domain §2.6, features B 20)
    """
    owners: dict[int, list[InstrumentRow]] = {}
    for row in instruments:
        owners.setdefault(row.owner_id, []).append(row)
    by_owner = [(linked(own[0].owner, "owner", key), len(own), *_figures(own, subsidies)) for key, own in owners.items()]
    by_instrument = [
        (row.code, linked(row.name, "instrument", row.instrument_id), row.owner, *_figures([row], subsidies)) for row in instruments
    ]
    rates = dict(zip(("utilisation", "sharing"), _figures(instruments, subsidies)[3:5], strict=True))
    minutes, external = sum(row.minutes for row in instruments), sum(row.external_minutes for row in instruments)
    subsidy = total(subsidies.get(row.instrument_id, ZERO) for row in instruments)
    return Report(
        head,
        (
            fact("instruments", len(instruments), Kind.COUNT), fact("effective", minutes, Kind.HOURS), fact("external", external, Kind.HOURS),
            fact("utilisation", rates["utilisation"], Kind.PERCENT), fact("sharing", rates["sharing"], Kind.PERCENT), fact("subsidy", subsidy),
        ),
        (
            table("owners", (Column("owner"), Column("instruments", Kind.COUNT), *_COLUMNS), by_owner, shares=rates),
            table("instruments", (Column("code"), Column("instrument"), Column("owner"), *_COLUMNS), by_instrument, shares=rates),
        ),
        compared(("subsidy", subsidy, ledger)),
    )  # fmt: skip


_COLUMNS = (
    Column("uses", Kind.COUNT), Column("effective", Kind.HOURS), Column("external", Kind.HOURS), Column("utilisation", Kind.PERCENT),
    Column("sharing", Kind.PERCENT), Column("subsidy", Kind.MONEY),
)  # fmt: skip


def _figures(rows: Sequence[InstrumentRow], subsidies: Mapping[int, Money]) -> tuple[int, int, int, int | None, int | None, Money]:
    minutes, external = sum(row.minutes for row in rows), sum(row.external_minutes for row in rows)
    return (
        sum(row.uses for row in rows), minutes, external, share_bp(minutes, YEAR_MINUTES * len(rows)), share_bp(external, minutes) or 0,
        total(subsidies.get(row.instrument_id, ZERO) for row in rows),
    )  # fmt: skip
