"""Claims with planted anomalies: clean ones with near misses, and for each of the twenty flags several ways to break its rule."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from equipment_share.adapters.words import negations, statutory_words
from equipment_share.domain.money import Money
from equipment_share.domain.programmes.parts import Band, RateRule
from equipment_share.domain.settlement.evidence import Case, Paper, number_key
from equipment_share.domain.settlement.flags.facts import (
    ClaimFacts,
    Crossing,
    Hand,
    Occupied,
    OtherClaim,
    OtherPaper,
    Party,
    Rates,
    UseFacts,
)
from equipment_share.domain.timeslots import Slot

HALF = Rates(RateRule((Band(None, 5_000),)))
YUHUAN = Rates(RateRule((Band(Money(1_000_000), 10_000), Band(None, 5_000))), per_order=Money(2_000_000))
YEAR_END = date(2026, 12, 31)
HOUR = timedelta(hours=1)
CODES = tuple(f"X{n:02d}" for n in range(1, 21))


@dataclass(frozen=True)
class Sample:
    """One claim and the flag that it was made to break; none for a clean one."""

    claim: ClaimFacts
    planted: str = ""


def _party(number: int, side: str) -> Party:
    """A firm or owner with nothing in common with any other."""
    return Party(
        id=number, code=f"{side}{number}", name=f"{side} {number}", controller=f"controller {side}{number}", legal_rep=f"person {side}{number}",
        shareholders=((f"holder {side}{number}", 6_000), ("a fund of many", 1_000)), phone=f"057387{number:06d}",
        address=f"road {side} {number}", bank_account=f"62220{number:014d}", founded_on=date(2015, 3, 1), insured_staff=25,
        research_spend=Money(50_000_000),
    )  # fmt: skip


def _papers(number: int, day: date, gross: Money, net: Money) -> list[Paper]:
    def paper(key: int, leg: str, text: str, on: date, amount: Money | None) -> Paper:
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Paper(number * 10 + key, leg, text, number_key(text), on, amount, digest)

    return [
        paper(1, "contract", f"HT-{number:07d}", day - timedelta(days=number % 5), None),
        paper(2, "invoice", f"FP-{number:07d}", day + timedelta(days=number % 9), gross if number % 2 else net),
        paper(3, "payment", f"PZ-{number:07d}", day + timedelta(days=10), net),
        paper(4, "result", f"BG-{number:07d}", day + timedelta(days=number % 4), None),
    ]


def clean(rng: random.Random, number: int) -> ClaimFacts:
    """An ordinary claim: half of some hours, in order in every respect, among other claims of the firm."""
    day = date(2026, 1, 5) + timedelta(days=rng.randrange(340))
    price, hours = Money(rng.randrange(200, 800) * 100), rng.randrange(1, 7)
    gross = price.times(hours)
    amount = Money(gross.fen // 2)
    firm, owner = _party(1_000 + rng.randrange(400), "firm"), _party(100 + rng.randrange(30), "owner")
    start = datetime(day.year, day.month, day.day, rng.randrange(1, 5), tzinfo=UTC)
    used = Slot(start, start + hours * HOUR)
    instrument = f"I{rng.randrange(300)}"
    use = UseFacts(
        booked=used, used=used, charged_minutes=hours * 60, samples=rng.randrange(20), open_windows=(Slot(start - HOUR, used.end + HOUR),),
        occupied=[Occupied("use", f"B{number}+", Slot(used.end, used.end + HOUR)), Occupied("maintenance", "", Slot(start - HOUR, start))],
        checked_in_at=start, logs=[used] if rng.random() < 0.5 else [], unit_price=price, published=price + Money(rng.randrange(3) * 1_000),
        peers=[Money(price.fen * rng.randrange(80, 121) // 100) for _ in range(rng.randrange(9))], texts=[("purpose", "断口形貌")],
    )  # fmt: skip
    return ClaimFacts(
        number=f"C{number:07d}", booking=f"B{number:07d}", programme="HALF", instrument=instrument, amount=amount,
        case=Case(gross, gross - amount, "net_pay", day, True, _papers(number, day, gross, gross - amount), ("contract", "invoice", "payment")),
        firm=firm, owner=owner, payee_id=owner.id, claimed_on=day + timedelta(days=20), claim_due=day + timedelta(days=90),
        issued_on=date(2026, 1, 1), prior_issue=False, use=use, rates=HALF, cap_left=Money(20_000_000 - rng.randrange(10_000_000)), raw=amount,
        claims_elsewhere=[_other(rng, firm, owner.id + 50, day, n) for n in range(rng.randrange(6))], expires_on=YEAR_END, period_last_on=YEAR_END,
        hands=(Hand("submitted", 7, owner.id), Hand("checked", 8, 1), Hand("approved", 9, 1)), orders_without_voucher=rng.randrange(4),
        words=statutory_words(), negations=negations(),
    )  # fmt: skip


def _other(rng: random.Random, firm: Party, owner_id: int, day: date, n: int, **more: object) -> OtherClaim:
    """Another claim of the firm, at another owner, in another month of the first half-year."""
    amount = Money(rng.randrange(1_000, 200_000))
    made = OtherClaim(
        f"C-{rng.randrange(10**9)}", f"B-{rng.randrange(10**9)}", "HALF", firm.id, owner_id, f"J{n}", amount, Money(amount.fen * 2),
        date(2026, 1 + n, 3),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def near_miss(rng: random.Random, number: int) -> ClaimFacts:
    """A claim that stands just on the right side of one rule."""
    claim = clean(rng, number)
    day, use = claim.case.used_on or YEAR_END, claim.use
    assert use.used is not None
    return rng.choice([
        lambda: replace(claim, claimed_on=claim.claim_due or day),
        lambda: replace(claim, firm=replace(claim.firm, shareholders=(("a fund", 2_499),)), owner=replace(claim.owner, shareholders=(("a fund", 9_000),))),
        lambda: replace(claim, rates=YUHUAN, claims_elsewhere=[_sibling(claim, rng, 8, claim.case.gross)]),
        lambda: _with_use(claim, used=Slot(use.used.start, use.used.end + timedelta(minutes=90)), occupied=()),  # type: ignore[union-attr]
        lambda: _with_use(claim, samples=60 * (-(-use.used.minutes // 60))),  # type: ignore[union-attr]
        lambda: _with_use(claim, texts=[("purpose", "非法定检测,研发用")]),
        lambda: _with_use(claim, logs=[Slot(use.used.start - 48 * HOUR, use.used.start - 47 * HOUR)] * 2),  # type: ignore[union-attr]
        lambda: _with_use(claim, published=use.unit_price, peers=[Money((use.unit_price or Money(0)).fen * 2 // 3 + 1)] * 5),
        lambda: replace(claim, firm=replace(claim.firm, founded_on=day - timedelta(days=365), research_spend=Money(0)), orders_without_voucher=0),
        lambda: replace(claim, firm=replace(claim.firm, credit_list="abnormal", credit_since=claim.claimed_on + timedelta(days=1))),
        lambda: replace(claim, papers_elsewhere=[OtherPaper("B9", "contract", claim.case.papers[0].number_key, "", claim.owner.id)]),
        lambda: replace(claim, papers_elsewhere=[OtherPaper("B9", "result", claim.case.papers[3].number_key, "", claim.owner.id + 1)]),
        lambda: replace(claim, cap_left=claim.amount + Money(1)),
    ])()  # fmt: skip


def _with_use(claim: ClaimFacts, **changes: object) -> ClaimFacts:
    return replace(claim, use=replace(claim.use, **changes))  # type: ignore[arg-type]


def _with_paper(claim: ClaimFacts, index: int, **changes: object) -> ClaimFacts:
    papers = list(claim.case.papers)
    papers[index] = replace(papers[index], **changes)  # type: ignore[arg-type]
    return replace(claim, case=replace(claim.case, papers=papers))


def _sibling(claim: ClaimFacts, rng: random.Random, days: int, gross: Money) -> OtherClaim:
    """Another job of the same firm at the same instrument, `days` later, given as a job of its own."""
    day = (claim.case.used_on or YEAR_END) + timedelta(days=days)
    return OtherClaim(
        f"C-{rng.randrange(10**9)}", f"B-{rng.randrange(10**9)}", claim.programme, claim.firm.id, claim.owner.id, claim.instrument, gross,
        gross, day,
    )  # fmt: skip


def _written_otherwise(rng: random.Random, text: str) -> str:
    """The same number as somebody else would type it."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    return rng.choice([text.lower(), text.replace("-", " "), text.replace("-", "—"), f" {text} ", wide, text.replace("-", "")])


