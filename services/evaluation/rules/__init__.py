"""Who may rate what and when, and how a grade comes of it."""

from services.evaluation.rules.box import RatingBox
from services.evaluation.rules.certainty import wilson
from services.evaluation.rules.dense import Row
from services.evaluation.rules.ending import end_early
from services.evaluation.rules.evaluation import (
    Assessment,
    Evaluation,
    FollowUp,
    Level,
    Listed,
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
from services.evaluation.rules.grade import Announcement, Grade, OfAll, Words
from services.evaluation.rules.grading import grade, open_window
from services.evaluation.rules.party_rating import RateParty, rate_party
from services.evaluation.rules.rating import GivenRating, RateMilestone, rate
from services.evaluation.rules.remark import ModerateRemark, Remark, Withheld, moderate
from services.evaluation.rules.replying import (
    AcceptGrade,
    DecideReevaluation,
    ReplyToGrade,
    RequestReevaluation,
    accept,
    decide,
    reply,
    request,
)
from services.evaluation.rules.ringing import ring
from services.evaluation.rules.sampling import DrawSample, draw
from services.evaluation.rules.tokens import IssueTokens, issue

__all__ = [
    "AcceptGrade",
    "Announcement",
    "AnswerFollowUp",
    "Assessment",
    "CloseFollowUp",
    "DecideReevaluation",
    "DrawSample",
    "Evaluation",
    "FollowUp",
    "GivenRating",
    "Grade",
    "IssueTokens",
    "Level",
    "Listed",
    "ModerateRemark",
    "OfAll",
    "PartyRating",
    "RateMilestone",
    "RateParty",
    "Rating",
    "RatingBox",
    "Remark",
    "ReplyToGrade",
    "RequestReevaluation",
    "Row",
    "Sample",
    "Tally",
    "Token",
    "TokenList",
    "Withheld",
    "Words",
    "accept",
    "answer",
    "chained",
    "close",
    "decide",
    "draw",
    "end_early",
    "evolve",
    "grade",
    "issue",
    "listed_id",
    "moderate",
    "open_window",
    "rate",
    "rate_party",
    "rating_id",
    "reply",
    "request",
    "ring",
    "token_digest",
    "token_id",
    "wilson",
]
