"""A file of 10,000 residents, read, sealed, decided and kept in one transaction, against a bare COPY of the same rows.

`python -m tests.bench.importing_residents DSN`. A bare COPY leaves everybody readable, knows nobody twice and keeps no
version: the ratio is what all of that costs, a key and an envelope for each person above all.
"""

import asyncio
import secrets
import sys
import time
from collections.abc import Iterator
from itertools import count
from uuid import uuid4

from events.catalogue import CATALOGUE
from events.database import Database
from events.envelope import NO_TRACE
from events.trace import uuid7
from schemas.ids import PartyId
from schemas.importing import MOST_LINES
from schemas.role import Actor, Role
from services import needs
from services.kit.apply import Message, Shell, apply
from services.kit.clock import WallClock
from services.kit.migrations import role_of
from services.kit.rulebooks import shipped
from services.kit.vault import Vault
from services.needs.api.resident_file import COLUMNS, read
from services.needs.rules.residents.importing import ImportResidents, ResidentImport, import_refs, import_residents
from tests.bench.pairs import Ratio, alternate
from tests.support.databases import fresh_database

ROWS = MOST_LINES
SHELL = Shell(
    service=needs.SERVICE,
    catalogue=CATALOGUE,
    clock=WallClock(),
    rulebooks=shipped(),
    vault=Vault(secrets.token_bytes(32)),
)
CLERK = Actor(person_id=PartyId(uuid4()), party_id=PartyId(uuid4()), role=Role.COMMUNITY)

Row = tuple[str, str, str, str, str, str]


class ResidentImportBench:
    """Residents a second; every run brings others."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._runs = count()

    async def ratios(self) -> list[Ratio]:
        async with (
            fresh_database(self.dsn, [needs.SERVICE]) as dsn,
            Database(dsn, "needs", role=role_of("needs")) as service,
            Database(dsn, "needs") as owner,
        ):
            async with owner.connection() as connection:
                columns = ", ".join(f"{name} text" for name in COLUMNS)
                await connection.execute(f"CREATE TABLE bare ({columns})")
            name = f"import of {ROWS:,} residents from CSV, sealed / a bare COPY of the rows (information)"
            return [await alternate(name, lambda: self._imported(service), lambda: self._copied(owner), None)]

    async def _imported(self, service: Database) -> float:
        header = tuple(column.heading for column in COLUMNS.values())
        text = "\n".join(",".join(row) for row in (header, *self._rows()))
        command = ImportResidents(community_id=CLERK.party_id, content=text.encode(), format="csv")
        began = time.perf_counter()
        file = await asyncio.to_thread(read, command, SHELL.vault)
        cause = uuid7()
        message = Message(
            id=cause,
            body=file,
            refs=tuple(import_refs(file, cause)),
            decide=import_residents,
            by=CLERK,
            correlation=cause,
            traceparent=NO_TRACE,
            slow=True,
        )
        async with service.transaction() as tx:
            applied = await apply(SHELL, tx, [message])
        took_s = time.perf_counter() - began
        entered = len(applied.world.get(ResidentImport, file.import_id).residents)
        if entered != ROWS:
            raise AssertionError(f"{entered} entries of {ROWS} rows; the figures do not count")
        return ROWS / took_s

    async def _copied(self, owner: Database) -> float:
        rows = list(self._rows())
        async with owner.transaction() as tx:
            began = time.perf_counter()
            await tx.copy_records_to_table("bare", records=rows)
        return ROWS / (time.perf_counter() - began)

    def _rows(self) -> Iterator[Row]:
        first = next(self._runs) * ROWS
        for number in range(first, first + ROWS):
            yield "示例居民", "passport", f"E{number:08d}", "1960-01-02", "registered", "2000-01-01"


async def main() -> None:
    for ratio in await ResidentImportBench(sys.argv[1]).ratios():
        print(ratio.name, f"{ratio.median:.3f}", f"{ratio.median_ours:,.0f} / {ratio.median_limit:,.0f} a second")


if __name__ == "__main__":
    asyncio.run(main())
