"""What the ledger must answer, in plain dictionaries: it shares no code with the product and knows `contract.md` §5 alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

ROADS = {
    ("treasury", "programme", "direct"), ("programme", "treasury", "direct"), ("programme", "voucher", "direct"),
    ("voucher", "programme", "direct"), ("programme", "payable", "direct"), ("voucher", "expired", "direct"),
    ("voucher", "revoked", "direct"), ("voucher", "payable", "hold"), ("voucher", "payable", "capture"),
    ("voucher", "payable", "release"), ("payable", "voucher", "refund"), ("payable", "batch", "direct"),
    ("batch", "payable", "direct"), ("batch", "paid", "direct"), ("paid", "payable", "direct"),
}  # fmt: skip
MOST = 10**12
SUMS = ("dr_pend", "dr_post", "cr_pend", "cr_post")


@dataclass(frozen=True)
class Command:
    """One try: what is done, and what it is done to. A step has both sides, an amount and a phase."""

    do: str
    dr: str = ""
    cr: str = ""
    amount: int = 0
    phase: str = "direct"
    of: int | None = None
    programme: str = ""


@dataclass
class Ledger:
    """Accounts by name and steps in their order."""

    accounts: dict[str, dict[str, object]] = field(default_factory=dict)
    sums: dict[str, dict[str, int]] = field(default_factory=dict)
    steps: list[dict[str, object]] = field(default_factory=list)
    resolved: set[int] = field(default_factory=set)
    refunded: dict[int, int] = field(default_factory=dict)

    def open(self, name: str, kind: str, programme: str | None, *, bounded: bool) -> None:
        """A house on the street, empty."""
        self.accounts[name] = {"kind": kind, "programme": programme, "bounded": bounded}
        self.sums[name] = dict.fromkeys(SUMS, 0)

    def left(self, name: str) -> int:
        """What an account may still spend."""
        own = self.sums[name]
        return own["cr_post"] - own["dr_post"] - own["dr_pend"]

    def apply(self, command: Command) -> str:
        """Do it, or say the name of the law that forbids it; an empty word is a yes."""
        if command.do in FORBIDDEN:
            return FORBIDDEN[command.do]
        said = self._law(command) or self._limits(command)
        if not said:
            self._move(command, self.sums)
            self.steps.append({"dr": command.dr, "cr": command.cr, "amount": command.amount, "phase": command.phase, "of": command.of})
        return said

    def _law(self, c: Command) -> str:
        """The laws of one step, in the order in which the database looks at them."""
        dr, cr = self.accounts[c.dr], self.accounts[c.cr]
        of = self.steps[c.of] if c.of is not None else None
        if (dr["kind"], cr["kind"], c.phase) not in ROADS:
            return "transfer_flow"
        if any(side["kind"] != "treasury" and side["programme"] != c.programme for side in (dr, cr)):
            return "transfer_same_programme"
        if c.phase in ("capture", "release"):
            if of is None or of["phase"] != "hold" or (of["dr"], of["cr"]) != (c.dr, c.cr):
                return "transfer_of_a_hold"
            if c.phase == "capture" and c.amount > of["amount"]:  # type: ignore[operator]
                return "capture_exceeds_hold"
            if c.phase == "release" and c.amount != of["amount"]:
                return "release_is_the_hold"
        if c.phase == "refund":
            wrong = of is None or of["phase"] != "capture" or (of["dr"], of["cr"]) != (c.cr, c.dr)
            if wrong or c.amount + self.refunded.get(c.of or 0, 0) > of["amount"]:  # type: ignore[operator,index]
                return "refund_of_a_capture"
        if not 0 <= c.amount <= MOST or (c.amount == 0 and c.phase != "capture"):
            return "amount"
        if (c.of is None) != (c.phase in ("direct", "hold")):
            return "of_when_needed"
        return "resolved_once" if c.phase in ("capture", "release") and c.of in self.resolved else ""

    def _limits(self, c: Command) -> str:
        """A bounded account is never overspent."""
        after = {name: dict(self.sums[name]) for name in (c.dr, c.cr)}
        self._move(c, after, dry=True)
        over = any(own["dr_post"] + own["dr_pend"] > own["cr_post"] for name, own in after.items() if self.accounts[name]["bounded"])
        return "no_overspend" if over else ""

    def _move(self, c: Command, sums: dict[str, dict[str, int]], *, dry: bool = False) -> None:
        held = int(self.steps[c.of]["amount"]) if c.of is not None and c.phase in ("capture", "release") else 0  # type: ignore[call-overload]
        for side, name in (("dr", c.dr), ("cr", c.cr)):
            if self.accounts[name]["bounded"]:
                sums[name][f"{side}_pend"] += c.amount if c.phase == "hold" else -held
                sums[name][f"{side}_post"] += c.amount if c.phase in ("direct", "capture", "refund") else 0
        if not dry and c.of is not None:
            if c.phase == "refund":
                self.refunded[c.of] = self.refunded.get(c.of, 0) + c.amount
            else:
                self.resolved.add(c.of)


FORBIDDEN = {
    "change a step": "ledger_transfer_append_only",
    "remove a step": "ledger_transfer_append_only",
    "move a sum": "account_moved_by_hand",
    "rename an account": "account_moved_by_hand",
    "give an account away": "account_moved_by_hand",
    "remove an account": "account_moved_by_hand",
    "an account born rich": "account_moved_by_hand",
    "an account twice": "ledger_account_twice",
}
"""Writes that nobody may do, and the name of what refuses them."""


def street(book: Ledger, tag: str) -> None:
    """Two programmes, one without a bound, with their vouchers, payees and batches."""
    book.open(f"{tag}:treasury", "treasury", None, bounded=False)
    for code, bounded in ((f"{tag}A", True), (f"{tag}B", False)):
        book.open(f"{code}:programme", "programme", code, bounded=bounded)
        for kind, count in (("voucher", 3), ("payable", 2), ("batch", 1), ("paid", 1), ("expired", 1), ("revoked", 1)):
            for number in range(count):
                book.open(f"{code}:{kind}{number}", kind, code, bounded=kind == "voucher")


class Writer:
    """Makes up the next command: mostly sensible, often hostile."""

    def __init__(self, book: Ledger, tag: str, chance: random.Random) -> None:
        self.book, self.tag, self.chance = book, tag, chance
        self.by_kind: dict[tuple[str, str], list[str]] = {}
        for name, account in book.accounts.items():
            self.by_kind.setdefault((str(account["kind"]), str(account["programme"] or "")), []).append(name)

    def next(self) -> Command:
        """One command."""
        if self.chance.random() < 0.06:
            return Command(self.chance.choice(sorted(FORBIDDEN)))
        code = self.tag + self.chance.choice("AAB")
        makers: list[Callable[[str], Command]] = [
            *[self._direct] * 7, *[self._hold] * 6, *[self._resolve] * 6, self._refund, self._refund,
            self._wrong_road, self._wrong_programme, self._odd_amount, self._wrong_of,
        ]  # fmt: skip
        return self.chance.choice(makers)(code)

    def _some(self, kind: str, code: str) -> str:
        return self.chance.choice(self.by_kind[(kind, "" if kind == "treasury" else code)])

    def _amount(self, most: int) -> int:
        """A part, the whole, one fen more, or much more."""
        fair = self.chance.randint(1, max(most, 1))
        return self.chance.choice([fair, fair, fair, fair, fair, max(most, 1), most + 1, self.chance.randint(1, 200_000)])

    def _direct(self, code: str) -> Command:
        road = self.chance.choice(sorted(road for road in ROADS if road[2] == "direct"))
        first, second = ("treasury", "programme", "direct"), ("programme", "voucher", "direct")
        road = self.chance.choice([road, first, second, second] if len(self.book.steps) > 4 else [first, second, second])
        dr, cr = self._some(road[0], code), self._some(road[1], code)
        rich = {"treasury": 500_000, "programme": 100_000}.get(road[0])
        most = min(rich or 10**9, self.book.left(dr)) if self.book.accounts[dr]["bounded"] else rich or 5_000
        return Command("step", dr, cr, self._amount(max(most, 0)), programme=code)

    def _hold(self, code: str) -> Command:
        dr = self._some("voucher", code)
        return Command("step", dr, self._some("payable", code), self._amount(self.book.left(dr) // 2), "hold", programme=code)

    def _of(self, code: str, phase: str) -> int | None:
        known = [number for number, step in enumerate(self.book.steps) if step["phase"] == phase and str(step["dr"]).startswith(code)]
        still_open = [number for number in known if number not in self.book.resolved]
        return self.chance.choice(still_open if still_open and self.chance.random() < 0.85 else known) if known else None

    def _resolve(self, code: str) -> Command:
        """Capture or release a hold: an open one, or by chance one that is resolved."""
        of = self._of(code, "hold")
        if of is None:
            return self._hold(code)
        step, phase = self.book.steps[of], self.chance.choice(["capture", "capture", "release"])
        held = int(step["amount"])  # type: ignore[call-overload]
        fair = held if phase == "release" else self.chance.randint(0, held)
        return Command("step", str(step["dr"]), str(step["cr"]), self.chance.choice([fair, fair, held, held + 1]), phase, of, code)

    def _refund(self, code: str) -> Command:
        of = self._of(code, "capture")
        if of is None:
            return self._hold(code)
        step = self.book.steps[of]
        rest = int(step["amount"]) - self.book.refunded.get(of, 0)  # type: ignore[call-overload]
        return Command("step", str(step["cr"]), str(step["dr"]), self._amount(rest), "refund", of, code)

    def _wrong_road(self, code: str) -> Command:
        if self.chance.random() < 0.5:  # past the hold, past the batch, backwards
            road = self.chance.choice([("voucher", "payable"), ("payable", "paid"), ("payable", "programme"), ("treasury", "voucher")])
            return Command("step", self._some(road[0], code), self._some(road[1], code), self.chance.randint(1, 50), programme=code)
        dr, cr = self.chance.sample(sorted(self.book.accounts), 2)
        return Command("step", dr, cr, self.chance.randint(1, 50), self.chance.choice(["direct", "hold", "capture", "refund"]), None, code)

    def _wrong_programme(self, code: str) -> Command:
        other = self.tag + ("B" if code.endswith("A") else "A")
        road = self.chance.choice([("programme", "voucher", "direct"), ("voucher", "payable", "hold"), ("payable", "batch", "direct")])
        dr, cr = self._some(road[0], code), self._some(road[1], self.chance.choice([code, other]))
        return Command("step", dr, cr, self.chance.randint(1, 50), road[2], None, self.chance.choice([other, other, code]))

    def _odd_amount(self, code: str) -> Command:
        amount = self.chance.choice([0, 0, -1, -500, MOST + 1])
        phase = self.chance.choice(["direct", "hold", "capture", "refund"])
        of = self._of(code, {"capture": "hold", "refund": "capture"}.get(phase, "")) if phase in ("capture", "refund") else None
        if of is not None:
            step = self.book.steps[of]
            sides = (str(step["dr"]), str(step["cr"]))
            return Command("step", *(sides if phase == "capture" else sides[::-1]), amount, phase, of, code)
        if phase == "hold":
            return Command("step", self._some("voucher", code), self._some("payable", code), amount, phase, None, code)
        return Command("step", self._some("treasury", code), self._some("programme", code), amount, "direct", None, code)

    def _wrong_of(self, code: str) -> Command:
        """A step that names a step it has nothing to do with, or none where one is needed."""
        of = self.chance.choice([None, *range(len(self.book.steps))])
        phase = self.chance.choice(["direct", "hold", "capture", "release", "refund"])
        dr, cr = self._some("voucher", code), self._some("payable", code)
        if phase == "direct":
            dr, cr = self._some("payable", code), self._some("batch", code)
        elif phase == "refund":
            dr, cr = cr, dr
        return Command("step", dr, cr, self.chance.randint(1, 20), phase, of, code)
