"""A period is chosen, not typed: years, quarters and months from a list, those with figures first, and any two days behind a fold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from flask import request
from flask_babel import gettext

from equipment_share.adapters.clock import now
from equipment_share.domain.errors import Invalid
from equipment_share.domain.periods import Period, bureau_day, months_later, periods_around
from equipment_share.domain.texts import clean_text
from equipment_share.web.blanks import side_by_side
from equipment_share.wording import refusal_words

MOST = 30


def period_words(value: Period | str) -> str:
    """A period in words: a year, a quarter, a month, or its first and last day."""
    name, period = str(value), value if isinstance(value, Period) else Period.parse(value)
    if ".." in name:
        return gettext("%(first)s to %(last)s", first=period.first_on.isoformat(), last=period.last_on.isoformat())
    if "Q" in name:
        return gettext("Q%(quarter)s %(year)s", quarter=name[-1], year=name[:4])
    return gettext("%(year)s-%(month)s", year=name[:4], month=name[5:]) if "-" in name else gettext("Year %(year)s", year=name)


@dataclass(frozen=True)
class PeriodField:
    """What the macro `period_field` shows: the choices in groups, what was chosen or typed, and what is wrong with it."""

    chosen: str
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    """Label and names; the chosen one is among them unless it is wrong."""
    first: str = ""
    until: str = ""
    words: str = ""
    """Empty when a period was given that there is."""
    by_days: bool = True
    """Whether any two days may be typed."""

    @property
    def period(self) -> Period:
        """The period.

        Raises: Invalid when none was chosen.
        """
        return Period.parse(self.chosen)


def period_field(
    filled: Collection[date], *, default: str | None = None, sent: Mapping[str, str] | None = None,
    check: Callable[[Period], None] | None = None, by_days: bool = True,
) -> PeriodField:  # fmt: skip
    """The field as the address (or a form) has it; `filled` are days with figures, `default` is this quarter unless it is named.

    Two typed days win over the list, for the list always has something chosen. `check` may refuse a period that there is.
    """
    given = sent if sent is not None else request.values
    text, first, until = (clean_text(given.get(name, ""))[:MOST] for name in ("period", "from", "until"))
    today = bureau_day(now())
    chosen, words = f"{first}..{until}" if first or until else text, ""
    if chosen:
        try:
            found = Period.parse(chosen)
            chosen = str(found)
            words = _refused(check, found)
        except Invalid:
            words = gettext("A first and a last day are needed, the last not before the first.") if first or until else _wrong(chosen)
    usual = str(Period.quarter_of(today)) if default is None else default
    if words:
        return PeriodField(usual, _groups(filled, today, usual), first, until, words, by_days)
    return PeriodField(chosen or usual, _groups(filled, today, chosen or usual), by_days=by_days)


def _refused(check: Callable[[Period], None] | None, period: Period) -> str:
    """The words of a check that refuses the period."""
    try:
        if check is not None:
            check(period)
    except Invalid as refusal:
        return refusal_words(refusal.code, refusal.facts)
    return ""


def _wrong(text: str) -> str:
    return side_by_side(gettext("“%(text)s” is no period.", text=text), refusal_words("not_a_period", {}))


def _groups(filled: Collection[date], today: date, chosen: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Those with figures by kind; then the running and the last ones, where there are none yet; then one that is in no list."""
    years, quarters, months = (tuple(str(one) for one in kind) for kind in periods_around(filled))
    running = periods_around([today, months_later(today, -1), months_later(today, -3), months_later(today, -12)])
    known = {*years, *quarters, *months}
    others = tuple(str(one) for kind in running for one in kind if str(one) not in known)
    own = (chosen,) if chosen and chosen not in known and chosen not in others else ()
    labels = (gettext("Chosen"), gettext("Years"), gettext("Quarters"), gettext("Months"), gettext("Nothing there yet"))
    return tuple((label, names) for label, names in zip(labels, (own, years, quarters, months, others), strict=True) if names)
