"""The funder lets an agreement stand still (中止), for a stated reason and until a day; then it goes on by itself."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from schemas.days import end_of
from schemas.deciding import SYSTEM, Context, Due, World
from schemas.fact import Command
from schemas.ids import PartyId, ProjectId
from schemas.judging import MidTermAwaited
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from schemas.suspension import ContractResumed, ContractSuspended, SuspensionReason
from services.contracts.rules.contract import AcceptanceAwaited, Contract, Dated, StoodStill
from services.contracts.rules.life import Suspension
from services.contracts.rules.opining import OpinionKept
from services.contracts.rules.step import BEFORE_THE_BUYER

MOST_DAYS = "contracts.suspension_days_most"


class SuspendContract(Command):
    project_id: ProjectId
    reason: SuspensionReason
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    until: date
    """the last day in China on which it stands still"""


class ResumeContract(Command):
    project_id: ProjectId


def suspend(world: World, command: SuspendContract, context: Context) -> list[Model]:
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    contract.must_be_in_force()
    contract.must_go_on()
    must_be_public(command.text, "text")
    rulebook = context.rulebooks.by_hash(contract.agreement.rulebook)
    if MOST_DAYS not in rulebook.rules:
        raise Refused("no_rule_for_suspension", rulebook=rulebook.version)
    last = context.today + timedelta(days=rulebook.integer(MOST_DAYS))
    if not context.today <= command.until <= last:
        source = rulebook.source(MOST_DAYS)
        raise Refused("suspension_too_long", source, status=422, field="until", first=context.today, last=last)
    suspended = ContractSuspended(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        reason=command.reason,
        text=command.text,
        until=command.until,
        suspended_by=PartyId(context.by.person_id),
    )
    still = Suspension(reason=command.reason, text=command.text, since=context.at, ends_at=end_of(command.until))
    return [suspended, StoodStill(project_id=contract.project_id, suspension=still)]


def resume(world: World, command: ResumeContract, context: Context) -> list[Model]:
    """Before its day."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    if contract.suspension is None or contract.terminated:
        raise Refused("not_suspended", contract=str(contract.agreement.contract_id))
    return _resumed(contract, contract.suspension, PartyId(context.by.person_id), context)


def resume_on_its_day(world: World, due: Due, context: Context) -> list[Model]:
    """The day of a suspension has passed."""
    contract = world.find(Contract, due.ref[1])
    if contract is None or contract.suspension is None or contract.due().get(due.name) != due.at:
        return []
    return _resumed(contract, contract.suspension, SYSTEM, context)


def _resumed(contract: Contract, suspension: Suspension, by: PartyId, context: Context) -> list[Model]:
    """What the buyer has to answer or to judge waits longer, by the time that passed; so does an opinion."""
    resumed = ContractResumed(project_id=contract.project_id, contract_id=contract.agreement.contract_id, resumed_by=by)
    later = later_by(contract, context.at - suspension.since)
    return [resumed, *later, Dated(project_id=contract.project_id, step="resumed", at=context.at)]


def later_by(contract: Contract, stood_still: timedelta) -> list[Model]:
    """What is awaited of somebody by a day, put off."""
    later = [
        AcceptanceAwaited(
            project_id=contract.project_id,
            milestone=milestone,
            due=delivery.acceptance_due + stood_still,
        )
        for milestone, delivery in contract.deliveries.items()
        if delivery.stage in BEFORE_THE_BUYER and delivery.acceptance_due is not None
    ]
    answers = [
        OpinionKept(
            project_id=contract.project_id, opinion=replace(opinion, answer_due=opinion.answer_due + stood_still)
        )
        for opinion in contract.opinions
        if opinion.owed and not opinion.overdue and opinion.answer_due is not None
    ]
    judged = [] if contract.awaited is None else [_judged_later(contract.awaited, stood_still)]
    return [*judged, *later, *answers]


def _judged_later(awaited: MidTermAwaited, stood_still: timedelta) -> MidTermAwaited:
    return awaited.model_copy(update={"judgement_due": awaited.judgement_due + stood_still})
