"""What an agreement fixes beside price and tranche plan: indicators, limits of cost heads, the payment term, work."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.model import Model, up_to
from schemas.money import Money, Positive, sum_of

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
"""what a criterion, an indicator, a cost head or a kind of work is called in files and paths"""
Name = Annotated[str, Field(min_length=1, max_length=100)]
MOST_UNITS = 10**9
Unit = Annotated[str, Field(min_length=1, max_length=20)]
"""of counting: 人次, 场, 小时"""


class Instrument(StrEnum):
    """Under what kind of arrangement public or charitable money is paid."""

    PURCHASE = "purchase"
    """政府购买服务"""
    COMMISSION = "commission"
    """委托社区协助: what a department wants from a community outside the lists, paid by workload"""
    PROJECT_GRANT = "project_grant"
    """项目资金"""
    SUBSIDY = "subsidy"
    """活动经费补贴"""
    REWARD = "reward"
    """以奖代补, paid after the result"""
    RESIDENTS_FUND = "residents_fund"
    """服务群众专项经费, decided by residents"""


class Indicator(Model):
    """What is to be reached, in so many units, and the points it brings when judged by actual ÷ planned."""

    id: Code
    name: Name
    unit: Unit
    planned: Annotated[int, Field(ge=1, le=MOST_UNITS)]
    points: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2), up_to(100)]


class CostLimit(Model):
    """A cost head and the most of the price that may be spent under it."""

    head: Code
    name: Name
    most_percent: Annotated[int, Field(ge=0, le=100)]


class PaymentTerm(Model):
    """Within so many days, and what each day late costs; without one the rulebook's apply."""

    days: Annotated[int, Field(ge=1, le=60)]
    """calendar days from the day the gate opened"""
    late_permyriad: Annotated[int, Field(ge=0, le=100)]
    """of the amount, for each day late"""


class WorkItem(Model):
    """A kind of work paid by the unit: the fee is the units accepted × the unit price, up to `most_units`."""

    id: Code
    name: Name
    unit: Unit
    unit_price: Positive
    most_units: Annotated[int, Field(ge=1, le=10**6)]

    def fee(self, units: int) -> Money:
        return Money(self.unit_price.fen * min(units, self.most_units))


def _distinct(names: Iterable[str]) -> None:
    counts = Counter(names)
    if counts.total() > len(counts):
        raise PydanticCustomError("named_twice", "one of its entries stands twice")


class Clauses(Model):
    """The further terms of a tender, and of the agreement that comes of it."""

    indicators: Annotated[tuple[Indicator, ...], Field(max_length=30)] = ()
    cost_limits: Annotated[tuple[CostLimit, ...], Field(max_length=20)] = ()
    """empty: any cost head up to the price"""
    payment: PaymentTerm | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _distinct(indicator.id for indicator in self.indicators)
        _distinct(limit.head for limit in self.cost_limits)
        return self


class Work(Model):
    """The kinds of work of an agreement that is paid by workload."""

    items: Annotated[tuple[WorkItem, ...], Field(min_length=1, max_length=50)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _distinct(item.id for item in self.items)
        return self

    @property
    def most(self) -> Money:
        """What all units together would cost."""
        return sum_of(item.fee(item.most_units) for item in self.items)


NO_CLAUSES = Clauses()