def _x01(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    if rng.random() < 0.2:
        return replace(claim, case=replace(claim.case, has_use=False))
    gone = rng.randrange(3)
    return replace(claim, case=replace(claim.case, papers=[p for n, p in enumerate(claim.case.papers) if n != gone]))


def _x02(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    index = rng.choice([1, 2])
    amount = claim.case.papers[index].amount or Money(0)
    return _with_paper(claim, index, amount=amount + Money(rng.choice([1, -1, 100, 12_345])))


def _x03(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    return rng.choice([
        lambda: _with_paper(claim, 1, parties=(("buyer", claim.firm.name), ("seller", "another seller"))),
        lambda: _with_paper(claim, 2, parties=(("payer", "another firm"),)),
        lambda: _with_paper(claim, 3, by_organisation=999),
        lambda: replace(claim, payee_id=claim.firm.id),
    ])()  # fmt: skip


def _x04(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    day, some = claim.case.used_on or YEAR_END, timedelta(days=rng.randrange(1, 30))
    return rng.choice([
        lambda: _with_paper(claim, 0, dated_on=day + some),
        lambda: _with_paper(claim, 1, dated_on=day - some),
        lambda: _with_paper(claim, 3, dated_on=day - some),
        lambda: replace(claim, claimed_on=(claim.claim_due or day) + some),
        lambda: replace(claim, prior_issue=True, issued_on=day),
    ])() if (claim.case.papers[0].dated_on or day) < day else _with_paper(claim, 0, dated_on=day + some)  # fmt: skip


def _x05(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    key = number_key(_written_otherwise(rng, claim.case.papers[1].number))
    return replace(claim, papers_elsewhere=[OtherPaper("B-other", "invoice", key, "", rng.choice([claim.owner.id, 5]))])


def _x06(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    day = claim.case.used_on or YEAR_END
    twice = _other(rng, claim.firm, claim.owner.id, day, 9, programme="CITY")
    if rng.random() < 0.5:
        return replace(claim, claims_elsewhere=[replace(twice, booking=claim.booking)])
    key = number_key(_written_otherwise(rng, claim.case.papers[0].number))
    return replace(claim, claims_elsewhere=[twice], papers_elsewhere=[OtherPaper(twice.booking, "contract", key, "", claim.owner.id)])


def _x07(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    owner = claim.owner
    return replace(claim, firm=rng.choice([
        lambda: replace(claim.firm, controller=owner.controller.upper()),
        lambda: replace(claim.firm, legal_rep=owner.legal_rep),
        lambda: replace(claim.firm, shareholders=((owner.shareholders[0][0], 2_500),)),
        lambda: replace(claim.firm, shareholders=((owner.name, 5_100),)),
        lambda: replace(claim.firm, phone=owner.phone[:4] + "-" + owner.phone[4:]),
        lambda: replace(claim.firm, address=owner.address.replace(" ", "")),
        lambda: replace(claim.firm, bank_account=" ".join((owner.bank_account[:8], owner.bank_account[8:]))),
        lambda: replace(claim.firm, related=frozenset({owner.code})),
    ])())  # fmt: skip


def _x08(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    parts, days = rng.randrange(2, 5), rng.randrange(1, 8) if rng.random() < 0.96 else 9
    gross = Money(rng.randrange(510_000, 940_000))
    whole = replace(claim.case, gross=gross, net=Money(0), papers=_papers(7, claim.case.used_on or YEAR_END, gross, Money(0)))
    siblings = [_sibling(claim, rng, -days if n % 2 else days, gross) for n in range(1, parts)]
    return replace(claim, case=whole, amount=gross, rates=YUHUAN, claims_elsewhere=siblings)


def _x09(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    used = claim.use.used
    assert used is not None
    inside = Slot(used.end - timedelta(minutes=rng.randrange(1, 30)), used.end + HOUR)
    return rng.choice([
        lambda: _with_use(claim, occupied=[Occupied("use", "B-other", inside)]),
        lambda: _with_use(claim, occupied=[Occupied("maintenance", "", inside)]),
        lambda: _with_use(claim, occupied=[Occupied("person", "B-elsewhere", inside)]),
        lambda: _with_use(claim, open_windows=(Slot(used.start, used.start + timedelta(minutes=29)),)),
        lambda: _with_use(claim, open_windows=()),
    ])()  # fmt: skip


def _x10(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    used = claim.use.used
    assert used is not None
    if rng.random() < 0.5:
        return _with_use(claim, checked_in_at=None)
    return _with_use(
        claim, logs=[Slot(used.start - n * 24 * HOUR, used.start - n * 24 * HOUR + HOUR) for n in range(1, rng.randrange(4, 9))]
    )


def _x11(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    price = claim.use.unit_price or Money(0)
    if rng.random() < 0.5:
        return _with_use(claim, published=price - Money(rng.choice([1, 100, 5_000])), peers=())
    return _with_use(claim, peers=[Money(price.fen * rng.randrange(40, 65) // 100) for _ in range(rng.randrange(5, 12))])


def _x12(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    day = (claim.case.used_on or YEAR_END) + timedelta(days=rng.randrange(-90, 91))
    back_firm = replace(_party(5_001, "firm"), controller=claim.owner.controller)
    back_owner = rng.choice([
        replace(_party(5_002, "owner"), bank_account=claim.firm.bank_account), replace(_party(5_002, "owner"), legal_rep=claim.firm.legal_rep),
    ])  # fmt: skip
    return replace(claim, crossings=[Crossing("B-back", back_firm, back_owner, day, claim.case.gross)])


def _x13(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    if rng.random() < 0.5:
        return replace(claim, cap_left=claim.amount)
    day = claim.case.used_on or YEAR_END
    below = [Money(rng.randrange(950_000, 1_000_000)) for _ in range(rng.randrange(2, 5))]
    mates = [
        _other(rng, claim.firm, claim.owner.id + 50, day, 3, amount=m, used_on=day - timedelta(days=9 * n)) for n, m in enumerate(below, 1)
    ]
    gross = Money(below[0].fen * 2)
    case = replace(claim.case, gross=gross, net=below[0], papers=_papers(9, day, gross, below[0]))
    return replace(claim, case=case, amount=below[0], claims_elsewhere=mates)


def _x14(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    day = YEAR_END - timedelta(days=rng.randrange(20))
    moved = replace(claim.case, used_on=day, papers=_papers(int(claim.number[1:]), day, claim.case.gross, claim.case.net))
    big = [_other(rng, claim.firm, 50, day, 0, amount=Money(150_000), used_on=day - timedelta(days=n)) for n in range(rng.randrange(3, 7))]
    small = [_other(rng, claim.firm, 50, day, n, amount=Money(9_000)) for n in range(rng.randrange(3))]
    return replace(claim, case=moved, claimed_on=day, claim_due=None, claims_elsewhere=[*big, *small])


def _x15(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    return rng.choice([
        lambda: replace(claim, eligible=False),
        lambda: replace(claim, firm=replace(claim.firm, credit_list="dishonest", credit_since=claim.claimed_on)),
        lambda: replace(claim, firm=replace(claim.firm, credit_list="abnormal")),
        lambda: replace(claim, firm=replace(claim.firm, barred=True)),
    ])()  # fmt: skip


def _x16(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    if rng.random() < 0.5:
        return replace(claim, firm=replace(claim.firm, insured_staff=0))
    young = (claim.case.used_on or YEAR_END) - timedelta(days=rng.randrange(1, 365))
    return replace(claim, firm=replace(claim.firm, founded_on=young, research_spend=Money(0)), orders_without_voucher=0)


def _x17(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    words = ["产品强制检定", "法定检测委托", "出厂批量检测", "Statutory test of meters", "年度强检", "compulsory test"]
    disguised = ["法 定 检 测"]
    text = rng.choice(words if rng.random() < 0.97 else disguised)
    return _with_use(claim, texts=[(rng.choice(["purpose", "contract"]), text)])


def _x18(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    paper = claim.case.papers[3]
    if rng.random() < 0.5:
        return replace(claim, papers_elsewhere=[OtherPaper("B-other", "result", "something-else", paper.file_hash, 5)])
    key = number_key(_written_otherwise(rng, paper.number))
    return replace(claim, papers_elsewhere=[OtherPaper("B-other", "result", key, "", claim.owner.id)])


def _x19(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    own = rng.choice([claim.firm.id, claim.owner.id])
    return replace(claim, hands=rng.choice([
        (Hand("submitted", 7, claim.owner.id), Hand("checked", 8, own)),
        (Hand("submitted", 7, claim.owner.id), Hand("checked", 8, 1), Hand("approved", 9, own)),
        (Hand("submitted", 7, claim.owner.id), Hand("checked", 8, 1), Hand("approved", 8, 1)),
        (Hand("submitted", 8, 1), Hand("checked", 8, 1)),
    ]))  # fmt: skip


def _x20(rng: random.Random, claim: ClaimFacts) -> ClaimFacts:
    used = claim.use.used
    assert used is not None
    hours = -(-used.minutes // 60)
    return rng.choice([
        lambda: _with_use(claim, samples=60 * hours + rng.randrange(1, 500)),
        lambda: _with_use(claim, samples=4 * hours + 1, most_samples_per_hour=4),
        lambda: _with_use(claim, charged_minutes=used.minutes + rng.randrange(61, 300)),
    ])()  # fmt: skip


PLANTS: dict[str, Callable[[random.Random, ClaimFacts], ClaimFacts]] = {
    "X01": _x01, "X02": _x02, "X03": _x03, "X04": _x04, "X05": _x05, "X06": _x06, "X07": _x07, "X08": _x08, "X09": _x09, "X10": _x10,
    "X11": _x11, "X12": _x12, "X13": _x13, "X14": _x14, "X15": _x15, "X16": _x16, "X17": _x17, "X18": _x18, "X19": _x19, "X20": _x20,
}  # fmt: skip
"""One way in, several ways to break each rule."""


def samples(seed: int, *, clean_claims: int, of_each: int) -> list[Sample]:
    """Clean claims, a tenth of them near misses, with so many planted of each kind; the same seed, the same claims."""
    rng = random.Random(seed)
    found = [Sample(near_miss(rng, n) if n % 10 == 0 else clean(rng, n)) for n in range(clean_claims)]
    number = clean_claims
    for code, plant in PLANTS.items():
        for _ in range(of_each):
            number += 1
            found.append(Sample(plant(rng, clean(rng, number)), code))
    rng.shuffle(found)
    return found


@dataclass(frozen=True)
class Score:
    """How well one flag finds what was planted for it."""

    code: str
    planted: int
    found: int
    raised: int

    @property
    def recall(self) -> float:
        """Of what was planted, how much was found."""
        return self.found / self.planted

    @property
    def precision(self) -> float:
        """Of what was raised, how much had been planted."""
        return self.found / self.raised if self.raised else 1.0

    def __str__(self) -> str:
        """One row of the table."""
        return f"{self.code}  {self.planted:>5} {self.found:>5} {self.raised:>6}   {self.recall:.3f}   {self.precision:.3f}"


def scores(rows: list[Sample], raised: list[set[str]]) -> list[Score]:
    """One score a flag, over all claims."""
    return [
        Score(
            code,
            sum(row.planted == code for row in rows),
            sum(row.planted == code and code in codes for row, codes in zip(rows, raised, strict=True)),
            sum(code in codes for codes in raised),
        )
        for code in CODES
    ]
