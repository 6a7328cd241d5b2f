"""How a community talks a matter over (议事协商): a procedure is data, and a proposal walks through its steps.

Persons are counted, never named; minutes and documents appear by digest.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, NewType
from uuid import UUID

from pydantic import Field

from schemas.ids import BallotId, NeedId, PartyId
from schemas.model import Model
from schemas.need import NeedFact
from schemas.party import DivisionCode

DeliberationId = NewType("DeliberationId", UUID)
UnitId = NewType("UnitId", UUID)
Minutes = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a document, lower-case hex"""


class UnitKind(StrEnum):
    """What below a community deliberates by itself (S002)."""

    COURTYARD = "courtyard"
    """院落"""
    BUILDING = "building"
    """楼宇"""
    STAIRWELL = "stairwell"
    """门栋"""
    OWNERS = "owners"
    """业主组织"""


class UnitRegistered(NeedFact):
    type: ClassVar[str] = "unit.registered"

    unit_id: UnitId
    kind: UnitKind
    name: str
    division: DivisionCode
    number: str
    """of this kind within the division, as the community counts"""
    registered_by: PartyId


class StepKind(StrEnum):
    OPINIONS = "opinions"
    """people are asked one by one: how many, how many answered, how many for and against"""
    MEETING = "meeting"
    PUBLICATION = "publication"
    """a document stays on notice for its days"""


class AgreeOf(StrEnum):
    PRESENT = "present"
    DUE = "due"


class ProcedureStep(Model):
    """One step of a procedure, as its rulebook says."""

    id: str
    zh: str
    en: str
    kind: StepKind
    body: str
    """who takes part"""
    notice_days: int = 0
    """calendar days from the notice of a meeting to the meeting, the first not counted; 0: none is asked for"""
    attend: str | None = None
    """a share of who is due, such as "2/3": at least so many are there"""
    agree: str | None = None
    """a share: more than so many are in favour"""
    agree_of: AgreeOf = AgreeOf.DUE
    public_days: int = 0
    """calendar days a publication stays on notice, the first not counted"""


class DeliberationFact(NeedFact):
    deliberation_id: DeliberationId


class DeliberationProposed(DeliberationFact):
    """With the whole procedure, so that a reader need not look it up."""

    type: ClassVar[str] = "deliberation.proposed"

    procedure: str
    name: str
    """of the procedure, such as 四议两公开"""
    steps: tuple[ProcedureStep, ...]
    source: str
    """of the procedure"""
    certainty: str
    unit_id: UnitId | None
    """none: the whole community"""
    committee_id: PartyId
    """whose opinions have to be answered"""
    title: str
    words: str
    need_id: NeedId | None
    ballot_id: BallotId | None
    on: date
    proposed_by: PartyId
    rulebook: str


class MeetingNoticed(DeliberationFact):
    type: ClassVar[str] = "meeting.noticed"

    step: str
    on: date
    meets_on: date
    noticed_by: PartyId


class StepHeld(DeliberationFact):
    """A meeting was held, or opinions were asked: who was due, who came, and what came out."""

    type: ClassVar[str] = "step.held"

    step: str
    held_on: date
    due: int
    present: int
    in_favour: int
    against: int
    minutes: Minutes
    recorded_by: PartyId


class Shortfall(StrEnum):
    QUORUM = "quorum"
    MAJORITY = "majority"


class DeliberationStopped(DeliberationFact):
    """A step failed; what is proposed again walks from the beginning."""

    type: ClassVar[str] = "deliberation.stopped"

    step: str
    shortfall: Shortfall
    needed: int
    """so many, at least"""
    had: int
    source: str


class StepPublished(DeliberationFact):
    """决议公开, 实施结果公开: on notice until the end of a day."""

    type: ClassVar[str] = "step.published"

    step: str
    on: date
    until: date
    document: Minutes
    published_by: PartyId


class PublicationEnded(DeliberationFact):
    """Its days are over, and the committee's opinions are answered."""

    type: ClassVar[str] = "publication.ended"

    step: str
    on: date


class DeliberationFinished(DeliberationFact):
    """Every step was taken."""

    type: ClassVar[str] = "deliberation.finished"

    on: date


class SupervisionOpined(DeliberationFact):
    """The supervision committee's opinion on a step; nothing goes on before it is answered."""

    type: ClassVar[str] = "supervision.opined"

    opinion_id: UUID
    step: str
    text: str
    opined_by: PartyId


class SupervisionAnswered(DeliberationFact):
    type: ClassVar[str] = "supervision.answered"

    opinion_id: UUID
    text: str
    answered_by: PartyId
