"""单一来源: one supplier, a ground, experts' reasoning in public, and every objection answered before it opens."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.days import day_of
from schemas.deciding import Context, Ref, State, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.legal_term import term_ends
from schemas.money import Money, sum_of
from schemas.personal import must_be_public
from schemas.preparing import SingleSourceAnswered, SingleSourceNoticed, SingleSourceObjected
from schemas.refused import Refused
from schemas.rulebook import Rulebook
from schemas.standing import Party, party
from services.tenders.rules.prepared import Notice, NoticeObjection, Preparation
from services.tenders.rules.project import NOTICE_ANSWER, Phase, Project, bids_of
from services.tenders.rules.sealing import check_capacity

BEFORE, WHEN = "tender.notice_before", "tender.when"
ADDITION_MOST = "tender.addition_percent_most"
ADDITION = "addition"
"""the ground on which an earlier contract is added to"""
MOST_OBJECTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Additions(State):
    """What other projects add to one contract on notice; `id` is the project of that contract."""

    amounts: tuple[tuple[ProjectId, Money], ...]


class NoticeSingleSource(Command):
    project_id: ProjectId
    supplier_id: PartyId
    ground: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    """its id in the rulebook"""
    reasoning: Annotated[str, Field(min_length=1, max_length=5000)]
    """专业人员论证意见, for everybody to read"""
    experts: Annotated[int, Field(ge=1, le=99)]
    original_project_id: ProjectId | None = None
    """whose contract is added to, where that is the ground"""


class ObjectToSingleSource(Command):
    project_id: ProjectId
    objector_id: PartyId
    """the caller's own party"""
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class AnswerSingleSourceObjection(Command):
    project_id: ProjectId
    objection_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    upheld: bool


def notice_refs(command: NoticeSingleSource, cause: UUID) -> tuple[Ref, ...]:
    own: tuple[Ref, ...] = ((Project, command.project_id), (Party, command.supplier_id))
    original = command.original_project_id
    return own if original is None else (*own, (Project, original), (Additions, original))


def notice(world: World, command: NoticeSingleSource, context: Context) -> list[SingleSourceNoticed]:
    """For the draft that stands; a notice made again begins its days again."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.DRAFTED, Phase.APPROVED, Phase.RESERVED)
    rulebook = context.rulebooks.by_hash(project.drafted.rulebook)
    if BEFORE not in rulebook.rules or project.arrangement is not None:
        raise Refused("no_single_source", field="project_id", rulebook=rulebook.name)
    _must_be_answered(project.preparation.objections, rulebook)
    grounds = rulebook.value(WHEN)
    if command.ground not in grounds:
        among = "、".join(f"{id}({text})" for id, text in grounds.items())
        raise Refused("no_such_ground", rulebook.source(WHEN), status=422, field="ground", among=among)
    supplier = party(world, command.supplier_id)
    check_capacity(supplier, project, context)
    _check_addition(world, project, command, rulebook)
    must_be_public(command.reasoning, "reasoning")
    stands = term_ends(rulebook, BEFORE, context.today)
    due = term_ends(rulebook, NOTICE_ANSWER, day_of(stands.at - timedelta(microseconds=1)))
    return [
        SingleSourceNoticed(
            project_id=project.project_id,
            supplier_id=command.supplier_id,
            ground=command.ground,
            reasoning=command.reasoning,
            experts=command.experts,
            original_project_id=command.original_project_id,
            ends_at=stands.at,
            answers_due=due.at,
            holidays_known=stands.holidays_known and due.holidays_known,
            published_by=PartyId(context.by.person_id),
        )
    ]


def _check_addition(world: World, project: Project, command: NoticeSingleSource, rulebook: Rulebook) -> None:
    """What is added to one contract, all together, stays within its share of that contract's price."""
    if command.ground != ADDITION:
        if command.original_project_id is not None:
            raise Refused("no_original_needed", status=422, field="original_project_id")
        return
    source, field = rulebook.source(ADDITION_MOST), "original_project_id"
    if command.original_project_id is None:
        raise Refused("original_missing", source, status=422, field=field)
    original = world.get(Project, command.original_project_id)
    winner = next((bid for bid in bids_of(world, original) if bid.id == original.award), None)
    own = original.brief.funder_id == project.brief.funder_id and original.phase is Phase.AWARDED
    if winner is None or not own or winner.bidder_id != command.supplier_id:
        raise Refused("original_of_another", source, status=422, field=field, project=str(original.id))
    others = [a for id, a in world.get(Additions, original.id).amounts if id != project.id]
    total, most = sum_of(others) + project.drafted.ceiling, rulebook.integer(ADDITION_MOST)
    price = winner.opened.price
    if total.fen * 100 > price.fen * most:
        raise Refused("addition_too_large", source, status=422, field=field, total=total, price=price, most=most)


