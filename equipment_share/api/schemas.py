"""The documents of this door in JSON Schema, exactly as `shapes` builds them; the tests hold every answer against them."""

from __future__ import annotations

from equipment_share.api.schemas_money import MONEY
from equipment_share.api.schematic import (
    ANYTHING,
    DAY,
    FEN,
    ID,
    INSTANT,
    PARTY,
    TEXT,
    WHOLE,
    YES_NO,
    Schema,
    joined,
    many,
    maybe,
    ref,
    shape,
    with_optional,
    words,
)
from equipment_share.domain.access import Kind, Role
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.pricing import ADD_ON_KINDS, Mode, PriceUnit
from equipment_share.domain.proofs import ProofState
from equipment_share.domain.settlement.claims import LEGS
from equipment_share.models.people import OrganisationState

SPAN = shape(start=INSTANT, end=INSTANT)
ORGANISATION = shape(
    id=ID, code=TEXT, name=TEXT, kind=words(*Kind), status=words(*OrganisationState), region=TEXT, version=WHOLE,
    tags=many(shape(tag=TEXT, valid_until=maybe(DAY))), related=many(TEXT), barred=YES_NO,
    barred_until=maybe(DAY), controller=TEXT, legal_rep=TEXT, shareholders=many(shape(name=TEXT, share_bp=WHOLE)), founded_on=maybe(DAY),
    insured_staff=maybe(WHOLE), research_spend_fen=maybe(FEN), credit_list=maybe(TEXT), credit_since=maybe(DAY),
)  # fmt: skip
PRICE_ITEM = with_optional(
    shape(
        mode=words(*Mode), unit=words(*PriceUnit), unit_price_fen=FEN, setup_fee_fen=FEN, min_fee_fen=FEN, max_fee_fen=maybe(FEN),
        from_=maybe(TEXT), to=maybe(TEXT), unit_minutes=maybe(WHOLE), threshold_minutes=maybe(WHOLE), first_price_fen=maybe(FEN),
        code=maybe(TEXT), name=maybe(TEXT), kind=maybe(words(*ADD_ON_KINDS)),
    ),
    name_en=TEXT,
)  # fmt: skip
INSTRUMENT = shape(
    id=ID, code=TEXT, name_zh=TEXT, name_en=TEXT, manufacturer=TEXT, model=TEXT, category=maybe(shape(code=TEXT, name_zh=TEXT, name_en=TEXT)),
    owner=PARTY, modes=many(TEXT), price_from_fen=maybe(FEN), price_unit=maybe(TEXT), voucher=YES_NO, next_free=maybe(INSTANT),
)  # fmt: skip
LINE = with_optional(
    shape(
        kind=TEXT, label=TEXT, name=TEXT, code=TEXT, quantity=TEXT, unit=TEXT, unit_price_fen=FEN, amount_fen=FEN, vat_bp=WHOLE, eligible=YES_NO,
    ),
    name_en=TEXT,
)  # fmt: skip
ENTRY = shape(
    programme=TEXT, base_fen=FEN, raw_fen=FEN, amount_fen=FEN, binding=TEXT, sources=many(shape(code=TEXT, amount_fen=FEN)),
    steps=many({"type": "object", "required": ["rule", "text"]}), explanation=TEXT,
)  # fmt: skip
QUOTE = shape(lines=many(LINE), gross_fen=FEN, subsidies=many(ENTRY), net_fen=FEN)
PROBLEM_LINE = shape(field=TEXT, code=TEXT, message=TEXT, overridable_by=maybe(words("owner")))
STEP = shape(at=INSTANT, actor=TEXT, event=TEXT, from_=TEXT, to=TEXT, reason=TEXT)
DOCUMENT = shape(
    id=ID, leg=words(*LEGS), number=TEXT, date=maybe(DAY), amount_fen=maybe(FEN), file=maybe(shape(name=TEXT, size=WHOLE, sha256=TEXT))
)
BOOKING = shape(
    id=ID, number=TEXT, status=words(*BookingState), version=WHOLE, blocking=YES_NO, instrument=ID, unit=ID, mode=TEXT, start=INSTANT,
    end=INSTANT, samples=WHOLE, purpose=TEXT, firm=TEXT, change_of=maybe(ID), deadline=maybe(INSTANT), quote=ref("Quote"),
    proposal=maybe(SPAN), answers=ANYTHING, options=ANYTHING, quotation=maybe(ID),
    charge=maybe(ref("Quote")), documents=many(ref("Document")), history=many(ref("Step")),
)  # fmt: skip
ALONE = joined(
    INSTRUMENT, version=WHOLE, status=words("draft", "open", "withdrawn"), time_zone=TEXT, rules=ANYTHING,
    questions=many(ANYTHING), specs=many(ANYTHING), linked=many(ID),
    hours=many(shape(weekday=WHOLE, from_=TEXT, to=TEXT, mode=maybe(TEXT))), prices=many(PRICE_ITEM), photos=many(shape(url=TEXT, caption=TEXT)),
    tech_spec=TEXT, functions=TEXT, services=TEXT, location=TEXT, region=TEXT, open_rule=TEXT, fee_text=TEXT, keeps_holidays=YES_NO,
)  # fmt: skip
OCCURRENCE = shape(
    date=TEXT, start=maybe(INSTANT), end=maybe(INSTANT), status=words("free", "taken", "closed", "no_such_date", "booked"), reason=TEXT,
    booking=maybe(ID),
)  # fmt: skip
REASONS = ("occupied", "maintenance", "holiday", "outside_opening_hours", "lead_time", "horizon")
MAINTENANCE = shape(id=ID, start=INSTANT, end=INSTANT, reason=TEXT)
PRICES = shape(
    id=ID,
    valid_from=DAY,
    valid_to=maybe(DAY),
    user_class=TEXT,
    items=many(PRICE_ITEM),
    multiplier_bp=WHOLE,
    urgent_bp=maybe(WHOLE),
    vat_bp=WHOLE,
)
QUOTATION = shape(
    id=ID, number=TEXT, instrument=ID, firm=TEXT, mode=TEXT, start=INSTANT, end=INSTANT, samples=WHOLE, options=ANYTHING, user_class=TEXT,
    quote=ref("Quote"), valid_until=DAY, made_at=INSTANT,
)  # fmt: skip
REJECT = shape(row=WHOLE, column=TEXT, code=TEXT, reason=TEXT)

