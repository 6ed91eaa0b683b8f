"""What letters say under their subject: an invitation in both languages, any other its facts and where to go."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import force_locale
from flask_babel import lazy_pgettext as _p

from equipment_share.wording.words import word

LANGUAGES = ("zh", "en")
INVITATION = _p(
    "letter_text",
    "You are invited to %(organisation)s as %(role)s. Set your password at the address below; it works once and for 7 days.",
)


def letter_text(base: str, kind: str, facts: Mapping[str, object]) -> str:
    """The text of a letter, for the post."""
    if kind == "invitation":
        return _invitation(f"{base}/link/{facts['token']}", facts)
    if "token" in facts:
        return f"{base}/link/{facts['token']}"
    lines = [f"{name}: {value}" for name, value in facts.items() if name != "booking_id"]
    return "\n".join([*lines, f"{base}/bookings/{facts['booking_id']}" if "booking_id" in facts else base])


def _invitation(link: str, facts: Mapping[str, object]) -> str:
    """Whoever is invited has chosen no language yet, and reads both."""
    told = []
    for language in LANGUAGES:
        with force_locale(language):
            told.append(str(INVITATION) % {"organisation": facts["organisation"], "role": word("role", facts["role"])})
    return "\n\n".join([*told, link])
