"""Programmes in force, a firm's vouchers, and what of each is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, or_, select

from equipment_share.domain.access import FIRM, READERS, Act, Actor, require
from equipment_share.domain.errors import NotFound, StaleVersion
from equipment_share.domain.money import ZERO, Money, total
from equipment_share.domain.periods import Period
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking, VoucherUse
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.models.vouchers import ProgrammeVersion, VersionState, Voucher
from equipment_share.queries.ledger import NOTHING, VoucherFigures, as_money, budgets_left, voucher_figures


@dataclass(frozen=True)
class VoucherRow:
    """A voucher with its six amounts."""

    voucher: Voucher
    figures: VoucherFigures


def versions_of(code: str) -> list[ProgrammeVersion]:
    """All versions of one programme, newest first."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.code == code).order_by(ProgrammeVersion.number.desc())
    return list(db.session.scalars(query))


def version_of(code: str, number: int) -> ProgrammeVersion:
    """One version.

    Raises: NotFound.
    """
    for version in versions_of(code):
        if version.number == number:
            return version
    raise NotFound()


def programmes_in_force(on: date) -> list[tuple[ProgrammeVersion, Programme]]:
    """The newest published version of each programme in force on a day, by its `order`, then code."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.state == VersionState.PUBLISHED).order_by(ProgrammeVersion.number)
    newest: dict[str, tuple[ProgrammeVersion, Programme]] = {}
    for version in db.session.scalars(query):
        programme = terms(version.document)
        if programme.is_in_force(on):
            newest[version.code] = (version, programme)
    return sorted(newest.values(), key=lambda pair: (pair[1].order, pair[0].code))


def programme_in_force(code: str, on: date) -> tuple[ProgrammeVersion, Programme]:
    """One programme's version in force.

    Raises: NotFound.
    """
    for version, programme in programmes_in_force(on):
        if version.code == code:
            return version, programme
    raise NotFound()


def programmes_seen_by(by: Actor | None) -> list[ProgrammeVersion]:
    """Published versions for everybody, drafts for the bureau; newest of each code first."""
    query = select(ProgrammeVersion).order_by(ProgrammeVersion.code, ProgrammeVersion.number.desc())
    if by is None or by.role not in READERS:
        query = query.where(ProgrammeVersion.state == VersionState.PUBLISHED)
    return list(db.session.scalars(query))


def voucher_locked(voucher_id: int, version: int | None = None) -> Voucher:
    """One voucher with its row held, at the version that was read.

    Raises: NotFound, StaleVersion.
    """
    query = select(Voucher).where(Voucher.id == voucher_id).with_for_update(of=Voucher, key_share=True)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    if version is not None and version != found.version:
        raise StaleVersion(version=found.version)
    return found


def voucher_seen_by(voucher_id: int, by: Actor) -> Voucher:
    """One voucher of one's own firm, or any for the bureau.

    Raises: Forbidden, NotFound.
    """
    require(by, Act.SEE_VOUCHERS)
    found = db.session.get(Voucher, voucher_id)
    if found is None or (by.role in FIRM and found.firm_id != by.organisation_id):
        raise NotFound()
    return found


def vouchers_seen_by(
    by: Actor, *, states: Sequence[VoucherState] = (), programme: str = "", firm_id: int | None = None, after_id: int = 0, limit: int = 200
) -> list[VoucherRow]:
    """Vouchers with their amounts: a firm's own, all for the bureau; newest first, two questions in all."""
    require(by, Act.SEE_VOUCHERS)
    query = select(Voucher).order_by(Voucher.id.desc()).limit(limit)
    if by.role in FIRM:
        query = query.where(Voucher.firm_id == by.organisation_id)
    if firm_id is not None:
        query = query.where(Voucher.firm_id == firm_id)
    if states:
        query = query.where(Voucher.state.in_(states))
    if programme:
        query = query.where(Voucher.programme_code == programme)
    if after_id:
        query = query.where(Voucher.id < after_id)
    return with_figures(list(db.session.scalars(query)))


def count_of_vouchers(by: Actor, *, states: Sequence[VoucherState] = (), programme: str = "") -> int:
    """How many vouchers there are in all for this person."""
    require(by, Act.SEE_VOUCHERS)
    query = select(func.count(Voucher.id))
    if by.role in FIRM:
        query = query.where(Voucher.firm_id == by.organisation_id)
    if states:
        query = query.where(Voucher.state.in_(states))
    if programme:
        query = query.where(Voucher.programme_code == programme)
    return db.session.scalar(query) or 0


def with_figures(vouchers: Sequence[Voucher]) -> list[VoucherRow]:
    """Vouchers beside their six amounts."""
    figures = voucher_figures([v.account_id for v in vouchers if v.account_id is not None])
    return [VoucherRow(v, figures.get(v.account_id or 0, NOTHING)) for v in vouchers]


