"""Programmes in force, a firm's vouchers, and what of each is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import aliased, lazyload

from equipment_share.domain.access import FIRM, READERS, Act, Actor, require
from equipment_share.domain.entitlement import Ending, ending, may_carry
from equipment_share.domain.errors import NotFound, StaleVersion
from equipment_share.domain.money import ZERO
from equipment_share.domain.programmes.programmes import Programme, terms
from equipment_share.domain.texts import Named
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.base import db
from equipment_share.models.ledger import LedgerAccount
from equipment_share.models.people import Organisation
from equipment_share.models.vouchers import ProgrammeVersion, VersionState, Voucher
from equipment_share.queries.ledger import NOTHING, VoucherFigures, voucher_figures

InForce = tuple[ProgrammeVersion, Programme]


@dataclass(frozen=True)
class VoucherRow:
    """A voucher with its six amounts."""

    voucher: Voucher
    figures: VoucherFigures

    def ending(self, on: date) -> Ending | None:
        """What is free of it and ends soon; None for what is not issued."""
        return ending(self.voucher.valid_until, self.figures.available, on=on) if self.voucher.state is VoucherState.ISSUED else None

    @property
    def is_carried(self) -> bool:
        """Whether what is free at its end goes on into the next period."""
        voucher = self.voucher
        return may_carry(terms(voucher.programme.document), voucher.state, carried=voucher.carried_from_id is not None)


_OTHER = aliased(Organisation)
# What every booking asks is built once: building a statement anew takes longer than running it.
_PUBLISHED = select(ProgrammeVersion).where(ProgrammeVersion.state == VersionState.PUBLISHED).order_by(ProgrammeVersion.number)
_USABLE = (
    select(Voucher)
    .where(Voucher.firm_id == bindparam("firm"), Voucher.programme_code.in_(bindparam("codes", expanding=True)))
    .where(Voucher.state == VoucherState.ISSUED, Voucher.valid_until >= bindparam("on"))
    .order_by(Voucher.valid_until, Voucher.id)
    .options(lazyload(Voucher.programme), lazyload(Voucher.firm))  # the caller has both in hand
)
_ACCOUNTS = (
    select(LedgerAccount)
    .where(
        LedgerAccount.id.in_(select(Voucher.account_id).where(Voucher.firm_id == bindparam("firm"), Voucher.state == VoucherState.ISSUED))
    )
    .order_by(LedgerAccount.id)
    .with_for_update(of=LedgerAccount, key_share=True)
    .execution_options(populate_existing=True)
)
_SAME = exists().where(_OTHER.id == bindparam("firm"), _OTHER.controller != "", _OTHER.controller == Organisation.controller)
_TOGETHER = (
    select(Organisation)
    .where((Organisation.id == bindparam("firm")) | _SAME)
    .order_by(Organisation.id)
    .with_for_update(of=Organisation, key_share=True)
    .execution_options(populate_existing=True)
)


def versions_of(code: str) -> list[ProgrammeVersion]:
    """All versions of one programme, newest first."""
    query = select(ProgrammeVersion).where(ProgrammeVersion.code == code).order_by(ProgrammeVersion.number.desc())
    return list(db.session.scalars(query))


def versions_locked(code: str) -> list[ProgrammeVersion]:
    """All versions of one programme, newest first, with their rows held: what exists once per programme is made one request at a time."""
    query = (
        select(ProgrammeVersion)
        .where(ProgrammeVersion.code == code)
        .order_by(ProgrammeVersion.number.desc())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def version_of(code: str, number: int) -> ProgrammeVersion:
    """One version.

    Raises: NotFound.
    """
    for version in versions_of(code):
        if version.number == number:
            return version
    raise NotFound()


def version_locked(code: str, number: int, version: int | None = None) -> ProgrammeVersion:
    """One version with the rows of its programme held, as it was read.

    Raises: NotFound, StaleVersion.
    """
    found = next((row for row in versions_locked(code) if row.number == number), None)
    if found is None:
        raise NotFound()
    if version is not None and version != found.version:
        raise StaleVersion(version=found.version)
    return found


def programmes_in_force(on: date) -> list[InForce]:
    """The newest published version of each programme in force on a day, by its `order`, then code."""
    newest: dict[str, InForce] = {}
    for version in db.session.scalars(_PUBLISHED):
        programme = terms(version.document)
        if programme.is_in_force(on):
            newest[version.code] = (version, programme)
    return sorted(newest.values(), key=lambda pair: (pair[1].order, pair[0].code))


def standings(versions: Iterable[ProgrammeVersion], on: date) -> dict[int, str]:
    """What each version is on a day: `draft`, `published` (in force), `to_come`, `over` or `replaced` by a later one."""
    newest = {version.code: version for version, _ in programmes_in_force(on)}
    return {version.id: _standing(version, newest.get(version.code), on) for version in versions}


def _standing(version: ProgrammeVersion, in_force: ProgrammeVersion | None, on: date) -> str:
    programme = terms(version.document)
    if version.state is VersionState.DRAFT or (in_force is not None and in_force.id == version.id):
        return version.state.value
    if in_force is not None and in_force.number > version.number:
        return "replaced"
    return "to_come" if programme.effective_from is not None and programme.effective_from > on else "over"


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


def names_of_programmes() -> dict[str, Named]:
    """What the published programmes are called, by code: the newest version's names alone, without its document; one light question."""
    own, english = (ProgrammeVersion.document[key].as_string() for key in ("name", "name_en"))
    query = select(ProgrammeVersion.code, own, english).where(ProgrammeVersion.state == VersionState.PUBLISHED)
    rows = db.session.execute(query.order_by(ProgrammeVersion.code, ProgrammeVersion.number))
    return {code: Named.read({"name": name, "name_en": name_en}, blank=code) for code, name, name_en in rows}  # a later number overwrites


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


