"""Building blocks: what a programme that pays after the fact is expected to bear, from the request to the claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from equipment_share.domain.quotes import Quote
from equipment_share.domain.subsidy.awards import Award
from equipment_share.models.bookings import Booking, Promise
from equipment_share.queries.bookings.candidates import Candidate
from equipment_share.queries.drawn import promises_of


def promise(session: Session, booking: Booking, award: Award, candidate: Candidate, position: int) -> None:
    """Write down what is expected; the books know nothing of it until the claim is approved."""
    if award.amount:
        voucher = candidate.vouchers[0] if candidate.vouchers else None
        session.add(
            Promise(
                booking_id=booking.id,
                position=position,
                programme_code=award.programme,
                version_id=candidate.version.id,
                voucher_id=voucher.id if voucher else None,
                amount=award.amount,
                base=award.base,
                counts_on=candidate.counts_on,
            )
        )


def drop_promises(session: Session, booking_id: int) -> None:
    """Nothing is expected of a booking any more."""
    for said in promises_of(booking_id):
        said.ended = "dropped"
    session.flush()


def follow_use(promises: Sequence[Promise], awards: Mapping[str, Award]) -> None:
    """What is expected follows what was used."""
    for said in promises:
        award = awards[said.programme_code]
        said.amount, said.base = award.amount, award.base


def set_numbers(booking: Booking, made: Quote, promises: Sequence[Promise] | frozenset[str]) -> None:
    """A quote's or charge's three numbers as they stand in the books: what is only promised is not yet borne by anybody else."""
    codes = promises if isinstance(promises, frozenset) else frozenset(said.programme_code for said in promises)
    booking.gross, booking.subsidy, booking.net = made.settled(without=codes)
