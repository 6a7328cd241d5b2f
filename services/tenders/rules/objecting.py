"""Objections (质疑): who may object, until when, and what holds up the signing meanwhile."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.days import day_of
from schemas.deciding import Context, Ref, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.judging import Digest
from schemas.legal_term import must_know, term_ends
from schemas.model import Model
from schemas.objection import ObjectionAssessed, ObjectionGround, ObjectionItem, ObjectionRaised
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.tenders.rules.aftermath import ASSESS, OBJECT, REPLY, Objection
from services.tenders.rules.holding_up import held_up
from services.tenders.rules.project import TENDERED, Phase, Project, bids_of
from services.tenders.rules.sealing import check_capacity

OBJECTIONS_MOST = "tender.objections_most"


class RaiseObjection(Command):
    project_id: ProjectId
    objector_id: PartyId
    """the caller's own party"""
    item: ObjectionItem
    ground: ObjectionGround
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    """the facts, for everybody to read: before the opening who objects should not stand in it"""
    evidence: Annotated[tuple[Digest, ...], Field(max_length=20)] = ()
    """SHA-256 of each paper, in hex"""


class AssessObjection(Command):
    project_id: ProjectId
    objection_id: UUID
    may_change: bool
    """whether the result may be another if the objection is right"""
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ObjectionKept(Note):
    """With who objected: a row of tenders, and never a fact."""

    project_id: ProjectId
    objection: Objection


def raise_refs(command: RaiseObjection, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), (Party, command.objector_id))


def raise_objection(world: World, command: RaiseObjection, context: Context) -> list[Model]:
    """By whoever bid, or to the documents by whoever might; in its time, and one at a time for each item."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.objector_id)
    project.must_be_in(*TENDERED)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    must_know(rulebook, OBJECT)
    objector = party(world, command.objector_id)
    objector.must_stand()
    _must_take_part(world, project, objector, command.item, context)
    _must_be_in_time(project, command.item, rulebook, context)
    _check_number(project, command, rulebook)
    must_be_public(command.text, "text")
    must_not_name(project, objector, command.text, "text")
    kept = Objection(
        id=context.new_id("objection"),
        item=command.item,
        ground=command.ground,
        text=command.text,
        evidence=command.evidence,
        objector_id=command.objector_id,
        raised_at=context.at,
        assess_due=term_ends(rulebook, ASSESS, context.today).at,
        answer_due=term_ends(rulebook, REPLY, context.today).at,
    )
    told = ObjectionRaised(
        project_id=project.project_id,
        objection_id=kept.id,
        item=kept.item,
        ground=kept.ground,
        text=kept.text,
        evidence=kept.evidence,
        answer_due=kept.answer_due,
    )
    after = project.aftermath.with_objection(kept)
    return [ObjectionKept(project_id=project.project_id, objection=kept), told, *held_up(project, after, context)]


def must_not_name(project: Project, objector: Party, text: str, field: str) -> None:
    """Before the opening the buyer must not learn who bids."""
    if project.phase is Phase.OPEN and any(name and name in text for name in (objector.name, objector.uscc)):
        raise Refused("objection_names_objector", status=422, field=field)


def _must_take_part(world: World, project: Project, objector: Party, item: ObjectionItem, context: Context) -> None:
    if any(bid.bidder_id == objector.id for bid in bids_of(world, project)):
        return
    if item is not ObjectionItem.DOCUMENTS:
        raise Refused("objector_is_no_bidder", status=403, item=item)
    check_capacity(objector, project, context)


def _must_be_in_time(project: Project, item: ObjectionItem, rulebook: Rulebook, context: Context) -> None:
    begins = _begins(project, item)
    until = None if begins is None else term_ends(rulebook, OBJECT, begins).at
    if until is not None and context.at >= until:
        raise Refused("objection_after_its_time", rulebook.source(OBJECT), item=item, until=until)


def _begins(project: Project, item: ObjectionItem) -> date | None:
    """The day from which its time is counted; none while that is still to come."""
    after = project.aftermath
    match item:
        case ObjectionItem.DOCUMENTS:
            return _published_on(project)
        case ObjectionItem.PROCESS:
            return after.ranked_on
        case ObjectionItem.RESULT:
            if after.notice is None:
                raise Refused("result_not_announced", project=str(project.id))
            return after.notice.last_day


def _published_on(project: Project) -> date:
    """The documents as they are: when the tender opened, or when they were last amended."""
    if project.amendments:
        return day_of(project.amendments[-1].amended_at)
    assert project.closes_at is not None, f"project {project.id} was tendered without a deadline"
    return day_of(project.closes_at - timedelta(days=project.agreed.bid_days))


def _check_number(project: Project, command: RaiseObjection, rulebook: Rulebook) -> None:
    """One at a time by one party about one item, and so many in all."""
    objections = project.aftermath.objections
    for one in objections:
        if one.is_open and (one.objector_id, one.item) == (command.objector_id, command.item):
            raise Refused("already_objected", field="item", objection=str(one.id), due=one.answer_due)
    if len(objections) >= (most := rulebook.integer(OBJECTIONS_MOST)):
        raise Refused("too_many_objections", rulebook.source(OBJECTIONS_MOST), most=most)


def open_objection(project: Project, id: UUID) -> Objection:
    found = project.aftermath.objection(id)
    if found is None:
        raise Refused("no_such_objection", status=404, objection=str(id))
    if not found.is_open:
        raise Refused("objection_answered", objection=str(id))
    return found


def assess_objection(world: World, command: AssessObjection, context: Context) -> list[Model]:
    """A person says whether it may change the result; again, if what is known has changed."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, *TENDERED)
    found = open_objection(project, command.objection_id)
    must_be_public(command.reason, "reason")
    stated = found.model_copy(update={"may_change": command.may_change})
    told = ObjectionAssessed(
        project_id=project.project_id,
        objection_id=found.id,
        may_change=command.may_change,
        reason=command.reason,
        assessed_by=PartyId(context.by.person_id),
    )
    return [told, *held_up(project, project.aftermath.with_objection(stated), context)]
