"""Claims as the flags look at them: what was gathered around them, made into plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from equipment_share.adapters.words import negations, statutory_words, units_per_hour
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.pricing import Mode
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.settlement.evidence import Case, Paper, number_key
from equipment_share.domain.settlement.flags.facts import ClaimFacts, Crossing, Hand, Occupied, OtherClaim, UseFacts
from equipment_share.domain.settlement.flags.figures import charged_minutes, highest_price, most_samples, rates_of, unit_price
from equipment_share.domain.timeslots import Slot, open_windows
from equipment_share.models.bookings import Booking, Document
from equipment_share.models.settlement import Claim
from equipment_share.queries.firms import party_of, tags_on
from equipment_share.queries.flags.around import Around, around
from equipment_share.queries.instruments.instruments import hours_of


def facts_of(claims: Sequence[Claim]) -> list[ClaimFacts]:
    """Every claim with everything around it; a constant number of statements."""
    if not claims:
        return []
    gathered = around(claims)
    return [_facts(claim, gathered) for claim in claims]


def _facts(claim: Claim, known: Around) -> ClaimFacts:
    booking, programme = claim.booking, terms(claim.programme.document)
    submitted = known.submitted_at.get(claim.id, claim.made_at)
    claimed_on = bureau_day(submitted)
    tags = tags_on(booking.firm, claimed_on)
    issued_on, expires_on = known.vouchers.get((booking.id, claim.programme_code), (None, None))
    award = _award(booking, claim.programme_code)
    others = [(key, other) for key, other in known.claims if key != claim.id]
    return ClaimFacts(
        number=claim.number,
        booking=booking.number,
        programme=claim.programme_code,
        instrument=booking.instrument.inner_code,
        amount=claim.amount,
        case=case_of(booking, programme, known.papers[booking.id], known.organisation_of),
        firm=party_of(booking.firm, claimed_on),
        owner=party_of(booking.owner, claimed_on),
        payee_id=claim.payee_id,
        claimed_on=claimed_on,
        claim_due=programme.claim_due(claim.completed_on),
        issued_on=issued_on,
        prior_issue=programme.issue_mode == "apply",
        exclusive=programme.stacking == "exclusive",
        eligible="claim" not in programme.eligibility_at or programme.is_open_to(tags),
        use=_use(booking, known),
        papers_elsewhere=[paper for key, paper in known.papers_elsewhere if key != booking.id],
        claims_elsewhere=[other for _, other in others if booking.firm_id == other.firm_id or booking.owner_id == other.owner_id],
        crossings=_crossings(known, claimed_on),
        hands=_hands(claim, known),
        rates=rates_of(programme, tags, booking.firm.region, booking.instrument.region),
        cap_left=_cap_left(claim, programme, tags, others),
        cut_by=str(award.get("binding", "")),
        raw=Money(int(award.get("raw_fen", 0))),
        expires_on=expires_on,
        period_last_on=programme.period_of(claim.completed_on).last_on,
        orders_without_voucher=known.orders_without_voucher.get(booking.firm_id, 0),
        words=statutory_words(),
        negations=negations(),
    )


def case_of(booking: Booking, programme: Programme, papers: Sequence[Document], organisation_of: dict[int, int]) -> Case:
    """A claim as the five-leg match looks at it."""
    needed = {leg for leg in programme.docs_required if leg in ("contract", "invoice", "payment", "result")}
    if booking.mode == Mode.COMMISSIONED and "result" in programme.docs_required:
        needed.add("result")
    return Case(
        gross=booking.gross,
        net=booking.net,
        flow=programme.flow,
        used_on=last_day(booking.used_to) if booking.used_to else None,
        has_use=booking.used_from is not None,
        papers=papers_of(booking, papers, organisation_of),
        needed=needed,
    )


def papers_of(booking: Booking, papers: Sequence[Document], organisation_of: dict[int, int]) -> list[Paper]:
    """The papers of a booking as the match looks at them, each with the side that gave it."""
    sides = {booking.firm_id: "firm", booking.owner_id: "owner"}
    return [_paper(row, organisation_of.get(row.by_id or 0), sides) for row in papers]


def _paper(row: Document, by: int | None, sides: dict[int, str]) -> Paper:
    digest = row.file.sha256 if row.file else ""
    key = number_key(row.number)
    return Paper(row.id, row.leg, row.number, key, row.dated_on, row.amount, digest, by, sides.get(by or 0, ""))


def _award(booking: Booking, code: str) -> dict[str, Any]:
    """What bound the award: of the charge, or of the quote where the charge only kept to its hold."""
    for document in (booking.charge, booking.quote):
        own: dict[str, Any] = next((entry for entry in (document or {}).get("subsidies", []) if entry.get("programme") == code), {})
        if own and own.get("binding") != "HELD":
            return dict(own)
    return {}


def _cap_left(claim: Claim, programme: Programme, tags: frozenset[str], others: Sequence[tuple[int, OtherClaim]]) -> Money | None:
    """What the yearly limit had left before this claim, counting the firm's claims that were made before it."""
    cap = programme.annual_cap_for(tags)
    if cap is None:
        return None
    period = programme.period_of(claim.completed_on)
    for key, other in others:
        if key < claim.id and (other.firm_id, other.programme) == (claim.booking.firm_id, claim.programme_code) and other.used_on in period:
            cap = cap - other.amount
    return max(ZERO, cap)


