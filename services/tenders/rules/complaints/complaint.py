"""What tenders remembers of a complaint: who complains and in which words stays with the parties and the decider."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.cancelled import Performance
from schemas.complaint import RejectionGround
from schemas.deciding import Ref, State, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.objection import Remedy
from schemas.obligation import Duty, Obligation
from schemas.refused import Refused
from schemas.role import Actor, Role
from services.tenders.rules.project import Project

REVIEW = "deadline.complaint_review"
ANSWER = "deadline.complaint_respondent_answer"
DECISION = "deadline.complaint_decision"
UNFOUNDED = "objection.unfounded_most"
CANCELS = "complaint.cancels_agreement"

Words = Annotated[str, Field(min_length=1, max_length=5000)]
Published = Annotated[str, Field(min_length=1, max_length=2000)]


class ComplaintStatus(StrEnum):
    FILED = "filed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


OPEN = (ComplaintStatus.FILED, ComplaintStatus.ACCEPTED)


class GivenAnswer(Model):
    party_id: PartyId
    text: str
    answered_at: datetime


class Rejection(Model):
    ground: RejectionGround
    competent_id: PartyId | None
    text: str
    rejected_at: datetime


class Stay(Model):
    """A suspension of the purchase; `until` is exclusive, and moved forward when it is ended sooner."""

    reason: str
    suspended_at: datetime
    until: datetime


class Decision(Model):
    upheld: bool
    remedy: Remedy
    text: str
    decided_at: datetime


class Effect(Model):
    """Of a decision on the agreement that was signed before it, and the rule it follows from."""

    cancelled: bool
    performed: Performance | None
    """why it stands"""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint(State):
    """Guarded by the lock on its project. Each `due` is exclusive."""

    project_id: ProjectId
    run: int
    """of the tender it is about"""
    objection_id: UUID
    complainant_id: PartyId
    respondent_id: PartyId
    """the buyer"""
    authority_id: PartyId
    """the finance department"""
    facts: str
    request: str
    evidence: tuple[str, ...]
    rulebook: str
    filed_at: datetime
    review_due: datetime
    decision_due: datetime
    status: ComplaintStatus = ComplaintStatus.FILED
    others: tuple[PartyId, ...] = ()
    """bidders asked to answer, beside the buyer"""
    answers_due: datetime | None = None
    answers: tuple[GivenAnswer, ...] = ()
    rejection: Rejection | None = None
    stay: Stay | None = None
    decision: Decision | None = None
    effect: Effect | None = None
    """of a decision after signing; none before contracts told, and where nothing was signed"""
    withdrawn_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def parties(self) -> tuple[PartyId, ...]:
        return (self.complainant_id, self.respondent_id, self.authority_id)

    @property
    def asked(self) -> tuple[PartyId, ...]:
        return (self.respondent_id, *self.others)

    def owed(self) -> tuple[Obligation, ...]:
        """The finance department's, and of those it asked; also late."""
        if not self.is_open:
            return ()
        authority = Role.PROCUREMENT_SUPERVISOR
        owed = [self._owes(Duty.DECIDE_COMPLAINT, self.authority_id, authority, self.decision_due, DECISION)]
        if self.status is ComplaintStatus.FILED:
            owed.append(self._owes(Duty.REVIEW_COMPLAINT, self.authority_id, authority, self.review_due, REVIEW))
        if self.answers_due is not None:
            answered = {one.party_id for one in self.answers}
            for id in self.asked:
                role = Role.FUNDER if id == self.respondent_id else Role.PROVIDER
                if id not in answered:
                    owed.append(self._owes(Duty.ANSWER_COMPLAINT, id, role, self.answers_due, ANSWER))
        return tuple(owed)

    def _owes(self, duty: Duty, party_id: PartyId, role: Role, until: datetime, rule: str) -> Obligation:
        return Obligation(
            duty=duty,
            name=f"{duty}.{party_id}",
            party_id=party_id,
            role=role,
            until=until,
            project_id=self.project_id,
            rulebook=self.rulebook,
            rule=rule,
        )

    def must_be(self, *statuses: ComplaintStatus) -> None:
        if self.status not in statuses:
            raise Refused("complaint_not_open", complaint=str(self.id), status_now=self.status)

    def for_authority(self, by: Actor, *statuses: ComplaintStatus) -> None:
        """A step of the finance department it was filed with, and of no other."""
        by.must_be(self.authority_id)
        self.must_be(*statuses)


class OfComplaint(Command):
    project_id: ProjectId
    complaint_id: UUID


def complaint_refs(command: OfComplaint, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), (Complaint, command.complaint_id))


def complaint_of(world: World, command: OfComplaint) -> tuple[Project, Complaint]:
    """404 for one of another project as well."""
    project, found = world.get(Project, command.project_id), world.find(Complaint, command.complaint_id)
    if found is None or found.project_id != project.id:
        raise Refused("no_such_complaint", status=404, complaint=str(command.complaint_id))
    return project, found
