"""People, instruments and vouchers for tests, made through the same use cases as in life."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.money import Money
from equipment_share.domain.periods import bureau_day
from equipment_share.domain.pricing import PriceItem
from equipment_share.models.base import db
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import SYSTEM, Organisation, User
from equipment_share.models.vouchers import ProgrammeVersion
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.instruments.listing import list_instrument, set_prices
from equipment_share.services.people.bank_accounts import confirm_account, propose_account
from equipment_share.services.people.people import describe_organisation, invite_person, make_organisation
from equipment_share.services.vouchers.programmes import draft_programme, publish_version

NOW = datetime(2026, 9, 7, 1, 0, tzinfo=UTC)
"""A Monday, 9 o'clock in Shanghai."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
_count = itertools.count(1)
HALF = {
    "code": "HALF", "name": "Half of everything", "issue_mode": "auto", "eligible_any": ["tech_sme"],
    "rate_rules": [{"bands": [{"up_to_fen": None, "rate_bp": 5000}]}], "caps": {"annual_fen": {"tech_sme": 20_000_000}},
    "exclude": ["related_party"], "budget": {"total_fen": 100_000_000}, "docs_required": ["contract", "invoice", "payment"],
}  # fmt: skip
"""A programme that bears half, up to 200,000.00 a year, granted without application."""


def local(text: str) -> datetime:
    """`2026-09-08 10:00` in Shanghai as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def tuesday(clock: str) -> datetime:
    """A time on the day after `NOW`."""
    return local(f"2026-09-08 {clock}")


def an_organisation(kind: Kind = Kind.FIRM, name: str = "") -> Organisation:
    """A verified organisation."""
    number = next(_count)
    return make_organisation(f"{kind.value.upper()}{number}", name or f"{kind.value} {number}", kind, by=SYSTEM, at=NOW)


def a_person(role: Role, organisation: Organisation, email: str = "") -> User:
    """Somebody with a role."""
    user, _ = invite_person(email or f"{role.value}{next(_count)}@test.example", role, organisation.id, by=SYSTEM, at=NOW)
    return user


def a_firm(tags: tuple[str, ...] = ("tech_sme",), role: Role = Role.FIRM_ADMIN) -> User:
    """A person of a fresh verified firm with tags."""
    firm = an_organisation(Kind.FIRM)
    if tags:
        describe_organisation(firm.id, tags=[{"tag": tag, "valid_until": None} for tag in tags], by=an_officer(Role.BUREAU_CLERK), at=NOW)
    return a_person(role, firm)


def an_owner(role: Role = Role.OWNER_ADMIN) -> User:
    """A person of a fresh verified owner."""
    return a_person(role, an_organisation(Kind.OWNER))


def an_account(organisation_id: int, account: str, *, at: datetime = NOW) -> None:
    """The account to which an organisation's money goes, proposed and confirmed by two persons of the bureau."""
    change = propose_account(organisation_id, account, by=an_officer(Role.BUREAU_CLERK), at=at)
    confirm_account(change.id, by=an_officer(Role.BUREAU_REVIEWER), at=at)


def the_bureau() -> Organisation:
    """The one bureau of a test."""
    found = db.session.query(Organisation).filter_by(kind=Kind.BUREAU).first()
    return found or an_organisation(Kind.BUREAU, "Bureau")


def an_officer(role: Role) -> User:
    """Somebody at the bureau."""
    return a_person(role, the_bureau())


def an_instrument(owner: User, hourly: int = 40_000, **fields: Any) -> Instrument:
    """An open instrument at an hourly price in fen, for everybody, always open."""
    number = next(_count)
    given = {
        "inner_code": f"I{number}",
        "name_zh": f"扫描电镜{number}",
        "modes": ["guided", "self_operate"],
        "keeps_holidays": False,
        **fields,
    }
    instrument = list_instrument(given, by=owner, at=NOW)
    items = [PriceItem.parse({"mode": mode, "unit": "hour", "unit_price_fen": hourly}, "items") for mode in ("guided", "self_operate")]
    set_prices(instrument.id, items, valid_from=bureau_day(NOW) - timedelta(days=30), by=owner, at=NOW)
    return instrument


def a_programme(**changes: Any) -> ProgrammeVersion:
    """A published programme: half of everything, unless said otherwise."""
    document = {**HALF, **changes}
    draft_programme(document, by=an_officer(Role.BUREAU_CLERK), at=NOW)
    return publish_version(document["code"], 1, by=an_officer(Role.BUREAU_REVIEWER), at=NOW)


def a_wish(instrument: Instrument, start: datetime, end: datetime, **more: Any) -> BookingWish:
    """A wish for guided use."""
    return BookingWish(instrument.id, more.pop("mode", "guided"), start, end, **more)


def a_booking(firm: User, instrument: Instrument, start: datetime, end: datetime, *, at: datetime = NOW, **more: Any) -> Booking:
    """A submitted booking."""
    return request_booking(a_wish(instrument, start, end, **more), by=firm, at=at)


def yuan(text: str) -> Money:
    """`400.00` as money."""
    whole, _, part = text.partition(".")
    return Money(int(whole) * 100 + int((part + "00")[:2]))
