"""The booking rules of one instrument as data, with the defaults of the contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from equipment_share.domain.bookings.approval import AutoApproval, read_auto_approval
from equipment_share.domain.bookings.quotas import Quota, read_quotas
from equipment_share.domain.errors import Invalid, Problem
from equipment_share.domain.timeslots import LONGEST, MINUTE


def _whole(low: int, high: int, default: int) -> tuple[int, int, int]:
    return low, high, default


_NUMBERS: dict[str, tuple[int, int, int]] = {
    "grid_minutes": _whole(1, 1440, 15),
    "min_minutes": _whole(1, 20160, 15),
    "max_minutes": _whole(1, 20160, 1440),
    "lead_minutes": _whole(0, 525600, 0),
    "horizon_days": _whole(1, 730, 90),
    "cancel_cutoff_minutes": _whole(0, 525600, 1440),
    "cancel_fee_bp": _whole(0, 10000, 0),
    "grace_minutes": _whole(0, 1440, 30),
    "no_show_fee_fen": _whole(0, 10**12, 0),
    "buffer_before_minutes": _whole(0, 1440, 0),
    "buffer_after_minutes": _whole(0, 1440, 0),
    "confirm_days": _whole(1, 60, 5),
    "offer_minutes": _whole(5, 20160, 240),
    "gap_minutes": _whole(0, 20160, 0),
    "strikes": _whole(0, 50, 0),
    "strike_days": _whole(1, 730, 90),
    "ban_days": _whole(1, 365, 14),
    "training_idle_days": _whole(0, 3650, 0),
    "units": _whole(1, 50, 1),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "charge_basis": ("used", "reserved", "reserved_plus_overrun"),
    "pending": ("first_come", "owner_chooses"),
}
_SWITCHES: dict[str, bool] = {"authorisation_required": False}
_PARTS = ("quotas", "auto_approve", "class_horizon_days")
_ANSWER = {"remind": 1, "escalate": 2, "expire": 3}


@dataclass(frozen=True)
class Rules:
    """The booking rules of one instrument (`contract.md` §2a); minutes, days, fen and basis points."""

    grid_minutes: int = 15
    min_minutes: int = 15
    max_minutes: int = 1440
    lead_minutes: int = 0
    horizon_days: int = 90
    cancel_cutoff_minutes: int = 1440
    cancel_fee_bp: int = 0
    grace_minutes: int = 30
    no_show_fee_fen: int = 0
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    confirm_days: int = 5
    offer_minutes: int = 240
    gap_minutes: int = 0
    strikes: int = 0
    strike_days: int = 90
    ban_days: int = 14
    training_idle_days: int = 0
    units: int = 1
    charge_basis: str = "used"
    pending: str = "first_come"
    authorisation_required: bool = False
    auto_approve: bool | AutoApproval = False
    answer: Mapping[str, int] = field(default_factory=lambda: dict(_ANSWER))
    quotas: tuple[Quota, ...] = ()
    class_horizon_days: Mapping[str, int] = field(default_factory=dict)
    """Classes of users that may book further ahead than others, or less far."""

    @classmethod
    def parse(cls, document: Mapping[str, object], at: str = "rules") -> Rules:
        """Read the `rules` object strictly; what is left out has its default.

        Raises: Invalid with every problem.
        """
        problems = [p for name, value in document.items() if name not in _PARTS and (p := _problem(name, value, at))]
        quotas, wrong_quotas = read_quotas(document.get("quotas") or [], f"{at}.quotas")
        approval, wrong_approval = read_auto_approval(document.get("auto_approve"), f"{at}.auto_approve")
        horizons, wrong_horizons = _horizons(document.get("class_horizon_days"), f"{at}.class_horizon_days")
        if problems := [*problems, *wrong_quotas, *wrong_approval, *wrong_horizons]:
            raise Invalid(problems)
        values = {name: value for name, value in document.items() if value is not None and name not in _PARTS}
        rules = cls(**values, quotas=quotas, auto_approve=approval, class_horizon_days=horizons)  # type: ignore[arg-type]
        longest = (rules.max_minutes + rules.buffer_before_minutes + rules.buffer_after_minutes) * MINUTE
        if rules.max_minutes < rules.min_minutes or longest > LONGEST:
            raise Invalid([Problem("out_of_range", f"{at}.max_minutes")])
        return rules

    def document(self) -> dict[str, object]:
        """The rules as the API shows them, every key present."""
        return {name: getattr(self, name) for name in (*_NUMBERS, *_CHOICES, *_SWITCHES)} | {
            "answer": dict(self.answer),
            "auto_approve": self.auto_approve if isinstance(self.auto_approve, bool) else self.auto_approve.document(),
            "quotas": [quota.document() for quota in self.quotas],
            "class_horizon_days": dict(self.class_horizon_days),
        }

    @property
    def shortest_minutes(self) -> int:
        """The shortest time that can be booked: whole steps of the grid, one at least.

        Units: minutes. Rounding: the shortest time of the rules is moved up to the grid.
        Raises: nothing.
        Source: docs/rules.md#slot-rules
        """
        return -(-self.min_minutes // self.grid_minutes) * self.grid_minutes

    def for_classes(self, tags: Collection[str]) -> Rules:
        """The rules as they hold for a firm of some classes: the furthest horizon that any of them has, else everybody's.

        Units: days. Rounding: none.
        Raises: nothing.
        Source: docs/rules.md#slot-rules
        """
        own = [days for tag, days in self.class_horizon_days.items() if tag in tags]
        return replace(self, horizon_days=max(own)) if own else self


def divides_the_day(minutes: int) -> bool:
    """Whether a step gives every day the same times to begin: of 7 minutes no hour and no day is a multiple.

    Units: minutes. Rounding: none.
    Raises: nothing.
    Source: docs/rules.md#slot-rules
    """
    return minutes > 0 and 1440 % minutes == 0


def _horizons(value: object, where: str) -> tuple[dict[str, int], list[Problem]]:
    """`{class: days}`, or what is wrong with it."""
    if value is None:
        return {}, []
    good = isinstance(value, Mapping) and len(value) <= 20 and all(
        isinstance(tag, str) and 0 < len(tag) <= 40 and type(days) is int and 1 <= days <= 730 for tag, days in value.items()
    )  # fmt: skip
    return (dict(value), []) if good else ({}, [Problem("out_of_range", where, {"low": 1, "high": 730})])  # type: ignore[call-overload]


def _problem(name: str, value: object, at: str) -> Problem | None:
    where = f"{at}.{name}"
    if name == "answer":
        return _answer_problem(value, where)
    if name not in _NUMBERS and name not in _CHOICES and name not in _SWITCHES:
        return Problem("unknown_field", where)
    if value is None:
        return None
    if name in _NUMBERS:
        low, high, _ = _NUMBERS[name]
        if type(value) is not int:
            return Problem("not_an_integer", where)
        return None if low <= value <= high else Problem("out_of_range", where, {"low": low, "high": high})
    if name in _SWITCHES:
        return None if type(value) is bool else Problem("not_a_choice", where)
    return None if value in _CHOICES[name] else Problem("not_a_choice", where)


def _answer_problem(value: object, where: str) -> Problem | None:
    days = [value.get(name) for name in _ANSWER] if isinstance(value, Mapping) and set(value) == set(_ANSWER) else []
    whole = [day for day in days if type(day) is int and 1 <= day <= 60]
    good = len(whole) == len(_ANSWER) and whole == sorted(whole)
    return None if good else Problem("out_of_range", where)
