"""What was on record of an organization on a day, with a long history and with one a hundred times as long.

Half of the rows are one organization's, in `SUBJECTS` subjects, each replaced by the next; each of the others is
another organization's. The days asked about lie anywhere in the history.
"""

import random
import time
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg

from events.database import Connection, Database
from services import registry
from services.kit.migrations import role_of
from services.registry.store import records
from tests.bench.pairs import Ratio, alternate
from tests.support.databases import fresh_database

SHORT = 10_000
LONG = 1_000_000
SUBJECTS = 20
QUESTIONS = 300
FIRST = date(1950, 1, 1)
DAYS = 25_000
ROWS = """
    INSERT INTO records (id, version, state)
    SELECT id, 1, jsonb_build_object('id', id, 'party_id', coalesce($1::uuid, gen_random_uuid()), 'number', n,
        'content', jsonb_build_object('kind', 'directory', 'name', '示例目录', 'year', 2000 + n % $3),
        'subject', 'directory/' || (2000 + n % $3) || '/示例目录', 'valid_from', day, 'valid_until', NULL,
        'ground', '示例', 'document', NULL, 'removable_from', NULL, 'recorded_on', day,
        'entered', jsonb_build_object('by', $4::uuid, 'at', day::timestamptz, 'recorded_on', day))
    FROM generate_series(1, $2) n, LATERAL (
        SELECT gen_random_uuid() AS id, $5::date + (n::bigint * $6 / $2)::int AS day
    ) made
"""


class AskingBench:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    async def ratio(self) -> Ratio:
        async with (
            fresh_database(self.dsn, [registry.SERVICE]) as short,
            fresh_database(self.dsn, [registry.SERVICE]) as long,
        ):
            few, many = await _filled(short, SHORT), await _filled(long, LONG)

            async def with_a_long_history() -> float:
                return await _asked(long, many)

            async def with_a_short_one() -> float:
                return await _asked(short, few)

            name = f"as of a day, {LONG:,} rows of history / {SHORT:,} rows"
            return await alternate(name, with_a_long_history, with_a_short_one, 0.5)


async def _filled(dsn: str, rows: int) -> UUID:
    """Half of them one organization's, each of the others' by itself."""
    party = uuid4()
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SET search_path TO registry")
        for owner in (party, None):
            await connection.execute(ROWS, owner, rows // 2, SUBJECTS, uuid4(), FIRST, DAYS)
        await connection.execute("VACUUM ANALYZE records")
    finally:
        await connection.close()
    return party


async def _asked(dsn: str, party: UUID) -> float:
    """Questions a second; each finds the newest of every subject."""
    days = [FIRST + timedelta(days=random.Random(n).randrange(DAYS // 10, DAYS)) for n in range(QUESTIONS)]
    async with Database(dsn, "registry", role=role_of("registry")) as database, database.connection() as connection:
        began = time.perf_counter()
        for day in days:
            await _ask(connection, party, day)
        return QUESTIONS / (time.perf_counter() - began)


async def _ask(connection: Connection, party: UUID, day: date) -> None:
    found = await records.as_of(connection, party, day)
    if len(found) != SUBJECTS or any(record.valid_from > day for record in found):
        raise AssertionError(f"on {day} {len(found)} of {SUBJECTS} subjects were on record")
