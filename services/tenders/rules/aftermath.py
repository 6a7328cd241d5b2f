"""What a project keeps from its ranking to the signed agreement: choice, notice, objections, and what was set aside."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from uuid import UUID

from schemas.awarding import CancelGround
from schemas.ids import BidId, PartyId, ProjectId
from schemas.model import Model
from schemas.objection import ObjectionGround, ObjectionItem, Remedy
from schemas.obligation import Duty, Obligation
from schemas.role import Role

CHOOSE = "deadline.choose"
ANNOUNCE = "deadline.result_notice"
NOTICE = "deadline.result_notice_period"
CONTRACT = "deadline.contract"
OBJECT = "deadline.objection"
REPLY = "deadline.objection_reply"
COMPLAIN = "deadline.complaint"
SUSPENSION = "deadline.suspension"
ASSESS = "deadline.objection_assessment"
SUSPENDS = "objection.suspends"


class Objection(Model):
    """`objector_id` is for the buyer, auditors and the objector itself; it leaves this service in nothing."""

    id: UUID
    item: ObjectionItem
    ground: ObjectionGround
    text: str
    evidence: tuple[str, ...]
    objector_id: PartyId
    raised_at: datetime
    assess_due: datetime
    answer_due: datetime
    may_change: bool | None = None
    """none: nobody has stated it yet"""
    may_change_reason: str | None = None
    upheld: bool | None = None
    """none: not answered yet"""
    remedy: Remedy = Remedy.NONE
    answer: str | None = None
    answered_at: datetime | None = None
    complaint_id: UUID | None = None
    """of the complaint about it; none also where that was rejected"""

    @property
    def is_open(self) -> bool:
        return self.upheld is None

    @property
    def holds(self) -> bool:
        """It may change the result: as stated, and until that is stated when it is about the result."""
        likely = self.item is ObjectionItem.RESULT if self.may_change is None else self.may_change
        return self.is_open and likely


class Notice(Model):
    """Of the result. Moments are exclusive."""

    bid_id: BidId
    announced_at: datetime
    last_day: date
    objections_until: datetime
    contract_due: datetime
    holidays_known: bool


class SetAside(Model):
    bid_id: BidId
    code: str


class Cancellation(Model):
    """Waits for another person's approval."""

    id: UUID
    ground: CancelGround
    reason: str
    drafted_by: PartyId


class Suspension(Model):
    """Of the purchase, by the finance department; `until` is exclusive."""

    complaint_id: UUID
    until: datetime


class Aftermath(Model):
    """Of one run of the tender. Each `due` is exclusive, and none where the edition does not know the term."""

    ranked_on: date | None = None
    """the day in China on which the evaluation ended"""
    choose_due: datetime | None = None
    announce_due: datetime | None = None
    notice: Notice | None = None
    """of the award that stands"""
    set_aside: tuple[SetAside, ...] = ()
    objections: tuple[Objection, ...] = ()
    suspended_at: datetime | None = None
    """since when nothing is signed; none: it may be"""
    cancellation: Cancellation | None = None
    signed: bool = False
    """the agreement is concluded, as far as contracts has told"""
    contested: UUID | None = None
    """the complaint that was decided after signing; contracts has still to tell what becomes of the agreement"""
    suspensions: tuple[Suspension, ...] = ()
    """in force"""
    winner_signed: bool = False
    """the winner has, as far as contracts has told: what is still missing is the buyer's"""

    @property
    def held(self) -> bool:
        """Nothing is signed."""
        return bool(self.holding or self.suspensions)

    def with_suspension(self, added: Suspension) -> "Aftermath":
        return self.model_copy(update={"suspensions": (*self.suspensions, added)})

    def without_suspensions(self, complaint_ids: Collection[UUID]) -> "Aftermath":
        left = tuple(one for one in self.suspensions if one.complaint_id not in complaint_ids)
        return self.model_copy(update={"suspensions": left})

    @property
    def holding(self) -> tuple[UUID, ...]:
        """The objections for which nothing is signed."""
        return tuple(one.id for one in self.objections if one.holds)

    def objection(self, id: UUID) -> Objection | None:
        return next((one for one in self.objections if one.id == id), None)

    def with_objection(self, changed: Objection) -> "Aftermath":
        """In its place, or at the end when it is new."""
        if self.objection(changed.id) is None:
            return self.model_copy(update={"objections": (*self.objections, changed)})
        objections = tuple(changed if one.id == changed.id else one for one in self.objections)
        return self.model_copy(update={"objections": objections})

    def owed(self, project_id: ProjectId, funder_id: PartyId, rulebook: str) -> Iterator[Obligation]:
        """The buyer's, also late."""
        waiting: list[tuple[Duty, str, datetime | None, str]] = [
            (Duty.CHOOSE_WINNER, "choose", self.choose_due, CHOOSE),
            (Duty.ANNOUNCE_RESULT, "announce", self.announce_due, ANNOUNCE),
        ]
        for one in self.objections:
            if one.is_open:
                waiting.append((Duty.ANSWER_OBJECTION, f"objection.{one.id}", one.answer_due, REPLY))
            if one.is_open and one.may_change is None:
                waiting.append((Duty.ASSESS_OBJECTION, f"assessment.{one.id}", one.assess_due, ASSESS))
        for duty, name, until, rule in waiting:
            if until is not None:
                yield Obligation(
                    duty=duty,
                    name=name,
                    party_id=funder_id,
                    role=Role.FUNDER,
                    until=until,
                    project_id=project_id,
                    rulebook=rulebook,
                    rule=rule,
                )


BEFORE_THE_RANKING = Aftermath()
