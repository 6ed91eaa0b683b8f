"""Follow this fen: the whole way of one piece of public money, with who moved it, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from equipment_share.domain.access import FIRM, OWNER, Act, Actor, Role, require
from equipment_share.domain.errors import NotFound
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.money import Money
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.ledger import LedgerAccount, LedgerTransfer
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import User
from equipment_share.models.settlement import Batch, BatchLine, Claim
from equipment_share.models.vouchers import Voucher

K, P = AccountKind, Phase
WAYS: dict[tuple[AccountKind, AccountKind, Phase], str] = {
    (K.TREASURY, K.PROGRAMME, P.DIRECT): "appropriated", (K.PROGRAMME, K.TREASURY, P.DIRECT): "returned",
    (K.PROGRAMME, K.VOUCHER, P.DIRECT): "issued", (K.VOUCHER, K.PROGRAMME, P.DIRECT): "drawn_back",
    (K.VOUCHER, K.PAYABLE, P.HOLD): "held", (K.VOUCHER, K.PAYABLE, P.CAPTURE): "captured", (K.VOUCHER, K.PAYABLE, P.RELEASE): "released",
    (K.PAYABLE, K.VOUCHER, P.REFUND): "refunded", (K.PAYABLE, K.BATCH, P.DIRECT): "gathered", (K.BATCH, K.PAYABLE, P.DIRECT): "ungathered",
    (K.BATCH, K.PAID, P.DIRECT): "paid", (K.VOUCHER, K.EXPIRED, P.DIRECT): "expired", (K.VOUCHER, K.REVOKED, P.DIRECT): "revoked",
    (K.PROGRAMME, K.PAYABLE, P.DIRECT): "bonus", (K.PAID, K.PAYABLE, P.DIRECT): "repaid",
}  # fmt: skip
"""What each step of the street is called on the way."""


@dataclass(frozen=True)
class WayStep:
    """One step: money that moved, or a hand that decided; `part` is what of a common transfer belongs to this claim."""

    at: datetime
    way: str
    event: str
    transfer_id: int | None
    dr: LedgerAccount | None
    cr: LedgerAccount | None
    amount: Money | None
    part: Money | None
    by_name: str
    by_role: Role
    reason: str
    subject: str = ""
    """What a hand decided on: booking, voucher, claim or batch."""
    counts_at: datetime | None = None
    """The instant that decides in which period the money counts: a use counts at its end."""


@dataclass(frozen=True)
class WayEnd:
    """Where the money of one line of a batch went or is to go; the account is the one on file today, and only the bureau's to see."""

    payee: str
    account: str
    amount: Money
    result: str
    paid_on: date | None
    reference: str


@dataclass(frozen=True)
class Way:
    """Everything that belongs to one transfer's money, in the order it happened."""

    transfer: LedgerTransfer
    steps: tuple[WayStep, ...]
    bookings: tuple[Booking, ...]
    claims: tuple[Claim, ...]
    batches: tuple[Batch, ...]
    vouchers: tuple[Voucher, ...]
    ends: tuple[WayEnd, ...] = ()


@dataclass
class _Thread:
    """What hangs together with one transfer: the booking of one programme with its claim, batch and vouchers."""

    code: str
    bookings: list[Booking]
    claims: list[Claim]
    lines: list[BatchLine]
    batches: list[Batch]
    vouchers: list[Voucher]
    own: list[int]


def follow(transfer_id: int, *, by: Actor) -> Way:
    """The way of a transfer's money from the treasury to the payee. Firms and owners follow their own; of others' there is nothing.

    An owner does not see the firm's quota, and nobody but the bureau what else was paid in one transfer, or by whom by name.
    Raises: Forbidden, NotFound.
    """
    require(by, Act.FOLLOW_MONEY)
    step = db.session.get(LedgerTransfer, transfer_id)
    if step is None:
        raise NotFound()
    thread = _thread(step)
    _look(step, thread, by)
    moved, hands = _moved(step, thread, by), _hands(thread)
    steps = sorted([*moved, *hands], key=lambda one: (one.at, _rank(one), one.transfer_id or 0))
    if by.role in FIRM | OWNER:
        steps = [_without_name(one) for one in steps]
    ends = tuple(_end(line, by) for line in thread.lines)
    return Way(step, tuple(steps), tuple(thread.bookings), tuple(thread.claims), tuple(thread.batches), tuple(thread.vouchers), ends)


