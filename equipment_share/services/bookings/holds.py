"""Building blocks: set a booking's subsidy aside, and in the end capture or release it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from equipment_share.domain.access import Actor
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.programmes.days import ServiceDays, counts_on, takes_money_at_claim
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.quotes import share_of_holds
from equipment_share.domain.subsidy.awards import Award
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.vouchers import Voucher
from equipment_share.queries.bookings.bookings import voucher_uses
from equipment_share.queries.bookings.candidates import Candidate
from equipment_share.queries.drawn import promises_of
from equipment_share.queries.ledger import hold_and_payable
from equipment_share.services.bookings.promises import drop_promises, promise
from equipment_share.services.posting import lock_accounts, open_account, post


def payee_of(booking: Booking, programme: Programme) -> int:
    """Who is paid: the owner whose bill was cut, or the firm that paid all (`flow`)."""
    return booking.owner_id if programme.flow == "net_pay" else booking.firm_id


def hold_subsidies(
    session: Session, booking: Booking, awards: Sequence[Award], candidates: Sequence[Candidate], *, by: Actor, at: datetime,
    already: Mapping[int, Money] | None = None,
) -> None:  # fmt: skip
    """Set every award aside on the firm's vouchers, earliest expiry first; an award of zero is no hold.

    `already` is what the booking that a change replaces holds, by voucher: only what is above it is held.
    """
    for position, (award, candidate) in enumerate(zip(awards, candidates, strict=True)):
        if takes_money_at_claim(candidate.programme):
            promise(session, booking, award, candidate, position)
            continue
        held = total((already or {}).get(row.id, ZERO) for row in candidate.vouchers)
        left, base = award.amount - min(held, award.amount), award.base
        for voucher in candidate.vouchers:
            part = min(left, _still_on(voucher, candidate.programme))
            if part:
                use = _hold(session, booking, voucher, candidate, part, position, by=by, at=at)
                use.base, base = base, ZERO  # once an order, not once a voucher
                left = left - part
        if left:
            raise AssertionError("an award is never more than its vouchers bear")


def _still_on(voucher: Voucher, programme: Programme) -> Money:
    if voucher.account is None:
        return ZERO
    if programme.reserve_at == "hold":
        drawn = voucher.account.cr_post - voucher.account.dr_post
        return voucher.wanted - drawn
    return voucher.account.sums.available


def _hold(
    session: Session, booking: Booking, voucher: Voucher, candidate: Candidate, amount: Money, position: int, *, by: Actor, at: datetime
) -> VoucherUse:
    code, programme = candidate.version.code, candidate.programme
    payee = payee_of(booking, programme)
    payable = open_account(session, AccountKind.PAYABLE, f"{code}:{payee}", programme_code=code, organisation_id=payee)
    house = _account(voucher)
    if programme.reserve_at == "hold":
        source = open_account(session, AccountKind.PROGRAMME, code, programme_code=code)
        post(session, source, house, amount, Phase.DIRECT, programme_code=code, booking_id=booking.id, by=by, at=at, reason="hold")
    step = post(session, house, payable, amount, Phase.HOLD, programme_code=code, booking_id=booking.id, by=by, at=at)
    use = VoucherUse(
        booking_id=booking.id,
        position=position,
        programme_code=code,
        version_id=candidate.version.id,
        voucher_id=voucher.id,
        held=amount,
        hold_id=step.id,
        counts_on=candidate.counts_on,
    )
    session.add(use)
    return use


def _account(voucher: Voucher) -> LedgerAccount:
    if voucher.account is None:
        raise AssertionError("an issued voucher has its account")
    return voucher.account


def lock_holds(session: Session, uses: Sequence[VoucherUse]) -> list[VoucherUse]:
    """The open ones of a booking's voucher uses, their accounts locked in order."""
    still_open = [use for use in uses if use.resolved_id is None]
    lock_accounts(session, [use.voucher.account_id for use in still_open if use.voucher.account_id is not None])
    return still_open


def release_subsidies(session: Session, booking: Booking, *, by: Actor, at: datetime, reason: str) -> Money:
    """Give every open hold of a booking back; answers how much."""
    given = ZERO
    drop_promises(session, booking.id)
    for use in lock_holds(session, voucher_uses(booking.id)):
        _resolve(session, use, None, by=by, at=at, effective_at=at, reason=reason)
        given = given + use.held
    return given


