"""The rows beside the ledger: lines of batches, claims, vouchers, adjustments, what firms paid; each list one or two questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import BigInteger, SQLColumnExpression, TypeCoerce, case, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from equipment_share.domain.ledger import Phase
from equipment_share.domain.money import Money, split
from equipment_share.domain.periods import bureau_day, last_day
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.reports.rows import AdjustmentRow, ClaimRow, LineRow, SavingRow, UseRow, VoucherRow
from equipment_share.domain.settlement.claims import BatchState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.ledger import LedgerTransfer
from equipment_share.models.people import Organisation
from equipment_share.models.settlement import Adjustment, Batch, BatchLine, Claim
from equipment_share.models.vouchers import ProgrammeVersion, Voucher
from equipment_share.queries.ledger import as_money
from equipment_share.queries.payments import paid_again_of, told_by_files
from equipment_share.queries.reporting.books import used_of_bookings
from equipment_share.queries.reporting.scope import Scope


def fen(column: SQLColumnExpression[Money]) -> TypeCoerce[int]:
    """Whole fen as the database has them: a list of many rows makes no money of each."""
    return type_coerce(column, BigInteger)


UNGATHERED = (BatchState.OPEN, BatchState.REFUSED)


def batch_ids(scope: Scope) -> list[int]:
    """The gathered batches of a programme whose period lies inside this one."""
    inside = (Batch.period_first_on >= scope.period.first_on) & (Batch.period_last_on <= scope.period.last_on)
    query = select(Batch.id).where(Batch.programme_code.in_(scope.programmes), inside, Batch.state.not_in(UNGATHERED)).order_by(Batch.id)
    return list(db.session.scalars(query))


def line_rows(ids: Sequence[int]) -> list[LineRow]:
    """Every line of some batches, whom and where as the payment file said once there is one; three questions."""
    firm, payee = aliased(Organisation), aliased(Organisation)
    query = (
        select(
            BatchLine.batch_id, Batch.number, BatchLine.line, BatchLine.payee_id, payee.name, payee.code, payee.bank_account, Claim.id,
            Claim.number, Booking.id, Booking.number, firm.name, fen(Booking.gross), fen(Booking.net), fen(BatchLine.amount), BatchLine.result,
            Claim.version_id, Adjustment.number,
        )
        .join(Batch, Batch.id == BatchLine.batch_id)
        .join(payee, payee.id == BatchLine.payee_id)
        .outerjoin(Adjustment, Adjustment.id == BatchLine.adjustment_id)
        .outerjoin(Claim, Claim.id == func.coalesce(BatchLine.claim_id, Adjustment.claim_id))
        .outerjoin(Booking, Booking.id == Claim.booking_id)
        .outerjoin(firm, firm.id == Booking.firm_id)
        .where(BatchLine.batch_id.in_(ids))
        .order_by(BatchLine.batch_id, BatchLine.line)
    )  # fmt: skip
    told, programmes = _told(ids), _programmes(ids)
    divided = cache(lambda amount, version_id: _sources(amount, programmes.get(version_id) or next(iter(programmes.values()), None)))
    found = []
    for row in db.session.execute(query) if ids else ():
        adjusts = row[17] is not None
        name, account = told.get((row[0], row[2]), (row[4], row[6]))
        found.append(LineRow(
            row[0], row[1], row[2], row[3], name, row[5], account, row[7], row[17] if adjusts else row[8] or "", row[9], row[10] or "",
            row[11] or "", 0 if adjusts or row[12] is None else row[12], -row[14] if adjusts or row[13] is None else row[13], row[14], row[15],
            divided(row[14], row[16]),
        ))  # fmt: skip
    return found


def _sources(amount: int, programme: Programme | None) -> list[list[int | str]]:
    """An amount in fen by source as the programme weighs them; what is given back is divided the same way."""
    sources = programme.sources if programme else ()
    if not sources:
        return []
    parts = split(Money(abs(amount)), [source.weight for source in sources])
    sign = -1 if amount < 0 else 1
    return [[source.code, sign * part.fen] for source, part in zip(sources, parts, strict=True)]


def _told(ids: Sequence[int]) -> dict[tuple[int, int], tuple[str, str]]:
    """Payee and bank account by batch and line, as they were paid: what the payment file said, of a line paid again the account then used."""
    found, again = told_by_files(ids), paid_again_of(ids)
    return found | {key: (found[key][0], account) for key, account in again.items() if key in found}


def _programmes(ids: Sequence[int]) -> dict[int, Programme]:
    codes = select(Batch.programme_code).where(Batch.id.in_(ids))
    query = (
        select(ProgrammeVersion.id, ProgrammeVersion.document).where(ProgrammeVersion.code.in_(codes)).order_by(ProgrammeVersion.id.desc())
    )
    return {row[0]: terms(row[1]) for row in db.session.execute(query)}


def claim_rows(scope: Scope) -> list[ClaimRow]:
    """The claims on uses of the period, by state; one question."""
    query = select(Claim.state, func.count(), func.sum(Claim.amount)).where(Claim.programme_code.in_(scope.programmes))
    query = query.where(Claim.completed_on.between(scope.period.first_on, scope.period.last_on)).group_by(Claim.state).order_by(Claim.state)
    return [ClaimRow(row[0].value, row[1], as_money(row[2]).fen) for row in db.session.execute(query)]


def voucher_rows(scope: Scope) -> list[VoucherRow]:
    """Every voucher that has an account; one question."""
    query = (
        select(Voucher.id, Voucher.number, Voucher.firm_id, Organisation.name, Voucher.account_id, Voucher.valid_until)
        .join(Organisation, Organisation.id == Voucher.firm_id)
        .where(Voucher.programme_code.in_(scope.programmes), Voucher.account_id.is_not(None))
        .order_by(Organisation.name_key, Voucher.id)
    )
    if scope.firm_id is not None:
        query = query.where(Voucher.firm_id == scope.firm_id)
    return [
        VoucherRow(row[0], row[1], row[2], row[3], row[4] or 0, row[5].isoformat() if row[5] else "") for row in db.session.execute(query)
    ]


def saving_rows(scope: Scope, *, all_uses: bool) -> list[SavingRow]:
    """What firms' uses cost in the period, a use counted where it was captured; a later refund only turns public money into the firm's.

    With `all_uses` the confirmed uses without any voucher count, too. One question.
    """
    used = used_of_bookings(scope)
    is_use = used.c.fresh == 1
    parts = [
        select(
            Booking.firm_id.label("firm_id"), case((is_use, 1), else_=0).label("uses"), case((is_use, Booking.gross), else_=0).label("gross"),
            case((is_use, Booking.net), else_=-used.c.used).label("net"),
        )
        .join(used, used.c.booking_id == Booking.id)
        .where(scope.of_party())
    ]  # fmt: skip
    if all_uses:
        moved = select(LedgerTransfer.id).where(scope.inside(), LedgerTransfer.phase.in_([Phase.CAPTURE, Phase.REFUND]))
        confirmed = Booking.confirmed_at.is_not(None) & (Booking.used_to >= scope.starts_at) & (Booking.used_to < scope.ends_at)
        parts.append(
            select(Booking.firm_id, literal(1), Booking.gross, Booking.net)
            .where(scope.of_party(), confirmed, ~moved.where(LedgerTransfer.booking_id == Booking.id).exists())
        )  # fmt: skip
    every = union_all(*parts).subquery()
    sums = (
        select(every.c.firm_id, func.sum(every.c.uses), func.sum(every.c.gross), func.sum(every.c.net)).group_by(every.c.firm_id).subquery()
    )
    query = (
        select(sums.c[0], Organisation.name, Organisation.code, sums.c[1], sums.c[2], sums.c[3])
        .join(Organisation, Organisation.id == sums.c[0])
        .order_by(Organisation.name_key, Organisation.id)
    )
    return [SavingRow(row[0], row[1], row[2], int(row[3]), as_money(row[4]).fen, as_money(row[5]).fen) for row in db.session.execute(query)]


def use_rows(scope: Scope) -> list[UseRow]:
    """The uses of a programme in the period with their claims, oldest first; one question."""
    used, firm, owner = used_of_bookings(scope), aliased(Organisation), aliased(Organisation)
    name = case((Instrument.name_zh != "", Instrument.name_zh), else_=Instrument.name_en)
    query = (
        select(
            Booking.id, Booking.number, Booking.used_to, owner.id, owner.name, firm.id, firm.name, name, fen(Booking.gross), fen(Booking.net),
            Booking.state, Claim.id, Claim.state, fen(Claim.amount), Claim.payee_id, Booking.instrument_id,
        )
        .select_from(Booking)
        .join(used, used.c.booking_id == Booking.id)
        .join(owner, owner.id == Booking.owner_id)
        .join(firm, firm.id == Booking.firm_id)
        .join(Instrument, Instrument.id == Booking.instrument_id)
        .outerjoin(Claim, (Claim.booking_id == Booking.id) & Claim.programme_code.in_(scope.programmes))
        .where(scope.of_party())
        .order_by(owner.name_key, Booking.used_to, Booking.id)
    )  # fmt: skip
    return [
        UseRow(
            row[0], row[1], last_day(row[2]).isoformat() if row[2] else "", row[3], row[4], row[5], row[6], row[7], row[8], row[9],
            row[10].value, row[11], row[12].value if row[12] else "", row[13] or 0, row[14] or row[3],
            row[15],
        )
        for row in db.session.execute(query)
    ]  # fmt: skip


def last_close(scope: Scope) -> datetime | None:
    """When the newest batch of an earlier period was closed."""
    earlier = (Batch.period_last_on < scope.period.first_on) & Batch.programme_code.in_(scope.programmes)
    return db.session.scalar(select(Batch.closed_at).where(earlier, Batch.closed_at.is_not(None)).order_by(Batch.closed_at.desc()).limit(1))


def adjustment_rows(scope: Scope, *, since: datetime | None, payee_id: int | None = None) -> list[AdjustmentRow]:
    """Adjustments made since a close, with what their batch lines say; one question."""
    query = (
        select(
            Adjustment.number, Adjustment.kind, Adjustment.claim_id, Claim.number, Adjustment.payee_id, Organisation.name, Adjustment.amount,
            Adjustment.state, Adjustment.reason, Adjustment.made_at, Adjustment.batch_id, Batch.number, func.sum(BatchLine.amount),
        )
        .join(Organisation, Organisation.id == Adjustment.payee_id)
        .outerjoin(Claim, Claim.id == Adjustment.claim_id)
        .outerjoin(Batch, Batch.id == Adjustment.batch_id)
        .outerjoin(BatchLine, (BatchLine.adjustment_id == Adjustment.id) & (BatchLine.batch_id == Adjustment.batch_id))
        .where(Adjustment.programme_code.in_(scope.programmes))
        .group_by(Adjustment.id, Claim.number, Organisation.name, Batch.number)
        .order_by(Adjustment.id)
    )  # fmt: skip
    if since is not None:
        query = query.where(Adjustment.made_at >= since)
    if payee_id is not None:
        query = query.where(Adjustment.payee_id == payee_id)
    return [
        AdjustmentRow(
            row[0], row[1].value, row[2], row[3] or "", row[4], row[5], row[6].fen, row[7].value, row[8], bureau_day(row[9]).isoformat(),
            row[10], row[11] or "", None if row[12] is None else as_money(row[12]).fen,
        )
        for row in db.session.execute(query)
    ]  # fmt: skip
