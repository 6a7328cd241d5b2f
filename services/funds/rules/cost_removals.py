"""A line ceases to count: its provider takes it back, or the funder's side rejects it (认定不合规)."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from schemas.cost import CostRejected, CostWithdrawalReason, CostWithdrawn
from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.funds.rules.costs import CostLine, CostsKept, CostStatus, Invoice, Spending, invoice_of, spending_of
from services.funds.rules.holds import Words
from services.funds.rules.project import Phase, ProjectMoney


class WithdrawCost(Command):
    project_id: ProjectId
    line_id: UUID
    reason: CostWithdrawalReason


class RejectCost(Command):
    project_id: ProjectId
    line_id: UUID
    reason: Words
    """the rule or finding it rests on"""


def refs(command: WithdrawCost | RejectCost, cause: UUID) -> list[Ref]:
    """The store adds the line's invoice."""
    return [
        (ProjectMoney, command.project_id),
        (Spending, command.project_id),
        (CostLine, command.line_id),
    ]


def withdraw(world: World, command: WithdrawCost, context: Context) -> Sequence[Model]:
    """Until the project settles; the invoice may then be used again, once."""
    money = world.get(ProjectMoney, command.project_id)
    if money.payee is None:
        raise Refused("not_your_party", status=403)  # nobody's yet
    context.by.must_be(money.payee.id)
    line = _counted(world, command)
    if money.phase is Phase.SETTLED:
        raise Refused("costs_are_final", row=line.row, batch=line.batch)
    fact = CostWithdrawn(
        project_id=command.project_id,
        batch_id=line.batch_id,
        line_id=line.id,
        head=line.head,
        amount=line.amount,
        reason=command.reason,
        withdrawn_by=context.by.party_id,
    )
    invoice = replace(world.get(Invoice, invoice_of(line.issuer, line.number)), free=True)
    return [fact, _ended(world, line, CostStatus.WITHDRAWN, command.reason, context, (invoice,))]


def reject(world: World, command: RejectCost, context: Context) -> Sequence[Model]:
    """Before and after settlement; what was spent on it is the provider's own, and its invoice stays used."""
    money = world.get(ProjectMoney, command.project_id)
    context.by.must_be(money.funder_id)
    line = _counted(world, command)
    must_be_public(command.reason, "reason")
    fact = CostRejected(
        project_id=command.project_id,
        batch_id=line.batch_id,
        line_id=line.id,
        head=line.head,
        amount=line.amount,
        reason=command.reason,
        rejected_by=context.by.party_id,
    )
    return [fact, _ended(world, line, CostStatus.REJECTED, command.reason, context, ())]


def _counted(world: World, command: WithdrawCost | RejectCost) -> CostLine:
    line = world.get(CostLine, command.line_id)
    if line.project_id != command.project_id:
        raise Refused("not_found", status=404, what="CostLine", id=str(command.line_id))
    if line.status is not CostStatus.COUNTED:
        raise Refused("cost_not_counted", row=line.row, batch=line.batch, standing=line.status)
    return line


def _ended(
    world: World, line: CostLine, status: CostStatus, reason: str, context: Context, invoices: tuple[Invoice, ...]
) -> CostsKept:
    spending = spending_of(world, line.project_id)
    ended = replace(line, status=status, reason=str(reason), ended_by=context.by.person_id, ended_at=context.at)
    head = spending.head(line.head).ended(line.amount, status)
    return CostsKept(spending=spending.with_head(head), lines=(ended,), invoices=invoices)
