"""An agreement ends before its work is done (终止): by consent, or by notice and decision, with a settlement (结算)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from schemas.ids import ContractId, PartyId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.project import ProjectFact

NO_GRADE = "终止"
"""stands in `project.published` in the place of a grade: what was terminated is not graded"""


class TerminationReason(StrEnum):
    MUTUAL_CONSENT = "mutual_consent"
    """双方协商一致"""
    BREACH_BY_PROVIDER = "breach_by_provider"
    """承接方违约"""
    BREACH_BY_FUNDER = "breach_by_funder"
    """购买方违约"""
    FORCE_MAJEURE = "force_majeure"
    """不可抗力"""
    MID_TERM_FAILED = "mid_term_failed"
    """中期评估不合格"""
    STANDING_LOST = "standing_lost"
    """承接方丧失承接资格"""


class SettlementLine(Model):
    """What is due for one piece of accepted work, whether it was paid before or not."""

    work: Annotated[str, Field(min_length=1, max_length=500)]
    amount: Money


class TerminationProposed(ProjectFact):
    """One party means to end the agreement and says what is then due in all; the other one answers.

    `answer_due` (exclusive) is there for a notice, which may be decided after it; without it, nothing but consent ends.
    """

    type: ClassVar[str] = "termination.proposed"

    contract_id: ContractId
    termination_id: UUID
    reason: TerminationReason
    text: str
    lines: tuple[SettlementLine, ...]
    proposed_by: PartyId
    signed_by: PartyId
    """the person"""
    answer_due: datetime | None


class TerminationAnswered(ProjectFact):
    """The other party does not agree with the notice, and says why."""

    type: ClassVar[str] = "termination.answered"

    termination_id: UUID
    answered_by: PartyId
    signed_by: PartyId
    text: str


class ClosedAs(StrEnum):
    DECLINED = "declined"
    """the other party did not consent"""
    WITHDRAWN = "withdrawn"
    """by the party that had proposed it"""
    DISMISSED = "dismissed"
    """decided: the agreement goes on"""


class TerminationClosed(ProjectFact):
    """The agreement goes on."""

    type: ClassVar[str] = "termination.closed"

    termination_id: UUID
    closed_as: ClosedAs
    closed_by: PartyId
    signed_by: PartyId
    text: str


class ContractTerminated(ProjectFact):
    """The agreement is over. What is due in all was settled; nothing is delivered, accepted or graded any more."""

    type: ClassVar[str] = "contract.terminated"

    contract_id: ContractId
    termination_id: UUID
    funder_id: PartyId
    provider_id: PartyId
    reason: TerminationReason
    text: str
    """of the proposal, or of the decision"""
    lines: tuple[SettlementLine, ...]
    due: Money
    """for all accepted work, what was released before included"""
    by_consent: bool
    """else decided by the funder after notice"""
    signed_by: PartyId
    """the person who consented or decided, another one than who proposed"""
    rulebook: str

    @model_validator(mode="after")
    def _lines_add_up(self) -> Self:
        if sum_of(line.amount for line in self.lines) != self.due:
            raise ValueError("the lines must add up to what is due")
        return self


class ContractLapsed(ProjectFact):
    """The reservation ended before the agreement's money was committed: it cannot be signed or carried out any more."""

    type: ClassVar[str] = "contract.lapsed"

    contract_id: ContractId
    was_signed: bool
    """both parties had signed, while the reservation was ending"""
