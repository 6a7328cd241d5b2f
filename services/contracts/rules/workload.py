"""Fee by workload: the provider reports units, the buyer accepts them item by item before it accepts the delivery.

苏州市民政局对市政协十三届三次会议第009号提案的答复(2014年): where a department needs a community's help, an agreement
is signed and paid by workload (按工作量提供经费).
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from schemas.clauses import Work
from schemas.contract import Milestone
from schemas.deciding import Context, World
from schemas.fact import Command, Fact
from schemas.ids import PartyId, ProjectId
from schemas.refused import Refused
from schemas.work import UnitsDone, WorkReported
from services.contracts.rules.contract import Contract, separate
from services.contracts.rules.delivery import to_answer
from services.contracts.rules.step import Stage
from services.contracts.rules.units import by_item, work_accepted

Units = Annotated[tuple[UnitsDone, ...], Field(min_length=1, max_length=50)]
"""every item of the agreement once"""


class ReportWork(Command):
    project_id: ProjectId
    units: Units


class AcceptWork(Command):
    project_id: ProjectId
    units: Units


def report_work(world: World, command: ReportWork, context: Context) -> list[Fact]:
    """Until the final delivery is submitted; a later report takes the place of an earlier one."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.provider_id)
    contract.must_go_on()
    work = _work_of(contract)
    if not contract.signed:
        raise Refused("contract_not_signed", contract=str(contract.agreement.contract_id))
    if (stage := contract.deliveries[Milestone.FINAL].stage) is not Stage.AWAITED:
        raise Refused("milestone_already_submitted", milestone=Milestone.FINAL, stage=stage)
    _each_item_once(work, command.units)
    reported = WorkReported(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        units=command.units,
        reported_by=PartyId(context.by.person_id),
    )
    return [reported]


def accept_work(world: World, command: AcceptWork, context: Context) -> list[Fact]:
    """Once the final delivery waits for the buyer, and until it is accepted; the last count holds."""
    contract = world.get(Contract, command.project_id)
    context.by.must_be(contract.funder_id)
    contract.must_go_on()
    work = _work_of(contract)
    delivery = to_answer(contract, Milestone.FINAL)
    _each_item_once(work, command.units)
    reported = by_item(contract.work.reported)
    for place, one in enumerate(command.units):
        if one.units > reported[one.item]:
            raise Refused(
                "more_than_reported",
                status=422,
                field=f"units.{place}.units",
                item=one.item,
                units=one.units,
                reported=reported[one.item],
            )
    person = separate(context.by, delivery.submitted_by, delivery.confirmed_by, contract.work.reported_by)
    return [work_accepted(contract.project_id, contract.agreement, work, command.units, person)]


def _work_of(contract: Contract) -> Work:
    if contract.agreement.work is None:
        raise Refused("not_paid_by_the_unit", contract=str(contract.agreement.contract_id))
    return contract.agreement.work


def _each_item_once(work: Work, units: Sequence[UnitsDone]) -> None:
    items = [item.id for item in work.items]
    if sorted(one.item for one in units) != sorted(items):
        raise Refused("items_differ", status=422, field="units", items=", ".join(items))
