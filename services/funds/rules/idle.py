"""What money that lies unspent counts as on a day: of this year, carried over (结转), surplus (结余).

The budget year of a lot is the calendar year it arrived in. How many years may pass stands in the rulebook, with its
source.
"""

from datetime import date
from enum import StrEnum

from schemas.fund import SourceType
from schemas.money import Money
from schemas.rulebook import Rulebook

CARRY_OVER = "funds.carry_over_years"
NOT_PUBLIC = "funds.not_public_money"
PUBLIC = frozenset({SourceType.BUDGET, SourceType.LOTTERY})
"""under the budget law; the welfare lottery fund is part of the government funds' budget"""


class Standing(StrEnum):
    USED_UP = "used_up"
    CURRENT = "current"
    CARRIED_OVER = "carried_over"
    SURPLUS = "surplus"
    KEPT = "kept"
    """not public money: it stays what its giver meant it for"""


def rule_for(source_type: SourceType) -> str:
    """The path in the rulebook of what says how long it may lie."""
    return CARRY_OVER if source_type in PUBLIC else NOT_PUBLIC


def standing(source_type: SourceType, arrived_on: date, balance: Money, on: date, rulebook: Rulebook) -> Standing:
    """2024's money on 2026-01-01 lay unused through two years: with a rule of two years it is surplus."""
    if not balance:
        return Standing.USED_UP
    if source_type not in PUBLIC:
        return Standing.KEPT
    years = on.year - arrived_on.year
    if years >= rulebook.integer(CARRY_OVER):
        return Standing.SURPLUS
    return Standing.CARRIED_OVER if years else Standing.CURRENT
