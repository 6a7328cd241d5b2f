"""Delivery: the provider submits a milestone, the community confirms it, the buyer accepts it (验收).

In that order, by three different persons. What the community performs itself it does not confirm: the buyer accepts it.
"""

from functools import reduce
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.contract import (
    Evidence,
    Milestone,
    MilestoneAccepted,
    MilestoneConfirmed,
    MilestoneReturned,
    MilestoneSubmitted,
)
from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.role import Role
from services.contracts.rules.acceptance_report import ACCEPTANCE, reported
from services.contracts.rules.annex import ACCEPTANCE_DAYS
from services.contracts.rules.consultation import must_be_consulted
from services.contracts.rules.contract import SEPARATION, Contract, Dated, separate
from services.contracts.rules.deeming import awaited
from services.contracts.rules.evolving import after
from services.contracts.rules.opining import must_be_answered
from services.contracts.rules.step import Delivery, Stage
from services.contracts.rules.unjudged import judgement_awaited
from services.contracts.rules.visit import VisitsCounted, VisitSums, VisitTotals


class SubmitMilestone(Command):
    """The provider says a milestone is reached and names its evidence."""

    project_id: ProjectId
    milestone: Milestone
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1, max_length=50)]


class ConfirmMilestone(Command):
    """The community saw the delivery."""

    project_id: ProjectId
    milestone: Milestone


class AcceptMilestone(Command):
    """The buyer accepts what the community confirmed."""

    project_id: ProjectId
    milestone: Milestone


class ReturnMilestone(Command):
    """The community or the buyer sends a submitted milestone back, with what is to be mended."""

    project_id: ProjectId
    milestone: Milestone
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


def submit_refs(command: SubmitMilestone, cause: UUID) -> tuple[Ref, ...]:
    return (Contract, command.project_id), (VisitSums, command.project_id)


def submit(world: World, command: SubmitMilestone, context: Context) -> list[Model]:
    """After signing; the final one after the mid-term was accepted; again only after it came back."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.provider_id)
    contract.must_go_on()
    milestone = command.milestone
    if not contract.signed:
        raise Refused("contract_not_signed", contract=str(contract.agreement.contract_id))
    contract.must_be_under_way()
    if milestone not in contract.milestones:
        raise Refused("milestone_not_agreed", milestone=milestone, contract=str(contract.agreement.contract_id))
    before = contract.milestones[: contract.milestones.index(milestone)]
    if any(contract.deliveries[earlier].stage is not Stage.ACCEPTED for earlier in before):
        raise Refused("mid_term_not_accepted", ACCEPTANCE, project=str(contract.id))
    if (stage := contract.deliveries[milestone].stage) is not Stage.AWAITED:
        raise Refused("milestone_already_submitted", milestone=milestone, stage=stage)
    if milestone is Milestone.FINAL and contract.agreement.work is not None and not contract.work.reported:
        raise Refused("work_not_reported", contract=str(contract.agreement.contract_id))
    must_be_public(command.evidence, "evidence")  # it stands in the acceptance report
    submitted = MilestoneSubmitted(
        project_id=contract.project_id,
        milestone=milestone,
        evidence=command.evidence,
        submitted_by=PartyId(context.by.person_id),
    )
    sums = world.find(VisitSums, contract.id)
    totals = VisitTotals() if sums is None else sums.of.get(milestone, VisitTotals())
    counted = VisitsCounted(project_id=contract.project_id, milestone=milestone, totals=totals)
    window = awaited(contract, milestone, context) if contract.by_community else []
    return [submitted, _dated(contract, milestone, Stage.SUBMITTED, context), counted, *window]


def confirm(world: World, command: ConfirmMilestone, context: Context) -> list[Model]:
    """The community of the need confirms; whoever submitted cannot. From now on the buyer has to answer."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.community_id)
    _not_own(contract)
    contract.must_go_on()
    delivery = _at(contract, command.milestone, Stage.SUBMITTED, "milestone_not_submitted")
    confirmed = MilestoneConfirmed(
        project_id=contract.project_id,
        milestone=command.milestone,
        confirmed_by=separate(context.by, delivery.submitted_by),
    )
    dated = _dated(contract, command.milestone, Stage.CONFIRMED, context)
    return [confirmed, dated, *awaited(contract, command.milestone, context)]


def accept(world: World, command: AcceptMilestone, context: Context) -> list[Model]:
    """The buyer signs the acceptance, and never before the community confirmed; the report (验收书) is drawn up."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    contract.must_go_on()
    delivery = to_answer(contract, command.milestone)
    must_be_answered(contract, command.milestone)
    if command.milestone is Milestone.FINAL and contract.agreement.work is not None and contract.work.fee is None:
        raise Refused("work_not_accepted", contract=str(contract.agreement.contract_id))
    must_be_consulted(contract, command.milestone)
    accepted = MilestoneAccepted(
        project_id=contract.project_id,
        milestone=command.milestone,
        accepted_by=separate(context.by, delivery.submitted_by, delivery.confirmed_by),
    )
    said: list[Model] = [accepted, _dated(contract, command.milestone, Stage.ACCEPTED, context)]
    contract = reduce(after, said, contract)
    judged = judgement_awaited(contract, context) if command.milestone is Milestone.MID_TERM else []
    return [*said, *judged, *reported(contract, command.milestone)]


def return_(world: World, command: ReturnMilestone, context: Context) -> list[Model]:
    """The community returns what is submitted, the buyer what is confirmed: each at its own step, and in time."""
    contract = world.get(Contract, command.project_id)
    contract.must_be_involved(context.by)
    contract.must_go_on()
    if context.by.role is Role.COMMUNITY:
        _not_own(contract)
        delivery = _at(contract, command.milestone, Stage.SUBMITTED, "milestone_not_submitted")
    else:
        delivery = to_answer(contract, command.milestone)
        if contract.annex is not None and contract.silent(command.milestone, context.at):
            source = contract.annex.rules[ACCEPTANCE_DAYS].source
            due = contract.window_ends(command.milestone)
            raise Refused("acceptance_overdue", source, milestone=command.milestone, due=due)
    must_be_public(command.reason, "reason")
    returned = MilestoneReturned(
        project_id=contract.project_id,
        milestone=command.milestone,
        returned_by=separate(context.by, delivery.submitted_by, delivery.confirmed_by),
        reason=command.reason,
    )
    return [returned, _dated(contract, command.milestone, "returned", context)]


def to_answer(contract: Contract, milestone: Milestone) -> Delivery:
    """What waits for the buyer: confirmed by the community, or submitted by it where it performs itself."""
    if contract.by_community:
        return _at(contract, milestone, Stage.SUBMITTED, "milestone_not_delivered")
    return _at(contract, milestone, Stage.CONFIRMED, "milestone_not_confirmed")


def _not_own(contract: Contract) -> None:
    """Who performs does not also confirm."""
    if contract.by_community:
        raise Refused("community_performs", SEPARATION, status=403, project=str(contract.id))


def _at(contract: Contract, milestone: Milestone, stage: Stage, code: str) -> Delivery:
    """The delivery, which must stand exactly at the stage the step starts from."""
    delivery = contract.deliveries[milestone]
    if delivery.stage is not stage:
        raise Refused(code, ACCEPTANCE, milestone=milestone, stage=delivery.stage)
    contract.must_be_under_way()
    return delivery


def _dated(contract: Contract, milestone: Milestone, step: str, context: Context) -> Dated:
    return Dated(project_id=contract.project_id, step=f"{milestone}.{step}", at=context.at)
