"""Amounts as vouchers and agreements write them: in figures, and in capitals (大写) that nobody can add a stroke to.

After 中国人民银行《支付结算办法》附一 正确填写票据和结算凭证的基本规定, whose examples the tests hold. Where it leaves
a choice (one 零 or none, 整 after 角 or not), an amount is written as in the first of its examples.
"""

import re

from schemas.money import Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
AMOUNT = re.compile(
    r"((?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)元)?零?((?P<jiao>[零壹贰叁肆伍陆柒捌玖])角)?零?((?P<fen>[壹贰叁肆伍陆柒捌玖])分)?"
)


def in_figures(amount: Money) -> str:
    """`¥123,456.78`"""
    return f"¥{amount.fen // 100:,}.{amount.fen % 100:02d}"


def in_capitals(amount: Money) -> str:
    """`人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分`; whole yuan end in 整."""
    yuan, jiao, fen = amount.fen // 100, amount.fen // 10 % 10, amount.fen % 10
    if not jiao and not fen:
        return f"人民币{_counted(yuan)}元整"
    gap = DIGITS[0] if yuan and (not jiao or yuan % 10 == 0) else ""
    whole = f"{_counted(yuan)}元{gap}" if yuan else ""
    return f"人民币{whole}{_part(jiao, '角')}{_part(fen, '分')}"


def _counted(number: int) -> str:
    """By its largest unit; 零 stands for the places that what is left does not fill."""
    for unit, name in UNITS:
        if number >= unit:
            high, low = divmod(number, unit)
            gap = DIGITS[0] if 0 < low < unit // 10 else ""
            return f"{_counted(high)}{name}{gap}{_counted(low) if low else ''}"
    return DIGITS[number]


def _part(digit: int, name: str) -> str:
    return f"{DIGITS[digit]}{name}" if digit else ""


def of_capitals(text: str) -> Money:
    """The amount that `text` writes in capitals, with or without 人民币 and 整; 圆 is 元, 正 is 整.

    Raises ValueError where it is no such amount.
    """
    plain = text.strip().removeprefix("人民币").replace("圆", "元").rstrip("整正")
    match = AMOUNT.fullmatch(plain)
    if match is None or not plain:
        raise ValueError(f"{text} is no amount in capitals")
    yuan, jiao, fen = (_value(match[part] or "") for part in ("yuan", "jiao", "fen"))
    return Money(yuan * 100 + jiao * 10 + fen)


def _value(number: str) -> int:
    """Of a whole number by its largest unit, as `_counted` writes it; 零 fills places and counts nothing."""
    if not number.strip(DIGITS[0]):
        return 0
    for unit, name in UNITS:
        high, found, low = number.rpartition(name)
        if found:
            return (_value(high) if high else 1) * unit + _value(low)
    digit = number.strip(DIGITS[0])
    if len(digit) != 1:
        raise ValueError(f"{number} is no number in capitals")
    return DIGITS.index(digit)
