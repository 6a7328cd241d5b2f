"""Which archived events name a digest."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from events.database import Connection
from services.audit.store.owners import readable
from services.audit.store.rows import COLUMNS, Archived, archived

DIGEST = re.compile(r'"([0-9a-f]{64})"')


async def keep_digests(tx: Connection, events: Iterable[tuple[UUID, str]]) -> None:
    """`events`: id and data as JSON, of a batch that was just archived."""
    named = [(digest, id) for id, data in events for digest in dict.fromkeys(DIGEST.findall(data))]
    if named:
        await tx.copy_records_to_table("digests", records=named, columns=("digest", "event_id"))


async def naming(tx: Connection, prefix: str | None, digest: str, after: UUID | None, limit: int) -> Sequence[Archived]:
    """Of the area, in the order they were archived, after the one with id `after`."""
    rows = await tx.fetch(
        f"""
        SELECT {", ".join(COLUMNS)} FROM events WHERE event_id IN (SELECT event_id FROM digests WHERE digest = $1)
            AND position > coalesce((SELECT position FROM events WHERE event_id = $2), 0)
            AND {readable(4)}
        ORDER BY position LIMIT $3
        """,
        digest,
        after,
        limit,
        prefix,
    )
    return [archived(row) for row in rows]
