"""The documents of public money in JSON Schema: vouchers, programmes, claims, batches, the ledger and the reports."""

from __future__ import annotations

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
    words,
)
from equipment_share.domain.access import Role
from equipment_share.domain.ledger import AccountKind, Phase
from equipment_share.domain.settlement.adjustments import AdjustmentKind, AdjustmentState
from equipment_share.domain.settlement.claims import BatchState, ClaimState
from equipment_share.domain.subsidy.subsidy import INELIGIBLE
from equipment_share.domain.vouchers import VoucherState
from equipment_share.models.vouchers import VersionState

SIX = ("issued", "available", "held", "consumed", "expired", "revoked")
VOUCHER = joined(
    shape(id=ID, programme=TEXT, status=words(*VoucherState), valid_from=maybe(DAY), valid_until=maybe(DAY), version=WHOLE),
    number=TEXT, firm=TEXT, wanted_fen=FEN, **{f"{name}_fen": FEN for name in SIX}, **dict.fromkeys(SIX, FEN),
)  # fmt: skip
PROGRAMME: Schema = {
    "type": "object",
    "description": "The programme document of the contract's section 4a (`name_en` only where given), with its own `number`, `status` and `version`.",
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
        not_eligible=maybe(many(many(joined(PARTY, reason=words(*INELIGIBLE), uses=WHOLE, gross_fen=FEN)))),
    ),
)  # fmt: skip

MONEY: dict[str, Schema] = {
    "Voucher": VOUCHER,
    "Programme": PROGRAMME,
    "LaboratoryRun": LABORATORY_RUN,
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
    "ProgrammeBurnDown": shape(
        programme=TEXT,
        on=DAY,
        step=words("month", "week"),
        budget_fen=FEN,
        granted_fen=FEN,
        held_fen=FEN,
        spent_fen=FEN,
        left_fen=FEN,
        periods=many(
            shape(version=WHOLE, first_on=DAY, last_on=DAY, budget_fen=FEN, granted_fen=FEN, held_fen=FEN, spent_fen=FEN, left_fen=FEN)
        ),
        steps=many(shape(first_on=DAY, last_on=DAY, spent_fen=FEN, spent_so_far_fen=FEN, left_fen=FEN)),
        forecast=shape(
            expected_on=maybe(DAY),
            earliest_on=maybe(DAY),
            latest_on=maybe(DAY),
            paces=many(shape(days=WHOLE, spent_fen=FEN, runs_out_on=maybe(DAY))),
        ),
    ),
    "VoucherBurnDown": shape(
        voucher=ID,
        on=DAY,
        months=many(shape(first_on=DAY, granted_fen=FEN, spent_fen=FEN, gone_fen=FEN, held_fen=FEN, left_fen=FEN)),
    ),
    "Publicity": shape(items=many(shape(firm=TEXT, amount_fen=FEN))),
}
