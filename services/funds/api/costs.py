"""What was spent of a project's money: reported, taken back, rejected, and seen by head against the agreement."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from events.database import Connection
from schemas.cost import HeadTotal
from schemas.deciding import World
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.refused import Refused
from schemas.role import Role
from schemas.rulebook import Rulebook
from services.funds.api.reading import must_see
from services.funds.rules import cost_removals, cost_reports
from services.funds.rules.costs import (
    CostBatch,
    CostKind,
    CostLine,
    CostStatus,
    HeadSum,
    Spending,
    batch_of,
    heads_of,
    invoice_of,
    limit_of,
)
from services.funds.rules.overruns import Overrun, overruns
from services.funds.rules.project import Phase, ProjectMoney
from services.funds.store import costs, questions
from services.kit import adopted
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post

_PROVIDER = frozenset({Role.PROVIDER})
_KEEPERS = frozenset({Role.FUNDER, Role.FINANCE})
_AUDITOR = frozenset({Role.AUDITOR})


class CostReportAnswer(Answer):
    """What was taken in; the same again for the same batch."""

    project_id: ProjectId
    batch_id: UUID
    batch: str
    lines: int
    heads: tuple[HeadTotal, ...]
    total: Money
    digest: str


class CostLineAnswer(Answer):
    line_id: UUID
    batch: str
    row: int
    head: str
    kind: CostKind
    amount: Money
    issuer: str
    issuer_name: str | None
    invoice_number: str
    spent_on: date
    description: str
    evidence_digest: str
    reported_at: datetime
    reported_by: UUID
    status: CostStatus
    reason: str | None
    """why it does not count any more"""
    ended_by: UUID | None
    ended_at: datetime | None


class CostLinesAnswer(Answer):
    """In the order in which they were reported."""

    project_id: ProjectId
    lines: tuple[CostLineAnswer, ...]
    next: UUID | None


class HeadAnswer(Model):
    head: str
    name: str
    most_percent: int | None
    """of the price; none where the agreement sets no limit"""
    limit: Money | None
    used: Money
    left: Money | None
    used_percent: Decimal
    """of the price, two decimals"""
    withdrawn: Money
    rejected: Money


class OverrunAnswer(Model):
    """Costs above a limit that came down after they were reported, because the price was lowered."""

    head: str | None
    """none: all together, beyond the price"""
    limit: Money
    above: Money
    zh: str
    en: str


class CostsAnswer(Answer):
    """Sums by head, never an invoice."""

    project_id: ProjectId
    price: Money
    paid: Money
    """to the provider, less what it paid back"""
    spent: Money
    """what counts of its reports"""
    advanced: Money
    """spent beyond what was paid so far: the provider's own money for the time being"""
    unspent: Money | None
    """after settlement: paid and not spent within the limits, to be refunded"""
    above_limits: tuple[OverrunAnswer, ...]
    """since the price was lowered: the provider's own, and expected back as far as it was paid"""
    heads: tuple[HeadAnswer, ...]
    lines: int
    """ever reported"""


class InvoiceUse(Model):
    project_id: ProjectId
    line: CostLineAnswer


class InvoiceAnswer(Answer):
    issuer: str
    number: str
    uses: tuple[InvoiceUse, ...]
    """the latest last; earlier ones were withdrawn"""


def _reported(world: World, command: cost_reports.ReportCosts, cause: UUID) -> CostReportAnswer:
    batch = world.get(CostBatch, batch_of(command.project_id, command.batch))
    return CostReportAnswer(
        project_id=batch.project_id,
        batch_id=batch.id,
        batch=batch.batch,
        lines=batch.lines,
        heads=batch.heads,
        total=batch.total,
        digest=batch.digest,
    )


def _ended(world: World, command: cost_removals.WithdrawCost | cost_removals.RejectCost, cause: UUID) -> CostLineAnswer:
    return _line(world.get(CostLine, command.line_id))


async def get_costs(tx: Connection, asked: Asked) -> CostsAnswer:
    """For the project's parties and auditors; for everyone once its result is public."""
    project_id = ProjectId(asked.id("project_id"))
    money = await project_money(tx, project_id)
    spending = await costs.spending(tx, project_id)
    if not spending.published:
        if asked.by is None:
            raise Refused("costs_not_public", status=403, project=str(project_id))
        _must_see(asked, money)
    if money.price is None:
        raise Refused("not_found", status=404, what="Spending", id=str(project_id))
    return _costs(money, money.price, spending, (await adopted.shelf(tx)).by_hash(money.rulebook))


async def get_lines(tx: Connection, asked: Asked) -> CostLinesAnswer:
    project_id = ProjectId(asked.id("project_id"))
    _must_see(asked, await project_money(tx, project_id))
    found = await costs.lines(tx, project_id, asked.cursor, asked.limit)
    return CostLinesAnswer(
        project_id=project_id,
        lines=tuple(_line(line) for line in found),
        next=found[-1].id if len(found) == asked.limit else None,
    )


async def get_invoice(tx: Connection, asked: Asked) -> InvoiceAnswer:
    issuer, number = asked.path["issuer"].upper(), asked.path["number"].upper()
    found = await costs.invoice(tx, invoice_of(issuer, number))
    uses = [] if found is None else await costs.uses_of(tx, found, asked.prefix)
    if found is None or not uses:
        raise Refused("not_found", status=404, what="Invoice", id=f"{issuer} {number}"[:100])
    return InvoiceAnswer(
        issuer=found.issuer,
        number=found.number,
        uses=tuple(InvoiceUse(project_id=line.project_id, line=_line(line)) for line in uses),
    )