def move_holds(session: Session, old: Booking, new: Booking, *, by: Actor, at: datetime) -> None:
    """Release what a booking and its change hold, and hold the change's own sum on the same vouchers, in one unit."""
    uses = lock_holds(session, [*voucher_uses(old.id), *voucher_uses(new.id)])
    drop_promises(session, old.id)
    promised = {said.programme_code for said in promises_of(new.id)}
    freed: dict[int, Money] = {}
    for use in uses:
        _resolve(session, use, None, by=by, at=at, effective_at=at, reason="change", send=False)
        freed[use.voucher_id] = freed.get(use.voucher_id, ZERO) + use.held
    kept: set[int] = set()
    for position, row in enumerate(new.quote["subsidies"]):
        left = ZERO if row["programme"] in promised else Money(int(row["amount_fen"]))
        base = Money(int(row["base_fen"]))
        for use in _bearers(uses, row["programme"], last_day(new.ends_at)):
            part = min(left, freed[use.voucher_id])
            if part:
                kept.add(_hold_again(session, new, use, uses, part, base, position, by=by, at=at))
                freed[use.voucher_id], left, base = freed[use.voucher_id] - part, left - part, ZERO
        if left:
            raise AssertionError("a change holds in two parts what it needs as one")
    for use in uses:
        if use.booking_id == new.id and use.id not in kept:
            session.delete(use)  # it bears nothing any more; what it was stands in the ledger
    session.flush()
    for use in {use.voucher_id: use for use in uses}.values():
        if freed[use.voucher_id]:
            send_on(session, use, _account(use.voucher), freed[use.voucher_id], by=by, at=at)


def _bearers(uses: Sequence[VoucherUse], code: str, until: date) -> list[VoucherUse]:
    """One use of each voucher of a programme that is good on the last day, the earliest expiry first."""
    good = {
        use.voucher_id: use
        for use in uses
        if use.programme_code == code and (use.voucher.valid_until is None or use.voucher.valid_until >= until)
    }
    return sorted(good.values(), key=lambda use: (use.voucher.valid_until or date.max, use.voucher_id))


