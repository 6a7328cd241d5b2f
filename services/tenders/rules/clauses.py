"""What a tender or a direct arrangement may fix beside price and plan: within the rulebook, where it sets a bound."""

from schemas.clauses import Clauses
from schemas.refused import Refused
from schemas.rulebook import Rulebook

FULL_POINTS = 100
COST_PERCENT_MOST = "tender.cost_percent_most"
PAYMENT_DAYS_MOST = "tender.payment_days_most"


def check_clauses(clauses: Clauses, rulebook: Rulebook, field: str) -> None:
    """`field`: where they stand in the request. The points of the indicators make at most 100."""
    points = sum(indicator.points for indicator in clauses.indicators)
    if points > FULL_POINTS:
        raise Refused(
            "indicator_points_above_most", status=422, field=f"{field}.indicators", total=points, most=FULL_POINTS
        )
    _check_costs(clauses, rulebook, field)
    if clauses.payment is not None and PAYMENT_DAYS_MOST in rulebook.rules:
        most = rulebook.integer(PAYMENT_DAYS_MOST)
        if clauses.payment.days > most:
            source = rulebook.source(PAYMENT_DAYS_MOST)
            raise Refused("payment_days_above_most", source, status=422, field=f"{field}.payment.days", most=most)


def _check_costs(clauses: Clauses, rulebook: Rulebook, field: str) -> None:
    bounds = rulebook.value(COST_PERCENT_MOST) if COST_PERCENT_MOST in rulebook.rules else {}
    for place, limit in enumerate(clauses.cost_limits):
        most = bounds.get(limit.head)
        if most is not None and limit.most_percent > most:
            raise Refused(
                "cost_limit_above_most",
                rulebook.source(COST_PERCENT_MOST),
                status=422,
                field=f"{field}.cost_limits.{place}.most_percent",
                head=limit.name,
                percent=limit.most_percent,
                most=most,
            )
