"""Somebody else's voice: facts put on the log as another service would, with every freedom to do it wrong."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from aiokafka import AIOKafkaProducer

from events.envelope import NO_TRACE, encode, numbered
from events.kafka import Cluster, KafkaError
from events.outbox import Line
from events.trace import uuid7
from schemas.fact import Fact


class Teller:
    """A service that exists only as its lines. Counts its own sequence per (stream, source, key)."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.sequences: Counter[tuple[str, str, str]] = Counter()
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> "Teller":
        self._producer = self.cluster.producer()
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._producer is not None
        await self._producer.stop()

    async def tell(
        self,
        fact: Fact,
        source: str = "elsewhere",
        *,
        sequence: int | None = None,
        cause: UUID | None = None,
        at: datetime | None = None,
    ) -> Line:
        """The next line of `source` about this key; an explicit `sequence` repeats or leaves a gap. `at`: now."""
        teller = (fact.stream, source, fact.key)
        if sequence is None:
            self.sequences[teller] += 1
            sequence = self.sequences[teller]
        event_id = uuid7()
        body = event_bytes(fact, sequence, source=source, id=event_id, cause=cause, at=at)
        await self.tell_bytes(fact.stream, fact.key, source, sequence, fact.type, fact.version, body)
        return Line(fact.stream, source, fact.key, sequence, event_id)

    async def tell_bytes(
        self, stream: str, key: str, source: str, sequence: int, type: str, version: int, body: bytes
    ) -> int:
        """Any bytes at all, again until they are acknowledged, as a relay does; the offset they got."""
        assert self._producer is not None
        headers = [
            ("source", source.encode()),
            ("sequence", str(sequence).encode()),
            ("type", type.encode()),
            ("version", str(version).encode()),
            ("traceparent", NO_TRACE.encode()),
        ]
        topic, partition = self.cluster.topic(stream), self.cluster.partition(key)
        while True:
            try:
                sent = await self._producer.send_and_wait(
                    topic, body, key=key.encode(), partition=partition, headers=headers
                )
            except KafkaError as error:
                if not error.retriable:
                    raise
                await asyncio.sleep(0.1)
            else:
                return int(sent.offset)


def event_bytes(
    fact: Fact,
    sequence: int,
    *,
    source: str = "elsewhere",
    id: UUID | None = None,
    cause: UUID | None = None,
    at: datetime | None = None,
) -> bytes:
    """The fact as it lies in the log."""
    id = id or uuid7()
    unnumbered = encode(
        fact,
        key=fact.key,
        id=id,
        source=source,
        time=at or datetime.now(UTC),
        cause=cause or id,
        correlation=id,
        traceparent=NO_TRACE,
    )
    return numbered(unnumbered, sequence)
