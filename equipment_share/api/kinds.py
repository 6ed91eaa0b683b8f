"""The kinds of value a program may send: each reads strictly and describes itself, so that the OpenAPI page cannot drift."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from equipment_share.domain.errors import invalid
from equipment_share.domain.money import MOST_FEN, Money
from equipment_share.domain.specs import LARGEST

Schema = dict[str, Any]
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_LINE = re.compile("[\t\r\n]")
_KEY = re.compile("[1-9][0-9]{0,17}")
_WHOLE = re.compile("-?[0-9]{1,18}")
_FIGURE = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_DAY = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_YEARS = range(2000, 2101)


class Kind:
    """One kind of value. `read` takes what JSON gave, `parse` what an address or a form gave."""

    def read(self, value: object, at: str) -> Any:
        """The typed value.

        Raises: Invalid, with every problem under `at`.
        """
        raise NotImplementedError

    def parse(self, text: str, at: str) -> Any:
        """The typed value out of a query parameter or form part."""
        return self.read(text, at)

    def schema(self) -> Schema:
        """The same kind in JSON Schema."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Kind):
    """Words of people: outer blanks cut, stored in NFC; never empty, never with hidden direction marks."""

    longest: int = 200
    lines: bool = False
    empty: bool = False

    def read(self, value: object, at: str) -> str:
        """The words.

        Raises: Invalid `not_a_text`, `bad_text`, `required`, `too_long_text`.
        """
        if not isinstance(value, str):
            raise invalid("not_a_text", at)
        if not _is_sound(value) or (not self.lines and _LINE.search(value)):
            raise invalid("bad_text", at)
        words = unicodedata.normalize("NFC", value).strip()
        if max(len(value), len(words)) > self.longest:
            raise invalid("too_long_text", at, most=self.longest)
        if not words and not self.empty:
            raise invalid("required", at)
        return words

    def schema(self) -> Schema:
        """A string of limited length."""
        return {"type": "string", "maxLength": self.longest} | ({} if self.empty else {"minLength": 1})


def _is_sound(text: str) -> bool:
    """Whether text can be stored and shown as it is: no lone surrogates, no control or direction characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not (_CONTROL.search(text) or _BIDI.search(text))


@dataclass(frozen=True)
class Pattern(Kind):
    """Text of a fixed form, taken as it stands."""

    form: re.Pattern[str]
    code: str
    longest: int = 254

    def read(self, value: object, at: str) -> str:
        """The text. Raises: Invalid with this kind's code."""
        if not isinstance(value, str) or len(value) > self.longest or not self.form.fullmatch(value):
            raise invalid(self.code, at)
        return value

    def schema(self) -> Schema:
        """A string with a pattern."""
        return {"type": "string", "maxLength": self.longest, "pattern": f"^(?:{self.form.pattern})$"}


