"""No sleeps: wait for a condition, with a limit."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(ask: Callable[[], Awaitable[T]], what: str, limit_s: float = 30) -> T:
    """The first truthy answer; fails with the last one when the time is up."""
    until = time.monotonic() + limit_s
    while True:
        answer = await ask()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"waited {limit_s} s for {what}; last answer: {answer!r}")
        await asyncio.sleep(0.02)
