"""A year of a city's pool, made up from a seed and lived through the API alone: three programmes, four quarters, each closed to the fen."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from equipment_share.adapters.clock import now
from equipment_share.domain.access import Kind, Role
from equipment_share.models.people import User
from equipment_share.services.jobs import run_due
from equipment_share.services.people.people import describe_organisation
from equipment_share.services.people.signin import make_token
from tests.api.door import Door, at_instant
from tests.builders import NOW, SHANGHAI, a_person, an_instrument, an_officer, an_organisation, an_owner

HALF = [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}]
BANDS = [{"bands": [{"up_to_fen": 100_000, "rate_bp": 10_000}, {"up_to_fen": None, "rate_bp": 5_000}]}]
PROGRAMMES: dict[str, dict[str, Any]] = {
    "HN": {"issue_mode": "auto", "flow": "net_pay", "claimant": "owner", "rate_rules": HALF, "eligible_any": ["hn"], "docs_required": ["invoice"],
           "caps": {"per_order_fen": 150_000, "annual_fen": {"hn": 1_500_000}}},
    "TJ": {"issue_mode": "apply", "flow": "gross_refund", "claimant": "firm", "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": 3333}]}],
           "eligible_any": ["tj"], "docs_required": [], "quota_fen": {"tj": 1_200_000}},
    "YH": {"issue_mode": "apply", "flow": "net_pay", "claimant": "owner", "rate_rules": BANDS, "eligible_any": ["yh"], "docs_required": [],
           "caps": {"per_voucher_fen": 300_000}, "quota_fen": {"yh": 1_200_000}, "validity": {"months": 3}},
}  # fmt: skip
"""Haining-like: granted without asking; Tianjin-like: the firm pays all and is refunded; Yuhang-like: bands, vouchers of three months."""
USUAL = 200
"""So many uses go with the amounts above; a busier year has larger ones, so that the money lasts to its end as well."""
YEARLY = {"annual_fen", "quota_fen", "per_voucher_fen"}
QUARTERS = [("2026-Q4", date(2026, 10, 1)), ("2027-Q1", date(2027, 1, 1)), ("2027-Q2", date(2027, 4, 1)), ("2027-Q3", date(2027, 7, 1))]
FIGURES = ("opening", "issued", "held", "captured", "released", "expired", "revoked", "claimed", "approved", "paid", "closing")
BANK = "line,status,paid_on,reference,amount_fen\n"


def noon(day: date, hour: int = 12, minute: int = 0) -> datetime:
    """A local time of a day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def scaled(part: Any, times: int, yearly: bool = False) -> Any:
    """A programme's parameters with every amount of a year or a voucher so many times as large; what caps one order stays."""
    if isinstance(part, dict):
        return {name: scaled(own, times, yearly or name in YEARLY) for name, own in part.items()}
    return part * times if yearly else part


@dataclass
class Use:
    """One use that will happen, or not."""

    firm: int
    instrument: int
    start: datetime
    end: datetime
    fate: str
    """`confirmed`, `silent`, `cancelled` or `nobody_came`."""
    share: float
    """How much of the booked time is used."""
    key: str = ""
    gross: int = 0


@dataclass
class Tally:
    """What the script itself counted, by programme and quarter."""

    paid: dict[tuple[str, str], int] = field(default_factory=dict)
    claims: int = 0
    failed_lines: int = 0
    uses: int = 0


