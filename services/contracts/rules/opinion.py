"""The supervision committee's opinions, as they are remembered: what was said, to whom, and what came back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.contract import Milestone
from schemas.delivery import OpinionKind
from schemas.ids import PartyId
from schemas.role import Role
from schemas.rulebook import Certainty, Source

SUPERVISION = Source(
    "吉林省民政厅提案答复(监督委员会监督);信阳市民政局 信民函〔2020〕41号(居民全过程监督服务项目实施和资金使用)",
    Certainty.FOUNDING,
)
"""From which follows: what the committee asks is answered before the delivery is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One of them. `answer_due`, exclusive, is there where an answer is owed; `filed_by` is a person."""

    id: UUID
    kind: OpinionKind
    milestone: Milestone | None
    """none: about the use of the money"""
    addressed_to: Role
    text: str
    filed_by: PartyId
    filed_at: datetime
    answer_due: datetime | None
    answer: str | None = None
    answered_by: PartyId | None = None
    answered_at: datetime | None = None
    overdue: bool = False
    signed: int | None = None
    """how many of the members `listed` signed it; none under an edition that asks for no quorum"""
    listed: int | None = None

    @property
    def owed(self) -> bool:
        """An answer is owed and has not come."""
        return self.answer_due is not None and self.answer is None

    def holds_until(self, acceptance_due: datetime) -> datetime | None:
        """Until when the buyer's silence does not count as acceptance; none: until the answer.

        The provider can end the waiting itself. For the silence of others its money waits no longer than they had to
        answer, and an opinion that comes after the window changes nothing about the window.
        """
        if not self.owed or self.filed_at >= acceptance_due:
            return acceptance_due
        return None if self.addressed_to is Role.PROVIDER else self.answer_due
