"""Half a million ratings through evaluation's own path, in a process of its own, whose memory is looked at.

`python -m tests.bench.rating DSN`: signed projects, tokens by digest, ratings in batches as a community's import sends
them, the grade of every project when its window is over. No rating stays in the process: what it holds after
`PROJECTS` projects is what it held after one.
"""

import asyncio
import json
import resource
import secrets
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import uvloop

from events import outbox
from events.catalogue import CATALOGUE
from events.database import Connection, Database
from events.envelope import NO_TRACE, numbered
from events.trace import uuid7
from schemas.contract import ContractSigned, Milestone, MilestoneAccepted, MilestoneSubmitted
from schemas.fact import Fact
from schemas.ids import ProjectId
from schemas.role import Actor
from services import evaluation
from services.evaluation.rules import Level, token_digest
from services.kit.apply import Shell, apply, heard
from services.kit.commanding import Order, carry_out
from services.kit.migrations import role_of
from services.kit.rulebooks import shipped
from services.kit.service import Post
from services.kit.ticking import Ticker
from services.kit.vault import Vault
from tests.services.evaluation.evaluated import (
    COMMUNITY,
    RESIDENT,
    a_signed_contract,
    a_submission,
    a_token,
    an_acceptance,
)
from tests.support.databases import fresh_database

PROJECTS = 5
RATERS = 100_000
TOKENS_A_POST = 5_000
RATINGS_A_POST = 2_000
LEVELS = (Level.VERY_SATISFIED, Level.SATISFIED, Level.VERY_SATISFIED, Level.BASICALLY_SATISFIED, Level.SATISFIED)
_DOORS = {route.path: route for route in evaluation.SERVICE.routes if isinstance(route, Post)}


class Later:
    """A clock that is so far ahead of the wall's."""

    ahead = timedelta()

    async def now(self, tx: Connection) -> datetime:
        return datetime.now(UTC) + self.ahead


class RatingRun:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Later()
        self.shell = Shell(
            service=evaluation.SERVICE,
            catalogue=CATALOGUE,
            clock=self.clock,
            rulebooks=shipped(),
            vault=Vault(secrets.token_bytes(32)),
        )

    async def project(self) -> None:
        """From the signed agreement to what the ratings came to."""
        id = ProjectId(uuid4())
        await self._hear(a_signed_contract(id))
        for milestone in Milestone:
            await self._hear(a_submission(milestone, id))
        await self._each(id, "rating-tokens", TOKENS_A_POST, COMMUNITY, _digests)
        await self._each(id, "milestones/{milestone}/ratings", RATINGS_A_POST, RESIDENT, _ratings)
        await self._hear(an_acceptance(Milestone.FINAL, id))
        self.clock.ahead += timedelta(days=15)
        while await Ticker(self.shell, self.database, lambda: None).ring():
            pass

    async def _hear(self, fact: ContractSigned | MilestoneSubmitted | MilestoneAccepted) -> None:
        async with self.database.transaction() as tx:
            await apply(self.shell, tx, [heard(self.shell.service, _envelope(fact))])

    async def _each(self, id: UUID, door: str, size: int, by: Actor, body: Any) -> None:
        post = _DOORS[f"/v1/projects/{{project_id}}/{door}"]
        path = {"project_id": str(id)} | ({"milestone": "final"} if "{milestone}" in door else {})
        for first in range(0, RATERS, size):
            order = Order(
                post=post,
                raw=orjson.dumps(body(range(first, first + size))),
                path=path,
                by=by,
                key=f"{id}/{door}/{first}",
                if_match=None,
                traceparent=NO_TRACE,
            )
            await carry_out(self.shell, self.database, order)


def _digests(numbers: range) -> dict[str, Any]:
    return {"digests": [token_digest(a_token(number)) for number in numbers]}


def _ratings(numbers: range) -> dict[str, Any]:
    return {"ratings": [{"token": a_token(n), "level": LEVELS[n * n % 7 % 5]} for n in numbers]}


def _envelope(fact: Fact) -> Any:
    cause = uuid7()
    saying = outbox.saying(
        "contracts",
        CATALOGUE,
        fact,
        event_id=uuid7(),
        cause=cause,
        correlation=cause,
        traceparent=NO_TRACE,
        at=datetime.now(UTC),
    )
    return CATALOGUE.decode(saying.type, saying.version, numbered(saying.body, 1))


async def measure(dsn: str) -> dict[str, float]:
    """The most memory ever held after one project and after all, in KiB, and ratings a second."""
    peaks = []
    async with (
        fresh_database(dsn, [evaluation.SERVICE]) as fresh,
        Database(fresh, "evaluation", role=role_of("evaluation")) as database,
    ):
        run = RatingRun(database)
        began = time.perf_counter()
        for _ in range(PROJECTS):
            await run.project()
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        took_s = time.perf_counter() - began
        async with database.connection() as connection:
            counted = await connection.fetchval(
                "SELECT sum((convert_from(body, 'UTF8')::jsonb #>> '{data,counted}')::bigint) FROM outbox "
                "WHERE type = 'ratings.assessed'"
            )
    if counted != PROJECTS * RATERS:
        raise AssertionError(f"counted {counted} of {PROJECTS * RATERS} ratings")
    return {"first_kib": peaks[0], "last_kib": peaks[-1], "a_second": PROJECTS * RATERS / took_s}


async def in_a_process(dsn: str) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.rating", dsn, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise AssertionError("the ratings did not all come through; the figures do not count")
    found: dict[str, float] = json.loads(out)
    return found


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure(sys.argv[1]))))
