"""A priced list in a bid, and the order in which differing amounts are put right (报价修正).

After 政府采购货物和服务招标投标管理办法 (财政部令第87号) 第五十九条: the opening list before other parts of the bid,
capitals before figures, the total before a unit price with a slipped decimal point, unit prices before a total.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, ClassVar, NamedTuple

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from schemas.capitals import of_capitals
from schemas.ids import BidId, PartyId
from schemas.model import Model, up_to
from schemas.money import MOST_FEN, Money
from schemas.project import ProjectFact

MOST_ITEMS = 50
MOST_QUANTITY = 1_000_000
SLIPS = (Fraction(10), Fraction(1, 10), Fraction(100), Fraction(1, 100), Fraction(1000), Fraction(1, 1000))
"""by how much a decimal point can be off"""


def _readable(text: str) -> str:
    try:
        of_capitals(text)
    except ValueError:
        raise PydanticCustomError("not_in_capitals", "should be an amount in capitals, 人民币…元…") from None
    return text


class PricedItem(Model):
    """One line: `quantity` of `unit` at `unit_price`."""

    name: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*\S[^\x00]*$")]
    unit: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[^\x00]*\S[^\x00]*$")]
    quantity: Annotated[Decimal, Field(gt=0, le=MOST_QUANTITY, decimal_places=2), up_to(MOST_QUANTITY)]
    unit_price: Money

    @property
    def cost(self) -> Fraction:
        """In fen, exact."""
        return Fraction(self.quantity) * self.unit_price.fen


def _payable(items: tuple[PricedItem, ...]) -> tuple[PricedItem, ...]:
    if items and not 0 < _rounded(_added(items)) <= MOST_FEN:
        raise PydanticCustomError("no_amount_to_pay", "should add up to an amount that can be paid")
    return items


class Quotation(Model):
    """What a bid says of its price besides the one figure of the opening list (开标一览表)."""

    capitals: Annotated[str, Field(min_length=2, max_length=100), AfterValidator(_readable)] | None = None
    """the price of the opening list in capitals (大写)"""
    total: Money | None = None
    """as another part of the bid states it"""
    items: Annotated[tuple[PricedItem, ...], Field(max_length=MOST_ITEMS), AfterValidator(_payable)] = ()


class CorrectionRule(StrEnum):
    OPENING_LIST = "opening_list"
    """the opening list holds against other parts of the bid"""
    CAPITALS = "capitals"
    """capitals hold against figures"""
    DECIMAL_SLIP = "decimal_slip"
    """the total holds against a unit price whose decimal point slipped"""
    UNIT_PRICE = "unit_price"
    """what unit prices add up to holds against the total"""


class Correction(Model):
    """One difference that was put right: the price before and after, and how."""

    rule: CorrectionRule
    before: Money
    after: Money
    arithmetic: str


class QuotationOpened(ProjectFact):
    """The priced list of a bid that was opened; its digest covers it."""

    type: ClassVar[str] = "quotation.opened"

    bid_id: BidId
    quotation: Quotation


class PriceCorrected(ProjectFact):
    """The amounts of a bid differ. The bidder confirms the corrected price before `confirm_until`, exclusive."""

    type: ClassVar[str] = "price.corrected"

    bid_id: BidId
    bidder_id: PartyId
    stated: Money
    corrected: Money
    steps: tuple[Correction, ...]
    confirm_until: datetime


class CorrectionAnswered(ProjectFact):
    """`confirmed` false: the bidder does not stand by the corrected price, and the bid cannot take part."""

    type: ClassVar[str] = "correction.answered"

    bid_id: BidId
    confirmed: bool


class _Found(NamedTuple):
    after: Money
    arithmetic: str


def corrections(price: Money, quotation: Quotation, order: Iterable[CorrectionRule]) -> tuple[Correction, ...]:
    """What differs, each put right from the price the last one left, in the rulebook's order."""
    steps: list[Correction] = []
    for rule in order:
        if found := _RULES[rule](price, quotation):
            steps.append(Correction(rule=rule, before=price, after=found.after, arithmetic=found.arithmetic))
            price = found.after
    return tuple(steps)


def _opening_list(price: Money, quotation: Quotation) -> _Found | None:
    if quotation.total in (None, price):
        return None
    return _Found(price, f"开标一览表 · opening list: {price} ≠ {quotation.total}")


def _capitals(price: Money, quotation: Quotation) -> _Found | None:
    written = price if quotation.capitals is None else of_capitals(quotation.capitals)
    return None if written == price else _Found(written, f"大写 · in capitals: {quotation.capitals} ≠ {price}")


def _decimal_slip(price: Money, quotation: Quotation) -> _Found | None:
    slipped = _slipped(price, quotation.items)
    return None if slipped is None else _Found(price, f"单价小数点错位 · slipped decimal point: {slipped}")


def _slipped(price: Money, items: Sequence[PricedItem]) -> str | None:
    """The item and the factor that make the list add up to the total; none if it does already, or nothing does."""
    total = _added(items)
    if not items or _rounded(total) == price.fen:
        return None
    for item in items:
        for slip in SLIPS:
            if _rounded(total + item.cost * (slip - 1)) == price.fen:
                return f"{item.name} {item.unit_price} × {slip}"
    return None


def _unit_price(price: Money, quotation: Quotation) -> _Found | None:
    items = quotation.items
    total = Money(_rounded(_added(items)))
    if not items or total == price or _slipped(price, items):
        return None
    added = " + ".join(f"{item.unit_price} × {item.quantity}" for item in items)
    return _Found(total, f"单价汇总 · by unit prices: {added} = {total} ≠ {price}")


def _added(items: Iterable[PricedItem]) -> Fraction:
    return sum((item.cost for item in items), Fraction(0))


def _rounded(fen: Fraction) -> int:
    """Half up, to the fen."""
    return int(fen + Fraction(1, 2))


_RULES = {
    CorrectionRule.OPENING_LIST: _opening_list,
    CorrectionRule.CAPITALS: _capitals,
    CorrectionRule.DECIMAL_SLIP: _decimal_slip,
    CorrectionRule.UNIT_PRICE: _unit_price,
}