def object_refs(command: ObjectToSingleSource, cause: UUID) -> tuple[Ref, ...]:
    return ((Project, command.project_id), (Party, command.objector_id))


def object_to(world: World, command: ObjectToSingleSource, context: Context) -> list[SingleSourceObjected]:
    """Any supplier that could bid, once, while the notice stands."""
    project = world.get(Project, command.project_id)
    context.by.must_be(command.objector_id)
    stands = _noticed(project)
    if context.at >= stands.ends_at:
        source = context.rulebooks.by_hash(project.drafted.rulebook).source(BEFORE)
        raise Refused("notice_is_over", source, ends_at=stands.ends_at)
    objector = party(world, command.objector_id)
    check_capacity(objector, project, context)
    objections = project.preparation.objections
    if any(one.objector_id == objector.id for one in objections):
        raise Refused("objected_already", party=str(objector.id))
    if len(objections) >= MOST_OBJECTIONS:
        raise Refused("too_many_notice_objections", most=MOST_OBJECTIONS)
    must_be_public(command.text, "text")
    return [
        SingleSourceObjected(
            project_id=project.project_id,
            objection_id=context.new_id("objection"),
            objector_id=command.objector_id,
            text=command.text,
        )
    ]


def answer_objection(
    world: World, command: AnswerSingleSourceObjection, context: Context
) -> list[SingleSourceAnswered]:
    """Once, also late: until then nothing opens."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.DRAFTED, Phase.APPROVED, Phase.RESERVED)
    objection = next((one for one in project.preparation.objections if one.id == command.objection_id), None)
    if objection is None:
        raise Refused("no_such_notice_objection", status=404, objection=str(command.objection_id))
    if objection.upheld is not None:
        raise Refused("objection_answered_already", objection=str(objection.id))
    must_be_public(command.text, "text")
    return [
        SingleSourceAnswered(
            project_id=project.project_id,
            objection_id=objection.id,
            text=command.text,
            upheld=command.upheld,
            answered_by=PartyId(context.by.person_id),
        )
    ]


def _noticed(project: Project) -> Notice:
    project.must_be_in(Phase.DRAFTED, Phase.APPROVED, Phase.RESERVED)
    if project.preparation.notice is None:
        raise Refused("single_source_unannounced")
    return project.preparation.notice


def must_be_noticed(prepared: Preparation, rulebook: Rulebook, context: Context) -> None:
    """The whole notice is over, and no objection to it stands."""
    if BEFORE not in rulebook.rules:
        return
    source, stands = rulebook.source(BEFORE), prepared.notice
    if stands is None:
        raise Refused("single_source_unannounced", source)
    if context.at < stands.ends_at:
        raise Refused("single_source_notice_running", source, ends_at=stands.ends_at)
    _must_be_answered(prepared.objections, rulebook)


def _must_be_answered(objections: tuple[NoticeObjection, ...], rulebook: Rulebook) -> None:
    if any(one.upheld for one in objections):
        raise Refused("single_source_objection_upheld", rulebook.source(WHEN))
    must_not_wait(objections, rulebook)


def must_not_wait(objections: tuple[NoticeObjection, ...], rulebook: Rulebook) -> None:
    """Nobody gets rid of an objection by drafting anew."""
    waiting = [one for one in objections if one.upheld is None]
    if waiting:
        source = rulebook.source(NOTICE_ANSWER)
        raise Refused("single_source_objection_open", source, waiting=len(waiting), objection=str(waiting[0].id))
