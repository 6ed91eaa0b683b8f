"""Questions about what firms leave unused: vouchers that end, firms without a voucher, and what stands in a wallet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.entitlement import Ending, is_ending, is_hardly_used, may_remind
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.outbox import HistoryStep
from equipment_share.models.people import Organisation, OrganisationState, User
from equipment_share.models.vouchers import ProgrammeVersion, Voucher
from equipment_share.queries.firms import is_barred, tags_on
from equipment_share.queries.ledger import VoucherFigures
from equipment_share.queries.vouchers import VoucherRow, programmes_in_force, with_figures

REMINDED = "entitlement_reminded"
STANDING = (VoucherState.APPLIED, VoucherState.CHECKED, VoucherState.ISSUED, VoucherState.FROZEN, VoucherState.EXHAUSTED)


@dataclass(frozen=True)
class Unused:
    """A firm that a programme is open to and that hardly uses it."""

    firm: Organisation
    programme: ProgrammeVersion
    voucher: VoucherRow | None
    email: str
    """Of the firm's administrator."""
    last_on: date
    days_left: int
    reminded_at: datetime | None

    @property
    def issued(self) -> Money:
        """What the firm has been given."""
        return self.voucher.figures.issued if self.voucher else ZERO

    def may_be_reminded(self, at: datetime) -> bool:
        """Whether thirty days lie behind the last reminder."""
        return may_remind(self.reminded_at, at=at)

    @property
    def used(self) -> Money:
        """What is used or set aside of it."""
        return self.voucher.figures.consumed + self.voucher.figures.held if self.voucher else ZERO


def vouchers_ending(at: datetime) -> list[int]:
    """Issued vouchers with money left that end soon, of which nobody has been told; two questions."""
    on = bureau_day(at)
    query = select(Voucher).where(Voucher.state == VoucherState.ISSUED, Voucher.warned_at.is_(None), Voucher.valid_until >= on)
    near = [voucher for voucher in db.session.scalars(query) if is_ending(voucher.valid_until, Money(1), on=on)]
    return [row.voucher.id for row in with_figures(near) if is_ending(row.voucher.valid_until, row.figures.available, on=on)]


def unused(at: datetime) -> list[Unused]:
    """Firms that a programme in force is open to and that have no voucher of it, or have hardly used it; five questions in all."""
    on = bureau_day(at)
    offered = [pair for pair in programmes_in_force(on) if pair[1].issue_mode != "none"]
    query = select(Organisation).where(Organisation.kind == Kind.FIRM, Organisation.state == OrganisationState.VERIFIED)
    firms = [firm for firm in db.session.scalars(query.order_by(Organisation.name_key, Organisation.id)) if not is_barred(firm, on)]
    had, emails, reminded = _standing(on), _administrators(), reminders()
    found = []
    for version, programme in offered:
        for firm in firms:
            row = had.get((firm.id, version.code))
            if not programme.is_open_to(tags_on(firm, on)) or (row and not _is_unused(row)):
                continue
            last = _last_day(programme, row, on)
            told = reminded.get((firm.id, version.code))
            found.append(Unused(firm, version, row, emails.get(firm.id, ""), last, (last - on).days, told))
    return sorted(found, key=lambda one: (one.days_left, one.firm.id))


def _is_unused(row: VoucherRow) -> bool:
    """An application that waits is the bureau's to answer; a voucher counts once it is issued."""
    if row.voucher.state is not VoucherState.ISSUED:
        return False
    return is_hardly_used(row.figures.issued, row.figures.consumed + row.figures.held)


def _last_day(programme: Programme, row: VoucherRow | None, on: date) -> date:
    if row is not None and row.voucher.valid_until is not None:
        return row.voucher.valid_until
    last = programme.period_of(on).last_on
    return min(last, programme.effective_to) if programme.effective_to else last


def _standing(on: date) -> dict[tuple[int, str], VoucherRow]:
    """The last voucher of each firm and programme that is not over."""
    query = select(Voucher).where(Voucher.state.in_(STANDING), (Voucher.valid_until.is_(None)) | (Voucher.valid_until >= on))
    return {
        (row.voucher.firm_id, row.voucher.programme_code): row for row in with_figures(list(db.session.scalars(query.order_by(Voucher.id))))
    }


def _administrators() -> dict[int, str]:
    """An address of each firm's first administrator."""
    query = select(User.organisation_id, User.email).where(User.role == Role.FIRM_ADMIN, User.active).order_by(User.id.desc())
    return {firm_id: email for firm_id, email in db.session.execute(query)}  # noqa: C416 - rows are not pairs to the type checker


def reminders(firm_ids: Collection[int] = ()) -> dict[tuple[int, str], datetime]:
    """When firms were last reminded of a programme; of all firms unless some are named."""
    query = select(HistoryStep.object_id, HistoryStep.facts, HistoryStep.at).where(
        HistoryStep.kind == "organisation", HistoryStep.event == REMINDED
    )
    if firm_ids:
        query = query.where(HistoryStep.object_id.in_(firm_ids))
    return {(firm_id, str(facts.get("programme"))): when for firm_id, facts, when in db.session.execute(query.order_by(HistoryStep.id))}


def open_holds(firm_id: int) -> list[VoucherUse]:
    """What is set aside of a firm's vouchers, with the booking each is for, the first to begin on top; one question."""
    query = select(VoucherUse).join(VoucherUse.booking).options(contains_eager(VoucherUse.booking))
    query = query.where(Booking.firm_id == firm_id, VoucherUse.resolved_id.is_(None), VoucherUse.held > ZERO)
    return list(db.session.scalars(query.order_by(Booking.starts_at, VoucherUse.id).limit(200)).unique())


def first_ending(rows: Sequence[VoucherRow], on: date) -> Ending | None:
    """Of what ends soon and is not carried on, the first to end; no question."""
    found = [near for row in rows if (near := row.ending(on)) is not None and not row.is_carried]
    return min(found, key=lambda near: near.last_on, default=None)


def totals(rows: Sequence[VoucherRow]) -> VoucherFigures:
    """All vouchers of a wallet as one: what was granted, is held, was spent and is left."""
    names = ("issued", "available", "held", "consumed", "expired", "revoked")
    return VoucherFigures(**{name: sum((getattr(row.figures, name) for row in rows), ZERO) for name in names})
