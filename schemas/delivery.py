"""What is told of the delivery beside its milestones: visits, the supervision committee's opinions, who was consulted.

Words stay with contracts; what people wrote appears here by its SHA-256 only, for it may hold names.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.contract import Milestone
from schemas.ids import PartyId
from schemas.project import ProjectFact
from schemas.role import Role


class VisitsRecorded(ProjectFact):
    """The provider recorded a batch of visits; the rows stay with contracts, and `digest` binds them in order.

    It is a chain over every row the project ever recorded: SHA-256(digest so far ‖ canonical JSON of the row).
    """

    type: ClassVar[str] = "visits.recorded"

    batch_id: UUID
    milestone: Milestone
    visits: int
    minutes: int
    tokens: int
    """different beneficiaries among them, by their tokens"""
    digest: str
    recorded_by: PartyId


class VoidReason(StrEnum):
    MISTAKEN = "mistaken"
    """录入有误"""
    DUPLICATE = "duplicate"
    """重复录入"""
    NOT_DELIVERED = "not_delivered"
    """服务没有发生"""


class VisitsVoided(ProjectFact):
    """A batch does not count any more; its rows stay, and with them the chain."""

    type: ClassVar[str] = "visits.voided"

    batch_id: UUID
    milestone: Milestone
    visits: int
    minutes: int
    reason: VoidReason
    voided_by: PartyId


class OpinionKind(StrEnum):
    PRAISE = "praise"
    """肯定: needs no answer"""
    CONCERN = "concern"
    """关注"""
    OBJECTION = "objection"
    """反对"""


class OpinionFiled(ProjectFact):
    """The supervision committee (居务监督委员会) inspected and says what it thinks, to one of the three parties."""

    type: ClassVar[str] = "opinion.filed"
    version: ClassVar[int] = 2

    opinion_id: UUID
    committee_id: PartyId
    filed_by: PartyId
    kind: OpinionKind
    milestone: Milestone | None
    """what it is about; none: the use of the money"""
    addressed_to: Role
    text_digest: str
    answer_due: datetime | None
    """exclusive; none where no answer is owed"""
    holidays_known: bool
    """false when the year's holidays are not published yet, so that Mondays to Fridays were counted"""


class OpinionSigned(ProjectFact):
    """So many of the committee's members, counted by their tokens on its roll, stand behind the opinion."""

    type: ClassVar[str] = "opinion.signed"

    opinion_id: UUID
    signed: int
    listed: int
    roll_digest: str
    """SHA-256 over the SHA-256 of every token on the roll, sorted, each followed by a line feed"""


class OpinionAnswered(ProjectFact):
    """The party it was addressed to answered. Nobody has to agree."""

    type: ClassVar[str] = "opinion.answered"

    opinion_id: UUID
    answered_by: PartyId
    text_digest: str


class OpinionOverdue(ProjectFact):
    """The deadline passed without an answer."""

    type: ClassVar[str] = "opinion.overdue"
    version: ClassVar[int] = 2

    opinion_id: UUID
    addressed_to: Role
    answer_due: datetime


class UsersConsulted(ProjectFact):
    """The community invited the people served to the acceptance (服务对象参与验收), and kept what they said."""

    type: ClassVar[str] = "users.consulted"

    milestone: Milestone
    invited: int
    commented: int
    digest: str
    """SHA-256 of the canonical JSON of {invitation, comments}"""
    recorded_by: PartyId
