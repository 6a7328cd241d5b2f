"""Whose applications come first in a venture round, of those with equal scores."""

from typing import ClassVar

from schemas.ids import ApplicationId
from schemas.round import RoundFact


class ApplicantsPreferred(RoundFact):
    """Some of them; `round.scored` follows. Their organizations were last graded as the round's rulebook asks for."""

    type: ClassVar[str] = "applicants.preferred"

    applications: tuple[ApplicationId, ...]
    grades: tuple[str, ...]
    """that bring priority"""
    source: str
    """of the rule"""