def usable_vouchers(firm_id: int, codes: Sequence[str], on: date) -> dict[str, list[Voucher]]:
    """A firm's issued vouchers that are not over on a day, with their accounts, by programme, earliest expiry first; one question."""
    found: dict[str, list[Voucher]] = {code: [] for code in codes}
    for voucher in db.session.scalars(_USABLE, {"firm": firm_id, "codes": list(codes), "on": on}) if codes else ():
        found[voucher.programme_code].append(voucher)
    return found


def firm_locked(firm_id: int) -> Organisation:
    """A firm with its row held: caps that span several vouchers and programmes are counted one request at a time.

    Firms of one controller are held together, in order, for a cap may count them as one.
    """
    return next(row for row in db.session.scalars(_TOGETHER, {"firm": firm_id}).all() if row.id == firm_id)


def voucher_accounts_locked(firm_id: int) -> list[LedgerAccount]:
    """The accounts of a firm's issued vouchers, held in order of id: what a booking may touch, before anything is read from them."""
    return list(db.session.scalars(_ACCOUNTS, {"firm": firm_id}))


def vouchers_over(on: date) -> list[int]:
    """Vouchers whose last good day has passed and whose money is still there or whose state is still open."""
    query = select(Voucher.id).where(
        Voucher.valid_until < on, Voucher.state.in_([VoucherState.ISSUED, VoucherState.EXHAUSTED, VoucherState.EXPIRED])
    )
    rows = with_figures([db.session.get_one(Voucher, voucher_id) for voucher_id in db.session.scalars(query)])
    return [row.voucher.id for row in rows if row.voucher.state is not VoucherState.EXPIRED or row.figures.available > ZERO]


def vouchers_of(firm_id: int, programme_code: str) -> list[VoucherRow]:
    """Every voucher that a firm ever had of a programme or asked for, with its amounts."""
    query = select(Voucher).where(Voucher.firm_id == firm_id, Voucher.programme_code == programme_code)
    return with_figures(list(db.session.scalars(query.order_by(Voucher.id))))


def vouchers_waiting_for_budget() -> list[int]:
    """Approved applications that wait, in the order they came."""
    query = select(Voucher.id).where(Voucher.state == VoucherState.CHECKED, Voucher.waits_since.is_not(None))
    return list(db.session.scalars(query.order_by(Voucher.waits_since, Voucher.id)))
