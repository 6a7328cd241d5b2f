"""What is said while a tender is open: questions and answers, and amendments of its documents."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from schemas.ids import PartyId
from schemas.project import ProjectFact
from schemas.tender import Terms


class QuestionAsked(ProjectFact):
    """Somebody who may bid asked. Never who: bidders must not learn of each other before the opening.

    `answer_due` is exclusive.
    """

    type: ClassVar[str] = "question.asked"

    question_id: UUID
    text: str
    answer_due: datetime


class QuestionAnswered(ProjectFact):
    """To all alike. `amendment`: the number of the one that makes what the answer changes; none: it only explains."""

    type: ClassVar[str] = "question.answered"

    question_id: UUID
    text: str
    amendment: int | None
    answered_by: PartyId
    answered_at: datetime


class TenderAmended(ProjectFact):
    """The documents as they are from now on, whole. Bids that are in stay in; ceiling, money and rulebook stay.

    `closes_at` is exclusive; it is `closed_at_before` unless it was put off.
    """

    type: ClassVar[str] = "tender.amended"

    number: int
    """from 1"""
    reason: str
    terms: Terms
    closes_at: datetime
    closed_at_before: datetime
    holidays_known: bool
    """whether the year's holidays were published when a late deadline was put off"""
    amended_at: datetime
    drafted_by: PartyId
    approved_by: PartyId
    """another person than the one who drafted"""
