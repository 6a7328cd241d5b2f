"""Who may rate what and when, and how a grade comes of it."""

from services.evaluation.rules.box import RatingBox
from services.evaluation.rules.bursts import Row
from services.evaluation.rules.certainty import wilson
from services.evaluation.rules.evaluation import (
    Assessment,
    Evaluation,
    FollowUp,
    Grade,
    Level,
    Listed,
    OfAll,
    PartyRating,
    Rating,
    Sample,
    Tally,
    Token,
    TokenList,
    chained,
    listed_id,
    rating_id,
    token_digest,
    token_id,
)
from services.evaluation.rules.evolving import evolve
from services.evaluation.rules.followups import AnswerFollowUp, CloseFollowUp, answer, close
from services.evaluation.rules.grading import grade, open_window, ring
from services.evaluation.rules.party_rating import RateParty, rate_party
from services.evaluation.rules.rating import GivenRating, RateMilestone, rate
from services.evaluation.rules.sampling import DrawSample, draw
from services.evaluation.rules.tokens import IssueTokens, issue

__all__ = [
    "AnswerFollowUp",
    "Assessment",
    "CloseFollowUp",
    "DrawSample",
    "Evaluation",
    "FollowUp",
    "GivenRating",
    "Grade",
    "IssueTokens",
    "Level",
    "Listed",
    "OfAll",
    "PartyRating",
    "RateMilestone",
    "RateParty",
    "Rating",
    "RatingBox",
    "Row",
    "Sample",
    "Tally",
    "Token",
    "TokenList",
    "answer",
    "chained",
    "close",
    "draw",
    "evolve",
    "grade",
    "issue",
    "listed_id",
    "open_window",
    "rate",
    "rate_party",
    "rating_id",
    "ring",
    "token_digest",
    "token_id",
    "wilson",
]
