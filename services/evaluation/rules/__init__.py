"""Who may rate what and when, and how a grade comes of it."""

from services.evaluation.rules.evaluation import (
    Evaluation,
    Grade,
    Level,
    PartyRating,
    Rating,
    Tally,
    Token,
    chained,
    rating_id,
    token_digest,
    token_id,
)
from services.evaluation.rules.evolving import evolve
from services.evaluation.rules.grading import grade, open_window
from services.evaluation.rules.party_rating import RateParty, rate_party
from services.evaluation.rules.rating import GivenRating, RateMilestone, rate
from services.evaluation.rules.tokens import IssueTokens, issue

__all__ = [
    "Evaluation",
    "GivenRating",
    "Grade",
    "IssueTokens",
    "Level",
    "PartyRating",
    "RateMilestone",
    "RateParty",
    "Rating",
    "Tally",
    "Token",
    "chained",
    "evolve",
    "grade",
    "issue",
    "open_window",
    "rate",
    "rate_party",
    "rating_id",
    "token_digest",
    "token_id",
]
