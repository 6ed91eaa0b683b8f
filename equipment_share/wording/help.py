"""The words of the help: what each money word means, with one story in figures that runs through all of them."""

from __future__ import annotations

from flask_babel import lazy_pgettext as _p

from equipment_share.wording.kinds import Words

GLOSSARY: dict[str, tuple[str, ...]] = {
    "use": ("fee", "eligible", "subsidy", "net", "cutoff", "no_show"),
    "voucher": ("programme", "voucher", "rate", "cap", "expiry"),
    "street": ("hold", "capture", "release", "ledger"),
    "payment": ("evidence", "claim", "return", "batch", "publicity", "bank_return"),
    "after": ("adjustment", "clawback", "pro_rata", "flag", "inspection", "close"),
}
"""The money words in the order in which one meets them."""

HELP_WORDS: Words = {
    "help_group": {
        "use": _p("help_group", "When you use an instrument"),
        "voucher": _p("help_group", "What a voucher is"),
        "street": _p("help_group", "How voucher money is kept"),
        "payment": _p("help_group", "How the money is paid out"),
        "after": _p("help_group", "What happens when something was wrong"),
    },
    "help_name": {
        "fee": _p("help_name", "Fee"),
        "eligible": _p("help_name", "Eligible amount"),
        "subsidy": _p("help_name", "Voucher bears"),
        "net": _p("help_name", "You pay"),
        "cutoff": _p("help_name", "Cut-off"),
        "no_show": _p("help_name", "No-show"),
        "programme": _p("help_name", "Programme"),
        "voucher": _p("help_name", "Voucher"),
        "rate": _p("help_name", "Rate"),
        "cap": _p("help_name", "Limit"),
        "expiry": _p("help_name", "Expiry"),
        "hold": _p("help_name", "Hold"),
        "capture": _p("help_name", "Capture"),
        "release": _p("help_name", "Release"),
        "ledger": _p("help_name", "Ledger"),
        "evidence": _p("help_name", "Papers"),
        "claim": _p("help_name", "Claim"),
        "return": _p("help_name", "Returned claim"),
        "batch": _p("help_name", "Batch"),
        "publicity": _p("help_name", "Public notice"),
        "bank_return": _p("help_name", "Bank return"),
        "adjustment": _p("help_name", "Adjustment"),
        "clawback": _p("help_name", "Claw-back"),
        "pro_rata": _p("help_name", "Pro rata"),
        "flag": _p("help_name", "Red flag"),
        "inspection": _p("help_name", "Inspection"),
        "close": _p("help_name", "Period close"),
    },
    "help_text": {
        "fee": _p("help_text", "What the use costs by the owner's price list, before any voucher."),
        "eligible": _p("help_text", "The part of the fee that the programme looks at. Penalties and services it leaves out do not count."),
        "subsidy": _p(
            "help_text", "What the programme pays of the actual use: never more than was held, never more than is left of any limit."
        ),
        "net": _p("help_text", "The fee less what the voucher bears. The three numbers always add up, to the fen."),
        "cutoff": _p("help_text", "Until then cancelling is free. Later the instrument's fee applies, and no voucher pays it."),
        "no_show": _p(
            "help_text", "Nobody came. The owner's rule says what it costs; no voucher pays that, and the whole hold is free again."
        ),
        "programme": _p(
            "help_text", "A rule of a public authority with a budget: who gets vouchers, how much of which fee they bear, until when."
        ),
        "voucher": _p(
            "help_text", "The amount that a programme has promised to one firm. It is not cash: it only ever pays part of a use."
        ),
        "rate": _p(
            "help_text", "The share of the eligible amount that the voucher bears; it may change from one band of the amount to the next."
        ),
        "cap": _p(
            "help_text", "The most that a programme gives: per use, per application, per year or per firm. What binds first decides."
        ),
        "expiry": _p(
            "help_text", "After its last day a voucher takes no new booking. What was held before stays held until the use is settled."
        ),
        "hold": _p("help_text", "The part of a voucher that is set aside when you book. It is a ceiling: the use can never take more."),
        "capture": _p(
            "help_text", "After the use the voucher's share of what was really used is taken out of the hold, once and for good."
        ),
        "release": _p("help_text", "What the use did not need goes back from the hold to the voucher, at once and by itself."),
        "ledger": _p(
            "help_text", "Every move of voucher money is one line that is never changed or deleted. A mistake is mended by a new line."
        ),
        "evidence": _p("help_text", "Contract, booking, use, invoice and payment: five legs that must say the same before money is paid."),
        "claim": _p(
            "help_text",
            "The request to be paid what the voucher bore. The owner makes it where the firm paid less, the firm where it paid all.",
        ),
        "return": _p("help_text", "Something is missing or differs. Mend what the reason names and submit it again; nothing is lost."),
        "batch": _p(
            "help_text", "All approved claims of a programme and a period, paid together: made, locked, reviewed, approved, sent, closed."
        ),
        "publicity": _p("help_text", "The public list of what is paid to whom, before it is paid, so that anybody may object."),
        "bank_return": _p(
            "help_text", "The bank's answer to a batch: which payments arrived and which failed. Failed ones are paid again, none twice."
        ),
        "adjustment": _p(
            "help_text", "A correction after payment. The old line stays; a new one in an open period says what changed and why."
        ),
        "clawback": _p(
            "help_text", "Money that was paid without right is asked back from whoever got it, with a reason and the right to appeal."
        ),
        "pro_rata": _p(
            "help_text",
            "When approved claims ask more than the budget has, each gets the same share; the fen left over go by a fixed order.",
        ),
        "flag": _p("help_text", "Something that looks unusual. It accuses nobody: an officer looks, and writes down what it was."),
        "inspection": _p(
            "help_text", "Some paid claims are drawn by lot and looked at again. The seed is kept, so anybody can repeat the draw."
        ),
        "close": _p(
            "help_text",
            "Ledger, claims and bank agree; from then on nothing in that period changes. What comes later counts in the next one.",
        ),
    },
    "help_example": {
        "fee": _p("help_example", "Two hours at ¥400.00 an hour cost ¥800.00."),
        "eligible": _p("help_example", "Of ¥800.00 with ¥50.00 for late cancelling, ¥750.00 is eligible."),
        "subsidy": _p("help_example", "Half of ¥800.00 is ¥400.00. If only ¥250.00 is left this year, the voucher bears ¥250.00."),
        "net": _p("help_example", "¥800.00 less ¥400.00 leaves ¥400.00 for you to pay."),
        "cutoff": _p("help_example", "The use begins on Thursday at 10:00, the cut-off is 24 hours: until Wednesday 10:00 you pay ¥0.00."),
        "no_show": _p("help_example", "Fee ¥800.00, rule 50 %: you pay ¥400.00 yourself, and the ¥400.00 that was held is free again."),
        "programme": _p("help_example", "A city programme of ¥6,000,000.00 bears half of each use, at most ¥100,000.00 a firm and year."),
        "voucher": _p("help_example", "Issued ¥10,000.00 = ¥9,300.00 available + ¥400.00 held + ¥300.00 used."),
        "rate": _p("help_example", "The first ¥10,000.00 in full, the rest at 50 %: of ¥18,600.00 the voucher bears ¥14,300.00."),
        "cap": _p("help_example", "Rate says ¥6,000.00, the year has ¥3,500.00 left: the voucher bears ¥3,500.00, you pay the rest."),
        "expiry": _p("help_example", "Valid until 31 December: a use on 31 December counts, a booking for 2 January does not."),
        "hold": _p("help_example", "You book two hours for ¥800.00; ¥400.00 of your voucher is held. Nobody has been paid yet."),
        "capture": _p("help_example", "You used one and a half hours, ¥600.00: ¥300.00 of the ¥400.00 is captured."),
        "release": _p("help_example", "Held ¥400.00, captured ¥300.00: ¥100.00 is released, and you can book with it again."),
        "ledger": _p("help_example", "Held −¥400.00, captured ¥300.00, released ¥100.00: together ¥0.00, nothing is missing."),
        "evidence": _p("help_example", "Use ¥600.00, invoice ¥600.00, payment ¥300.00, voucher ¥300.00: they agree."),
        "claim": _p("help_example", "You paid the owner ¥300.00 of ¥600.00; the owner claims the other ¥300.00."),
        "return": _p("help_example", "The invoice says ¥660.00, the use ¥600.00: returned, with the difference of ¥60.00 shown."),
        "batch": _p("help_example", "Third quarter: 55 claims, together ¥86,400.00, one order to the bank."),
        "publicity": _p("help_example", "“Shared microscope, third quarter, ¥300.00”, five workdays on show."),
        "bank_return": _p("help_example", "54 of 55 paid, ¥86,100.00; one account number was wrong, ¥300.00 is paid again."),
        "adjustment": _p("help_example", "Paid ¥300.00, right was ¥250.00: a new line of −¥50.00 in the next period."),
        "clawback": _p("help_example", "The use never took place: the ¥300.00 that was paid is asked back."),
        "pro_rata": _p("help_example", "Claims ¥120,000.00, budget ¥90,000.00: each gets 75 %, so ¥300.00 becomes ¥225.00."),
        "flag": _p("help_example", "One invoice number in the papers of two bookings."),
        "inspection": _p("help_example", "One in twenty of 60 paid claims: 3 are drawn."),
        "close": _p("help_example", "Ledger ¥86,400.00, claims ¥86,400.00, bank ¥86,400.00: closed."),
    },
}
"""The name, the meaning and the example of each word of `GLOSSARY`; all examples tell of the same two hours."""
