"""Money, times, slots and words out, for people's eyes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, url_for
from flask_babel import format_date, gettext, ngettext
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from equipment_share.adapters.clock import now
from equipment_share.domain.bank_accounts import masked
from equipment_share.domain.bookings.quotas import Quota
from equipment_share.domain.bookings.series import read_rule
from equipment_share.domain.capitals import in_capitals
from equipment_share.domain.ledger import AccountKind
from equipment_share.domain.money import Money
from equipment_share.domain.periods import BUREAU_ZONE, bureau_day
from equipment_share.domain.pricing import PriceItem
from equipment_share.domain.specs import plain
from equipment_share.domain.tariffs import WHOLE_BP, Tariff
from equipment_share.domain.timeslots import Slot
from equipment_share.models.instruments import PriceList
from equipment_share.web.access import can, visitor_or_me
from equipment_share.web.blanks import put_together
from equipment_share.web.naming import bilingual, language, programme_called
from equipment_share.web.navigation import places_here
from equipment_share.web.periods import period_words
from equipment_share.wording import WORDS, refusal_words, word
from equipment_share.wording.flags import evidence_words, subject_words
from equipment_share.wording.marks import amount_words, aside, in_clauses, joined
from equipment_share.wording.vouchers import award_words

NUMBERED = {"batch_locked": ("batch ", " locked"), "batch_refused": ("batch ", " refused"), "paid": ("paid ", ""), "bonus": ("bonus ", "")}
"""Reasons of the ledger that carry a number: their words, and what stands before and after it."""


def wire(app: Flask) -> None:
    """Give templates their filters and globals."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.concat = put_together  # type: ignore[method-assign]
    given: dict[str, Callable[..., Any]] = {
        "money": money, "yuan": yuan, "local": local, "clock": clock, "day": day, "short_day": short_day,
        "slot": slot, "percent": percent, "bilingual": bilingual,
        "word": lambda value, kind: word(kind, value), "why": award_words, "length_of": length_of, "machine": machine, "moment": moment, "quota": quota_words,
        "reason": reason, "minutes": minutes_words, "figure": figure, "price_words": price_words, "list_words": list_words, "flag_subject": subject_words,
        "hours": hours, "month": month, "count": count, "tenth_hours": tenth_hours, "weekday": weekday, "stars": stars,
        "capitals": in_capitals, "period": period_words, "posting": posting, "account": account, "masked": masked, "repeat": repeat,
        "programme": programme_called, "joined": joined, "aside": aside, "rate": rate,
    }  # fmt: skip
    app.jinja_env.filters["evidence"] = evidence_words  # facts come from the database: never worked out ahead
    app.jinja_env.filters.update({name: _for_each_reader(show) for name, show in given.items()})
    app.jinja_env.tests["open_to_me"] = can
    app.jinja_env.globals.update(
        can=can, visitor=visitor_or_me, vendor=vendor, refusal_words=refusal_words, language=language, hint_key=hint_key, places_here=places_here,
    )  # fmt: skip


