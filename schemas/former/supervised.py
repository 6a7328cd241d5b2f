"""The versions before a finance department could be a party that decides complaints."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from schemas.contract import Milestone
from schemas.delivery import OpinionKind
from schemas.ids import KeyId, PartyId
from schemas.party import Certificate, DivisionCode, PartyFact
from schemas.project import ProjectFact


class PartyKind(StrEnum):
    COMMUNITY = "community"
    FUNDER = "funder"
    ORGANIZATION = "organization"
    SOCIAL_WORKER = "social_worker"
    EVALUATOR = "evaluator"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SUPERVISION_COMMITTEE = "supervision_committee"


class Role(StrEnum):
    COMMUNITY = "community"
    FUNDER = "funder"
    PROVIDER = "provider"
    EVALUATOR = "evaluator"
    FINANCE = "finance"
    REGISTRAR = "registrar"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    RESIDENT = "resident"


class PartyRegistered(PartyFact):
    """A registrar entered a party. It may not act until it is verified."""

    type: ClassVar[str] = "party.registered"
    version: ClassVar[int] = 2

    kind: PartyKind
    name: str | None
    """the public name; none for a natural person"""
    uscc: str | None
    """统一社会信用代码, GB 32100-2015; none for a natural person"""
    division: DivisionCode
    certificate: Certificate | None


class KeyIssued(PartyFact):
    """An API key: only the SHA-256 of its 256 random bits travels, so every service can know a caller."""

    type: ClassVar[str] = "key.issued"
    version: ClassVar[int] = 2

    key_id: KeyId
    person_id: PartyId
    """the natural person who acts, by id"""
    role: Role
    digest: str
    expires_at: datetime


class OpinionFiled(ProjectFact):
    """The supervision committee (居务监督委员会) inspected and says what it thinks, to one of the three parties."""

    type: ClassVar[str] = "opinion.filed"

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


class OpinionOverdue(ProjectFact):
    """The deadline passed without an answer."""

    type: ClassVar[str] = "opinion.overdue"

    opinion_id: UUID
    addressed_to: Role
    answer_due: datetime
