"""What changes after a claim was paid is an entry of its own: corrections, adjustments, claw-backs, repayments (W16, scenario 29)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask

from equipment_share.domain.errors import AlreadyDecided, Invalid, InvalidTransition, SecondPersonRequired
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import Money
from equipment_share.domain.periods import Period
from equipment_share.domain.settlement.adjustments import AdjustmentState
from equipment_share.domain.settlement.claims import BatchState, ClaimState
from equipment_share.models.bookings import Booking
from equipment_share.models.people import User
from equipment_share.models.settlement import Claim
from equipment_share.queries.adjustments import adjustments_of
from equipment_share.queries.dump import KEYS, dumped
from equipment_share.queries.ledger import account, balance, mismatches
from equipment_share.queries.publicity import publicity
from equipment_share.queries.reporting.reports import report
from equipment_share.queries.settlement import claim_seen_by, lines_of
from equipment_share.queries.vouchers import vouchers_seen_by
from equipment_share.services.bookings.disputes import answer_dispute, dispute_usage
from equipment_share.services.settlement.adjustments import adjust_claim, appeal_adjustment, record_repayment, refuse_adjustment
from equipment_share.services.settlement.batches import lock_batch, open_batch, refuse_batch
from tests.builders import a_booking, a_firm, a_programme, an_instrument, an_owner, local, yuan
from tests.support.checker import faults
from tests.support.settled import Hands, approved, handed_in, paid, the_hands, used

LATER = local("2026-09-10 09:00")
NEXT = local("2026-10-12 09:00")


class World:
    """One owner and firm, a use of eight hours that was paid, and a pair of later bookings to deduct from."""

    def __init__(self, hourly: int = 100_000, **programme: object) -> None:
        a_programme(**programme)
        self.owner, self.firm, self.hands = an_owner(), a_firm(), the_hands()
        self.instrument = an_instrument(self.owner, hourly=hourly)

    def paid_use(self, start: str, end: str, period: str = "2026-Q3", *, close: bool = True) -> tuple[Booking, Claim]:
        booking = a_booking(self.firm, self.instrument, local(start), local(end))
        booking = used(booking, self.owner, self.firm, booking.starts_at, booking.ends_at, at=LATER)
        claim = approved(handed_in(booking, self.owner, self.firm, at=LATER), self.hands, at=LATER)
        paid("HALF", period, self.hands, at=LATER, close=close)
        return booking, claim_seen_by(claim.id, self.hands.clerk)

    def corrected(self, booking: Booking, end: str) -> None:
        """The firm says that it ended earlier, the owner agrees."""
        dispute_usage(booking.id, reason="stopped earlier", start=booking.starts_at, end=local(end), by=self.firm, at=NEXT)
        answer_dispute(booking.id, accept=True, reason="right", by=self.owner, at=NEXT)

    def payable(self) -> Money:
        return balance(account(AccountKind.PAYABLE, f"HALF:{self.owner.organisation_id}").id)


def dump_faults() -> list[str]:
    rows: dict[str, list[dict[str, object]]] = {key: [] for key in KEYS}
    for key, row in dumped():
        rows[key].append(row)
    return faults(rows, "test")


def test_w16_a_refund_after_settlement_takes_its_share_back_and_the_next_batch_deducts_it(app: Flask) -> None:
    world = World()
    booking, claim = world.paid_use("2026-09-08 08:00", "2026-09-08 16:00")
    assert (claim.state, claim.amount, booking.net) == (ClaimState.PAID, yuan("4000"), yuan("4000"))

    world.corrected(booking, "2026-09-08 14:00")

    assert (booking.gross, booking.subsidy, booking.net) == (yuan("6000"), yuan("3000"), yuan("3000"))
    entry = adjustments_of(claim.id)[0]
    assert (entry.amount, entry.state, claim.state, claim.amount) == (
        Money(-100_000),
        AdjustmentState.APPROVED,
        ClaimState.ADJUSTED,
        yuan("4000"),
    )
    assert world.payable() == Money(-100_000)
    assert vouchers_seen_by(world.firm)[0].figures.consumed == yuan("3000")
    other = a_booking(world.firm, world.instrument, local("2026-10-13 08:00"), local("2026-10-13 12:00"), at=NEXT)
    done = local("2026-10-14 09:00")
    other = used(other, world.owner, world.firm, other.starts_at, other.ends_at, at=done)
    approved(handed_in(other, world.owner, world.firm, at=done), world.hands, at=done)
    batch = paid("HALF", "2026-Q4", world.hands, at=done, close=True)
    lines = lines_of(batch.id)
    assert [line.amount.fen for line in lines] == [200_000, -100_000]
    assert (batch.total, batch.state, lines[1].result) == (yuan("1000"), BatchState.CLOSED, "paid")
    assert lines[1].adjusts is not None and lines[1].adjusts.claim_id == claim.id
    assert (world.payable(), entry.state) == (Money(0), AdjustmentState.SETTLED)
    assert balance(account(AccountKind.PAID, "HALF").id) == yuan("5000")
    assert mismatches() == [] and dump_faults() == []


@pytest.mark.parametrize(("end", "adjustments", "net"), [("18:00", [], "6500"), ("13:00", [-100_000], "2500")], ids=["W16b", "W16c"])
def test_a_capped_subsidy_gives_back_only_what_the_rule_no_longer_bears(app: Flask, end: str, adjustments: list[int], net: str) -> None:
    world = World(caps={"annual_fen": {"tech_sme": 350_000}})
    booking, claim = world.paid_use("2026-09-08 08:00", "2026-09-08 20:00")
    assert (booking.gross, claim.amount, booking.net) == (yuan("12000"), yuan("3500"), yuan("8500"))

    world.corrected(booking, f"2026-09-08 {end}")

    assert [entry.amount.fen for entry in adjustments_of(claim.id)] == adjustments
    assert booking.net == yuan(net)


def test_the_public_list_and_its_report_show_what_is_left_after_a_cut(app: Flask) -> None:
    world = World()
    booking, _ = world.paid_use("2026-09-08 08:00", "2026-09-08 16:00")
    before = publicity("HALF", Period.parse("2026-Q3"))

    world.corrected(booking, "2026-09-08 14:00")

    name = world.firm.organisation.name
    made = report("publicity", "HALF", Period.parse("2026-Q3"), by=world.hands.clerk)
    assert before == [(name, yuan("4000"))]
    assert publicity("", None) == publicity("HALF", Period.parse("2026-Q3")) == [(name, yuan("3000"))]
    assert (made.re_added, made.table("publicity").sum_of("amount")) == (True, yuan("3000"))
    assert publicity("HALF", Period.parse("2026-Q4")) == publicity("NONE", None) == []


def _prepared(world: World) -> tuple[Booking, Claim]:
    booking, claim = world.paid_use("2026-09-08 08:00", "2026-09-08 16:00")
    adjust_claim(claim.id, amount=yuan("1500"), reason="price above the list", by=world.hands.clerk, at=NEXT)
    return booking, claim


def test_the_bureau_adjusts_a_paid_claim_with_two_persons_and_the_booking_stays_as_it_was_charged(app: Flask) -> None:
    world = World()
    booking, claim = _prepared(world)
    entry = adjustments_of(claim.id)[0]
    assert (claim.state, entry.state, booking.subsidy) == (ClaimState.PAID, AdjustmentState.PROPOSED, yuan("4000"))
    with pytest.raises(AlreadyDecided):
        adjust_claim(claim.id, amount=yuan("1"), reason="again", by=world.hands.clerk, at=NEXT)
    appeal_adjustment(entry.id, words="the list was wrong", by=world.owner, at=NEXT)

    adjust_claim(claim.id, reason="agreed", by=world.hands.reviewer, at=NEXT)

    assert (claim.state, booking.subsidy, booking.net, booking.gross) == (ClaimState.ADJUSTED, yuan("4000"), yuan("4000"), yuan("8000"))
    assert (entry.state, entry.appeal, entry.amount) == (AdjustmentState.APPROVED, "the list was wrong", Money(-150_000))
    with pytest.raises(InvalidTransition):
        adjust_claim(claim.id, reason="nothing waits", by=world.hands.reviewer, at=NEXT)
    with pytest.raises(Invalid) as refusal:
        adjust_claim(claim.id, amount=yuan("2500.01"), reason="more than is left", by=world.hands.clerk, at=NEXT)
    assert refusal.value.code == "out_of_range"


def test_nobody_decides_what_he_prepared_and_a_refused_adjustment_changes_nothing(app: Flask) -> None:
    world = World()
    _, claim = _prepared(world)
    entry = adjustments_of(claim.id)[0]
    with pytest.raises(SecondPersonRequired):
        refuse_adjustment(entry.id, reason="mine", by=_as_reviewer(world.hands), at=NEXT)

    refuse_adjustment(entry.id, reason="the price was right", by=world.hands.reviewer, at=NEXT)

    assert (entry.state, claim.state, world.payable()) == (AdjustmentState.REFUSED, ClaimState.PAID, Money(0))


def _as_reviewer(hands: Hands) -> User:
    """The clerk, were he a reviewer too."""
    return SimpleNamespace(id=hands.clerk.id, role=hands.reviewer.role, organisation_id=hands.clerk.organisation_id)  # type: ignore[return-value]


def test_all_of_a_claim_is_clawed_back_the_firm_is_barred_and_the_owner_pays_back(app: Flask) -> None:
    world = World(penalty={"clawback": True, "ban_years": 3})
    _, claim = world.paid_use("2026-09-08 08:00", "2026-09-08 16:00")
    adjust_claim(claim.id, amount=yuan("4000"), reason="no such use", by=world.hands.clerk, at=NEXT)
    adjust_claim(claim.id, reason="proved", by=world.hands.reviewer, at=NEXT)
    entry = adjustments_of(claim.id)[0]

    record_repayment(entry.id, reference="SK-1", by=world.hands.finance, at=NEXT)

    assert (claim.state, entry.state, entry.kind.value) == (ClaimState.CLAWED_BACK, AdjustmentState.REPAID, "clawback")
    assert str(world.firm.organisation.barred_until) == "2029-10-12"
    assert (world.payable(), balance(account(AccountKind.PAID, "HALF").id)) == (Money(0), Money(0))
    assert mismatches() == [] and dump_faults() == []


def test_a_refused_batch_frees_what_was_to_be_deducted(app: Flask) -> None:
    world = World()
    booking, claim = world.paid_use("2026-09-08 08:00", "2026-09-08 16:00")
    world.corrected(booking, "2026-09-08 14:00")
    other = a_booking(world.firm, world.instrument, local("2026-10-13 08:00"), local("2026-10-13 12:00"), at=NEXT)
    done = local("2026-10-14 09:00")
    other = used(other, world.owner, world.firm, other.starts_at, other.ends_at, at=done)
    approved(handed_in(other, world.owner, world.firm, at=done), world.hands, at=done)
    batch, _ = open_batch("HALF", Period.parse("2026-Q4"), by=world.hands.clerk, at=done)
    lock_batch(batch.id, by=world.hands.clerk, at=done)

    refuse_batch(batch.id, reason="look again", by=world.hands.reviewer, at=done)

    entry = adjustments_of(claim.id)[0]
    assert (entry.state, entry.batch_id, world.payable()) == (AdjustmentState.APPROVED, None, yuan("1000"))
    assert paid("HALF", "2026-Q4", world.hands, at=done).total == yuan("1000")


def test_what_a_payee_has_not_coming_waits_for_a_later_batch(app: Flask) -> None:
    world = World()
    booking, _ = world.paid_use("2026-09-08 08:00", "2026-09-08 16:00")
    world.corrected(booking, "2026-09-08 14:00")
    small = a_booking(world.firm, world.instrument, local("2026-10-13 08:00"), local("2026-10-13 09:00"), at=NEXT)
    done = local("2026-10-14 09:00")
    small = used(small, world.owner, world.firm, small.starts_at, small.ends_at, at=done)
    approved(handed_in(small, world.owner, world.firm, at=done), world.hands, at=done)

    batch = paid("HALF", "2026-Q4", world.hands, at=done)

    assert ([line.amount.fen for line in lines_of(batch.id)], world.payable()) == ([50_000], Money(-100_000))
