"""What a tender may fix for itself: everything within the bounds of its rulebook."""

from datetime import date
from decimal import Decimal

from schemas.factors import check_factors
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.tender import Terms
from schemas.term import check_planned
from schemas.tranche import Gate, TranchePlan
from services.tenders.rules.clauses import check_clauses

FULL_MARKS = Decimal(100)
PRICE_MOST = "tender.price_points_most"
"""open bidding has no such bound"""
_ORDER = list(Gate)


def check_terms(terms: Terms, bid_days: int, rulebook: Rulebook, today: date) -> None:
    _check_points(terms, rulebook)
    check_factors(terms.criteria, rulebook)
    _check_plan(terms.tranche_plan, rulebook)
    check_clauses(terms.clauses, rulebook, "terms.clauses")
    check_planned(terms.term, today, rulebook, "terms.term")
    least, most = rulebook.integer("tender.bid_days_least"), rulebook.integer("tender.bid_days_most")
    if not least <= bid_days <= most:
        path = "tender.bid_days_least" if bid_days < least else "tender.bid_days_most"
        raise Refused(
            "bid_days_out_of_bounds", rulebook.source(path), status=422, field="bid_days", least=least, most=most
        )


def _check_points(terms: Terms, rulebook: Rulebook) -> None:
    field = "terms.price_points"
    least = Decimal(rulebook.integer("tender.price_points_least"))
    highest = PRICE_MOST if PRICE_MOST in rulebook.rules else "tender.full_marks"
    most = Decimal(rulebook.integer(highest))
    if not least <= terms.price_points <= most:
        path = "tender.price_points_least" if terms.price_points < least else highest
        raise Refused(
            "price_points_out_of_bounds", rulebook.source(path), status=422, field=field, least=least, most=most
        )
    if len({criterion.id for criterion in terms.criteria}) < len(terms.criteria):
        raise Refused("criteria_repeat", status=422, field="terms.criteria")
    total = terms.price_points + sum(criterion.points for criterion in terms.criteria)
    if total != FULL_MARKS:
        source = rulebook.source("tender.full_marks")
        raise Refused("points_miss_full_marks", source, status=422, field="terms.criteria", total=total)


def _check_plan(plan: TranchePlan, rulebook: Rulebook) -> None:
    """A tranche behind several gates comes when the last of them opens."""
    field = "terms.tranche_plan"
    gates = [max(map(_ORDER.index, tranche.gates)) for tranche in plan.tranches]
    if gates != sorted(gates):
        raise Refused("tranches_out_of_order", status=422, field=field)
    upfront = sum(t.share_percent for t in plan.tranches if t.gates == (Gate.SIGNED,))
    most = rulebook.integer("tender.upfront_percent_most")
    if upfront > most:
        source = rulebook.source("tender.upfront_percent_most")
        raise Refused("upfront_too_large", source, status=422, field=field, upfront=upfront, most=most)
    last = sum(t.share_percent for t in plan.tranches if Gate.FINAL_GRADED in t.gates)
    least = rulebook.integer("tender.last_percent_least")
    if last < least:
        source = rulebook.source("tender.last_percent_least")
        raise Refused("last_tranche_too_small", source, status=422, field=field, last=last, least=least)
    bands = tuple(str(band["grade"]) for band in rulebook.value("evaluation.bands"))
    for tranche in plan.tranches:
        if tranche.grade_at_least is not None and tranche.grade_at_least not in bands:
            source = rulebook.source("evaluation.bands")
            raise Refused("no_such_grade", source, status=422, field=field, grade=tranche.grade_at_least, bands=bands)