def _for_each_reader(show: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that Jinja never works out ahead: `"occupied" | word("closed")` would else stay in the language of whoever came first."""

    @pass_context
    def shown(_context: Context, *args: Any, **more: Any) -> Any:
        return show(*args, **more)

    return shown


def money(amount: Money | int | None) -> str:
    """`¥1,234.50`; fen may come as a number out of a kept quote."""
    return amount_words(amount) if amount is not None else "—"


def figure(value: object) -> str:
    """A figure of a specification, or what was typed in its place; nothing for an open end."""
    return value if isinstance(value, str) else plain(value)


def yuan(amount: Money | int) -> str:
    """`1234.50`, as a person would type it and a chart reads it; fen may come as a number out of a kept result."""
    return str(amount if isinstance(amount, Money) else Money(amount))


def local(moment: datetime | None) -> str:
    """`2026-09-08 10:00` in Shanghai."""
    return moment.astimezone(BUREAU_ZONE).strftime("%Y-%m-%d %H:%M") if moment else "—"


def machine(moment: datetime) -> str:
    """`2026-09-08T10:00` in Shanghai, for addresses and inputs."""
    return moment.astimezone(BUREAU_ZONE).strftime("%Y-%m-%dT%H:%M")


def moment(instant: datetime) -> str:
    """A day with its weekday, and the time: `Thu 3 Dec 09:00`."""
    return f"{day(instant)} {clock(instant)}"


def clock(moment: datetime) -> str:
    """`10:00` in Shanghai."""
    return moment.astimezone(BUREAU_ZONE).strftime("%H:%M")


def short_day(value: date) -> str:
    """A day for the head of a narrow column: `24 Tu`, `24 二`."""
    return f"{value.day} {format_date(value, 'EEEEEE')}" if language() == "en" else f"{value.day} {'一二三四五六日'[value.weekday()]}"


def day(value: date | datetime | None, year: bool = True) -> str:
    """A day with its weekday; with its year where that is not this one and nothing beside says it."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone(BUREAU_ZONE).date()
    if year and value.year != bureau_day(now()).year:
        return str(format_date(value, "yyyy年M月d日 EEE" if language() == "zh" else "EEE d MMM yyyy"))
    return str(format_date(value, "M月d日 EEE" if language() == "zh" else "EEE d MMM"))


def slot(value: Slot) -> str:
    """Date, weekday, from and to."""
    start, end = value.start.astimezone(BUREAU_ZONE), value.end.astimezone(BUREAU_ZONE)
    until = end.strftime("%H:%M") if start.date() == end.date() else f"{day(end)} {end:%H:%M}"
    return f"{day(start)} {start:%H:%M}–{until}"


def length_of(value: Slot) -> str:
    """How long a slot is, in hours and minutes."""
    return minutes_words(value.minutes)


def minutes_words(total: int) -> str:
    """A length in days, in hours, or in hours and minutes, whichever is whole."""
    if total and total % 1440 == 0:
        return ngettext("%(num)s day", "%(num)s days", total // 1440)
    hours, minutes = divmod(total, 60)
    if hours and not minutes:
        return gettext("%(hours)s h", hours=hours)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes) if hours else gettext("%(minutes)s min", minutes=minutes)


def percent(bp: int, even: bool = False) -> str:
    """Basis points as a percentage; with both decimals where figures stand under one another."""
    return f"{bp / 100:.2f} %" if even else f"{bp / 100:g} %"


def hours(minutes: int) -> str:
    """Minutes as hours with two decimals: `1.50`."""
    return f"{minutes / 60:,.2f}"


def tenth_hours(minutes: int) -> str:
    """Minutes as hours, whole or with one decimal: `8`, `2.5`."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def count(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}"


def month(first: date) -> str:
    """A month: `Dec 2026`."""
    return str(format_date(first, "yyyy年M月" if language() == "zh" else "MMM yyyy"))


def weekday(value: date) -> str:
    """A weekday alone, short."""
    return str(format_date(value, "EEE"))


def stars(tenths: int) -> str:
    """A mean of stars: 43 is `4.3`."""
    return f"{tenths // 10}.{tenths % 10}"


def reason(text: str) -> str:
    """A reason as it was typed; the house's own reasons have words."""
    return str(WORDS["reason"].get(text, text))


def posting(text: str) -> str:
    """Why a step of the ledger was made: the house's own reasons in words, a person's as typed."""
    known = WORDS["posting"]
    if text in known:
        return str(known[text])
    for key, (before, after) in NUMBERED.items():
        if text.startswith(before) and text.endswith(after):
            return str(known[key]) % {"number": text.removeprefix(before).removesuffix(after)}
    return text


def account(kind: AccountKind | str, name: str) -> str:
    """An account of the ledger: its kind in words, then what it is called."""
    return f"{word('account', kind)} {name}".strip()


def repeat(text: str) -> str:
    """A rule that repeats as a sentence; one that no sentence here says, as it is written."""
    rule = read_rule(text, BUREAU_ZONE)
    if rule.by_month_day or rule.by_month or rule.rest or any(ordinal for ordinal, _ in rule.by_day):
        return text
    every = WORDS["repeat"][rule.freq] if rule.interval == 1 else WORDS["repeat"][f"{rule.freq}_N"]
    days = joined(weekday(date(2026, 1, 5 + day)) for _, day in rule.by_day)  # that was a Monday
    parts = [str(every) % {"n": rule.interval}, days]
    parts.append(ngettext("%(num)s time", "%(num)s times", rule.count) if rule.count else "")
    parts.append(gettext("until %(day)s", day=rule.until.date().isoformat()) if rule.until else "")
    return in_clauses(part for part in parts if part)


def quota_words(quota: Quota) -> str:
    """A quota as a sentence."""
    whom, per = word("whom", quota.whom), word("per", quota.per)
    if quota.count is not None:
        return gettext("%(whom)s: at most %(count)s bookings %(per)s.", whom=whom, count=quota.count, per=per)
    return gettext("%(whom)s: at most %(minutes)s minutes %(per)s.", whom=whom, minutes=quota.minutes, per=per)


def price_words(item: PriceItem) -> str:
    """A row of a price list in words: price, hours, unit, bounds."""
    what, price, more = rate(item)
    if item.is_add_on:
        return gettext("%(name)s (%(kind)s) %(price)s each", name=bilingual(item), kind=word("line", item.kind), price=price)
    return in_clauses([f"{price} / {what}", *([more] if more else [])])


def rate(item: PriceItem) -> tuple[str, str, str]:
    """A row of a price list as a table shows it: what is paid for, its price, the bounds."""
    price, length = money(item.unit_price), item.unit_length
    if item.is_add_on:
        return gettext("%(name)s (%(kind)s)", name=bilingual(item), kind=word("line", item.kind)), price, ""
    parts = [item.band.replace("-", "–")] if item.band else []
    parts += [gettext("the first at %(price)s", price=money(item.first_price))] if item.first_price is not None else []
    if length is not None and item.threshold_minutes is not None:
        parts.append(gettext("a rest of %(rest)s counts as one more", rest=minutes_words(item.threshold_minutes)))
    elif length is not None:
        parts.append(gettext("a part counts as a whole"))
    parts += [gettext("set-up %(price)s", price=money(item.setup_fee))] if item.setup_fee else []
    parts += [gettext("at least %(price)s", price=money(item.min_fee))] if item.min_fee else []
    parts += [gettext("at most %(price)s", price=money(item.max_fee))] if item.max_fee is not None else []
    return minutes_words(length) if length is not None else word("unit", item.unit), price, in_clauses(parts)


def list_words(listed: PriceList | Tariff) -> str:
    """What a price list says beside its rows."""
    share = percent(listed.multiplier_bp)
    parts = [] if listed.items else [gettext("everybody's prices at %(share)s", share=share)]
    parts += [gettext("all at %(share)s", share=share)] if listed.items and listed.multiplier_bp != WHOLE_BP else []
    parts += [gettext("urgent orders at %(share)s", share=percent(listed.urgent_bp))] if listed.urgent_bp is not None else []
    parts += [gettext("%(share)s tax inside", share=percent(listed.vat_bp))] if listed.vat_bp else []
    return in_clauses(parts)


def hint_key(term: str) -> str:
    """The key of one explanation on this page: the same word may be explained twice."""
    g.hints = g.get("hints", 0) + 1
    return f"hint-{term}-{g.hints}"


def vendor(name: str) -> Markup:
    """The tag of a front-end file, with its fingerprint and integrity."""
    found = _manifest(current_app).get(name)
    if found is None:
        current_app.logger.warning("front-end file %s is missing: run dev.py setup", name)
        return Markup("")
    address = url_for("static", filename=f"vendor/{found['file']}")
    if name.endswith(".css"):
        return Markup('<link rel="stylesheet" href="{}" integrity="{}">').format(address, found["integrity"])
    return Markup('<script src="{}" integrity="{}" defer></script>').format(address, found["integrity"])


def _manifest(app: Flask) -> dict[str, dict[str, str]]:
    if "vendor" not in app.extensions:
        path = Path(app.static_folder or "") / "vendor" / "manifest.json"
        app.extensions["vendor"] = json.loads(path.read_text()) if path.exists() else {}
    kept: dict[str, dict[str, str]] = app.extensions["vendor"]
    return kept
