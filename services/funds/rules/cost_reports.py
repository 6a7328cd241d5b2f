"""A provider reports what it spent (支出报告): all lines of a batch, or none, each within its head's limit."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.canonical import digest_of
from schemas.cost import CostsReported
from schemas.deciding import Context, Ref, World
from schemas.fact import Command
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.personal import must_be_public
from schemas.refused import Refused
from services.funds.rules.cost_taking import Taking
from services.funds.rules.costs import CostBatch, CostsKept, Invoice, Spending, batch_of
from services.funds.rules.project import ProjectMoney
from services.funds.rules.receipts import Reference
from services.funds.rules.spent_lines import SpentLine
from services.funds.rules.uploads import MOST_LINES


class ReportCosts(Command):
    project_id: ProjectId
    batch: Reference
    """the provider's own number of this report; the same one again with the same lines changes nothing"""
    lines: Annotated[tuple[SpentLine, ...], Field(min_length=1, max_length=MOST_LINES)]


def refs(command: ReportCosts, cause: UUID) -> list[Ref]:
    return refs_of_lines(command.project_id, command.batch, command.lines)


def refs_of_lines(project_id: ProjectId, batch: str, lines: Sequence[SpentLine]) -> list[Ref]:
    return [
        (ProjectMoney, project_id),
        (Spending, project_id),
        (CostBatch, batch_of(project_id, batch)),
        *((Invoice, line.invoice.id) for line in lines),
    ]


def own_money(world: World, project_id: ProjectId, context: Context) -> ProjectMoney:
    """Of the project, for who performs it."""
    money = world.get(ProjectMoney, project_id)
    if money.payee is None:
        raise Refused("not_your_party", status=403)  # nobody's yet
    context.by.must_be(money.payee.id)
    return money


def is_known(world: World, command: ReportCosts) -> bool:
    """It was reported before, in the same words; in others it is refused. A new one's number will be public."""
    known = world.find(CostBatch, batch_of(command.project_id, command.batch))
    if known is not None and known.digest != digest_of(command):
        raise Refused("batch_reported_otherwise", field="batch", batch=command.batch, digest=known.digest)
    if known is None:
        must_be_public(command.batch, "batch")
    return known is not None


def report(world: World, command: ReportCosts, context: Context, rows: Sequence[int] | None = None) -> Sequence[Model]:
    """Counts from signing on, and after settlement too: what was paid last is spent last.

    `rows`: where the lines stand in the file they came in.
    """
    money = own_money(world, command.project_id, context)
    if is_known(world, command):
        return []
    taking = Taking(world, money, command.batch, rows or range(1, len(command.lines) + 1), context)
    for place, line in enumerate(command.lines):
        taking.take(place, line)
    batch = taking.batch(digest_of(command))
    fact = CostsReported(
        project_id=command.project_id,
        batch_id=batch.id,
        batch=batch.batch,
        provider_id=context.by.party_id,
        lines=batch.lines,
        heads=batch.heads,
        total=batch.total,
        digest=batch.digest,
    )
    kept = CostsKept(
        spending=taking.spending,
        batch=batch,
        lines=tuple(taking.lines),
        invoices=tuple(taking.invoices.values()),
    )
    return [fact, kept]
