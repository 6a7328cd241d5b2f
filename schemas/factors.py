"""What may be scored in a statutory purchase: a closed list, and what neither lets in nor scores whoever writes it."""

import re
from collections.abc import Iterable

from schemas.refused import Refused
from schemas.rulebook import Certainty, Rulebook, Source
from schemas.tender import Criterion

REGIME = "purchase.regime"
STATUTORY = "statutory"
FACTORS = "scoring.factors"
_LAW = Source(
    "政府采购法实施条例第二十条:不得以不合理的条件对供应商实行差别待遇或者歧视待遇(限定所在地、特定行政区域的业绩和奖项等)",
    Certainty.LAW,
)
_PRACTICE = Source(
    "政府采购法实施条例第二十条的通行理解:等级、名录和距离只供参考,不作为法定采购的资格条件或评分因素", Certainty.COMMON
)
NEVER = {
    "local_registration": _LAW,
    "local_award": _LAW,
    "local_performance": _LAW,
    "grade": _PRACTICE,
    "local_list": _PRACTICE,
    "distance": _PRACTICE,
}
"""What neither lets in nor scores in a statutory purchase, whatever a document says."""


def factor_of(criterion: Criterion) -> str:
    """A criterion declares its factor by its id, with a number where there are several: `plan`, `plan_2`."""
    return re.sub(r"_[0-9]+$", "", criterion.id)


def check_factors(criteria: Iterable[Criterion], rulebook: Rulebook) -> None:
    """In a statutory purchase each criterion is of a factor the rulebook lists, and never of a forbidden one."""
    if REGIME not in rulebook.rules or rulebook.value(REGIME) != STATUTORY:
        return
    for place, criterion in enumerate(criteria):
        field, factor = f"terms.criteria.{place}.id", factor_of(criterion)
        if factor in NEVER:
            raise Refused("factor_forbidden", NEVER[factor], status=422, field=field, criterion=criterion.id)
        listed = tuple(rulebook.value(FACTORS)) if FACTORS in rulebook.rules else ()
        if listed and factor not in listed:
            source = rulebook.source(FACTORS)
            raise Refused("factor_not_listed", source, status=422, field=field, criterion=criterion.id, listed=listed)
