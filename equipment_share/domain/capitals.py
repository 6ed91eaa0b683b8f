"""Amounts in Chinese capitals 大写, as printed statements carry them."""

from __future__ import annotations

from equipment_share.domain.money import Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def in_capitals(amount: Money) -> str:
    """An amount in capitals: 1234.05 is 壹仟贰佰叁拾肆元零伍分.

    Units: whole fen. Rounding: none.
    Raises: nothing below 10^16 yuan.
    Source: docs/rules.md#capitals
    """
    sign, fen = ("负" if amount.fen < 0 else ""), abs(amount.fen)
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    whole = f"{_whole(yuan)}元" if yuan else ""
    if not jiao and not rest:
        return f"{sign}{whole or '零元'}整"
    gap = "零" if yuan and not jiao else ""
    tail = (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[rest]}分" if rest else "整")
    return f"{sign}{whole}{gap}{tail}"


def _whole(yuan: int) -> str:
    """Whole yuan by groups of four digits; one 零 stands for any run of empty places."""
    parts: list[str] = []
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    empty = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            empty = empty or bool(parts)
            continue
        if parts and (empty or group < 1000):
            parts.append("零")
        parts.append(_group(group) + ("万" if index == 3 and groups[2] else GROUPS[index]))  # 壹万贰仟亿: one 亿 for both groups
        empty = False
    return "".join(parts)


def _group(group: int) -> str:
    out, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            out += ("零" if gap and out else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return out
