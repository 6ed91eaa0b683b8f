"""When a request is approved without asking the owner: the owner's own rule. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from equipment_share.domain.errors import Problem
from equipment_share.domain.timeslots import Slot

MIDNIGHT = 1440


@dataclass(frozen=True)
class AutoApproval:
    """Every condition that is given must hold."""

    max_minutes: int | None = None
    user_classes: tuple[str, ...] = ()
    trained: bool = False
    from_minute: int = 0
    to_minute: int = MIDNIGHT

    def document(self) -> dict[str, object]:
        """As `rules.auto_approve` shows it."""
        hours = {"from": _clock(self.from_minute), "to": _clock(self.to_minute)}
        return {"max_minutes": self.max_minutes, "user_classes": list(self.user_classes), "trained": self.trained, **hours}

    def holds(self, slot: Slot, *, tags: Collection[str], is_trained: bool, zone: ZoneInfo) -> bool:
        """Whether a request needs nobody's answer.

        Units: elapsed minutes; hours by the instrument's own clock, the slot wholly inside them on one day.
        Rounding: as `Slot.minutes`.
        Raises: nothing.
        Source: docs/rules.md#auto-approval
        """
        start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
        first = start.hour * 60 + start.minute
        last = end.hour * 60 + end.minute + MIDNIGHT * (end.date() - start.date()).days
        return (
            (self.max_minutes is None or slot.minutes <= self.max_minutes)
            and (not self.user_classes or not set(self.user_classes).isdisjoint(tags))
            and (is_trained or not self.trained)
            and self.from_minute <= first
            and last <= self.to_minute
        )


def read_auto_approval(value: object, where: str) -> tuple[bool | AutoApproval, list[Problem]]:
    """`rules.auto_approve`: off, on, or on under conditions.

    Units: minutes, and clock times of the instrument. Rounding: none.
    Raises: nothing; the problems are told.
    Source: docs/rules.md#auto-approval
    """
    if value is None or type(value) is bool:
        return value is True, []
    if not isinstance(value, Mapping):
        return False, [Problem("not_a_choice", where)]
    if unknown := set(value) - {"max_minutes", "user_classes", "trained", "from", "to"}:
        return False, [Problem("unknown_field", f"{where}.{min(map(str, unknown))}")]
    problems = []
    most, classes, trained = value.get("max_minutes"), value.get("user_classes") or [], value.get("trained") or False
    if most is not None and not (type(most) is int and 1 <= most <= 20160):
        problems.append(Problem("out_of_range", f"{where}.max_minutes", {"low": 1, "high": 20160}))
    if not isinstance(classes, list) or not all(isinstance(name, str) and 0 < len(name) <= 40 for name in classes) or len(classes) > 20:
        problems.append(Problem("not_a_list_of_texts", f"{where}.user_classes"))
    if type(trained) is not bool:
        problems.append(Problem("not_a_switch", f"{where}.trained"))
    hours = {name: _minute(value.get(name), default) for name, default in (("from", 0), ("to", MIDNIGHT))}
    problems += [Problem("not_a_time", f"{where}.{name}") for name, minute in hours.items() if minute is None]
    if problems or hours["from"] is None or hours["to"] is None:
        return False, problems
    return AutoApproval(most, tuple(classes), trained, hours["from"], hours["to"]), []


def _minute(value: object, default: int) -> int | None:
    if value is None:
        return default
    text = value if isinstance(value, str) else ""
    hour, colon, minute = text.partition(":")
    if len(text) != 5 or not colon or not (hour.isdecimal() and minute.isdecimal() and text.isascii()):
        return None
    found = int(hour) * 60 + int(minute)
    return found if int(minute) < 60 and found <= MIDNIGHT else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
