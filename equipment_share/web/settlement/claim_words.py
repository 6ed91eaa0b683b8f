"""What was done to claims, in figures, and who is next."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from equipment_share.domain.money import Money, total
from equipment_share.domain.settlement.claims import ClaimState
from equipment_share.models.settlement import Claim
from equipment_share.queries.settlement import count_of_claims
from equipment_share.web.access import me
from equipment_share.web.filters import money


def step_done(act: str, claim: Claim) -> str:
    """What was done to one claim, in figures, and who is next."""
    facts = {"number": claim.number, "amount": money(claim.amount)}
    words = {
        "submit": gettext("Claim %(number)s for %(amount)s submitted. The bureau checks it next.", **facts),
        "check": gettext("Claim %(number)s for %(amount)s checked. The reviewer approves it next.", **facts),
        "approve": gettext("Claim %(number)s for %(amount)s approved. It is paid with the next batch of its period.", **facts),
        "withdraw": gettext("Claim %(number)s withdrawn.", **facts),
        "return": gettext("Claim %(number)s returned with the reason. The claimant mends it next.", **facts),
        "reject": gettext("Claim %(number)s for %(amount)s refused. The claimant has been told.", **facts),
        "send-back": gettext("Claim %(number)s sent back with the reason. The clerk checks it again.", **facts),
        "object": gettext("Objection to claim %(number)s noted. The clerk checks it again.", **facts),
    }
    return words[act]


def many_done(act: str, amounts: Sequence[Money]) -> str:
    """What was done to many claims, and where they are now."""
    done, count = money(total(amounts)), len(amounts)
    if act == "approve":
        return ngettext(
            "%(num)s claim approved, %(done)s. It is paid with the next batch of its period.",
            "%(num)s claims approved, %(done)s. They are paid with the next batches of their periods.", count, done=done,
        )  # fmt: skip
    if act == "submit":
        return ngettext(
            "%(num)s claim submitted, %(done)s. The bureau checks it next.",
            "%(num)s claims submitted, %(done)s. The bureau checks them next.", count, done=done,
        )  # fmt: skip
    return ngettext(
        "%(num)s claim checked, %(done)s. The reviewer approves next; %(waiting)s wait there now.",
        "%(num)s claims checked, %(done)s. The reviewer approves next; %(waiting)s wait there now.", count, done=done,
        waiting=count_of_claims(me(), states=(ClaimState.CHECKED,)),
    )  # fmt: skip
