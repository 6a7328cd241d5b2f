"""POST accepted → effect visible in another service, in open loop at half of what the installation can take.

A need is posted at needs; visible is when audit's consumer has committed its lines. The installation is `sanshe up`, a
process of its own; this one only sends and watches.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import asyncpg

from deploy.keys import HeldKey
from tests.support.waiting import eventually

WORKERS = 16
BURST_S = 5.0
OPEN_S = 15.0
LOOK_EVERY_S = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """In milliseconds, from the 201 to the effect."""

    capacity: float
    """POSTs a second in closed loop"""
    rate: float
    """POSTs a second in open loop"""
    ms: list[float]

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.ms, n=100)[percent - 1]


@dataclass(slots=True)
class Watch:
    """What was answered and is not visible yet, in the order of each community's own numbers."""

    accepted: list[tuple[int, float]] = field(default_factory=list)
    visible: list[tuple[int, float]] = field(default_factory=list)


class ReactingBench:
    def __init__(self, address: str, dsn: str, communities: list[HeldKey]) -> None:
        self.address = address
        self.dsn = dsn
        self.communities = communities
        self._keys: Iterator[int] = itertools.count()
        self._watches = {str(key.party_id): Watch() for key in communities}

    async def measure(self) -> Latencies:
        async with aiohttp.ClientSession(self.address, connector=aiohttp.TCPConnector(limit=0)) as http:
            capacity = await self._burst(http)
            rate = capacity / 2
            for watch in self._watches.values():
                watch.accepted.clear()
            async with self._watching():
                await self._open_loop(http, rate)
                await self._all_visible()
        return Latencies(capacity=capacity, rate=rate, ms=list(self._latencies()))

    async def _burst(self, http: aiohttp.ClientSession) -> float:
        """Closed loop: every worker asks again as soon as it has its answer."""
        until = time.perf_counter() + BURST_S

        async def work(community: HeldKey) -> int:
            done = 0
            while time.perf_counter() < until:
                await self._post(http, community)
                done += 1
            return done

        turns = itertools.cycle(self.communities)
        return sum(await asyncio.gather(*(work(next(turns)) for _ in range(WORKERS)))) / BURST_S

    async def _open_loop(self, http: aiohttp.ClientSession, rate: float) -> None:
        """Send times are fixed beforehand; a slow answer delays nobody behind it."""
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(int(rate * OPEN_S)):
                await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
                group.create_task(self._post(http, self.communities[number % len(self.communities)]))

    async def _post(self, http: aiohttp.ClientSession, community: HeldKey) -> None:
        number = next(self._keys)
        body = {
            "origin": "resident",
            "category": "health_elderly",
            "division": "320508001001" if community is self.communities[0] else "320508001002",
            "beneficiaries": 10,
            "title": f"示例需求{number}",
            "description": "送餐上门",
        }
        headers = {"Authorization": f"Bearer {community.key}", "Idempotency-Key": f"bench-{number}"}
        path = f"/v1/communities/{community.party_id}/needs"
        async with http.post(path, json=body, headers=headers) as answer:
            if answer.status != 201:
                raise AssertionError(await answer.text())
            sequence = int(answer.headers["Sanshe-Line"].rpartition("/")[2])
            self._watches[str(community.party_id)].accepted.append((sequence, time.perf_counter()))

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()

    async def _watch(self) -> None:
        """Each community's last line that audit has committed, and when that was first seen."""
        connection = await asyncpg.connect(self.dsn)
        try:
            while True:
                rows = await connection.fetch(
                    "SELECT key, sequence FROM audit.inbox WHERE source = 'needs' AND key = ANY($1::text[])",
                    list(self._watches),
                )
                now = time.perf_counter()
                for row in rows:
                    self._watches[row["key"]].visible.append((row["sequence"], now))
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            connection.terminate()

    async def _all_visible(self) -> None:
        async def shown() -> bool:
            return all(w.visible and w.visible[-1][0] >= max(w.accepted)[0] for w in self._watches.values())

        await eventually(shown, "all needs to be visible", 60)

    def _latencies(self) -> Iterator[float]:
        for watch in self._watches.values():
            seen = iter(watch.visible)
            reached, at = next(seen)
            for sequence, accepted_at in sorted(watch.accepted):
                while reached < sequence:
                    reached, at = next(seen)
                yield max(0.0, at - accepted_at) * 1000
