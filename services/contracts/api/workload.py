"""Units reported and accepted of an agreement that is paid by workload, and the fee with its arithmetic."""

from typing import Any
from uuid import UUID

from events.database import Connection
from schemas.deciding import Ref, World
from schemas.money import Money
from schemas.refused import Refused
from schemas.role import Role
from services.contracts import rules
from services.contracts.api.finding import found
from services.contracts.consumer import contract_of
from services.contracts.rules.units import by_item
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post


class WorkItemAnswer(Answer):
    """One kind of work; what is not reported or accepted yet is none. `fee` is of the units accepted."""

    item: str
    name: str
    unit: str
    unit_price: Money
    most_units: int
    reported: int | None
    accepted: int | None
    fee: Money | None


class WorkAnswer(Answer):
    """`fee` is the sum over the items, at most the price; `arithmetic` says how."""

    version: int
    items: tuple[WorkItemAnswer, ...]
    price: Money
    fee: Money | None
    arithmetic: str


def _answer(contract: rules.Contract, version: int) -> WorkAnswer:
    work, done = contract.agreement.work, contract.work
    reported, accepted = by_item(done.reported), by_item(done.accepted)
    items = tuple(
        WorkItemAnswer(
            item=item.id,
            name=item.name,
            unit=item.unit,
            unit_price=item.unit_price,
            most_units=item.most_units,
            reported=reported.get(item.id),
            accepted=accepted.get(item.id),
            fee=item.fee(accepted[item.id]) if item.id in accepted else None,
        )
        for item in (work.items if work else ())
    )
    return WorkAnswer(
        version=version, items=items, price=contract.agreement.price, fee=done.fee, arithmetic=done.arithmetic
    )


async def get_work(tx: Connection, asked: Asked) -> WorkAnswer:
    contract, version = await found(tx, asked)
    if contract.agreement.work is None:
        raise Refused("not_found", status=404, what="WorkDone", id=str(contract.id))
    return _answer(contract, version)


def _after(world: World, command: Any, cause: UUID) -> WorkAnswer:
    contract = world.get(rules.Contract, command.project_id)
    return _answer(contract, world.next_version((rules.Contract, contract.id)))


def _subject(command: Any, cause: UUID) -> Ref:
    return rules.Contract, command.project_id


WORKLOAD = (
    Post(
        path="/v1/projects/{project_id}/work/reports",
        command=rules.ReportWork,
        roles=frozenset({Role.PROVIDER, Role.COMMUNITY}),
        refs=contract_of,
        decide=rules.report_work,
        subject=_subject,
        answer=_after,
        summary="报送工作量(逐项数量) · Report the units done, item by item",
    ),
    Post(
        path="/v1/projects/{project_id}/work/acceptances",
        command=rules.AcceptWork,
        roles=frozenset({Role.FUNDER}),
        refs=contract_of,
        decide=rules.accept_work,
        subject=_subject,
        answer=_after,
        summary="核定工作量(不超过报送数量) · Accept units, at most what was reported",
    ),
    Get(
        path="/v1/projects/{project_id}/work",
        roles=frozenset(),
        handler=get_work,
        answer=WorkAnswer,
        summary="工作量与应付金额 · Units of work, and the fee with its arithmetic",
    ),
)
