"""Business time of an installation with a virtual clock, moved through its public door by its operator."""

from datetime import datetime

from deploy.clock import Time
from deploy.demo.client import Client, Person, Problem

MOST_TRIES = 10


class Clock:
    def __init__(self, api: Client, operator: Person) -> None:
        self._api = api
        self._operator = operator

    async def now(self) -> datetime:
        return (await self._api.get("/v1/clock", Time)).now

    async def is_virtual(self) -> bool:
        """An installation on real time has no such door."""
        try:
            await self.now()
        except Problem as problem:
            if problem.code != "no_such_page":
                raise
            return False
        return True

    async def quiet(self) -> None:
        """Until nothing is going on any more."""
        await self._api.until("/v1/clock", Time, lambda time: not time.pending)

    async def until(self, moment: datetime) -> None:
        """From due timer to due timer, each when everything before it is done."""
        tries = 0
        while await self.now() < moment:
            try:
                await self._api.post("/v1/clock/advance", Time, {"until": moment}, self._operator)
                tries = 0
            except Problem as problem:
                tries += 1
                if problem.code != "clock_not_quiet" or tries == MOST_TRIES:
                    raise