def _end(line: BatchLine, by: Actor) -> WayEnd:
    account = "" if by.role in FIRM | OWNER else line.payee.bank_account
    return WayEnd(line.payee.name, account, line.amount, line.result, line.paid_on, line.reference or "")


_MONEY = {"appropriated": 0, "issued": 2, "held": 4, "captured": 6, "gathered": 9, "ungathered": 10, "paid": 12}
_EARLY = {("booking", "submitted"): 3, ("claim", "batched"): 10, ("claim", "paid"): 13, ("batch", "opened"): 8, ("batch", "locked"): 8,
          ("batch", "paid"): 13, ("batch", "closed"): 14}  # fmt: skip
_HANDS = {"voucher": 1, "booking": 5, "claim": 7, "batch": 11}


def _rank(step: WayStep) -> int:
    """The order of things of one instant: the hand before the money that it moves, the street from its top to its end."""
    return _MONEY.get(step.way, 7) if step.way else _EARLY.get((step.subject, step.event), _HANDS.get(step.subject, 7))


def _thread(step: LedgerTransfer) -> _Thread:
    code, t = step.programme_code, LedgerTransfer
    houses = [house for key in (step.dr_id, step.cr_id) if (house := db.session.get(LedgerAccount, key)) is not None]
    batch_keys = [int(house.key) for house in houses if house.kind is K.BATCH]
    bookings = [found] if step.booking_id and (found := db.session.get(Booking, step.booking_id)) is not None else []
    claims, lines = [], []
    if bookings:
        claims = list(db.session.scalars(select(Claim).where(Claim.booking_id == bookings[0].id, Claim.programme_code == code)))
        lines = list(db.session.scalars(select(BatchLine).where(BatchLine.claim_id.in_([claim.id for claim in claims]))))
    batches = list(
        db.session.scalars(select(Batch).where(Batch.id.in_({*batch_keys, *(line.batch_id for line in lines)})).order_by(Batch.id))
    )
    own = [step.id]
    if bookings:
        own += db.session.scalars(select(t.id).where(t.booking_id == bookings[0].id, t.programme_code == code))
        own += [line.transfer_id for line in lines if line.transfer_id]
    drawn = select(t.dr_id).where(t.id.in_(own), t.phase == P.HOLD)
    account_ids = {house.id for house in houses if house.kind is K.VOUCHER} | set(db.session.scalars(drawn))
    vouchers = list(db.session.scalars(select(Voucher).where(Voucher.account_id.in_(account_ids)).order_by(Voucher.id)))
    return _Thread(code, bookings, claims, lines, batches, vouchers, own)


def _look(step: LedgerTransfer, thread: _Thread, by: Actor) -> None:
    """Whose money it is. Raises: NotFound for anybody else's."""
    if by.role not in FIRM | OWNER:
        return
    if by.role in FIRM:
        theirs = {booking.firm_id for booking in thread.bookings} | (
            {one.firm_id for one in thread.vouchers} if not thread.bookings else set()
        )
    else:
        theirs = {booking.owner_id for booking in thread.bookings}
    if by.organisation_id not in theirs:
        raise NotFound()


def _moved(step: LedgerTransfer, thread: _Thread, by: Actor) -> list[WayStep]:
    """The transfers of the way: budget and issue before it, hold and use, batch and payment after it."""
    t, dr, cr = LedgerTransfer, aliased(LedgerAccount), aliased(LedgerAccount)
    query = select(t, dr, cr, User.name, User.email, User.role).join(dr, dr.id == t.dr_id).join(cr, cr.id == t.cr_id)
    query = query.outerjoin(User, User.id == t.by_id).where(or_(*_wanted(step, thread, by))).order_by(t.id)
    parts = {(line.batch_id, line.payee_id): line.amount for line in thread.lines}
    found = []
    for one, source, target, name, email, role in db.session.execute(query):
        batch, payable = (source, target) if source.kind is K.BATCH else (target, source)
        part = parts.get((int(batch.key), payable.organisation_id or 0)) if batch.kind is K.BATCH else None
        common = part is not None and one.booking_id is None
        amount = part if common and by.role in FIRM | OWNER else one.amount
        way = WAYS[(source.kind, target.kind, one.phase)]
        who = name or email or ""
        found.append(WayStep(
            one.made_at, way, "", one.id, source, target, amount, part if common else None, who, role or Role.SYSTEM, one.reason,
            counts_at=one.effective_at,
        ))  # fmt: skip
    return found


