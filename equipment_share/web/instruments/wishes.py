"""What an address asks of the catalogue: read once, shown as chips, written back as other addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from equipment_share.domain.money import Money
from equipment_share.domain.periods import BUREAU_ZONE
from equipment_share.domain.pricing import Mode
from equipment_share.domain.specs import number
from equipment_share.domain.timeslots import Slot
from equipment_share.models.instruments import InstrumentClass
from equipment_share.queries.instruments.catalogue import SORTS, CatalogueWish
from equipment_share.web.fields import asked, page_number
from equipment_share.web.filters import day, money, slot
from equipment_share.web.naming import bilingual
from equipment_share.wording import word

_LOCAL = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
PARTS = {"am": (9, 12, None), "pm": (13, 17, None), "eve": (18, 21, None), "any": (8, 22, 120)}
"""A part of a day: from and to in hours, and how many minutes of it must be free if not all."""
NAMES = (
    "q",
    "need",
    "spec",
    "value",
    "category",
    "owner",
    "mode",
    "place",
    "voucher",
    "price_to",
    "day",
    "part",
    "free_from",
    "free_to",
    "sort",
)
TOGETHER = {"spec": ("spec", "value"), "day": ("day", "part"), "free_from": ("free_from", "free_to")}
"""Fields that say one thing together: taken away together."""


def wish_in_address() -> CatalogueWish:
    """What the address asks for; whatever cannot be read is left out and shown as typed."""
    given = request.args
    need, spec, value = asked("need"), asked("spec", most=40), number(asked("value", most=24))
    sort = given.get("sort") or ("soonest" if need or spec else "name")  # who looks for a use wants to know how soon
    price = given.get("price_to", "")
    free, minutes = wanted_time()
    return CatalogueWish(
        q=asked("q"),
        need=need,
        spec=spec,
        value=value,
        category=given.get("category", "")[:6],
        owner=given.get("owner", "")[:40],
        mode=given.get("mode", "") if given.get("mode") in set(Mode) else "",
        place=asked("place", most=40),
        voucher=given.get("voucher") == "1",
        price_to=Money(int(price) * 100) if re.fullmatch("[0-9]{1,8}", price) else None,
        free=free,
        min_minutes=minutes,
        sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "name",
        turned=sort.startswith("-"),
        page=page_number(),
    )


def wanted_time() -> tuple[Slot | None, int | None]:
    """A day and a part of it, or two times; and how much of it must be free if not all."""
    given = request.args
    chosen = local_day(given.get("day", ""))
    if chosen is not None:
        first, last, minutes = PARTS.get(given.get("part", ""), PARTS["any"])
        begin = datetime.combine(chosen, time(first), BUREAU_ZONE)
        return Slot(begin.astimezone(UTC), (begin + timedelta(hours=last - first)).astimezone(UTC)), minutes
    start, end = local_instant(given.get("free_from", "")), local_instant(given.get("free_to", ""))
    return (Slot(start, end) if start and end and start < end <= start + timedelta(days=92) else None), None


def local_day(text: str) -> date | None:
    """A day out of an address, or nothing."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def local_instant(text: str) -> datetime | None:
    """A wall-clock time in Shanghai out of an address, or nothing."""
    if not _LOCAL.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BUREAU_ZONE).astimezone(UTC)
    except ValueError:
        return None


def when_typed() -> dict[str, str]:
    """The wanted day or time as the address says it, for the addresses of the instruments found."""
    return {name: request.args[name] for name in ("day", "part", "free_from", "free_to") if request.args.get(name)}


def typed() -> dict[str, str]:
    """What the address says, without what is empty and without the page."""
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def without(name: str, *, endpoint: str = "instruments.index") -> str:
    """The same address with one filter taken away."""
    gone = TOGETHER.get(name, (name,))
    rest: dict[str, Any] = {key: value for key, value in typed().items() if key not in gone}
    return url_for(endpoint, **rest)


def chips(wish: CatalogueWish, kinds: Mapping[str, InstrumentClass], owners: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each filter in force in words, with the address without it."""
    words: list[tuple[str, str]] = [
        ("q", wish.q),
        ("need", gettext("for %(need)s", need=wish.need) if wish.need else ""),
        ("spec", " ".join(part for part in (wish.spec, request.args.get("value", "")[:24]) if part)),
        ("category", bilingual(kinds[wish.category]) if wish.category in kinds else wish.category),
        ("owner", owners.get(wish.owner, wish.owner)),
        ("mode", word("mode", wish.mode) if wish.mode else ""),
        ("place", gettext("at %(place)s", place=wish.place) if wish.place else ""),
        ("voucher", gettext("voucher can be used") if wish.voucher else ""),
        ("price_to", gettext("up to %(price)s", price=money(wish.price_to)) if wish.price_to is not None else ""),
        _time_chip(wish),
    ]
    return [{"name": name, "words": said, "without": without(name)} for name, said in words if said]


def _time_chip(wish: CatalogueWish) -> tuple[str, str]:
    if wish.free is None:
        return "free_from", ""
    if wish.min_minutes:
        return "day", gettext("two hours free on %(day)s", day=day(wish.free.start))
    return "day" if local_day(request.args.get("day", "")) else "free_from", gettext("free %(slot)s", slot=slot(wish.free))
