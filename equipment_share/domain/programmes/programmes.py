"""A programme's parameters as data (`contract.md` §4 and §4a); reading and writing its document is next door."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from equipment_share.domain.errors import Invalid
from equipment_share.domain.money import BasisPoints, Money, Rounding
from equipment_share.domain.periods import Period, months_later
from equipment_share.domain.programmes.contradictions import contradictions
from equipment_share.domain.programmes.parts import ProgrammeParts
from equipment_share.domain.programmes.reading import read_programme
from equipment_share.domain.programmes.writing import document_of
from equipment_share.domain.texts import Named


@dataclass(frozen=True)
class Programme(ProgrammeParts):
    """One version of a voucher programme's rules."""

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> Programme:
        """Read a programme document as it is drafted: strictly, and no term against another; what is left out is the Haining default.

        Units: fen, basis points, days, months.
        Rounding: none.
        Raises: Invalid with every problem and its field path.
        Source: docs/rules.md#programme-document
        """
        programme = cls.read(document)
        if found := contradictions(programme):
            raise Invalid(found)
        return programme

    @classmethod
    def read(cls, document: Mapping[str, object]) -> Programme:
        """Read what a case file or the house itself holds: strictly, but terms of administration are not set against each other.

        Units: as `parse`. Rounding: none.
        Raises: Invalid with every problem and its field path.
        Source: docs/rules.md#programme-document
        """
        return cls(**read_programme(document))

    def document(self) -> dict[str, object]:
        """The canonical document; reading it again gives the same programme."""
        return document_of(self)

    @property
    def called(self) -> Named:
        """What it is called in either language: its names, else its code."""
        return Named.given(self.name, self.name_en, blank=self.code)

    def is_in_force(self, on: date) -> bool:
        """Whether a day lies between `effective_from` and `effective_to`, both included."""
        return (self.effective_from is None or self.effective_from <= on) and (self.effective_to is None or on <= self.effective_to)

    def is_open_to(self, tags: frozenset[str]) -> bool:
        """Whether one of the firm's tags is enough; no list means everybody."""
        return not self.eligible_any or bool(tags & set(self.eligible_any))

    def annual_cap_for(self, tags: frozenset[str]) -> Money | None:
        """What a firm with these tags may draw in a period; the largest that fits, None for no limit.

        Units: whole fen. Rounding: none.
        Raises: nothing.
        Source: docs/rules.md#limits
        """
        return _largest(self.annual, tags)

    def quota_for(self, tags: frozenset[str]) -> Money | None:
        """What a voucher is issued for: `quota_fen`, else the annual limit.

        Units: whole fen. Rounding: none.
        Raises: nothing.
        Source: docs/rules.md#voucher-life
        """
        return _largest(self.quota or self.annual, tags)

    def period_of(self, day: date) -> Period:
        """The period of money that a day lies in.

        Units: whole bureau days. Rounding: none.
        Raises: nothing.
        Source: docs/rules.md#period
        """
        if isinstance(self.period, str):
            return Period.year_of(day) if self.period == "calendar_year" else Period(date(2000, 1, 1), date(2100, 12, 31))
        if "rolling_months" in self.period:
            return Period(months_later(day, -int(self.period["rolling_months"])) + timedelta(days=1), day)
        first = _month_day(str(self.period["from"]), day.year)
        if first > day:
            first = _month_day(str(self.period["from"]), day.year - 1)
        return Period(first, months_later(first, 12) - timedelta(days=1))

    def valid_until(self, issued_on: date, period: Period) -> date:
        """The last good day of a voucher, included.

        Units: bureau days; months are clamped to the month's end (W28).
        Rounding: none.
        Raises: nothing.
        Source: docs/rules.md#validity
        """
        if self.validity_months is not None:
            return months_later(issued_on, self.validity_months)
        if self.validity_days is not None:
            return issued_on + timedelta(days=self.validity_days)
        return period.last_on

    def claim_due(self, completed_on: date) -> date | None:
        """The last day to claim a use, included; None for no deadline.

        Units: bureau days. Rounding: none.
        Raises: nothing.
        Source: docs/rules.md#claim-deadline
        """
        if self.claim_days is not None:
            return completed_on + timedelta(days=self.claim_days)
        if self.claim_next_period is not None:
            return _month_day(self.claim_next_period, self.period_of(completed_on).last_on.year + 1)
        return None

    @property
    def joint_rate(self) -> BasisPoints:
        """The most that all programmes together bear of the base; never more than the whole."""
        return BasisPoints(self.joint_rate_bp if self.joint_rate_bp is not None else 10_000)

    @property
    def rounding(self) -> Rounding:
        """Where the broken fen goes."""
        return Rounding(self.rounding_mode)


def _largest(by_tag: Mapping[str, Money], tags: frozenset[str]) -> Money | None:
    fitting = [amount for tag, amount in by_tag.items() if tag == "any" or tag in tags]
    return max(fitting) if fitting else None


def _month_day(text: str, year: int) -> date:
    month, day = (int(part) for part in text.split("-"))
    last = Period.months(year, month, 1).last_on
    return min(last, date(year, month, 1) + timedelta(days=day - 1))


def terms(document: Mapping[str, object]) -> Programme:
    """A kept document as a programme; the same document is read once, for a published version never changes.

    Units: as the document. Rounding: none.
    Raises: Invalid.
    Source: docs/rules.md#programme-document
    """
    return _read(json.dumps(document))


@lru_cache(maxsize=256)
def _read(text: str) -> Programme:
    return Programme.read(json.loads(text))
