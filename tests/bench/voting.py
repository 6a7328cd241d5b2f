"""A ballot of 100,000 votes through the public door, in batches, to its published outcome, counted again.

The installation is registry and needs on a virtual clock.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import aiohttp
import orjson

from deploy.keys import HeldKey, KeyRing
from schemas.outcome import PublishedOutcome
from services.needs.tally.recount import recount

VOTES = 100_000
A_BATCH = 5000
AT_ONCE = 4
NEEDS = 40
CHOICES = 3
GOAL_S = 60.0


@dataclass(frozen=True, slots=True)
class Voting:
    cast_s: float
    """until the last batch was answered"""
    published_s: float
    """from the close until the outcome was there and counted again"""


class VotingBench:
    """`address`, `ring`: of the installation."""

    def __init__(self, address: str, ring: KeyRing) -> None:
        self.address = address
        self.staff: HeldKey = ring["community-1"]
        self.operator: HeldKey = ring["operator"]
        self.funder: HeldKey = ring["funder-drafter"]

    async def measure(self) -> Voting:
        timeout = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(self.address, timeout=timeout) as http:
            ids, ballot, closes_at = await self._open(http)
            bodies = [_batch(first, ids) for first in range(0, VOTES, A_BATCH)]
            began = time.perf_counter()
            await self._cast(http, ballot, bodies)
            cast_s = time.perf_counter() - began
            began = time.perf_counter()
            await self._post(http, "/v1/clock/advance", self.operator, {"until": closes_at})
            await self._counted_again(http, ballot)
            return Voting(cast_s, time.perf_counter() - began)

    async def _open(self, http: aiohttp.ClientSession) -> tuple[list[str], str, str]:
        home = f"/v1/communities/{self.staff.party_id}"
        need = {"origin": "resident", "category": "health_elderly", "division": "320508001001"}
        need |= {"description": "每周一次。"}
        drafts = [need | {"title": f"需求 {n}", "beneficiaries": n + 1} for n in range(NEEDS)]
        posted = await self._post(http, f"{home}/needs/batch", self.staff, {"needs": drafts})
        ids = [one["id"] for one in posted["needs"]]
        async with http.get("/v1/clock") as answer:
            now = (await answer.json())["now"]
        closes_at = _later(now)
        terms = {"vote_type": "approval", "tally_rule": "greedy", "max_choices": CHOICES, "closes_at": closes_at}
        items = [{"need_id": id, "cost": {"fen": 1_000_000 + n}} for n, id in enumerate(ids)]
        body = terms | {"funder_id": str(self.funder.party_id), "budget": {"fen": 10_000_000}, "items": items}
        opened = await self._post(http, f"{home}/ballots", self.staff, body)
        return ids, opened["id"], closes_at

    async def _cast(self, http: aiohttp.ClientSession, ballot: str, bodies: list[bytes]) -> None:
        waiting = asyncio.Semaphore(AT_ONCE)

        async def one(body: bytes) -> None:
            async with waiting:
                await self._post(http, f"/v1/ballots/{ballot}/votes", self.staff, body)

        await asyncio.gather(*map(one, bodies))

    async def _counted_again(self, http: aiohttp.ClientSession, ballot: str) -> None:
        async with asyncio.timeout(120):
            while True:
                async with http.get(f"/v1/ballots/{ballot}/outcome") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.05)
            published = PublishedOutcome.model_validate_json(await _text(http, ballot))
        if published.voters != VOTES or list(recount(published).chosen) != [str(id) for id in published.chosen]:
            raise AssertionError("the outcome is not what was cast; the figures do not count")

    async def _post(self, http: aiohttp.ClientSession, path: str, by: HeldKey, body: Any) -> Any:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {
            "Authorization": f"Bearer {by.key}",
            "Idempotency-Key": sha256(path.encode() + raw).hexdigest(),
            "Content-Type": "application/json",
            "Prefer": "wait=5",
        }
        async with http.post(path, data=BytesIO(raw), headers=headers) as answer:
            if answer.status not in (200, 201):
                raise AssertionError(await answer.text())
            return await answer.json()


async def _text(http: aiohttp.ClientSession, ballot: str) -> str:
    async with http.get(f"/v1/ballots/{ballot}/outcome") as answer:
        return await answer.text()


def _later(now: str) -> str:
    return (datetime.fromisoformat(now) + timedelta(days=7)).isoformat()


def _batch(first: int, ids: list[str]) -> bytes:
    votes = [
        {
            "token": sha256(f"voter-{n}".encode()).hexdigest(),
            "choices": [ids[(n * n + step * 7) % NEEDS] for step in range(CHOICES)],
        }
        for n in range(first, first + A_BATCH)
    ]
    return orjson.dumps({"votes": votes})