def usable_vouchers(firm_id: int, codes: Sequence[str], on: date) -> dict[str, list[VoucherRow]]:
    """A firm's issued vouchers that are not over on a day, by programme, earliest expiry first; two questions."""
    query = (
        select(Voucher)
        .where(Voucher.firm_id == firm_id, Voucher.programme_code.in_(codes), Voucher.state == VoucherState.ISSUED)
        .where(Voucher.valid_until >= on)
        .order_by(Voucher.valid_until, Voucher.id)
    )
    found: dict[str, list[VoucherRow]] = {code: [] for code in codes}
    for row in with_figures(list(db.session.scalars(query))):
        found[row.voucher.programme_code].append(row)
    return found


def firm_locked(firm_id: int) -> Organisation:
    """A firm with its row held: caps that span several vouchers and programmes are counted one request at a time."""
    query = select(Organisation).where(Organisation.id == firm_id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def voucher_accounts_of(firm_id: int) -> list[int]:
    """The accounts of a firm's issued vouchers: what a booking may touch, for locking before anything is read from them."""
    query = select(Voucher.account_id).where(Voucher.firm_id == firm_id, Voucher.state == VoucherState.ISSUED)
    return [account_id for account_id in db.session.scalars(query) if account_id is not None]


def used_in(firm_id: int, periods: Mapping[str, Period], *, without_booking: int | None = None) -> dict[str, Money]:
    """What a firm has held and consumed of each programme, by the day of completion, in that programme's period; one question."""
    if not periods:
        return {}
    use = VoucherUse
    counted = func.sum(case((use.resolved_id.is_(None), use.held), else_=use.captured))
    inside = [
        (use.programme_code == code) & (Booking.ends_at > period.span.start) & (Booking.ends_at <= period.span.end)
        for code, period in periods.items()
    ]
    query = select(use.programme_code, counted).join(Booking, Booking.id == use.booking_id).where(Booking.firm_id == firm_id, or_(*inside))
    if without_booking is not None:
        query = query.where(use.booking_id != without_booking)
    return {code: as_money(amount) for code, amount in db.session.execute(query.group_by(use.programme_code))}


def auto_key(code: str, firm_id: int, first_on: date) -> str:
    """The name of the one grant a firm gets of a programme in a period."""
    return f"{code}:{firm_id}:{first_on}"


def auto_vouchers_made(keys: Iterable[str]) -> set[str]:
    """Which of the grants without application have been made."""
    wanted = list(keys)
    return set(db.session.scalars(select(Voucher.auto_key).where(Voucher.auto_key.in_(wanted)))) if wanted else set()


def vouchers_over(on: date) -> list[int]:
    """Vouchers whose last good day has passed and whose money is still there or whose state is still open."""
    query = select(Voucher.id).where(
        Voucher.valid_until < on, Voucher.state.in_([VoucherState.ISSUED, VoucherState.EXHAUSTED, VoucherState.EXPIRED])
    )
    rows = with_figures([db.session.get_one(Voucher, voucher_id) for voucher_id in db.session.scalars(query)])
    return [row.voucher.id for row in rows if row.voucher.state is not VoucherState.EXPIRED or row.figures.available > ZERO]


def issued_to(firm_id: int, programme_code: str, period: Period) -> Money:
    """What was issued to a firm of one programme in one period."""
    query = select(Voucher).where(Voucher.firm_id == firm_id, Voucher.programme_code == programme_code, Voucher.account_id.is_not(None))
    rows = with_figures(list(db.session.scalars(query.where(Voucher.period_first_on == period.first_on))))
    return total(row.figures.issued for row in rows)


def due_grants(firm: Organisation, on: date) -> list[tuple[ProgrammeVersion, Money, date]]:
    """What a firm is entitled to without asking and does not have yet: shown as it will be, written by the booking or the night."""
    tags = frozenset(str(row["tag"]) for row in firm.tags if not row.get("valid_until") or date.fromisoformat(row["valid_until"]) >= on)
    found: list[tuple[ProgrammeVersion, Money, date]] = []
    if firm.state is not OrganisationState.VERIFIED:
        return found
    open_to = [pair for pair in programmes_in_force(on) if pair[1].issue_mode == "auto" and pair[1].is_open_to(tags) and not firm.barred]
    keys = {version.code: auto_key(version.code, firm.id, programme.period_of(on).first_on) for version, programme in open_to}
    made = auto_vouchers_made(keys.values())
    left = budgets_left([version.code for version, programme in open_to if programme.reserve_at == "issue"])
    for version, programme in open_to:
        quota = programme.quota_for(tags) or ZERO
        room = left.get(version.code, quota)  # nobody is promised what the programme no longer has
        amount = min(quota, room) if programme.partial_ok or room >= quota else ZERO
        if keys[version.code] not in made and amount:
            found.append((version, amount, programme.valid_until(on, programme.period_of(on))))
    return found
