"""The way of commissioned samples: awaited, received, measured, delivered. Pure."""

from __future__ import annotations

from equipment_share.domain.errors import AlreadyDecided, InvalidTransition

WAY = ("awaited", "received", "measured", "delivered")


def next_sample_state(now: str, wanted: str) -> str:
    """The next station of a booking's samples; none is left out.

    Units: none. Rounding: none.
    Raises: AlreadyDecided for a station that was passed, InvalidTransition for one that does not come next.
    Source: docs/rules.md#samples
    """
    if now not in WAY or wanted not in WAY[1:]:
        raise InvalidTransition(state=now, act=wanted)
    if WAY.index(wanted) <= WAY.index(now):
        raise AlreadyDecided(state=now)
    if WAY.index(wanted) != WAY.index(now) + 1:
        raise InvalidTransition(state=now, act=wanted)
    return wanted


def samples_came(state: str) -> bool:
    """Whether samples were handed in: who has sent them need not come, so there is no no-show.

    Units: none. Rounding: none.
    Raises: nothing; a use without samples (an empty state) has none.
    Source: docs/rules.md#samples
    """
    return state in WAY[1:]
