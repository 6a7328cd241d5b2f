"""An application served for one test."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

Served = Callable[[web.Application], AbstractAsyncContextManager[aiohttp.ClientSession]]


@pytest.fixture
def aiohttp_served() -> Served:
    @asynccontextmanager
    async def served(application: web.Application) -> AsyncIterator[aiohttp.ClientSession]:
        async with TestServer(application) as server, aiohttp.ClientSession(server.make_url("/")) as client:
            yield client

    return served
