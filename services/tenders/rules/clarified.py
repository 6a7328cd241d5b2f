"""What a project keeps of the questions asked while its tender is open, and of the amendments."""

from datetime import datetime
from uuid import UUID

from schemas.ids import PartyId
from schemas.model import Model
from schemas.tender import Terms


class Reply(Model):
    """The buyer's answer. `amendment`: the number of the one that makes what it changes."""

    text: str
    amendment: int | None
    answered_at: datetime


class Question(Model):
    """`asked_by` is for counting and for the asker itself; it leaves this service in nothing."""

    id: UUID
    text: str
    asked_by: PartyId
    asked_at: datetime
    answer_due: datetime
    """exclusive"""
    holidays_known: bool
    """whether the year's holidays were published when the days were counted"""
    reply: Reply | None = None

    def overdue(self, at: datetime) -> bool:
        """Not answered in time, whether it was answered since or not."""
        return (self.reply.answered_at if self.reply else at) >= self.answer_due


class AmendmentDraft(Model):
    """What one person would change, for another to approve. Terms whole; `closes_at`: a later deadline, if wished."""

    id: UUID
    terms: Terms
    closes_at: datetime | None
    reason: str
    drafted_by: PartyId


class Amendment(Model):
    """One that holds. Its terms are the project's until the next."""

    number: int
    reason: str
    amended_at: datetime
    closes_at: datetime
    closed_at_before: datetime
    holidays_known: bool
    drafted_by: PartyId
    approved_by: PartyId
