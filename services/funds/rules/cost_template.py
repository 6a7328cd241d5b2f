"""The workbook a provider fills in and hands back: what is left under each head, and the columns of its lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.money import Money
from schemas.workbook import Cell, written
from services.funds.rules.columns import CostColumns
from services.funds.rules.costs import Spending, limit_of

SHEET = "支出报告"
_WIDTHS = (14, 20, 14, 16, 30, 26, 26, 24, 22, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLeft:
    head: str
    name: str
    limit: Money | None
    """none where the agreement sets no limit; then only the price binds"""
    used: Money
    left: Money


def left_in_all(spending: Spending, price: Money) -> Money:
    """Nothing when the price came down below what was spent."""
    return Money(max(0, price.fen - spending.counted.fen))


def heads_left(spending: Spending, price: Money, names: Mapping[str, str]) -> tuple[HeadLeft, ...]:
    """Of each head no more than is left in all. `names`: code → name of the heads there may be."""
    return tuple(_left(head, name, spending, price) for head, name in names.items())


def _left(head: str, name: str, spending: Spending, price: Money) -> HeadLeft:
    limit, used, left = spending.limit(head), spending.head(head).counted, left_in_all(spending, price)
    if limit is None:
        return HeadLeft(head=head, name=name, limit=None, used=used, left=left)
    most = limit_of(price, limit)
    return HeadLeft(head=head, name=name, limit=most, used=used, left=min(left, Money(max(0, most.fen - used.fen))))


def template_of(
    title: str, heads: Iterable[HeadLeft], kinds: Iterable[str], left: Money, columns: CostColumns
) -> bytes:
    """As xlsx, one sheet: above the header row whatever helps, below it nothing yet.

    `kinds`: what may be bought, in words. `left`: of the price, under all heads together.
    """
    above: list[tuple[Cell, ...]] = [
        ("支出报告 Report of costs", title),
        ("在最后一行表头下每行填一笔支出,整表上传;金额以元为单位,发票号码请设为文本格式。",),
        ("One line per invoice under the last header row; amounts in yuan, invoice numbers as text cells.",),
        ("可列支类别 Kinds", "、".join(kinds)),
        ("全部科目还可列支 Left in all", left),
        ("科目代码 Head", "科目名称 Name", "限额 Limit", "已列支 Used", "还可列支 Left"),
        *((one.head, one.name, "—" if one.limit is None else one.limit, one.used, one.left) for one in heads),
        (),
    ]
    header = tuple(name for _, name in columns if name is not None)
    return written(SHEET, (*above, header), frozenset({0, 5, len(above)}), _WIDTHS)
