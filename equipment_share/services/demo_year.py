"""Building block of a demonstration: a year of bookings in all states, claims, and batches running and closed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from equipment_share.domain.errors import Refused
from equipment_share.domain.periods import BUREAU_ZONE, Period, bureau_day
from equipment_share.domain.pricing import Mode
from equipment_share.domain.settlement.claims import LEGS
from equipment_share.models.bookings import Booking
from equipment_share.models.instruments import Instrument
from equipment_share.models.people import Organisation, User
from equipment_share.queries.bookings.quoting import BookingWish
from equipment_share.queries.instruments.calendar import off_days
from equipment_share.queries.settlement import claims_of_booking, claims_to_batch, lines_of
from equipment_share.services.bookings.confirming import confirm_usage
from equipment_share.services.bookings.decisions import approve_booking, cancel_booking, reject_booking
from equipment_share.services.bookings.evidence import add_document
from equipment_share.services.bookings.requests import request_booking
from equipment_share.services.bookings.usage import mark_no_show, record_usage
from equipment_share.services.settlement.bank_return import BankAnswer, record_bank_return
from equipment_share.services.settlement.batches import approve_batch, lock_batch, open_batch, review_batch, send_batch
from equipment_share.services.settlement.claims import approve_claim, check_claim, submit_claim
from equipment_share.services.settlement.closing import close_batch

PURPOSES = ("断口形貌分析", "涂层成分确认", "新配方对比", "失效分析", "来料检验", "研发样品表征", "工艺验证")
HOUR = timedelta(hours=1)


def live_a_year(
    session: Session, instruments: list[Instrument], firms: list[Organisation], people: Mapping[str, User], count: int, dice: random.Random,
    *, born: datetime, at: datetime,
) -> dict[str, int]:  # fmt: skip
    """Bookings from a year ago to two weeks ahead, each through the same use cases as in life."""
    firm_people = {user.organisation_id: user for user in people.values() if user.role.value == "firm_admin"}
    owner_people = {user.organisation_id: user for user in people.values() if user.role.value == "owner_admin"}
    own = [row for row in instruments if row.owner_id == people["owner_admin"].organisation_id]
    is_off = off_days(at)
    days = (at - born).days
    made, refused = 0, 0
    for number in range(count):
        ahead = number >= count - count // 8
        near = ahead and number % 3 == 0 and bool(own)  # who signs in as the demonstration's keeper finds a full week
        pool = own if near else instruments
        instrument, firm = pool[dice.randrange(len(pool))], firms[dice.randrange(len(firms))]
        day = (
            at + timedelta(days=dice.randrange(0, 7 if near else 14))
            if ahead
            else born + timedelta(days=1 + int(number * (days - 2) / max(1, count - count // 8)))
        )
        while is_off(bureau_day(day)) and not ahead:
            day += timedelta(days=1)
        start = _clock(day, dice.randrange(8, 17))
        if ahead and start <= at + HOUR:
            start += timedelta(days=1)
        try:
            _one(instrument, firm_people[firm.id], owner_people[instrument.owner_id], people, start, ahead, dice, number, at)
            made += 1
        except Refused:
            refused += 1  # a holiday, a taken slot: as in life
    batches = _close_quarters(people, born=born, at=at)
    return {"bookings": made, "not possible": refused, "batches": batches}


def _clock(day: datetime, hour: int) -> datetime:
    local = day.astimezone(BUREAU_ZONE)
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(day.tzinfo)


def _one(
    instrument: Instrument, firm: User, owner: User, people: Mapping[str, User], start: datetime, ahead: bool, dice: random.Random, number: int,
    at: datetime,
) -> None:  # fmt: skip
    asked = min(at - HOUR, start - timedelta(days=dice.randrange(2, 9)))
    end = start + dice.choice((1, 2, 2, 3)) * HOUR
    wish = BookingWish(instrument.id, Mode.GUIDED.value, start, end, purpose=PURPOSES[number % len(PURPOSES)])
    booking = request_booking(wish, by=firm, at=asked)
    luck = dice.randrange(100)
    if ahead:
        _of_today(booking, owner, luck, asked)
    else:
        _of_the_past(booking, firm, owner, people, luck, dice, asked, at)


def _of_today(booking: Booking, owner: User, luck: int, asked: datetime) -> None:
    if booking.state.value == "submitted" and luck < 60:
        return
    if booking.state.value == "submitted":
        if luck > 95:
            reject_booking(booking.id, reason="该时段已安排培训", by=owner, at=asked)
        else:
            approve_booking(booking.id, by=owner, at=asked)


def _of_the_past(
    booking: Booking, firm: User, owner: User, people: Mapping[str, User], luck: int, dice: random.Random, asked: datetime, at: datetime
) -> None:
    later = asked + HOUR
    if luck < 6 and booking.state.value == "submitted":
        reject_booking(booking.id, reason="样品不符合要求", by=owner, at=later)
        return
    if booking.state.value == "submitted":
        approve_booking(booking.id, by=owner, at=later)
    if luck < 14:
        cancel_booking(booking.id, reason="计划变更", by=firm if luck < 11 else owner, at=min(later, booking.starts_at - HOUR))
    elif luck < 17:
        mark_no_show(booking.id, by=owner, at=booking.ends_at)
    elif booking.ends_at + HOUR < at:
        _use(booking, firm, owner, people, luck, dice, at)


def _use(booking: Booking, firm: User, owner: User, people: Mapping[str, User], luck: int, dice: random.Random, at: datetime) -> None:
    shorter = timedelta(minutes=dice.choice((0, 0, 30)))
    after = min(booking.ends_at + HOUR, at)
    record_usage(booking.id, start=booking.starts_at, end=booking.ends_at - shorter, by=owner, at=after)
    if luck < 20:
        return
    booking = confirm_usage(booking.id, by=firm, at=after)
    claims = claims_of_booking(booking.id)
    if luck < 45 or not claims:
        return
    _papers(booking, owner, firm, after)
    submit_claim(claims[0].id, by=owner, at=after)
    if luck < 50:
        return
    check_claim(claims[0].id, by=people["bureau_clerk"], at=after)
    if luck >= 55:
        approve_claim(claims[0].id, by=people["bureau_reviewer"], at=after)


def _papers(booking: Booking, owner: User, firm: User, at: datetime) -> None:
    day = bureau_day(at)
    amounts = {"contract": None, "invoice": booking.gross, "payment": booking.net}
    for leg in LEGS[:3]:
        who = firm if leg == "payment" else owner
        add_document(booking.id, leg=leg, number=f"{leg[:2].upper()}-{booking.number}", dated_on=day if leg != "contract" else bureau_day(booking.starts_at),
                     amount=amounts[leg], by=who, at=at)  # fmt: skip


def _close_quarters(people: Mapping[str, User], *, born: datetime, at: datetime) -> int:
    """Close every quarter that is over but the last, and let the last one wait at the leader's desk."""
    quarter, batches = Period.quarter_of(bureau_day(born)), 0
    over = []
    while quarter.last_on < bureau_day(at):
        if claims_to_batch("HN", quarter, "owner"):
            over.append(quarter)
        quarter = Period.quarter_of(quarter.last_on + timedelta(days=1))
    for index, period in enumerate(over):
        _batch(people, period, whole=index < len(over) - 1, at=min(at, period.span.end + timedelta(days=10)))
        batches += 1
    return batches


def _batch(people: Mapping[str, User], period: Period, *, whole: bool, at: datetime) -> None:
    clerk, reviewer = people["bureau_clerk"], people["bureau_reviewer"]
    batch, _ = open_batch("HN", period, by=clerk, at=at)
    lock_batch(batch.id, by=clerk, at=at)
    review_batch(batch.id, by=reviewer, at=at)
    if not whole:
        return
    approve_batch(batch.id, by=people["bureau_leader"], at=at)
    send_batch(batch.id, by=clerk, at=at)
    answers = [
        BankAnswer(row.line + 1, row.line, "paid", bureau_day(at), f"BK-{batch.id}-{row.line}", row.amount) for row in lines_of(batch.id)
    ]
    record_bank_return(batch.id, answers, by=people["finance"], at=at)
    close_batch(batch.id, by=reviewer, at=at)