@dataclass(frozen=True)
class Secret(Kind):
    """A password: taken as it was typed, whatever it is made of."""

    longest: int = 1000

    def read(self, value: object, at: str) -> str:
        """The secret. Raises: Invalid `not_a_text`, `required`, `too_long_text`."""
        if not isinstance(value, str):
            raise invalid("not_a_text", at)
        if not value:
            raise invalid("required", at)
        if len(value) > self.longest:
            raise invalid("too_long_text", at, most=self.longest)
        return value

    def schema(self) -> Schema:
        """A string that tools hide."""
        return {"type": "string", "format": "password", "minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True)
class Integer(Kind):
    """A whole number; 239.0 is one, 1.5, true and "12" are not."""

    low: int
    high: int

    def read(self, value: object, at: str) -> int:
        """The number. Raises: Invalid `not_an_integer`, `out_of_range`."""
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            raise invalid("not_an_integer", at)
        if not self.low <= value <= self.high:
            raise invalid("out_of_range", at, low=self.low, high=self.high)
        return value

    def parse(self, text: str, at: str) -> int:
        """The number out of ASCII digits."""
        if not _WHOLE.fullmatch(text):
            raise invalid("not_an_integer", at)
        return self.read(int(text), at)

    def schema(self) -> Schema:
        """An integer with bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Number(Kind):
    """A figure with or without decimals, no larger than a specification may be."""

    def read(self, value: object, at: str) -> float:
        """The figure. Raises: Invalid `not_a_number`, `out_of_range`."""
        if type(value) not in (int, float):
            raise invalid("not_a_number", at)
        if not abs(value) <= LARGEST:  # type: ignore[arg-type]
            raise invalid("out_of_range", at, low=-LARGEST, high=LARGEST)
        return float(value)  # type: ignore[arg-type]

    def parse(self, text: str, at: str) -> float:
        """The figure out of ASCII digits, as JSON writes one."""
        if not _FIGURE.fullmatch(text):
            raise invalid("not_a_number", at)
        return self.read(float(text), at)

    def schema(self) -> Schema:
        """A number with bounds."""
        return {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}


@dataclass(frozen=True)
class Fen(Integer):
    """An amount of money in whole fen."""

    low: int = 0
    high: int = MOST_FEN

    def read(self, value: object, at: str) -> Any:
        """The amount as Money."""
        return Money(super().read(value, at))


@dataclass(frozen=True)
class YesNo(Kind):
    """true or false; `1` or `0` in an address."""

    def read(self, value: object, at: str) -> bool:
        """The answer. Raises: Invalid `not_a_switch`."""
        if type(value) is not bool:
            raise invalid("not_a_switch", at)
        return value

    def parse(self, text: str, at: str) -> bool:
        """1 or 0 in an address."""
        if text not in ("0", "1"):
            raise invalid("not_a_switch", at)
        return text == "1"

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Switch(YesNo):
    """`?total=1`: an address says 1 or 0."""

    def schema(self) -> Schema:
        """One of two digits."""
        return {"type": "string", "enum": ["0", "1"]}


@dataclass(frozen=True)
class Choice(Kind):
    """One of the words offered."""

    words: tuple[str, ...]

    def read(self, value: object, at: str) -> str:
        """The word. Raises: Invalid `not_a_choice`."""
        if not isinstance(value, str) or value not in self.words:
            raise invalid("not_a_choice", at, choices=", ".join(self.words))
        return value

    def schema(self) -> Schema:
        """An enumeration."""
        return {"type": "string", "enum": list(self.words)}


@dataclass(frozen=True)
class Instant(Kind):
    """An RFC 3339 instant with an offset, from the year 2000 to 2100; kept in UTC."""

    def read(self, value: object, at: str) -> datetime:
        """The instant. Raises: Invalid `not_an_instant`."""
        found = _INSTANT.fullmatch(value) if isinstance(value, str) and len(value) <= 40 else None
        if found is None or int(found[1]) not in _YEARS:
            raise invalid("not_an_instant", at)
        offset = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
        if int(found[9] or 0) > 23 or int(found[10] or 0) > 59:
            raise invalid("not_an_instant", at)
        zone = timezone(-offset if found[8] == "-" else offset)
        try:
            parts = [int(found[part]) for part in range(1, 7)]
            return datetime(*parts, int((found[7] or "").ljust(6, "0")), zone).astimezone(UTC)  # type: ignore[arg-type, call-arg]
        except ValueError:
            raise invalid("not_an_instant", at) from None

    def parse(self, text: str, at: str) -> datetime:
        """The instant out of an address, where a plus sign that nobody escaped arrives as a blank."""
        return self.read(text.replace(" ", "+"), at)

    def schema(self) -> Schema:
        """A date-time."""
        return {"type": "string", "format": "date-time"}


@dataclass(frozen=True)
class Day(Kind):
    """A calendar day, from the year 2000 to 2100."""

    def read(self, value: object, at: str) -> date:
        """The day. Raises: Invalid `not_a_date`."""
        found = _DAY.fullmatch(value) if isinstance(value, str) else None
        try:
            if found and int(found[1]) in _YEARS:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass  # 30 February: refused below like any other text
        raise invalid("not_a_date", at)

    def schema(self) -> Schema:
        """A date."""
        return {"type": "string", "format": "date"}


KEY = Pattern(_KEY, "not_an_id", 18)
EMAIL = Pattern(_EMAIL, "not_an_email")
CODE = Pattern(re.compile("[A-Za-z0-9_.-]{1,40}"), "not_a_code", 40)
BP = Integer(0, 10_000)
VERSION = Integer(1, 10**9)
