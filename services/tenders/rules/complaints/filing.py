"""Filing a complaint: by whoever objected, about what it objected to, with the finance department of the buyer."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas import division
from schemas.complaint import ComplaintFiled, ComplaintWithdrawn
from schemas.days import day_of
from schemas.deciding import Context, Ref, World, new_id
from schemas.fact import Command, Fact, Note
from schemas.ids import PartyId, ProjectId
from schemas.judging import Digest
from schemas.legal_term import must_know, term_ends
from schemas.model import Model
from schemas.party import PartyKind
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook, Source
from schemas.standing import Party, party
from services.tenders.rules.aftermath import COMPLAIN, Objection
from services.tenders.rules.announcing import INSTANT
from services.tenders.rules.complaints.complaint import (
    DECISION,
    OPEN,
    REVIEW,
    Complaint,
    OfComplaint,
    Words,
    complaint_of,
)
from services.tenders.rules.holding_up import held_up
from services.tenders.rules.objecting import must_not_name
from services.tenders.rules.project import TENDERED, Phase, Project


class FileComplaint(Command):
    project_id: ProjectId
    objection_id: UUID
    complainant_id: PartyId
    """the caller's own party"""
    respondent_id: PartyId
    """被投诉人: the buyer"""
    authority_id: PartyId
    """the finance department whose division the buyer is in"""
    facts: Words
    """for the parties and the finance department; not published, and free of personal data all the same"""
    request: Words
    evidence: Annotated[tuple[Digest, ...], Field(max_length=20)] = ()
    """SHA-256 of each paper, in hex"""


class WithdrawComplaint(OfComplaint):
    pass


class ComplaintKept(Note):
    """With who complains: a row of tenders, and never a fact."""

    complaint: Complaint


def file_refs(command: FileComplaint, cause: UUID) -> tuple[Ref, ...]:
    parties = (command.complainant_id, command.respondent_id, command.authority_id)
    known: list[Ref] = [(Party, id) for id in parties]
    return ((Project, command.project_id), (Complaint, new_id(cause, "complaint")), *known)


def file_complaint(world: World, command: FileComplaint, context: Context) -> list[Note | Fact]:
    """Once for each objection: after its answer, or once the days for that are over; anew only after a rejection."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.complainant_id)
    project.must_be_in(*TENDERED, Phase.VOIDED)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    source = must_know(rulebook, COMPLAIN)
    must_know(rulebook, DECISION)
    complainant = party(world, command.complainant_id)
    complainant.must_stand()
    objection = _objected(project, command, source)
    _must_be_time(objection, rulebook, source, context)
    if objection.complaint_id is not None:
        raise Refused("already_complained", source, field="objection_id", complaint=str(objection.complaint_id))
    _check_venue(world, project, command, source)
    for field in ("facts", "request"):
        must_be_public(getattr(command, field), field)
        must_not_name(project, complainant, getattr(command, field), field)
    kept = Complaint(
        id=context.new_id("complaint"),
        project_id=project.project_id,
        run=project.run,
        objection_id=objection.id,
        complainant_id=command.complainant_id,
        respondent_id=command.respondent_id,
        authority_id=command.authority_id,
        facts=command.facts,
        request=command.request,
        evidence=command.evidence,
        rulebook=project.agreed.rulebook,
        filed_at=context.at,
        review_due=term_ends(rulebook, REVIEW, context.today).at,
        decision_due=term_ends(rulebook, DECISION, context.today).at,
    )
    told = ComplaintFiled(
        project_id=project.project_id,
        complaint_id=kept.id,
        objection_id=objection.id,
        authority_id=kept.authority_id,
        filed_at=kept.filed_at,
        review_due=kept.review_due,
        decision_due=kept.decision_due,
        rulebook=kept.rulebook,
    )
    return [ComplaintKept(complaint=kept), told]


def _objected(project: Project, command: FileComplaint, source: Source) -> Objection:
    """Its own objection: to others it does not say whether there is another's."""
    found = project.aftermath.objection(command.objection_id)
    if found is None or found.objector_id != command.complainant_id:
        raise Refused("complaint_without_objection", source, status=403, field="objection_id")
    return found


def _must_be_time(objection: Objection, rulebook: Rulebook, source: Source, context: Context) -> None:
    if objection.is_open and context.at < objection.answer_due:
        raise Refused("complaint_before_answer", source, objection=str(objection.id), due=objection.answer_due)
    until = term_ends(rulebook, COMPLAIN, day_of(objection.answer_due - INSTANT)).at
    if context.at >= until:
        raise Refused("complaint_after_its_time", source, until=until)


def _check_venue(world: World, project: Project, command: FileComplaint, source: Source) -> None:
    if command.respondent_id != project.brief.funder_id:
        raise Refused("respondent_is_not_buyer", status=422, field="respondent_id")
    buyer, authority = party(world, command.respondent_id), party(world, command.authority_id)
    if authority.kind is not PartyKind.PROCUREMENT_SUPERVISOR or not authority.verified or authority.suspended:
        raise Refused("authority_decides_no_complaints", source, status=422, field="authority_id")
    if not division.covers(authority.division, buyer.division):
        raise Refused(
            "complaint_at_wrong_venue",
            source,
            status=422,
            field="authority_id",
            division=authority.division,
            buyer=buyer.division,
        )


def withdraw_complaint(world: World, command: WithdrawComplaint, context: Context) -> list[Model]:
    """By the complainant, before the decision; with it the suspension ends."""
    project, found = complaint_of(world, command)
    context.by.must_be(found.complainant_id)
    found.must_be(*OPEN)
    told = ComplaintWithdrawn(project_id=project.project_id, complaint_id=found.id, withdrawn_at=context.at)
    return [told, *held_up(project, project.aftermath.without_suspensions((found.id,)), context)]