async def project_money(tx: Connection, project_id: UUID) -> ProjectMoney:
    found = await questions.project(tx, project_id)
    if found is None:
        raise Refused("not_found", status=404, what="ProjectMoney", id=str(project_id))
    return found[0]


def _must_see(asked: Asked, money: ProjectMoney) -> None:
    must_see(asked.actor, money.funder_id, money.community_id, None if money.payee is None else money.payee.id)


def _costs(money: ProjectMoney, price: Money, spending: Spending, rulebook: Rulebook) -> CostsAnswer:
    paid, spent = sum_of(share.amount for share in money.paid_shares), spending.counted
    names = heads_of(spending, rulebook)
    above = overruns(spending, price)
    within = spent.fen - sum(one.above.fen for one in above)
    used = {head.head: head for head in spending.heads}
    return CostsAnswer(
        project_id=ProjectId(money.id),
        price=price,
        paid=paid,
        spent=spent,
        advanced=Money(max(0, spent.fen - paid.fen)),
        unspent=Money(max(0, paid.fen - within)) if money.phase is Phase.SETTLED else None,
        above_limits=tuple(_overrun(one, names) for one in above),
        heads=tuple(
            _head(used.get(head, HeadSum(head=head)), names.get(head, head), price, spending)
            for head in dict.fromkeys((*names, *used))
        ),
        lines=spending.lines,
    )


def _overrun(one: Overrun, names: Mapping[str, str]) -> OverrunAnswer:
    name = "全部支出" if one.head is None else names[one.head]
    en = "All costs together" if one.head is None else f"Costs of {names[one.head]}"
    return OverrunAnswer(
        head=one.head,
        limit=one.limit,
        above=one.above,
        zh=f"{name} {one.spent} 填报时未超限额;价款下调后限额为 {one.limit},"
        f"超出的 {one.above} 由承接方自行承担,已支付的应退回。",
        en=f"{en}, {one.spent}, were within the limit when reported; since the price was lowered it is {one.limit}. "
        f"The {one.above} beyond it are the provider's own, and expected back as far as they were paid.",
    )


def _head(head: HeadSum, name: str, price: Money, spending: Spending) -> HeadAnswer:
    limit = spending.limit(head.head)
    most = None if limit is None else limit_of(price, limit)
    percent = Decimal(100 * head.counted.fen) / Decimal(max(1, price.fen))
    return HeadAnswer(
        head=head.head,
        name=name,
        most_percent=None if limit is None else limit.most_percent,
        limit=most,
        used=head.counted,
        left=None if most is None else Money(max(0, most.fen - head.counted.fen)),
        used_percent=percent.quantize(Decimal("0.01"), ROUND_HALF_UP),
        withdrawn=head.withdrawn,
        rejected=head.rejected,
    )


def _line(line: CostLine) -> CostLineAnswer:
    return CostLineAnswer(
        line_id=line.id,
        batch=line.batch,
        row=line.row,
        head=line.head,
        kind=line.kind,
        amount=line.amount,
        issuer=line.issuer,
        issuer_name=line.issuer_name,
        invoice_number=line.number,
        spent_on=line.spent_on,
        description=line.description,
        evidence_digest=line.evidence_digest,
        reported_at=line.reported_at,
        reported_by=line.reported_by,
        status=line.status,
        reason=line.reason,
        ended_by=line.ended_by,
        ended_at=line.ended_at,
    )


COSTS = (
    Post(
        path="/v1/projects/{project_id}/costs",
        command=cost_reports.ReportCosts,
        roles=_PROVIDER,
        refs=cost_reports.refs,
        decide=cost_reports.report,
        subject=lambda command, cause: (Spending, command.project_id),
        answer=_reported,
        summary="填报支出 · Report a batch of what was spent, by cost head; each invoice counts once",
        largest_body=1024 * 1024,
    ),
    Post(
        path="/v1/projects/{project_id}/costs/{line_id}/withdrawal",
        command=cost_removals.WithdrawCost,
        roles=_PROVIDER,
        refs=cost_removals.refs,
        decide=cost_removals.withdraw,
        subject=lambda command, cause: (CostLine, command.line_id),
        answer=_ended,
        summary="撤回一笔支出 · Take a reported line back, until the project settles",
    ),
    Post(
        path="/v1/projects/{project_id}/costs/{line_id}/rejection",
        command=cost_removals.RejectCost,
        roles=_KEEPERS,
        refs=cost_removals.refs,
        decide=cost_removals.reject,
        subject=lambda command, cause: (CostLine, command.line_id),
        answer=_ended,
        summary="认定一笔支出不合规 · Reject a reported line; it does not count any more",
    ),
    Get(
        path="/v1/projects/{project_id}/costs",
        roles=frozenset(),
        handler=get_costs,
        answer=CostsAnswer,
        summary="费用科目执行情况(公示前仅限项目各方和审计) · Spending by head against the agreement's limits",
    ),
    Get(
        path="/v1/projects/{project_id}/costs/lines",
        roles=_KEEPERS | _PROVIDER | _AUDITOR | {Role.COMMUNITY},
        handler=get_lines,
        answer=CostLinesAnswer,
        summary="支出明细 · Reported lines with their invoices, withdrawn and rejected ones included",
    ),
    Get(
        path="/v1/invoices/{issuer}/{number}",
        roles=_AUDITOR,
        handler=get_invoice,
        answer=InvoiceAnswer,
        summary="一张发票用在何处 · Where an invoice was used; issuer by USCC or tax number",
    ),
)
