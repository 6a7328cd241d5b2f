"""What evaluation remembers. All SQL of the service: `books` writes and locks, `questions` answers."""

from services.evaluation.store.books import load, save
from services.evaluation.store.questions import (
    Standing,
    comments_of,
    community_book,
    evaluation_of,
    governance_grade,
    governance_grades,
    graded_of,
    listed_of,
    moderated_of,
    published_of,
    rows_of,
    self_evaluation_of,
    self_evaluation_table,
    standings,
    street_ratings_of,
)

__all__ = [
    "Standing",
    "comments_of",
    "community_book",
    "evaluation_of",
    "governance_grade",
    "governance_grades",
    "graded_of",
    "listed_of",
    "load",
    "moderated_of",
    "published_of",
    "rows_of",
    "save",
    "self_evaluation_of",
    "self_evaluation_table",
    "standings",
    "street_ratings_of",
]
