"""Business time. Production reads the wall; a demonstration reads one row that only moves on command."""

from datetime import UTC, datetime
from typing import Protocol

from events.database import Connection


class Clock(Protocol):
    async def now(self, tx: Connection) -> datetime:
        """UTC. Called inside the transaction, after its locks are held."""
        ...


class WallClock:
    async def now(self, tx: Connection) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """`clock.virtual_time` holds one row; who moves it, and when it may move, is deploy's business."""

    async def now(self, tx: Connection) -> datetime:
        now = await tx.fetchval("SELECT now FROM clock.virtual_time")
        assert isinstance(now, datetime)
        return now