SCHEMAS: dict[str, Schema] = MONEY | {
    "Me": shape(
        email=TEXT, roles=many(words(*Role)), organisation=shape(code=TEXT, name=TEXT, kind=words(*Kind), status=words(*OrganisationState))
    ),
    "Organisation": ORGANISATION,
    "Member": shape(id=ID, email=TEXT, role=words(*Role), link=maybe(TEXT)),
    "Instrument": INSTRUMENT,
    "InstrumentAlone": ALONE,
    "Availability": shape(free=many(SPAN), closed=many(joined(SPAN, reason=words(*REASONS)))),
    "Maintenance": MAINTENANCE,
    "Training": shape(id=ID, instrument=ID, email=TEXT, status=words("asked", "granted", "refused"), reason=TEXT, at=INSTANT),
    "Authorisation": shape(id=ID, email=TEXT, valid_until=DAY),
    "PriceList": PRICES,
    "Import": shape(created=WHOLE, updated=WHOLE, unchanged=WHOLE, rejected=many(REJECT)),
    "Quote": QUOTE,
    "Quoted": joined(QUOTE, problems=many(PROBLEM_LINE)),
    "CalendarMade": shape(url=TEXT, token_id=ID),
    "CalendarLink": shape(token_id=ID, instrument=maybe(ID), made_at=INSTANT),
    "Booking": BOOKING,
    "AnswerFile": shape(id=ID, name=TEXT, size=WHOLE, sha256=TEXT),
    "Quotation": QUOTATION,
    "Basket": shape(items=many(ref("Booking"))),
    "Series": shape(id=maybe(ID), rrule=TEXT, occurrences=many(OCCURRENCE)),
    "Waiting": shape(
        id=ID,
        instrument=ID,
        start=INSTANT,
        end=INSTANT,
        mode=TEXT,
        booking=maybe(ID),
        status=words("waiting", "offered", "taken", "lapsed", "withdrawn"),
    ),
    "Document": DOCUMENT,
    "Step": STEP,
    "Proof": shape(
        id=ID,
        organisation=ID,
        tag=TEXT,
        number=TEXT,
        valid_until=maybe(DAY),
        status=words(*ProofState),
        reason=TEXT,
        file=maybe(shape(name=TEXT, size=WHOLE, sha256=TEXT)),
        made_at=INSTANT,
        decided_at=maybe(INSTANT),
    ),
    "Decision": shape(gross_fen=FEN, net_fen=FEN, subsidies=many(ANYTHING)),
}
