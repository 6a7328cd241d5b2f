"""Before the award a tender can be cancelled (废标), by two persons and on a ground; what is void can be run again."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.awarding import CancelGround, TenderCancelled, TenderRerun
from schemas.deciding import Context, World
from schemas.fact import Command, Note
from schemas.ids import PartyId, ProjectId
from schemas.legal_term import must_know
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.rulebook import Source
from schemas.tender import TenderVoided
from services.tenders.rules.aftermath import Cancellation
from services.tenders.rules.holding_up import must_not_be_suspended
from services.tenders.rules.project import Phase, Project, bids_of
from services.tenders.rules.proposal import SEPARATION
from services.tenders.rules.setting_aside import DEFAULT, DEFAULTED

GROUNDS = "tender.cancel_grounds"
CANCELLABLE = (Phase.OPEN, Phase.LOCKED, Phase.OPENED, Phase.SCORING, Phase.RANKED)
"""published, and nobody chosen; while matching ranks, it is waited for"""
RUNS_MOST = "tender.runs_most"


class DraftCancellation(Command):
    project_id: ProjectId
    ground: CancelGround
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class ApproveCancellation(Command):
    """Another person of the buyer approves exactly this draft."""

    project_id: ProjectId
    cancellation_id: UUID


class RerunTender(Command):
    project_id: ProjectId
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class CancellationDrafted(Note):
    """The buyer's own business until somebody approves it."""

    project_id: ProjectId
    cancellation: Cancellation


def draft_cancellation(world: World, command: DraftCancellation, context: Context) -> list[Note]:
    """A new draft replaces the last one, until one is approved."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, *CANCELLABLE)
    _check_ground(world, project, command.ground, context)
    must_be_public(command.reason, "reason")
    cancellation = Cancellation(
        id=context.new_id("cancellation"),
        ground=command.ground,
        reason=command.reason,
        drafted_by=PartyId(context.by.person_id),
    )
    return [CancellationDrafted(project_id=project.project_id, cancellation=cancellation)]


def _check_ground(world: World, project: Project, ground: CancelGround, context: Context) -> Source:
    """One that the rulebook admits, and that what is known bears out. Before the opening nobody knows of prices."""
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    source = must_know(rulebook, DEFAULT if ground is CancelGround.WINNER_DEFAULTED else GROUNDS)
    if ground is CancelGround.WINNER_DEFAULTED:
        borne_out = any(one.code == DEFAULTED for one in project.aftermath.set_aside)
    else:
        borne_out = ground in rulebook.value(GROUNDS)
    if ground is CancelGround.TOO_FEW:
        borne_out &= project.phase not in (Phase.OPEN, Phase.LOCKED)
    if ground is CancelGround.ABOVE_BUDGET:
        opened = [bid.content.price for bid in bids_of(world, project) if bid.content is not None]
        borne_out &= bool(opened) and all(price > project.agreed.ceiling for price in opened)
    if not borne_out:
        raise Refused("ground_not_borne_out", source, status=422, field="ground", ground=ground)
    return source


def approve_cancellation(world: World, command: ApproveCancellation, context: Context) -> list[Model]:
    """Who drafted cannot approve. What is sealed stays sealed, and the reserved money goes back."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, *CANCELLABLE)
    drafted = project.aftermath.cancellation
    if drafted is None or drafted.id != command.cancellation_id:
        raise Refused("cancellation_replaced", field="cancellation_id", draft=str(command.cancellation_id))
    if drafted.drafted_by == context.by.person_id:
        raise Refused("drafter_cannot_approve", SEPARATION, status=403)
    source = _check_ground(world, project, drafted.ground, context)
    cancelled = TenderCancelled(
        project_id=project.project_id,
        ground=drafted.ground,
        reason=drafted.reason,
        drafted_by=drafted.drafted_by,
        approved_by=PartyId(context.by.person_id),
    )
    return [cancelled, TenderVoided(project_id=project.project_id, code="tender_cancelled", source=source.text)]


def rerun_tender(world: World, command: RerunTender, context: Context) -> list[TenderRerun]:
    """The project is proposed again: terms, money and sealing key are all to be had anew."""
    project = world.get(Project, command.project_id)
    project.for_funder(context.by, Phase.VOIDED)
    must_not_be_suspended(project, context)
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    must_know(rulebook, RUNS_MOST)
    if project.run >= (most := rulebook.integer(RUNS_MOST)):
        raise Refused("too_many_runs", rulebook.source(RUNS_MOST), most=most)
    must_be_public(command.reason, "reason")
    return [
        TenderRerun(
            project_id=project.project_id,
            run=project.run + 1,
            reason=command.reason,
            decided_by=PartyId(context.by.person_id),
        )
    ]