def _wanted(step: LedgerTransfer, thread: _Thread, by: Actor) -> list[ColumnElement[bool]]:
    """Which transfers belong to the way, and which of them this person may see."""
    t, programme = LedgerTransfer, aliased(LedgerAccount)
    wanted: list[ColumnElement[bool]] = [t.id.in_(thread.own)]
    if thread.claims and thread.batches:
        payables = select(LedgerAccount.id).where(
            LedgerAccount.kind == K.PAYABLE, LedgerAccount.programme_code == thread.code,
            LedgerAccount.organisation_id.in_([claim.payee_id for claim in thread.claims]),
        )  # fmt: skip
        houses = select(LedgerAccount.id).where(
            LedgerAccount.kind == K.BATCH, LedgerAccount.key.in_([str(line.batch_id) for line in thread.lines])
        )
        wanted += [t.dr_id.in_(payables) & t.cr_id.in_(houses), t.dr_id.in_(houses) & t.cr_id.in_(payables)]
    if by.role not in OWNER:
        own = select(programme.id).where(programme.kind == K.PROGRAMME, programme.key == thread.code)
        accounts = [voucher.account_id for voucher in thread.vouchers if voucher.account_id]
        wanted.append((t.phase == P.DIRECT) & t.dr_id.in_(own) & t.cr_id.in_(accounts) & t.booking_id.is_(None))
        if accounts or step.booking_id is None:
            wanted.append((t.phase == P.DIRECT) & t.cr_id.in_(own) & t.booking_id.is_(None) & t.dr_id.in_(_treasuries()))
    return wanted


def _treasuries() -> Select[int]:
    return select(LedgerAccount.id).where(LedgerAccount.kind == K.TREASURY)


def _hands(thread: _Thread) -> list[WayStep]:
    """Who decided on booking, voucher, claim and batch; one question. Of a bank's refusal the claim's own is told, not the whole batch's."""
    objects: dict[str, Sequence[int]] = {
        "booking": [one.id for one in thread.bookings], "claim": [one.id for one in thread.claims],
        "batch": [line.batch_id for line in thread.lines] or [one.id for one in thread.batches], "voucher": [one.id for one in thread.vouchers],
    }  # fmt: skip
    h = HistoryStep
    failed = {line.claim_id: line.amount for line in thread.lines}
    mine = [(h.kind == kind) & h.object_id.in_(ids) for kind, ids in objects.items() if ids]
    steps: Iterable[HistoryStep] = db.session.scalars(select(h).where(or_(*mine)).order_by(h.id)) if mine else ()
    return [
        WayStep(
            one.at, "", "claim_submitted" if (one.kind, one.event) == ("claim", "submitted") else one.event, None, None, None,
            failed.get(one.object_id) if (one.kind, one.event) == ("claim", "payment_failed") else None, None,
            (one.by.name or one.by.email) if one.by else "", one.by.role if one.by else Role.SYSTEM, one.reason, one.kind,
        )
        for one in steps
        if not (thread.claims and (one.kind, one.event) == ("batch", "payment_failed"))
    ]  # fmt: skip


def _without_name(step: WayStep) -> WayStep:
    """What a firm or owner may know of a step: which role, not who; nothing of what was said about a whole batch."""
    return replace(step, part=None, by_name="", reason="" if step.subject == "batch" else step.reason)


def transfer_of(by: Actor, *, claim_id: int = 0, booking_id: int = 0, voucher_id: int = 0) -> int:
    """The transfer at which to begin: the use of a claim or booking, the issue of a voucher.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.FOLLOW_MONEY)
    t = LedgerTransfer
    query = select(t.id).order_by((t.phase == P.CAPTURE).desc(), (t.phase == P.HOLD).desc(), t.id.desc()).limit(1)
    if claim_id:
        query = query.join(Claim, (Claim.booking_id == t.booking_id) & (Claim.programme_code == t.programme_code)).where(
            Claim.id == claim_id
        )
    elif booking_id:
        query = query.where(t.booking_id == booking_id)
    else:
        issue = (t.cr_id == Voucher.account_id) & (t.phase == P.DIRECT)
        query = select(t.id).join(Voucher, issue).where(Voucher.id == voucher_id).order_by(t.id).limit(1)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound()
    return found
