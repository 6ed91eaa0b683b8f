"""The documents of this door in JSON Schema, exactly as `shapes` builds them; the tests hold every answer against them."""

from __future__ import annotations

from typing import Any

from equipment_share.domain.access import Kind, Role
from equipment_share.domain.bookings.life import BookingState
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.pricing import ADD_ON_KINDS, Mode, PriceUnit
from equipment_share.domain.proofs import ProofState
from equipment_share.domain.settlement.adjustments import AdjustmentKind, AdjustmentState
from equipment_share.domain.settlement.claims import LEGS, BatchState, ClaimState
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.people import OrganisationState
from equipment_share.models.vouchers import VersionState

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "description": "opaque"}
WHOLE: Schema = {"type": "integer"}
FEN: Schema = {"type": "integer", "description": "fen"}
YES_NO: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
ANYTHING: Schema = {"type": "object"}


def ref(name: str) -> Schema:
    """A shape by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """The shape, or null."""
    if "$ref" in schema or "enum" in schema:
        return {"oneOf": [{"type": "null"}, schema]}
    return schema | {"type": [schema["type"], "null"]}


def words(*offered: str) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(offered)}


def many(schema: Schema) -> Schema:
    """A list of one shape."""
    return {"type": "array", "items": schema}


def shape(**members: Schema) -> Schema:
    """An object with exactly these members. `from_` is written for `from`, which Python keeps to itself."""
    named = {name.rstrip("_"): schema for name, schema in members.items()}
    return {"type": "object", "properties": named, "required": list(named), "additionalProperties": False}


def joined(one: Schema, **more: Schema) -> Schema:
    """A shape with more members."""
    other = shape(**more)
    return {
        "type": "object",
        "properties": one["properties"] | other["properties"],
        "required": one["required"] + other["required"],
        "additionalProperties": False,
    }


def page_of(name: str) -> Schema:
    """One page of a list."""
    members = {"items": many(ref(name)), "next": maybe(TEXT), "total": WHOLE}
    return {"type": "object", "properties": members, "required": ["items", "next"], "additionalProperties": False}


SPAN = shape(start=INSTANT, end=INSTANT)
PARTY = shape(code=TEXT, name=TEXT)
ORGANISATION = shape(
    id=ID, code=TEXT, name=TEXT, kind=words(*Kind), status=words(*OrganisationState), region=TEXT, version=WHOLE,
    tags=many(shape(tag=TEXT, valid_until=maybe(DAY))), related=many(TEXT), barred=YES_NO,
    barred_until=maybe(DAY), controller=TEXT, legal_rep=TEXT, shareholders=many(shape(name=TEXT, share_bp=WHOLE)), founded_on=maybe(DAY),
    insured_staff=maybe(WHOLE), research_spend_fen=maybe(FEN), credit_list=maybe(TEXT), credit_since=maybe(DAY),
)  # fmt: skip
PRICE_ITEM = shape(
    mode=words(*Mode), unit=words(*PriceUnit), unit_price_fen=FEN, setup_fee_fen=FEN, min_fee_fen=FEN, max_fee_fen=maybe(FEN),
    from_=maybe(TEXT), to=maybe(TEXT), unit_minutes=maybe(WHOLE), threshold_minutes=maybe(WHOLE), first_price_fen=maybe(FEN),
    code=maybe(TEXT), name=maybe(TEXT), kind=maybe(words(*ADD_ON_KINDS)),
)  # fmt: skip
INSTRUMENT = shape(
    id=ID, code=TEXT, name_zh=TEXT, name_en=TEXT, manufacturer=TEXT, model=TEXT, category=maybe(shape(code=TEXT, name_zh=TEXT, name_en=TEXT)),
    owner=PARTY, modes=many(TEXT), price_from_fen=maybe(FEN), price_unit=maybe(TEXT), voucher=YES_NO, next_free=maybe(INSTANT),
)  # fmt: skip
LINE = shape(
    kind=TEXT, label=TEXT, name=TEXT, code=TEXT, quantity=TEXT, unit=TEXT, unit_price_fen=FEN, amount_fen=FEN, vat_bp=WHOLE, eligible=YES_NO
)
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
SIX = ("issued", "available", "held", "consumed", "expired", "revoked")
VOUCHER = joined(
    shape(id=ID, programme=TEXT, status=words(*VoucherState), valid_from=maybe(DAY), valid_until=maybe(DAY), version=WHOLE),
    number=TEXT, firm=TEXT, wanted_fen=FEN, **{f"{name}_fen": FEN for name in SIX}, **dict.fromkeys(SIX, FEN),
)  # fmt: skip
PROGRAMME: Schema = {
    "type": "object",
    "description": "The programme document of the contract's section 4a, with the version's own `number`, `status` and `version`.",
    "properties": {"id": ID, "code": TEXT, "number": WHOLE, "status": words(*VersionState), "version": WHOLE},
    "required": ["id", "code", "number", "status", "version"],
}
CLAIM = shape(
    id=ID, booking=ID, programme=TEXT, amount_fen=FEN, status=words(*ClaimState), version=WHOLE,
    legs=many(shape(leg=TEXT, state=TEXT, document=maybe(ID))), findings=many(ref("Finding")),
)  # fmt: skip
FINDING = shape(
    id=ID, code=TEXT, severity=TEXT, subject=TEXT, amount_fen=maybe(FEN), text=TEXT, claim=maybe(ID), batch=maybe(ID), disposition=maybe(TEXT),
    reason=TEXT, facts=ANYTHING,
)  # fmt: skip
BATCH = shape(
    id=ID, programme=TEXT, period=TEXT, payee=words("owner", "firm"), status=words(*BatchState), total_fen=FEN, file_hash=maybe(TEXT), version=WHOLE,
    lines=many(shape(line=WHOLE, claim=maybe(ID), amount_fen=FEN, adjusts=maybe(TEXT), result=maybe(TEXT))),
)  # fmt: skip
ADJUSTMENT = shape(
    id=ID, number=TEXT, kind=words(*AdjustmentKind), programme=TEXT, claim=maybe(ID), payee=TEXT, amount_fen=FEN, status=words(*AdjustmentState),
    reason=TEXT, appeal=TEXT, batch=maybe(ID), version=WHOLE,
)  # fmt: skip
PRO_RATA = shape(
    programme=TEXT, period=TEXT, status=words("preview", "prepared", "decided"), budget_fen=FEN,
    shares=many(shape(claim=ID, number=TEXT, asked_fen=FEN, amount_fen=FEN)),
)  # fmt: skip
ELEVEN = ("opening", "issued", "held", "captured", "released", "expired", "revoked", "claimed", "approved", "paid", "closing")
FIGURES = shape(**{f"{name}_fen": FEN for name in ELEVEN})
INSPECTION = shape(
    id=ID, programme=TEXT, period=TEXT, seed=TEXT, share_bp=WHOLE, population=WHOLE, made_at=INSTANT,
    lines=many(shape(line=ID, claim=ID, number=TEXT, result=maybe(words("in_order", "faulty")), note=TEXT, at=maybe(INSTANT))),
)  # fmt: skip
RECONCILIATION = shape(
    programme=TEXT, period=TEXT, total=FIGURES, owners=many(joined(PARTY, **FIGURES["properties"])),
    firms=many(joined(PARTY, **FIGURES["properties"])),
    findings=many(shape(code=TEXT, severity=TEXT, subject=TEXT, amount_fen=maybe(FEN), text=TEXT)),
)  # fmt: skip
ACCOUNT = shape(
    id=ID, kind=words(*AccountKind), key=TEXT, programme=maybe(TEXT), organisation=maybe(TEXT), balance_fen=FEN, held_fen=FEN,
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

LABORATORY_RUN = shape(
    id=ID, name=TEXT, period=TEXT, made_at=INSTANT, drafts=many(ANYTHING),
    result=shape(
        period=TEXT, uses=WHOLE, gross_fen=FEN, life=shape(subsidy_fen=FEN, net_fen=FEN, firms_reached=WHOLE),
        drafts=many(shape(
            code=TEXT, name=TEXT, subsidy_fen=FEN, net_fen=FEN, budget_fen=maybe(FEN), budget_exhausted_on=maybe(DAY), firms_reached=WHOLE,
            firms_more=WHOLE, firms_less=WHOLE, bindings=ANYTHING,
        )),
        months=many(shape(month=TEXT, uses=WHOLE, gross_fen=FEN, life_fen=FEN, draft_fen=many(FEN))),
        firms=many(joined(PARTY, uses=WHOLE, gross_fen=FEN, life_fen=FEN, draft_fen=many(FEN), difference_fen=many(FEN))),
    ),
)  # fmt: skip

SCHEMAS: dict[str, Schema] = {
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
    "Voucher": VOUCHER,
    "Programme": PROGRAMME,
    "LaboratoryRun": LABORATORY_RUN,
    "Decision": shape(gross_fen=FEN, net_fen=FEN, subsidies=many(ANYTHING)),
    "Claim": CLAIM,
    "Batch": BATCH,
    "Adjustment": ADJUSTMENT,
    "ProRata": PRO_RATA,
    "Finding": FINDING,
    "Inspection": INSPECTION,
    "Reconciliation": RECONCILIATION,
    "Report": shape(
        name=TEXT,
        programme=TEXT,
        period=TEXT,
        number=TEXT,
        re_added=YES_NO,
        facts=ANYTHING,
        tables=many(shape(key=TEXT, columns=many(shape(name=TEXT, kind=TEXT)), rows=many(ANYTHING), total=maybe(ANYTHING))),
        differences=many(shape(figure=TEXT, shown_fen=FEN, ledger_fen=FEN, amount_fen=FEN)),
    ),
    "LedgerAccount": ACCOUNT,
    "AccountStatement": shape(
        account=ACCOUNT,
        from_=DAY,
        on=DAY,
        opening_fen=FEN,
        closing_fen=FEN,
        left_out=WHOLE,
        entries=many(
            shape(
                transfer=ID,
                effective_at=INSTANT,
                made_at=INSTANT,
                phase=words(*Phase),
                other=ID,
                other_kind=words(*AccountKind),
                amount_fen=FEN,
                moved_fen=FEN,
                balance_fen=FEN,
                booking=maybe(ID),
                reason=TEXT,
            )
        ),
    ),
    "Way": shape(
        transfer=ID,
        programme=TEXT,
        bookings=many(ID),
        claims=many(ID),
        batches=many(ID),
        vouchers=many(ID),
        steps=many(
            shape(
                at=INSTANT,
                step=maybe(TEXT),
                event=maybe(TEXT),
                subject=maybe(TEXT),
                transfer=maybe(ID),
                from_=maybe(TEXT),
                to=maybe(TEXT),
                amount_fen=maybe(FEN),
                by=maybe(TEXT),
                role=words(*Role),
                reason=TEXT,
            )
        ),
    ),
    "Publicity": shape(items=many(shape(firm=TEXT, amount_fen=FEN))),
}
