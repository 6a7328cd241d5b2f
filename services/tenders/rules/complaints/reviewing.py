"""The finance department accepts a complaint or rejects it; whom it asks answers."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.complaint import ComplaintAccepted, ComplaintAnswered, ComplaintRejected, RejectionGround
from schemas.deciding import Context, Ref, World
from schemas.fact import Note
from schemas.ids import PartyId
from schemas.legal_term import term_ends
from schemas.model import Model
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party
from services.tenders.rules.complaints.complaint import (
    ANSWER,
    REVIEW,
    Complaint,
    ComplaintStatus,
    GivenAnswer,
    OfComplaint,
    Published,
    Words,
    complaint_of,
)
from services.tenders.rules.project import Phase, Project, bids_of


class AcceptComplaint(OfComplaint):
    others: Annotated[tuple[PartyId, ...], Field(max_length=20)] = ()
    """other bidders whom it concerns; the buyer is always asked"""


class RejectComplaint(OfComplaint):
    ground: RejectionGround
    competent_id: PartyId | None = None
    """with wrong_venue: the finance department that is competent"""
    text: Published
    """for everybody to read"""


class AnswerComplaint(OfComplaint):
    text: Words
    """for the parties and the finance department; not published"""


class OthersAsked(Note):
    """Which bidders: in a row of tenders, and never in a fact."""

    complaint_id: UUID
    others: tuple[PartyId, ...]


class AnswerKept(Note):
    complaint_id: UUID
    answer: GivenAnswer


def accept_complaint(world: World, command: AcceptComplaint, context: Context) -> list[Model]:
    project, found = complaint_of(world, command)
    found.for_authority(context.by, ComplaintStatus.FILED)
    _must_be_bidders(world, project, found, command.others)
    due = term_ends(context.rulebooks.by_hash(found.rulebook), ANSWER, context.today).at
    told = ComplaintAccepted(
        project_id=project.project_id,
        complaint_id=found.id,
        others=len(command.others),
        answers_due=due,
        accepted_by=PartyId(context.by.person_id),
    )
    return [OthersAsked(complaint_id=found.id, others=command.others), told]


def _must_be_bidders(world: World, project: Project, found: Complaint, others: tuple[PartyId, ...]) -> None:
    """While bids are sealed nobody is told who bid, the finance department neither."""
    sealed = project.phase in (Phase.OPEN, Phase.LOCKED)
    bidders = set() if sealed else {bid.bidder_id for bid in bids_of(world, project)} - {found.complainant_id}
    for id in others:
        if id not in bidders or others.count(id) > 1:
            raise Refused("asked_is_no_bidder", status=422, field="others", party=str(id))


def reject_refs(command: RejectComplaint, cause: UUID) -> tuple[Ref, ...]:
    known: tuple[Ref, ...] = () if command.competent_id is None else ((Party, command.competent_id),)
    return ((Project, command.project_id), (Complaint, command.complaint_id), *known)


def reject_complaint(world: World, command: RejectComplaint, context: Context) -> list[ComplaintRejected]:
    project, found = complaint_of(world, command)
    found.for_authority(context.by, ComplaintStatus.FILED)
    source = context.rulebooks.by_hash(found.rulebook).source(REVIEW)
    if (command.ground is RejectionGround.WRONG_VENUE) != (command.competent_id is not None):
        raise Refused("competent_authority_with_wrong_venue", source, status=422, field="competent_id")
    if command.competent_id is not None:
        competent = world.find(Party, command.competent_id)
        itself = command.competent_id == found.authority_id
        if competent is None or itself or competent.kind is not PartyKind.PROCUREMENT_SUPERVISOR:
            raise Refused("authority_decides_no_complaints", source, status=422, field="competent_id")
    must_be_public(command.text, "text")
    return [
        ComplaintRejected(
            project_id=project.project_id,
            complaint_id=found.id,
            ground=command.ground,
            competent_id=command.competent_id,
            text=command.text,
            rejected_at=context.at,
            rejected_by=PartyId(context.by.person_id),
        )
    ]


def answer_complaint(world: World, command: AnswerComplaint, context: Context) -> list[Model]:
    """Once by each that was asked, also late, as long as it is not decided."""
    project, found = complaint_of(world, command)
    by = context.by.party_id
    if by not in found.asked:
        raise Refused("not_your_party", status=403)
    found.must_be(ComplaintStatus.ACCEPTED)
    if any(one.party_id == by for one in found.answers):
        raise Refused("complaint_answered", complaint=str(found.id))
    must_be_public(command.text, "text")
    given = GivenAnswer(party_id=by, text=command.text, answered_at=context.at)
    told = ComplaintAnswered(
        project_id=project.project_id,
        complaint_id=found.id,
        by_buyer=by == found.respondent_id,
        answered_at=context.at,
    )
    return [AnswerKept(complaint_id=found.id, answer=given), told]
