"""Scorecards and idle instruments over one lived quarter: who sees what, with which figures, in how many questions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from equipment_share.domain.errors import Forbidden
from equipment_share.domain.scorecards import Grade, Scorecard
from equipment_share.queries.scorecards import idle_instruments, scorecards
from equipment_share.services.bookings.decisions import reject_booking
from tests.builders import NOW, a_booking, an_instrument, tuesday
from tests.support.counting import questions
from tests.support.quarter import AFTER, Q3, a_quarter


def figures(card: Scorecard) -> tuple[object, ...]:
    """What the quarter says about one owner."""
    facts = card.facts
    return facts.owner, facts.open, facts.uses, facts.minutes, facts.external_minutes, facts.answers, card.score_bp, card.grade


def test_the_bureau_sees_every_owner_and_an_owner_its_own_card(app: Flask) -> None:
    quarter = a_quarter()
    owner, other, clerk = (quarter.people[name] for name in ("owner", "other", "bureau_clerk"))

    cards = scorecards(Q3, by=clerk, at=AFTER)
    own = scorecards(Q3, by=other, at=AFTER)

    first = (owner.organisation.name, 1, 2, 150, 150, (0, 0), 71, Grade.BELOW)
    second = (other.organisation.name, 1, 1, 120, 120, (0,), 57, Grade.BELOW)
    assert [figures(card) for card in cards] == [first, second]
    assert [figures(card) for card in own] == [second]
    with pytest.raises(Forbidden):
        scorecards(Q3, by=quarter.people["firm"], at=AFTER)


def test_an_answer_counts_from_the_request_to_the_persons_word(app: Flask) -> None:
    quarter = a_quarter()
    owner = quarter.people["owner"]
    asked = a_booking(quarter.people["firm"], quarter.instruments[0], tuesday("20:00"), tuesday("21:00"))
    reject_booking(asked.id, reason="x", by=owner, at=NOW + timedelta(minutes=90))

    [card] = scorecards(Q3, by=owner, at=AFTER)

    assert (card.facts.answers, card.answer_minutes, card.answered_bp) == ((0, 0, 90), 0, 10_000)


def test_more_owners_take_no_more_questions(app: Flask) -> None:
    quarter = a_quarter()
    for _ in range(5):
        an_instrument(quarter.people["owner"])

    with questions() as asked:
        cards = scorecards(Q3, by=quarter.people["auditor"], at=AFTER)

    assert sorted(card.facts.open for card in cards) == [1, 6]
    assert len(asked) <= 9


def test_an_instrument_is_idle_when_nobody_used_it_for_ninety_days(app: Flask) -> None:
    quarter = a_quarter()
    owner, clerk = quarter.people["owner"], quarter.people["bureau_clerk"]
    never = an_instrument(owner)
    later = AFTER + timedelta(days=89)

    before = idle_instruments(by=clerk, at=later)
    after = idle_instruments(by=clerk, at=AFTER + timedelta(days=91))

    assert [(row.instrument.id, row.last_used_at) for row in before] == [(never.id, None)]
    assert {row.instrument.id for row in after} == {never.id, *(row.id for row in quarter.instruments)}
    assert sorted(row.days for row in after) == [91, 91, 92]
    assert [row.instrument.owner_id for row in idle_instruments(by=quarter.people["other"], at=AFTER + timedelta(days=91))] == [
        quarter.people["other"].organisation_id
    ]
    [card] = scorecards(Q3, by=owner, at=AFTER + timedelta(days=91))
    assert card.facts.idle == 2
