"""The post, which nobody asks for: take a letter, hand it over outside any transaction, note that it is gone."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from equipment_share.domain.access import Act, Actor, require
from equipment_share.domain.house import POST_TRIES
from equipment_share.models.outbox import Letter
from equipment_share.services.transaction import note, transaction, use_case

Send = Callable[[str, str, dict[str, object]], None]


@dataclass(frozen=True)
class Waiting:
    """A letter that is on its way out."""

    id: int
    to: str
    kind: str
    facts: dict[str, object]


def deliver_letters(send: Send, *, at: datetime) -> int:
    """Send every letter that waits, each at least once; one that the post refuses waits for the next round, eight times."""
    count = 0
    seen: set[int] = set()
    while (letter := take_letter(seen, at=at)) is not None:
        seen.add(letter.id)
        try:
            send(letter.to, letter.kind, letter.facts)
        except (OSError, smtplib.SMTPException):
            continue  # it waits, one try poorer
        mark_sent(letter.id, at=at)
        count += 1
    return count


@use_case
def take_letter(seen: set[int], *, at: datetime) -> Waiting | None:
    """The oldest waiting letter that this round has not seen, one try poorer; None when none waits."""
    with transaction() as session:
        query = select(Letter).where(Letter.sent_at.is_(None), Letter.tries < POST_TRIES, Letter.made_at <= at, Letter.id.not_in(seen))
        letter = session.scalar(query.order_by(Letter.id).limit(1).with_for_update(skip_locked=True, of=Letter))
        if letter is None:
            return None
        letter.tries += 1
        return Waiting(letter.id, letter.user.email, letter.kind, dict(letter.facts))


@use_case
def mark_sent(letter_id: int, *, at: datetime) -> None:
    """Note that a letter is gone; a secret it carried is not kept."""
    with transaction() as session:
        letter = session.get_one(Letter, letter_id)
        letter.sent_at = at
        letter.facts = {name: value for name, value in letter.facts.items() if name != "token"}


@use_case
def post_again(*, by: Actor, at: datetime) -> int:
    """Let every letter that was given up begin anew with the next round; how many there are.

    Raises: Forbidden.
    """
    require(by, Act.POST_AGAIN)
    with transaction() as session:
        given_up = select(Letter.id).where(Letter.sent_at.is_(None), Letter.tries >= POST_TRIES).with_for_update(of=Letter)
        letters = list(session.scalars(given_up))
        session.execute(update(Letter).where(Letter.id.in_(letters)).values(tries=0))
        if letters:
            note(session, "letters.posted_again", f"user:{by.id}", by=by, at=at, facts={"letters": len(letters)})
    return len(letters)
