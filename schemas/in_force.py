"""Beginning something under a rulebook: the edition of the day, whole enough, and of the right place."""

from datetime import date

from schemas import division
from schemas.deciding import Context, Rulebooks
from schemas.refused import Refused
from schemas.rulebook import Rulebook

A_BALLOT = frozenset({"ballot.tally_rules", "ballot.vote_types"})
A_PROJECT = frozenset(
    {
        *("tender.award_order", "tender.bid_days_least", "tender.bid_days_most"),
        *(
            "tender.bidder_standing",
            "tender.bids_least",
            "tender.ceiling",
            "tender.deadline",
            "tender.evaluators_least",
        ),
        *("tender.full_marks", "tender.last_percent_least", "tender.price_points_least"),
        *("tender.qualified_least", "tender.upfront_percent_most", "ranking.qualified_least"),
        *("evaluation.bands", "evaluation.factors", "evaluation.level_points", "evaluation.most_tokens"),
        *("evaluation.rating_window_days", "evaluation.score_decimals", "evaluation.small_sample"),
        *("evaluation.unrated", "evaluation.weights"),
        *("funds.gates", "funds.reservation", "funds.restricted_lottery", "funds.restricted_purpose"),
        "need.categories",
    }
)
"""Paths that the services of a project ask for whatever its edition; later ones they look for first."""
BY_METHOD = frozenset({"tender.below_fen", "tender.price_points_most"})
"""Limits that only some methods of purchase have: looked for first as well."""


def in_force(id: str, needed: frozenset[str], context: Context, place: str | None = None) -> Rulebook:
    """The edition in force today, with all that is `needed`, at home where the thing is that begins (a division)."""
    book = context.rulebooks.named(id, on=context.today)
    if book.effective_from > context.today:
        raise Refused("rulebook_not_in_force", field="rulebook", rulebook=book.id, since=book.effective_from)
    missing = sorted(needed - book.rules.keys())
    if missing:
        raise Refused("rulebook_lacks", status=422, field="rulebook", rulebook=book.name, path=missing[0])
    if place is not None and book.jurisdiction is not None and not division.covers(book.jurisdiction, place):
        raise Refused("rulebook_elsewhere", status=422, field="rulebook", rulebook=book.name, place=place)
    return book


def of_the_area(name: str, place: str, rulebooks: Rulebooks, today: date) -> Rulebook | None:
    """What officers adopted under this name for the county, its prefecture or province, the nearest first."""
    for area in dict.fromkeys((place[:6], place[:4] + "00", place[:2] + "0000")):
        try:
            book = rulebooks.named(f"{area}/{name}", on=today)
        except Refused:
            continue
        if book.effective_from <= today:
            return book
    return None
