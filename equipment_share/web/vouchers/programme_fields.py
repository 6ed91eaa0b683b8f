"""Every parameter of a programme as a field of the form: its place in the document, its kind, its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Spec:
    """One parameter: the path of the document, how it is typed, and what it is called."""

    path: str
    kind: str
    """`text`, `words`, `yuan`, `whole`, `percent`, `choice`, `many`, `open`, `switch`, `day`; `open` is many, and more that is typed."""
    label: Any
    hint: Any = ""
    options: tuple[str, ...] = ()
    """For `choice` and `many`; their words are `term` in `wording`, under `path.option`."""


WHO = (
    Spec("code", "text", _l("Code"), _l("Letters, digits and - _ + only.")),
    Spec("name", "text", _l("Name")),
    Spec("name_en", "text", _l("English name"), _l("Shown on English pages; left out, the name stands there too.")),
    Spec("authority", "text", _l("Authority")),
    Spec("order", "whole", _l("Order"), _l("Smaller comes first when several programmes bear one order.")),
    Spec("sample", "switch", _l("Sample parameters, not a rule")),
    Spec("eligible_any", "open", _l("Open to firms with one of these classes"), _l("None: everybody.")),
    Spec("limits.max_staff", "whole", _l("Staff at most")),
    Spec("limits.max_revenue_fen", "yuan", _l("Revenue at most (yuan)")),
    Spec("limits.min_revenue_fen", "yuan", _l("Revenue at least (yuan)")),
    Spec("limits.max_capital_fen", "yuan", _l("Capital at most (yuan)")),
    Spec("limits.regions", "open", _l("Firms of these regions"), _l("None: of all.")),
    Spec("provider_regions", "open", _l("Owners of these regions"), _l("None: of all.")),
    Spec("cap_subject", "choice", _l("Limits count for"), "", ("firm", "controller_group")),
    Spec("services_in", "open", _l("Services that count"), _l("None: all.")),
    Spec("exclude", "many", _l("Left out"), "",
         ("related_party", "statutory", "batch", "subcontract", "funded_project", "consumables", "shipping", "staff")),
)  # fmt: skip
HOW_MUCH = (
    Spec("band_mode", "choice", _l("Bands are read"), "", ("marginal", "whole")),
    Spec("band_base", "choice", _l("Bands count"), "", ("order", "period_cumulative")),
    Spec("caps.per_order_fen", "yuan", _l("Limit per order (yuan)")),
    Spec("caps.per_voucher_fen", "yuan", _l("Limit per voucher on an order (yuan)")),
    Spec("caps.holding_fen", "yuan", _l("Held at once at most (yuan)")),
    Spec("min_claim_fen", "yuan", _l("Smallest claim (yuan)")),
    Spec("rounding.mode", "choice", _l("Rounding"), "", ("floor", "half_up")),
    Spec("rounding.unit_fen", "choice", _l("Rounded to"), "", ("1", "10", "100")),
    Spec("tax_basis", "choice", _l("Reckoned on"), "", ("gross_invoice", "ex_vat")),
    Spec("stacking.mode", "choice", _l("Beside other programmes"), "", ("exclusive", "additive", "deduct_first")),
    Spec("stacking.with", "words", _l("Named programmes"), _l("Codes, with commas between.")),
    Spec("stacking.multiplier", "whole", _l("Deducted how many times")),
    Spec("stacking.joint_cap_fen", "yuan", _l("Joint limit (yuan)")),
    Spec("stacking.joint_rate_bp", "percent", _l("Joint rate in percent")),
)
WHEN = (
    Spec("effective_from", "day", _l("In force from")),
    Spec("effective_to", "day", _l("In force until")),
    Spec("period", "choice", _l("Period"), "", ("calendar_year", "window", "rolling", "lifetime")),
    Spec("period.from", "text", _l("Window from (MM-DD)")),
    Spec("period.to", "text", _l("Window to (MM-DD)")),
    Spec("period.rolling_months", "whole", _l("Rolling months")),
    Spec("period_basis", "choice", _l("A use counts on the day of"), "", ("draw", "contract", "usage_start", "completion", "invoice", "payment")),
    Spec("eligibility_at", "many", _l("The firm is looked at"), "", ("issue", "hold", "usage", "claim")),
    Spec("tier_at", "choice", _l("Class taken at"), "", ("issue", "hold", "usage")),
)  # fmt: skip
FLOW = (
    Spec("budget.total_fen", "yuan", _l("Budget (yuan)"), _l("Empty: no limit.")),
    Spec("budget.reserve_at", "choice", _l("Money leaves the budget at"), "", ("issue", "hold", "claim")),
    Spec("budget.exhaustion", "choice", _l("When it runs out"), "", ("first_come", "pro_rata")),
    Spec("budget.partial_ok", "switch", _l("Partial grant if the budget is short")),
    Spec("budget.waitlist", "switch", _l("Applications wait for budget")),
    Spec("issue_mode", "choice", _l("Vouchers are issued"), "", ("apply", "auto", "none")),
    Spec("overrun", "choice", _l("A use longer than held"), "", ("cap_at_hold", "topup_if_room")),
    Spec("flow", "choice", _l("Flow"), "", ("net_pay", "gross_refund")),
    Spec("claimant", "choice", _l("Who claims"), "", ("owner", "firm", "either")),
    Spec("invoice_mode", "choice", _l("Invoice"), "", ("full_to_firm", "split")),
    Spec("payout", "choice", _l("Paid out"), "", ("monthly", "quarterly", "yearly")),
    Spec("owner_bonus.rate_bp", "percent", _l("Owner's bonus in percent")),
    Spec("owner_bonus.cap_fen", "yuan", _l("Owner's bonus at most (yuan)")),
)
PAPERS = (
    Spec("docs_required", "many", _l("Papers before the check"), "",
         ("contract", "invoice", "payment", "result", "booking_record", "qualification", "pledge")),
    Spec("publicity_days", "whole", _l("Days of public notice")),
    Spec("sample_bp", "percent", _l("Inspected at random, in percent")),
    Spec("penalty.clawback", "switch", _l("Misuse is clawed back")),
    Spec("penalty.ban_years", "whole", _l("Years barred after misuse")),
)  # fmt: skip
TIME = (
    Spec("validity", "choice", _l("A voucher is good"), "", ("end_of_period", "days", "months")),
    Spec("validity.number", "whole", _l("How many days or months")),
    Spec("validity.must_be", "choice", _l("By then it must be"), "", ("registered", "used", "completed")),
    Spec("carry_over", "switch", _l("Unused amount carries over")),
    Spec("expiry_penalty.ratio_bp", "percent", _l("Barred when more than this part expires, in percent")),
    Spec("expiry_penalty.bar_periods", "whole", _l("Barred for how many periods")),
    Spec("claim_deadline.days", "whole", _l("Claim within days")),
    Spec("claim_deadline.next_period", "text", _l("Or until a day of the next year (MM-DD)")),
)
GROUPS = (
    ("who", _l("Who"), WHO), ("how_much", _l("How much"), HOW_MUCH), ("when", _l("When"), WHEN), ("flow", _l("Money flow"), FLOW),
    ("papers", _l("Papers"), PAPERS), ("time", _l("Time limits"), TIME),
)  # fmt: skip
SPECS = tuple(spec for _, _, specs in GROUPS for spec in specs)
TABLES = {
    "rate_rules": _l("Rates"), "caps.annual_fen": _l("Yearly limit by class (yuan)"), "quota_fen": _l("Face of a voucher by class (yuan)"),
    "sources": _l("Whose money, by weight"),
}  # fmt: skip
"""What repeats; each row can be added and taken away."""
OPEN = {"eligible_any": "class", "limits.regions": "region", "provider_regions": "region", "services_in": "service_category"}
"""Where codes have names but the bureau may make up its own; the kind of word that names them."""
WHEN_KINDS = {"tag": "class", "category": "service_category", "region": "region", "provider_region": "region"}
"""The same for the conditions of a rate."""
