"""The record of the provincial library's draw, entered by the buyer and checked."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.committee import CommitteeImported, Member
from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.standing import Party, party
from services.tenders.rules.committee.drawing import passed_over
from services.tenders.rules.committee.rules import (
    JUDGED_IN,
    MOST,
    check_composition,
    committee_rules,
    must_fit,
    must_keep_scorers,
)
from services.tenders.rules.project import Project, bids_of
from services.tenders.rules.scoring import RECUSAL


class ImportCommittee(Command):
    project_id: ProjectId
    record_number: Annotated[str, Field(min_length=1, max_length=64)]
    drawn_on: date
    pool: Annotated[str, Field(min_length=1, max_length=100)]
    """the library's name for what it drew from"""
    members: Annotated[tuple[Member, ...], Field(min_length=1, max_length=MOST)]


class ImportCommitteeBeside(ImportCommittee):
    """With whom our own draw is about, if one was committed, so that their standing is at hand."""

    pooled: tuple[PartyId, ...]


def import_refs(command: ImportCommitteeBeside, cause: UUID) -> tuple[Ref, ...]:
    named = {*command.pooled, *(member.evaluator_id for member in command.members)}
    return ((Project, command.project_id), *((Party, id) for id in sorted(named, key=str)))


def import_committee(
    world: World, command: ImportCommittee | ImportCommitteeBeside, context: Context
) -> list[CommitteeImported]:
    """Again in place of the last, for instance with who was drawn for a member that recused."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, *JUDGED_IN)
    rulebook = committee_rules(project, context, "library")
    if command.drawn_on > context.today:
        raise Refused("drawn_in_future", status=422, field="drawn_on", drawn_on=command.drawn_on)
    _must_not_pass_by_a_draw(world, project)
    must_be_public(command.pool, "pool")
    must_be_public(command.record_number, "record_number")
    check_composition(project, command.members, rulebook, "members")
    bids = bids_of(world, project)
    for place, member in enumerate(command.members):
        field = f"members.{place}.evaluator_id"
        must_fit(project, party(world, member.evaluator_id), bids, RECUSAL, field)
    must_keep_scorers(project, {member.evaluator_id for member in command.members})
    return [
        CommitteeImported(
            project_id=project.project_id,
            record_number=command.record_number,
            drawn_on=command.drawn_on,
            pool=command.pool,
            members=command.members,
            entered_by=PartyId(context.by.person_id),
        )
    ]


def _must_not_pass_by_a_draw(world: World, project: Project) -> None:
    """Whoever committed to a draw cannot have another committee because it dislikes whom the lot gave."""
    if project.draw is None:
        return
    out = {one.evaluator_id for one in passed_over(world, project, project.draw, bids_of(world, project))}
    left = len(set(project.draw.pool) - out - set(project.recused))
    if left >= project.draw.seats:
        raise Refused("committee_drawn", left=left, seats=project.draw.seats)
