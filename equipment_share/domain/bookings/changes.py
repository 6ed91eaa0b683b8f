"""What a change of a booking's time asks for: whether the owner must decide again, and what is kept busy meanwhile. Pure."""

from __future__ import annotations

from datetime import datetime

from equipment_share.domain.timeslots import Slot


def only_shortens(old: Slot, new: Slot) -> bool:
    """Whether the new time lies wholly inside the old one: such a change keeps its approval.

    Units: instants. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#change (acceptance 16)
    """
    return old.contains(new)


def kept_busy(old: Slot, new: Slot) -> Slot | None:
    """What an old booking keeps busy while its change waits: both intervals as one where they meet, else nothing more (both block).

    Units: instants, buffers included. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#change
    """
    if new.start > old.end or old.start > new.end:
        return None
    return Slot(min(old.start, new.start), max(old.end, new.end))


def proposal_ends(old: Slot, proposed_from: datetime, answer_by: datetime | None) -> datetime:
    """Until when a firm may take the time that the owner proposed: before either time begins, and before the request itself expires.

    Units: instants. Rounding: none. `answer_by` is when a request that still waits expires; None once it is approved.
    Raises: nothing.
    Source: docs/rules.md#change
    """
    return min(moment for moment in (old.start, proposed_from, answer_by) if moment is not None)
