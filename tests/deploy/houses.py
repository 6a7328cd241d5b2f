"""A small installation at work on the shared servers: registry and audit, with pages, keys and doors."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from deploy.serve import House, Servers, at_work
from events.kafka import Cluster, delete_topics
from schemas.fact import STREAMS
from services import audit, registry
from services.kit.settings import Settings
from tests.support.databases import fresh_database

SERVICES = (registry.SERVICE, audit.SERVICE)


@asynccontextmanager
async def place(dsn: str, bootstrap: str, data: Path, **more: Any) -> AsyncIterator[Settings]:
    """A database, topics and a data folder of their own; an installation can start on them again and again."""
    async with fresh_database(dsn, SERVICES) as own_dsn:
        chosen = Settings(
            database=own_dsn,
            kafka=bootstrap,
            prefix=f"h{uuid.uuid4().hex[:8]}.",
            partitions=2,
            data=data,
            port=0,
            pool=4,
            session_ms=6000,
            **more,
        )
        try:
            yield chosen
        finally:
            await delete_topics(Cluster(bootstrap=bootstrap, prefix=chosen.prefix, partitions=2), STREAMS)


@asynccontextmanager
async def house(chosen: Settings) -> AsyncIterator[House]:
    assert chosen.database is not None
    assert chosen.kafka is not None
    where = Servers(dsn=chosen.database, bootstrap=chosen.kafka)
    async with at_work(chosen, where, SERVICES, SERVICES) as one:
        yield one


async def get(address: str, path: str, key: str | None = None) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with aiohttp.ClientSession(address) as http, http.get(path, headers=headers) as answer:
        return answer.status, (await answer.read()).decode(errors="replace")
