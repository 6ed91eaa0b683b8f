"""An owner's scorecard: how much its instruments work, for whom, in what order they are, and how fast it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from equipment_share.domain.periods import Period
from equipment_share.domain.reports.values import share_bp

QUOTA_MINUTES = 1_400 * 60
"""The effective hours a year that the authority asks of a general instrument: 7 h on 5 days of 40 weeks."""
FULL_MINUTES = 1_600 * 60
"""The hours a year that utilisation is held against."""
YEAR_DAYS = 365


class Grade(StrEnum):
    """What a score is called."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    BELOW = "below"


GRADES = ((9_000, Grade.EXCELLENT), (7_500, Grade.GOOD), (6_000, Grade.FAIR), (0, Grade.BELOW))


@dataclass(frozen=True)
class OwnerFacts:
    """What one owner's instruments and people did in a period, counted."""

    owner_id: int
    owner: str
    instruments: int
    """All that are listed with the pool, drafts and withdrawn ones too."""
    open: int
    in_order: int
    """Those of the open ones that run normally."""
    uses: int = 0
    minutes: int = 0
    external_minutes: int = 0
    answers: tuple[int, ...] = ()
    """Minutes from each request to its answer by a person."""
    unanswered: int = 0
    """Requests that ran out because nobody answered."""
    no_shows: int = 0
    idle: int = 0
    """Open instruments without a use in the last 90 days."""


@dataclass(frozen=True)
class Scorecard:
    """One owner's figures of a period, the score and its grade."""

    facts: OwnerFacts
    score_bp: int | None
    grade: Grade | None
    utilisation_bp: int | None
    sharing_bp: int | None
    open_bp: int | None
    in_order_bp: int | None
    answer_minutes: int | None
    answered_bp: int | None


def minutes_within(period: Period, year_minutes: int) -> int:
    """The part of a year's minutes that a period has; a leap year has no more than another.

    Units: whole minutes. Rounding: down, once. Raises: nothing.
    Source: docs/rules.md#scorecard (domain §2.6)
    """
    days = (period.last_on - period.first_on).days + 1
    whole, rest = divmod(days, YEAR_DAYS)
    return year_minutes if whole == 1 and rest == 1 else year_minutes * days // YEAR_DAYS


def scorecard(facts: OwnerFacts, period: Period) -> Scorecard:
    """Effective hours by the hours asked of all open instruments, at most the whole; and the rates that stand beside it.

    Units: whole minutes in, basis points out; the answer time in minutes. No open instrument has no score.
    Rounding: rates half up.
    Raises: nothing.
    Source: docs/rules.md#scorecard (domain §2.6)
    """
    asked = share_bp(facts.minutes, minutes_within(period, QUOTA_MINUTES) * facts.open)
    score = None if asked is None else min(asked, 10_000)
    return Scorecard(
        facts,
        score,
        None if score is None else next(grade for least, grade in GRADES if score >= least),
        share_bp(facts.minutes, minutes_within(period, FULL_MINUTES) * facts.open),
        share_bp(facts.external_minutes, facts.minutes),
        share_bp(facts.open, facts.instruments),
        share_bp(facts.in_order, facts.open),
        middle(facts.answers),
        share_bp(len(facts.answers), len(facts.answers) + facts.unanswered),
    )


def middle(spans: Sequence[int]) -> int | None:
    """The median of some lengths, the upper one of two; nothing of nothing.

    Units: as given. Rounding: none. Raises: nothing.
    Source: docs/rules.md#answer-time
    """
    return sorted(spans)[len(spans) // 2] if spans else None
