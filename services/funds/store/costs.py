"""Costs of projects: batches, lines, and the invoices they stand on."""

from collections.abc import Collection
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import Ref, World
from services.funds.rules.costs import CostBatch, CostLine, Invoice, Spending, invoice_of
from services.kit.areas import within
from services.kit.documents import Documents

_lines = Documents(spendings=Spending, cost_batches=CostBatch, cost_lines=CostLine)
_invoices = Documents(invoices=Invoice)
_spending = TypeAdapter(Spending)
_line = TypeAdapter(CostLine)
_invoice = TypeAdapter(Invoice)


async def load_into(tx: Connection, world: World, refs: Collection[Ref]) -> None:
    """With the invoices of the lines that are named. Invoices last, in id order: other projects use them too."""
    await _lines.load_into(tx, world, refs)
    named: list[Ref] = [(Invoice, invoice_of(line.issuer, line.number)) for line in world.each(CostLine)]
    world.ask(named)
    await _invoices.load_into(tx, world, {*named, *(ref for ref in refs if ref[0] is Invoice)})


async def save(tx: Connection, world: World) -> None:
    """Invoices first: who uses one at the same moment waits there, finds it changed, and decides again."""
    await _invoices.save(tx, world)
    await _lines.save(tx, world)


async def spending(tx: Connection, project_id: UUID) -> Spending:
    row = await tx.fetchrow("SELECT state FROM spendings WHERE id = $1", project_id)
    return Spending(id=project_id) if row is None else _spending.validate_json(row["state"])


async def lines(tx: Connection, project_id: UUID, after: UUID | None, limit: int) -> list[CostLine]:
    """In the order in which they were reported; `after` is the last one seen."""
    rows = await tx.fetch(
        """
        SELECT state FROM cost_lines
        WHERE project_id = $1 AND ($2::uuid IS NULL OR place > (SELECT place FROM cost_lines WHERE id = $2))
        ORDER BY place LIMIT $3
        """,
        project_id,
        after,
        limit,
    )
    return [_line.validate_json(row["state"]) for row in rows]


async def invoice(tx: Connection, id: UUID) -> Invoice | None:
    row = await tx.fetchrow("SELECT state FROM invoices WHERE id = $1", id)
    return None if row is None else _invoice.validate_json(row["state"])


async def uses_of(tx: Connection, invoice: Invoice, prefix: str | None) -> list[CostLine]:
    """Every line that ever stood on it in the area, withdrawn ones included; the latest last."""
    rows = await tx.fetch(
        f"""
        SELECT line.state FROM cost_lines line JOIN projects ON projects.id = line.project_id
        WHERE line.issuer = $1 AND line.number = $2 AND (
            {within("(projects.state ->> 'funder_id')::uuid", 3)}
            OR {within("(projects.state ->> 'community_id')::uuid", 3)})
        ORDER BY line.place
        """,
        invoice.issuer,
        invoice.number,
        prefix,
    )
    return [_line.validate_json(row["state"]) for row in rows]