class Year:
    """Sixty firms, twenty owners, a bureau, and a clock that only goes on."""

    def __init__(self, app: Flask, folder: Path, seed: int, uses: int) -> None:
        self.app, self.folder, self.chance, self.wanted = app, folder, random.Random(seed), uses
        self.tally, self.closings = Tally(), dict.fromkeys(PROGRAMMES, 0)
        self.times = max(1, uses // USUAL)
        self.booked: dict[str, Use] = {}
        self.at(NOW)
        clerk = an_officer(Role.BUREAU_CLERK)
        self.bureau = {
            "clerk": self._door(clerk), "reviewer": self._door(an_officer(Role.BUREAU_REVIEWER)), "leader": self._door(an_officer(Role.BUREAU_LEADER)),
            "finance": self._door(an_officer(Role.FINANCE)), "closer": self._door(an_officer(Role.BUREAU_REVIEWER)),
        }  # fmt: skip
        for code, document in PROGRAMMES.items():
            drafted = {"code": code, "name": code, "budget": {"total_fen": 200_000_000 * self.times}, **scaled(document, self.times)}
            self._ok(self.bureau["clerk"].post("/programmes", drafted), 201)
            self._ok(self.bureau["reviewer"].post(f"/programmes/{code}/versions/1/publish"))
        owners = [an_owner() for _ in range(20)]
        self.owners = [self._door(owner) for owner in owners]
        self.instruments = [
            an_instrument(owner, hourly=self.chance.randrange(8_001, 60_000), rules={"auto_approve": True}).id for owner in owners
        ]
        self.firms = [self._firm(sorted(PROGRAMMES)[number % 3].lower(), clerk) for number in range(60)]

    def _firm(self, tag: str, clerk: User) -> Door:
        firm = an_organisation(Kind.FIRM)
        describe_organisation(firm.id, tags=[{"tag": tag, "valid_until": None}], by=clerk, at=NOW)
        return self._door(a_person(Role.FIRM_ADMIN, firm))

    def _door(self, person: User) -> Door:
        door = Door(self.app)
        door.headers = {"Authorization": "Bearer " + make_token("year", ["read", "write"], days=None, by=person, at=NOW)}
        return door

    def at(self, moment: datetime) -> None:
        """Move time on."""
        at_instant(self.folder, moment)

    def _ok(self, answer: Any, status: int = 200) -> Any:
        assert answer.status_code == status, answer.text
        return answer.json

    def live(self) -> Tally:
        """All four quarters."""
        for period, first in QUARTERS:
            last = (first + timedelta(days=93)).replace(day=1) - timedelta(days=1)
            self._issue(first)
            for moment, act, use in self._events(first, last):
                self.at(moment)
                act(use)
            self.at(noon(last + timedelta(days=14), 3))
            self._jobs()
            self.at(noon(last + timedelta(days=15), 9))
            for code in PROGRAMMES:
                self._close(code, period, last)
        return self.tally

    def _issue(self, first: date) -> None:
        """Every firm that must ask for a voucher does so on the quarter's first day."""
        self.at(noon(first, 1))
        self._jobs()
        for number, firm in enumerate(self.firms):
            code = sorted(PROGRAMMES)[number % 3]
            if PROGRAMMES[code]["issue_mode"] != "apply" or (code == "TJ" and first.month not in (10, 1)):
                continue
            asked = firm.post("/vouchers", {"programme": code, "amount_fen": self.chance.randrange(100_000, 300_000) * self.times})
            if asked.status_code == 422:  # the year's quota is used up
                continue
            key = self._ok(asked, 201)["id"]
            self._ok(self.bureau["clerk"].post(f"/vouchers/{key}/check"))
            self._ok(self.bureau["reviewer"].post(f"/vouchers/{key}/issue"))

    def _events(self, first: date, last: date) -> list[tuple[datetime, Any, Use]]:
        """Bookings, uses and confirmations of a quarter in the order in which they happen."""
        days, taken, found = (last - first).days - 6, set(), []
        while len(taken) < self.wanted // len(QUARTERS):
            place = (self.chance.randrange(len(self.instruments)), self.chance.randrange(4, days), self.chance.choice([9, 14]))
            if place in taken:
                continue
            taken.add(place)
            start = noon(first + timedelta(days=place[1]), place[2])
            fate = self.chance.choices(["confirmed", "silent", "cancelled", "nobody_came"], [75, 15, 7, 3])[0]
            use = Use(
                self.chance.randrange(60),
                place[0],
                start,
                start + timedelta(hours=self.chance.randint(1, 4)),
                fate,
                self.chance.uniform(0.4, 1.0),
            )
            asked = start - timedelta(days=self.chance.randint(2, 3), minutes=self.chance.randint(0, 900))
            found.append((asked, self._book, use))
            if fate == "cancelled":
                found.append((asked + timedelta(hours=5), self._cancel, use))
            elif fate != "nobody_came":
                found.append((use.end + timedelta(minutes=30), self._use, use))
            if fate == "confirmed":
                found.append((use.end + timedelta(hours=self.chance.randint(1, 40)), self._confirm, use))
            if fate == "nobody_came":
                found.append((use.end, self._nobody_came, use))
        return sorted(found, key=lambda event: event[0])

    def _book(self, use: Use) -> None:
        wish = {
            "instrument": str(self.instruments[use.instrument]),
            "mode": "guided",
            "start": use.start.isoformat(),
            "end": use.end.isoformat(),
        }
        made = self._ok(self.firms[use.firm].post("/bookings", wish), 201)
        assert made["status"] == "approved"
        use.key = made["id"]
        self.booked[use.key] = use
        self.tally.uses += 1

    def _cancel(self, use: Use) -> None:
        self._ok(self.firms[use.firm].post(f"/bookings/{use.key}/cancel", {"reason": "plans changed"}))

    def _nobody_came(self, use: Use) -> None:
        self._ok(self.owners[use.instrument].post(f"/bookings/{use.key}/no-show"))

    def _use(self, use: Use) -> None:
        end = use.start + max(timedelta(minutes=1), (use.end - use.start) * use.share)
        body = {"start": use.start.isoformat(), "end": end.replace(second=0, microsecond=0).isoformat()}
        made = self._ok(self.owners[use.instrument].post(f"/bookings/{use.key}/usage", body))
        use.gross = made["charge"]["gross_fen"]

    def _confirm(self, use: Use) -> None:
        made = self._ok(self.firms[use.firm].post(f"/bookings/{use.key}/confirm"))
        assert made["charge"]["gross_fen"] == sum(row["amount_fen"] for row in made["charge"]["subsidies"]) + made["charge"]["net_fen"]

    def _jobs(self) -> None:
        """The night's work, without its letters: thousands would be rendered that nobody reads."""
        run_due(at=now())

    def _all(self, path: str) -> list[dict[str, Any]]:
        """Every page of a list."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self._ok(self.bureau["clerk"].get(f"{path}&limit=200" + (f"&cursor={cursor}" if cursor else "")))
            found, cursor = found + page["items"], page["next"]
        return found

    def _close(self, code: str, period: str, last: date) -> None:
        """One script closes one programme's quarter."""
        claims = self._all(f"/claims?status=draft&programme={code}")
        for claim in claims:
            self._claim(claim)
        self.tally.claims += len(claims)
        clerk, reviewer, leader, finance, closer = self.bureau.values()
        if claims:
            batch = self._ok(clerk.post("/batches", {"programme": code, "period": period}), 201)
            path = f"/batches/{batch['id']}"
            locked = self._ok(clerk.post(path + "/lock"))
            assert (
                locked["total_fen"] == sum(line["amount_fen"] for line in locked["lines"]) == sum(claim["amount_fen"] for claim in claims)
            )
            for door, verb in ((reviewer, "review"), (leader, "approve"), (clerk, "send")):
                self._ok(door.post(f"{path}/{verb}"))
            self._pay(finance, path, locked["lines"], last)
            assert self._ok(closer.post(path + "/close"))["status"] == "closed"
            self.tally.paid[(code, period)] = locked["total_fen"]
        self._balance(code, period)

    def _claim(self, claim: dict[str, Any]) -> None:
        """The claimant hands it in with its papers, two hands of the bureau agree."""
        use, programme = self.booked[claim["booking"]], PROGRAMMES[claim["programme"]]
        if programme["docs_required"]:
            paper = {"leg": "invoice", "number": f"FP-{use.key}", "date": use.end.date().isoformat(), "amount_fen": str(use.gross)}
            self._ok(self.owners[use.instrument].post(f"/bookings/{use.key}/documents", data=paper), 201)
        side = self.firms[use.firm] if programme["claimant"] == "firm" else self.owners[use.instrument]
        for door, verb in ((side, "submit"), (self.bureau["clerk"], "check"), (self.bureau["reviewer"], "approve")):
            self._ok(door.post(f"/claims/{claim['id']}/{verb}"))

    def _pay(self, finance: Door, path: str, lines: list[dict[str, Any]], last: date) -> None:
        """The bank fails a twentieth of the lines; they are sent again."""
        failing = {line["line"] for line in lines if self.chance.random() < 0.05}
        self.tally.failed_lines += len(failing)
        paid_on = last + timedelta(days=15)

        def rows(failed: set[int], wanted: set[int]) -> str:
            said = [
                f"{line['line']},failed,,,{line['amount_fen']}" if line["line"] in failed
                else f"{line['line']},paid,{paid_on},{path}-{line['line']},{line['amount_fen']}"
                for line in lines if line["line"] in wanted
            ]  # fmt: skip
            return BANK + "\n".join(said) + "\n"

        everything = {line["line"] for line in lines}
        answer = self._ok(finance.post(path + "/bank-return", data=rows(failing, everything), content_type="text/csv"))
        assert answer["status"] == ("part_failed" if failing else "paid")
        if failing:
            answer = self._ok(finance.post(path + "/bank-return", data=rows(set(), failing), content_type="text/csv"))
        assert answer["status"] == "paid"

    def _balance(self, code: str, period: str) -> None:
        """The quarter's report balances to the fen, in total, by owner and by firm."""
        report = self._ok(self.bureau["clerk"].get(f"/reports/reconciliation?programme={code}&period={period}"))
        total = {name: report["total"][f"{name}_fen"] for name in FIGURES}
        assert report["findings"] == []
        assert total["opening"] == self.closings[code]
        assert total["closing"] == total["opening"] + total["issued"] - total["captured"] - total["expired"] - total["revoked"]
        assert total["captured"] == total["claimed"] == total["approved"] == total["paid"] == self.tally.paid.get((code, period), 0)
        for name in FIGURES:
            assert sum(row[f"{name}_fen"] for row in report["firms"]) == total[name], name
        for name in ("held", "captured", "released", "claimed", "approved", "paid"):
            assert sum(row[f"{name}_fen"] for row in report["owners"]) == total[name], name
        self.closings[code] = total["closing"]
