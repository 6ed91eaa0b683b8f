"""What firms get without asking: what is due, and what has been granted already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam, select

from equipment_share.domain.access import Kind
from equipment_share.domain.money import ZERO, Money
from equipment_share.domain.programmes.programmes import Programme
from equipment_share.models.base import db
from equipment_share.models.people import Organisation, OrganisationState
from equipment_share.models.vouchers import ProgrammeVersion, Voucher
from equipment_share.queries.firms import is_barred, tags_on
from equipment_share.queries.ledger import budgets_left
from equipment_share.queries.vouchers import InForce, programmes_in_force

_MADE = select(Voucher.auto_key).where(Voucher.auto_key.in_(bindparam("keys", expanding=True)))
Grant = tuple[ProgrammeVersion, Money, date]


def auto_key(code: str, firm_id: int, first_on: date) -> str:
    """The name of the one grant a firm gets of a programme in a period."""
    return f"{code}:{firm_id}:{first_on}"


def auto_vouchers_made(keys: Iterable[str]) -> set[str]:
    """Which of the grants without application have been made."""
    wanted = list(keys)
    found: set[str] = set()
    for first in range(0, len(wanted), 500):  # a statement takes only so many values
        found |= {key for key in db.session.scalars(_MADE, {"keys": wanted[first : first + 500]}) if key}
    return found


def due_grants(firm: Organisation, on: date, in_force: Sequence[InForce] | None = None) -> list[Grant]:
    """What a firm is entitled to without asking and does not have yet: shown as it will be, written by the booking or the night.

    Who has asked for the programmes in force hands them in.
    """
    return _due_of([firm], on, programmes_in_force(on) if in_force is None else in_force).get(firm.id, [])


def firms_with_grants_due(on: date) -> list[int]:
    """The verified firms that something is due to without asking; three questions whatever their number."""
    query = select(Organisation).where(Organisation.kind == Kind.FIRM, Organisation.state == OrganisationState.VERIFIED)
    return sorted(_due_of(list(db.session.scalars(query)), on, programmes_in_force(on)))


def _due_of(firms: Sequence[Organisation], on: date, in_force: Sequence[InForce]) -> dict[int, list[Grant]]:
    automatic = [pair for pair in in_force if pair[1].issue_mode == "auto"]
    wanted: list[tuple[Organisation, ProgrammeVersion, Programme, str]] = []
    for firm in firms:
        if firm.state is OrganisationState.VERIFIED and not is_barred(firm, on):
            tags = tags_on(firm, on)
            wanted += [
                (firm, version, programme, auto_key(version.code, firm.id, programme.period_of(on).first_on))
                for version, programme in automatic
                if programme.is_open_to(tags)
            ]
    made = auto_vouchers_made(key for _, _, _, key in wanted)
    open_ones = [row for row in wanted if row[3] not in made]
    left = budgets_left(sorted({version.code for _, version, programme, _ in open_ones if programme.reserve_at == "issue"}))
    found: dict[int, list[Grant]] = {}
    for firm, version, programme, _ in open_ones:
        quota = programme.quota_for(tags_on(firm, on)) or ZERO
        room = left.get(version.code, quota)  # nobody is promised what the programme no longer has
        amount = min(quota, room) if programme.partial_ok or room >= quota else ZERO
        if amount:
            found.setdefault(firm.id, []).append((version, amount, programme.valid_until(on, programme.period_of(on))))
    return found
