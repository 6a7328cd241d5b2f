"""Reports of costs for tests: a signed project under an agreement with limits, and lines on invoices of their own."""

from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

from schemas import uscc
from schemas.clauses import Clauses, CostLimit
from schemas.contract import ContractSigned
from schemas.cost import CostWithdrawalReason
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.money import Money
from schemas.role import Actor, Role
from services.funds.rules.cost_removals import RejectCost, WithdrawCost, reject, withdraw
from services.funds.rules.cost_removals import refs as refs_of_removal
from services.funds.rules.cost_reports import ReportCosts, report
from services.funds.rules.cost_reports import refs as refs_of_report
from services.funds.rules.costs import CostKind, CostLine, Spending, batch_of, line_of
from services.funds.rules.spent_lines import InvoiceGiven, Issuer, SpentLine
from tests.services.funds.desk import FINANCE, PROVIDER, Desk, a_signing, an_approval
from tests.support.pure import NOON, an_actor

WORKER = an_actor(Role.PROVIDER, PROVIDER)
SHOP = uscc.make("91", "320500", "MA1QYR12")
TODAY = NOON.date()
LIMITS = (
    CostLimit(head="activity", name="业务活动费", most_percent=80),
    CostLimit(head="management", name="管理费用", most_percent=10),
    CostLimit(head="tax", name="税费", most_percent=0),
)
_numbers = count(10_000_000)


def a_limited_signing(project_id: ProjectId, price: int) -> ContractSigned:
    return a_signing(project_id, price).model_copy(update={"clauses": Clauses(cost_limits=LIMITS)})


def a_cost(fen: int, head: str = "activity", number: str = "", **changes: Any) -> SpentLine:
    line = SpentLine(
        head=head,
        kind=CostKind.SERVICE,
        amount=Money(fen),
        invoice=InvoiceGiven(number=number or str(next(_numbers)), issuer=Issuer(uscc=SHOP)),
        spent_on=TODAY,
        description="助餐配送",
        evidence_digest="0" * 64,
    )
    return line.model_copy(update=changes)


def a_report(project_id: ProjectId, *lines: SpentLine, batch: str = "") -> ReportCosts:
    return ReportCosts(project_id=project_id, batch=batch or uuid4().hex, lines=lines)


def spent(desk: Desk, project: ProjectId) -> Spending:
    return desk.world.get(Spending, project)


def a_project(desk: Desk, price: int = 1000, limited: bool = True) -> ProjectId:
    """Signed today, nothing paid yet."""
    approval = an_approval({desk.appropriate(price): price})
    desk.hear(approval)
    sign = a_limited_signing if limited else a_signing
    desk.hear(sign(approval.project_id, price))
    return approval.project_id


def hand_in(desk: Desk, command: ReportCosts, by: Actor = WORKER) -> list[Model]:
    return desk.story.do(report, command, by, refs_of_report(command, uuid4()))


def line_at(command: ReportCosts, row: int = 1) -> Any:
    return line_of(batch_of(command.project_id, command.batch), row)


def take_back(desk: Desk, command: ReportCosts, row: int = 1, by: Actor = WORKER) -> list[Model]:
    removal = WithdrawCost(
        project_id=command.project_id, line_id=line_at(command, row), reason=CostWithdrawalReason.WRONG_PROJECT
    )
    return desk.story.do(withdraw, removal, by, refs_of_removal(removal, uuid4()))


def turn_down(
    desk: Desk,
    command: ReportCosts,
    row: int = 1,
    *,
    by: Actor = FINANCE,
    project: ProjectId | None = None,
    reason: str = "无活动签到",
) -> list[Model]:
    line_id = line_at(command, row)
    removal = RejectCost(project_id=project or command.project_id, line_id=line_id, reason=reason)
    return desk.story.do(reject, removal, by, refs_of_removal(removal, uuid4()))


def cost_line(desk: Desk, command: ReportCosts, row: int = 1) -> CostLine:
    return desk.world.get(CostLine, line_at(command, row))


def on(day: int) -> date:
    return TODAY.replace(day=day)
