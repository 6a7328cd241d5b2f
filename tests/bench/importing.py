"""A file of 10,000 organizations, read, decided and told in one transaction, against a bare COPY of the same rows.

`python -m tests.bench.importing DSN`. A bare COPY checks no code, knows no party twice, keeps no version and tells
nobody: the ratio is what all of that costs.
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
from schemas import uscc
from schemas.ids import PartyId
from schemas.importing import MOST_LINES
from schemas.party import PartyKind
from schemas.role import Actor, Role
from services import registry
from services.kit.apply import Message, Shell, apply
from services.kit.clock import WallClock
from services.kit.migrations import role_of
from services.kit.rulebooks import shipped
from services.kit.vault import Vault
from services.registry.api.party_file import COLUMNS, read
from services.registry.rules.importing import ImportParties, import_parties, import_refs
from tests.bench.pairs import Ratio, alternate
from tests.support.databases import fresh_database

ROWS = MOST_LINES
COUNTY = "320508"
SHELL = Shell(
    service=registry.SERVICE,
    catalogue=CATALOGUE,
    clock=WallClock(),
    rulebooks=shipped(),
    vault=Vault(secrets.token_bytes(32)),
)
REGISTRAR = Actor(person_id=PartyId(uuid4()), party_id=PartyId(uuid4()), role=Role.REGISTRAR)

Row = tuple[str, str, str, str]


class ImportBench:
    """Organizations a second; every run brings others."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._runs = count()

    async def ratios(self) -> list[Ratio]:
        async with (
            fresh_database(self.dsn, [registry.SERVICE]) as dsn,
            Database(dsn, "registry", role=role_of("registry")) as service,
            Database(dsn, "registry") as owner,
        ):
            async with owner.connection() as connection:
                await connection.execute("CREATE TABLE bare (kind text, name text, uscc text, division text)")
            name = f"import of {ROWS:,} organizations from CSV / a bare COPY of the rows (information)"
            return [await alternate(name, lambda: self._imported(service), lambda: self._copied(owner), None)]

    async def _imported(self, service: Database) -> float:
        text = "\n".join(
            ",".join(row) for row in (tuple(column.heading for column in COLUMNS.values())[:4], *self._rows())
        )
        command = ImportParties(file_name="示例.csv", content=text.encode(), format="csv")
        began = time.perf_counter()
        file = await asyncio.to_thread(read, command)
        cause = uuid7()
        message = Message(
            id=cause,
            body=file,
            refs=tuple(import_refs(file, cause)),
            decide=import_parties,
            by=REGISTRAR,
            correlation=cause,
            traceparent=NO_TRACE,
            slow=True,
        )
        async with service.transaction() as tx:
            applied = await apply(SHELL, tx, [message])
        took_s = time.perf_counter() - began
        if len(applied.lines) != ROWS:
            raise AssertionError(f"{len(applied.lines)} facts of {ROWS} rows; the figures do not count")
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
            code = uscc.make("52", COUNTY, f"{number:08d}")
            yield str(PartyKind.ORGANIZATION), f"示例社会服务中心{number}", code, COUNTY


async def main() -> None:
    for ratio in await ImportBench(sys.argv[1]).ratios():
        print(ratio.name, f"{ratio.median:.3f}", f"{ratio.median_ours:,.0f} / {ratio.median_limit:,.0f} a second")


if __name__ == "__main__":
    asyncio.run(main())
