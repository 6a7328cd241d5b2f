"""Amounts as vouchers and agreements write them: in figures, and in capitals (大写) that nobody can add a stroke to.

After 中国人民银行《支付结算办法》附一 正确填写票据和结算凭证的基本规定, whose examples the tests hold. Where it leaves
a choice (one 零 or none, 整 after 角 or not), an amount is written as in the first of its examples.
"""

from schemas.money import Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


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
