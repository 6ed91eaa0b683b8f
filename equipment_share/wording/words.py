"""Every kind of words, whichever file has it."""

from __future__ import annotations

from equipment_share.wording.audit import AUDIT_WORDS
from equipment_share.wording.bases import BASIS_WORDS
from equipment_share.wording.batches import BATCH_WORDS
from equipment_share.wording.bookings import BOOKING_WORDS
from equipment_share.wording.claims import CLAIM_WORDS
from equipment_share.wording.events import EVENT_WORDS
from equipment_share.wording.flags import FLAG_WORDS
from equipment_share.wording.help import HELP_WORDS
from equipment_share.wording.house import HOUSE_WORDS
from equipment_share.wording.imports import IMPORT_WORDS
from equipment_share.wording.instruments import INSTRUMENT_WORDS
from equipment_share.wording.kinds import together, word_of
from equipment_share.wording.ledger import LEDGER_WORDS
from equipment_share.wording.letters import LETTER_WORDS
from equipment_share.wording.needs import NEED_WORDS
from equipment_share.wording.people import PEOPLE_WORDS
from equipment_share.wording.prices import PRICE_WORDS
from equipment_share.wording.programmes import PROGRAMME_WORDS
from equipment_share.wording.refusals import REFUSAL_WORDS
from equipment_share.wording.reports import REPORT_WORDS
from equipment_share.wording.tours import TOUR_WORDS
from equipment_share.wording.vouchers import VOUCHER_WORDS

WORDS = together(
    AUDIT_WORDS,
    BASIS_WORDS,
    BATCH_WORDS,
    BOOKING_WORDS,
    CLAIM_WORDS,
    EVENT_WORDS,
    FLAG_WORDS,
    HELP_WORDS,
    HOUSE_WORDS,
    IMPORT_WORDS,
    INSTRUMENT_WORDS,
    LEDGER_WORDS,
    LETTER_WORDS,
    NEED_WORDS,
    PEOPLE_WORDS,
    PRICE_WORDS,
    PROGRAMME_WORDS,
    REFUSAL_WORDS,
    REPORT_WORDS,
    TOUR_WORDS,
    VOUCHER_WORDS,
)
"""States, roles, kinds and reasons, by what they are words for."""


def word(kind: str, value: object) -> str:
    """The word for a state, role, mode or reason; a free value of the bureau (a tag, a class) stands for itself.

    Raises: NoWords.
    """
    return word_of(WORDS, kind, value)