def _hold_again(
    session: Session, new: Booking, like: VoucherUse, uses: Sequence[VoucherUse], amount: Money, base: Money, position: int, *,
    by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Hold on a voucher for the new booking, in the row that it has there or a fresh one; answers the row's id."""
    programme = terms(like.programme.document)
    payable = open_account(
        session, AccountKind.PAYABLE, f"{like.programme_code}:{payee_of(new, programme)}", programme_code=like.programme_code,
        organisation_id=payee_of(new, programme),
    )  # fmt: skip
    step = post(
        session, _account(like.voucher), payable, amount, Phase.HOLD, programme_code=like.programme_code, booking_id=new.id, by=by, at=at
    )
    own = next((use for use in uses if use.booking_id == new.id and use.voucher_id == like.voucher_id), None)
    if own is None:
        own = VoucherUse(
            booking_id=new.id, position=position, programme_code=like.programme_code, version_id=like.version_id, voucher_id=like.voucher_id
        )
        session.add(own)
    own.base, own.counts_on = base, _counting_day(new, programme, like.voucher)
    own.held, own.hold_id, own.resolved_id, own.captured = amount, step.id, None, ZERO
    session.flush()
    return own.id


def _counting_day(booking: Booking, programme: Programme, voucher: Voucher) -> date:
    days = ServiceDays(bureau_day(booking.made_at), bureau_day(booking.starts_at), last_day(booking.ends_at))
    return counts_on(programme, days, voucher.valid_from)


def capture_subsidies(
    session: Session, uses: Sequence[VoucherUse], awards: Mapping[str, Award], *, by: Actor, at: datetime,
    effective_at: Mapping[str, datetime],
) -> dict[str, Money]:  # fmt: skip
    """Take from each programme's open holds what the use earned; the rest of a hold is free again. The caller holds their accounts.

    `awards` and `effective_at` by programme code. Answers what was captured by programme code.
    """
    captured: dict[str, Money] = {}
    for code in dict.fromkeys(use.programme_code for use in uses):
        own = {use.id: use for use in uses if use.programme_code == code}
        shares = share_of_holds(awards[code].amount, {use_id: use.held for use_id, use in own.items()})
        base = awards[code].base
        for use_id, share in shares.items():
            _resolve(session, own[use_id], share, by=by, at=at, effective_at=effective_at[code], reason="use confirmed")
            own[use_id].base, base = base, ZERO
        captured[code] = awards[code].amount
    return captured


def top_up(
    session: Session, booking: Booking, uses: Sequence[VoucherUse], awards: Mapping[str, Award], *, by: Actor, at: datetime
) -> list[VoucherUse]:
    """Hold what a use earned above its holds on the same vouchers, where the programme says so (`overrun: topup_if_room`, W15)."""
    found = list(uses)
    for code in dict.fromkeys(use.programme_code for use in uses):
        own = [use for use in uses if use.programme_code == code and use.resolved_id is None]
        short = awards[code].amount - min(awards[code].amount, total(use.held for use in own))
        for use in {use.voucher_id: use for use in own}.values():
            part = min(short, _account(use.voucher).sums.available)
            if part:
                found.append(_held_again(session, booking, use, part, by=by, at=at))
                short = short - part
        if short:
            raise AssertionError("an award is never more than its holds and the room on its vouchers")
    return found


def _held_again(session: Session, booking: Booking, like: VoucherUse, amount: Money, *, by: Actor, at: datetime) -> VoucherUse:
    """One more hold of a booking on a voucher that already holds for it."""
    hold = session.get_one(LedgerTransfer, like.hold_id)
    house, payable = session.get_one(LedgerAccount, hold.dr_id), session.get_one(LedgerAccount, hold.cr_id)
    code = like.programme_code
    step = post(session, house, payable, amount, Phase.HOLD, programme_code=code, booking_id=booking.id, by=by, at=at, reason="top-up")
    more = VoucherUse(
        booking_id=booking.id, position=like.position, programme_code=code, version_id=like.version_id, voucher_id=like.voucher_id,
        held=amount, hold_id=step.id, counts_on=like.counts_on,
    )  # fmt: skip
    session.add(more)
    session.flush()
    return more


def _resolve(
    session: Session, use: VoucherUse, captured: Money | None, *, by: Actor, at: datetime, effective_at: datetime, reason: str,
    send: bool = True,
) -> None:  # fmt: skip
    """Capture a part of a hold, or release it whole (`captured` None); what is free is sent on unless the caller holds it again."""
    with session.no_autoflush:  # a hold is never changed: it is written together with what resolves it
        hold, payable = hold_and_payable(use.hold_id)
    house = session.get_one(LedgerAccount, hold.dr_id)
    phase, amount = (Phase.RELEASE, use.held) if captured is None else (Phase.CAPTURE, captured)
    step = post(
        session, house, payable, amount, phase,
        programme_code=use.programme_code, of=hold, booking_id=use.booking_id, by=by, at=at, effective_at=effective_at, reason=reason,
    )  # fmt: skip
    use.resolved_id, use.captured = step.id, captured or ZERO
    if captured is None:
        use.base = ZERO
    free = use.held - use.captured
    if free and send:
        send_on(session, use, house, free, by=by, at=at)


def send_on(session: Session, use: VoucherUse, house: LedgerAccount, free: Money, *, by: Actor, at: datetime) -> None:
    """What is free again stays on a living voucher; else it expires, or goes back to a programme that lends per hold."""
    voucher, code = use.voucher, use.programme_code
    session.refresh(voucher, ["state"])  # it may have been revoked while this unit waited for its account
    over = voucher.valid_until is not None and voucher.valid_until < bureau_day(at)
    if terms(use.programme.document).reserve_at == "hold":
        target, reason = AccountKind.PROGRAMME, "hold returned"
    elif voucher.state is VoucherState.REVOKED:
        target, reason = AccountKind.REVOKED, "released after revocation"
    elif over and voucher.state is not VoucherState.FROZEN:
        target, reason = AccountKind.EXPIRED, "released after expiry"
    else:
        return
    cr = open_account(session, target, code, programme_code=code)
    post(session, house, cr, free, Phase.DIRECT, programme_code=code, booking_id=use.booking_id, by=by, at=at, reason=reason)
