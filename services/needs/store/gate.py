"""Questions about the gate: items of a registrar or on a division, stamps, and all that a report counts."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas import division
from services.needs.rules.gate.burden import Inventory, Records, Relief
from services.needs.rules.gate.item import Item
from services.needs.rules.gate.stamps import Stamp

T = TypeVar("T")
_item: TypeAdapter[Item] = TypeAdapter(Item)
_stamp: TypeAdapter[Stamp] = TypeAdapter(Stamp)
_inventory: TypeAdapter[Inventory] = TypeAdapter(Inventory)
_relief: TypeAdapter[Relief] = TypeAdapter(Relief)
MOST_IN_A_REPORT = 20_000
"""decisions of one kind; a report of more is asked for by parts of the area"""


async def item(tx: Connection, id: UUID) -> tuple[Item, int] | None:
    """With its version."""
    row = await tx.fetchrow("SELECT state, version FROM items WHERE id = $1", id)
    return None if row is None else (_item.validate_json(row["state"]), row["version"])


async def items_at(tx: Connection, registrar_id: UUID, phase: str | None, after: UUID | None, limit: int) -> list[Item]:
    rows = await tx.fetch(
        """
        SELECT state FROM items
        WHERE registrar_id = $1 AND ($2::text IS NULL OR phase = $2) AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id LIMIT $4
        """,
        registrar_id,
        phase,
        after,
        limit,
    )
    return [_item.validate_json(row["state"]) for row in rows]


async def stamps_of(tx: Connection, community_id: UUID, after: UUID | None, limit: int) -> list[Stamp]:
    rows = await tx.fetch(
        "SELECT state FROM stamps WHERE community_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        community_id,
        after,
        limit,
    )
    return [_stamp.validate_json(row["state"]) for row in rows]


async def records_on(tx: Connection, area: str) -> tuple[Records, bool]:
    """What lies in the area, and items placed on one that holds it. Whether there is more than a report counts."""
    items = await _on(tx, "items", area, _item, division.above(area))
    inventories = await _on(tx, "inventories", area, _inventory)
    reliefs = await _on(tx, "reliefs", area, _relief)
    stamps = await tx.fetch(
        """
        SELECT s.state FROM stamps s JOIN parties p ON p.id = s.community_id
        WHERE p.state ->> 'division' LIKE $1 || '%' ORDER BY s.id LIMIT $2
        """,
        division.prefix(area),
        MOST_IN_A_REPORT + 1,
    )
    full = max(len(items), len(inventories), len(reliefs), len(stamps)) > MOST_IN_A_REPORT
    records = Records(
        inventories=[one.told for one in inventories],
        reliefs=[one.told for one in reliefs],
        items=items,
        stamps=[_stamp.validate_json(row["state"]).told for row in stamps],
    )
    return records, full


async def _on(tx: Connection, table: str, area: str, adapter: TypeAdapter[T], also: Sequence[str] = ()) -> list[T]:
    rows = await tx.fetch(
        f"""
        SELECT state FROM {table} WHERE scope COLLATE "C" LIKE $1 || '%' OR scope = ANY($2::text[])
        ORDER BY id LIMIT $3
        """,
        division.prefix(area),
        list(also),
        MOST_IN_A_REPORT + 1,
    )
    return [adapter.validate_json(row["state"]) for row in rows]