def _hands(claim: Claim, known: Around) -> list[Hand]:
    acts = (("submitted", claim.submitted_by_id), ("checked", claim.checked_by_id), ("approved", claim.approved_by_id))
    return [Hand(act, user_id, known.organisation_of.get(user_id)) for act, user_id in acts if user_id is not None]


def _crossings(known: Around, on: date) -> list[Crossing]:
    return [
        Crossing(row.number, party_of(known.behind[row.firm_id], on), party_of(known.behind[row.owner_id], on), row.used_on, row.gross)
        for row in known.crossings
    ]


def _use(booking: Booking, known: Around) -> UseFacts:
    used = Slot(booking.used_from, booking.used_to) if booking.used_from and booking.used_to else None
    charge = booking.charge or {}
    price, unit = unit_price(charge)
    lists = [row for row in known.prices.get(booking.instrument_id, []) if _was_in_force(row, bureau_day(booking.made_at))]
    own_lists = [
        (row.items, row.multiplier_bp, (row.urgent_bp or 10_000) if booking.options.get("urgent") else 10_000)
        for row in lists
        if row.user_class in ("external", booking.user_class)
    ]
    peers = [unit_price(peer.charge) for peer in known.peers if (peer.instrument_id, peer.mode) == (booking.instrument_id, booking.mode)]
    sampled = sum(int(Fraction(line["quantity"])) for line in charge.get("lines", []) if line.get("unit") == "sample")
    return UseFacts(
        booked=booking.slot,
        used=used,
        charged_minutes=charged_minutes(charge),
        samples=max(booking.used_samples or 0, sampled),
        most_samples_per_hour=most_samples(booking.instrument.specs, units_per_hour()),
        open_windows=_windows(booking, used, known) if used else None,
        occupied=_occupied(booking, known),
        checked_in_at=booking.checked_in_at,
        logs=known.logs.get(booking.instrument_id, []),
        unit_price=price,
        published=highest_price(own_lists, booking.mode, unit),
        peers=[peer for peer, peer_unit in peers if peer is not None and peer_unit == unit],
        texts=_texts(booking, known.papers[booking.id]),
    )


def _was_in_force(row: Any, on: date) -> bool:
    return bool(row.valid_from <= on and (row.valid_to is None or on <= row.valid_to))


def _windows(booking: Booking, used: Slot, known: Around) -> tuple[Slot, ...] | None:
    """When the instrument was open around a use; None where it never closes."""
    instrument = booking.instrument
    hours = hours_of(instrument, booking.mode)
    holidays, closures = known.days_off
    closed = (holidays if instrument.keeps_holidays else frozenset()) | closures.get(booking.owner_id, frozenset())
    if not hours and not closed:
        return None
    around_it = Slot(used.start - timedelta(days=1), used.end + timedelta(days=1))
    return tuple(open_windows(hours, around_it, ZoneInfo(instrument.time_zone), closed))


def _occupied(booking: Booking, known: Around) -> list[Occupied]:
    """Other uses of the unit, the closures, and where the same person worked by himself."""
    found = [Occupied("maintenance", "", slot) for slot in known.maintenance.get(booking.instrument_id, [])]
    for use in known.uses:
        if use.booking_id == booking.id:
            continue
        if use.unit_id == booking.unit_id:
            found.append(Occupied("use", use.label, use.slot))
        elif use.user_id == booking.user_id and booking.mode == use.mode == Mode.SELF_OPERATE:
            found.append(Occupied("person", use.label, use.slot))
    return found


def _texts(booking: Booking, papers: Sequence[Document]) -> list[tuple[str, str]]:
    """What people wrote about the order: its purpose, and the number of its contract."""
    contracts = " ".join(paper.number for paper in papers if paper.leg == "contract")
    return [(where, text) for where, text in (("purpose", booking.purpose), ("contract", contracts)) if text]
