"""What the archive knows of money: which story tells of which transfer, and who used which lot."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from events.database import Connection
from events.envelope import Envelope
from schemas.fact import FUNDS, PROJECTS
from schemas.finding import Finding
from schemas.ids import EventId
from services.audit.rules import MOVING, USES, Entry, movements_of
from services.audit.store.owners import in_area
from services.audit.store.rows import COLUMNS, archived

STORIES_AT_ONCE = 100
_ARRIVING = "('fund.appropriated', 'fund.corrected', 'lot.recorded')"


async def keep_movements(tx: Connection, envelopes: Sequence[Envelope[Any]]) -> None:
    """Of the projects that an archived batch tells of, and of some that are due; an arrival stands alone."""
    moving = [e for e in envelopes if e.data.type in MOVING]
    keys = {e.key for e in moving if e.data.stream == PROJECTS}
    arrived = [e for e in moving if e.data.stream == FUNDS]
    due = await tx.fetch(
        """
        DELETE FROM movements_due WHERE key IN (
            SELECT key FROM movements_due ORDER BY key LIMIT $1 FOR UPDATE SKIP LOCKED
        ) RETURNING key
        """,
        STORIES_AT_ONCE,
    )
    told = await _entries(tx, "type = ANY($2)", [*keys, *(row["key"] for row in due)], list(MOVING))
    stories = [
        *told.items(),
        *((e.key, [Entry(event_id=EventId(e.id), cause=e.causationid, at=e.time, fact=e.data)]) for e in arrived),
    ]
    moved = [(movement.transfer_id, key) for key, entries in stories for movement in movements_of(entries)]
    if moved:
        await tx.execute(
            "INSERT INTO movements SELECT * FROM unnest($1::uuid[], $2::text[]) ON CONFLICT DO NOTHING",
            [id for id, _ in moved],
            [key for _, key in moved],
        )


async def _entries(tx: Connection, which: str, keys: Collection[str], *args: Any) -> dict[str, list[Entry]]:
    """Lines about money by key, in the order of their log. `which`: a condition of this page, with $2 onwards."""
    if not keys:
        return {}
    rows = await tx.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM events WHERE key = ANY($1::text[]) AND {which} ORDER BY position",
        list(keys),
        *args,
    )
    found: dict[str, list[Entry]] = {}
    for row in rows:
        found.setdefault(row["key"], []).append(archived(row).entry())
    return found


async def money_stories(tx: Connection, project_ids: Collection[UUID]) -> dict[UUID, list[Entry]]:
    """All that funds said about these projects, and what of others' words says what the money was for."""
    which = f"stream = '{PROJECTS}' AND (source = 'funds' OR type = ANY($2))"
    found = await _entries(tx, which, [str(id) for id in project_ids], list(USES))
    return {UUID(key): entries for key, entries in found.items()}


async def arrivals_on(tx: Connection, account_id: UUID) -> list[Entry]:
    """What arrived on the account, and what of it had not."""
    found = await _entries(tx, f"type IN {_ARRIVING}", [str(account_id)])
    return found.get(str(account_id), [])


async def arrivals_of(tx: Connection, lot_ids: Collection[UUID]) -> list[Entry]:
    rows = await tx.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM events "
        f"WHERE type IN {_ARRIVING} AND data ->> 'lot_id' = ANY($1::text[]) ORDER BY position",
        [str(id) for id in lot_ids],
    )
    return [archived(row).entry() for row in rows]


async def reserved_from(tx: Connection, source_id: UUID) -> list[UUID]:
    """Projects for which money of a lot, or of an account, was ever set aside; in id order.

    Found by any of three lines, so that one that is missing does not hide a project.
    """
    rows = await tx.fetch(
        """
        SELECT DISTINCT key FROM events WHERE type IN ('budget.reserved', 'funds.committed', 'tranche.released') AND (
            data @> jsonb_build_object('shares', jsonb_build_array(jsonb_build_object('account_id', $1::text)))
            OR data @> jsonb_build_object('shares', jsonb_build_array(jsonb_build_object(
                'lots', jsonb_build_array(jsonb_build_object('lot_id', $1::text)))))
        ) ORDER BY key
        """,
        str(source_id),
    )
    return [UUID(row["key"]) for row in rows]


async def paid_by(tx: Connection, prefix: str | None, digest: str, after: UUID | None, limit: int) -> list[UUID]:
    """Projects of the area with a payment that the receipt of this digest, or a line of it, shows paid; in id order."""
    rows = await tx.fetch(
        f"""
        SELECT key FROM (
            SELECT key FROM events WHERE type IN ('tranche.paid', 'receipts.matched') AND data ->> 'receipt_digest' = $1
            UNION SELECT key FROM events WHERE type = 'receipts.matched' AND data @> jsonb_build_object(
                'lines', jsonb_build_array(jsonb_build_object('digest', $1::text)))
        ) paid WHERE ($2::text IS NULL OR key > $2) AND {in_area("paid.key", 4)} ORDER BY key LIMIT $3
        """,
        digest,
        None if after is None else str(after),
        limit,
        prefix,
    )
    return [UUID(row["key"]) for row in rows]


async def story_of(tx: Connection, id: UUID) -> UUID | None:
    """The project, or fund account, that the events about a transfer, or an event of this id, are keyed by."""
    key = await tx.fetchval(
        f"""
        SELECT key FROM movements WHERE transfer_id = $1
        UNION ALL SELECT key FROM events WHERE event_id = $1 AND stream IN ('{PROJECTS}', '{FUNDS}') LIMIT 1
        """,
        id,
    )
    return None if key is None else UUID(key)


async def still_reading(tx: Connection) -> bool:
    """Some stories of before the movements were kept are not worked off yet."""
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM movements_due)"))


async def holes(tx: Connection, keys: Collection[UUID]) -> list[Finding]:
    """What of the lines about these things the archive lacks, as far as the archive can tell."""
    names = [str(key) for key in keys]
    gaps = await tx.fetch(
        """
        SELECT source, key, count(*) AS lines, max(sequence) AS last FROM events WHERE key = ANY($1::text[])
        GROUP BY stream, source, key HAVING count(*) <> max(sequence) ORDER BY key, stream, source
        """,
        names,
    )
    parked = await tx.fetch(
        "SELECT key, reason FROM parked_keys WHERE key = ANY($1::text[]) ORDER BY key, stream", names
    )
    return [
        *(
            Finding(
                zh=f"{row['source']} 关于 {row['key']} 的 {row['last']} 条记录中,档案只有 {row['lines']} 条",
                en=f"{row['source']} said {row['last']} lines about {row['key']}, {row['lines']} are archived",
            )
            for row in gaps
        ),
        *(
            Finding(
                zh=f"关于 {row['key']} 的记录停放待处理({row['reason']}),档案尚不完整",
                en=f"lines about {row['key']} are parked ({row['reason']}) and not archived yet",
            )
            for row in parked
        ),
    ]
