"""Unified social credit codes 统一社会信用代码, checked by python-stdnum."""

from __future__ import annotations

from stdnum.cn import uscc


def compact_uscc(code: str) -> str:
    """The code without blanks, in capitals."""
    return str(uscc.compact(code))


def is_uscc(code: str) -> bool:
    """Whether the check digit holds."""
    return bool(uscc.is_valid(code))
