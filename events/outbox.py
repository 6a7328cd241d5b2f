"""The outbox: what a service says is written in the transaction of its effects, numbered without a gap (law 6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.catalogue import Catalogue, UnknownVersion
from events.database import Connection
from events.envelope import encode, line_name, numbered
from schemas.fact import Fact

LARGEST_EVENT_BYTES = 512 * 1024
"""Half of the broker's default limit, so that no event is ever too large for a batch of its own."""


class EventTooLarge(Exception):
    """The event would not fit through the broker; nothing of its transaction is written."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A fact about to be told: all of its row but the number."""

    stream: str
    key: str
    event_id: UUID
    type: str
    version: int
    traceparent: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """The place of a fact in the story: what a caller can wait for."""

    stream: str
    source: str
    key: str
    sequence: int
    event_id: UUID

    def __str__(self) -> str:
        return f"{self.stream}/{line_name(self.source, self.key, self.sequence)}"


def saying(
    source: str,
    catalogue: Catalogue,
    fact: Fact,
    *,
    event_id: UUID,
    cause: UUID,
    correlation: UUID,
    traceparent: str,
    at: datetime,
) -> Saying:
    """UnknownVersion when the catalogue has no such fact, EventTooLarge when no broker would take it."""
    if (fact.type, fact.version) not in catalogue.facts:
        raise UnknownVersion(f"{fact.type} version {fact.version}")
    key = fact.key
    body = encode(
        fact,
        key=key,
        id=event_id,
        source=source,
        time=at,
        cause=cause,
        correlation=correlation,
        traceparent=traceparent,
    )
    if len(body) > LARGEST_EVENT_BYTES:
        raise EventTooLarge(f"{fact.type} for {key} has {len(body)} bytes, the limit is {LARGEST_EVENT_BYTES}")
    return Saying(fact.stream, key, event_id, fact.type, fact.version, traceparent, body)


async def say(tx: Connection, source: str, sayings: Sequence[Saying]) -> list[Line]:
    """Number and store. The caller holds all its other locks: head rows come last, in key order."""
    if not sayings:
        return []
    next_number = await _take_numbers(tx, Counter((saying.stream, saying.key) for saying in sayings))
    lines: list[Line] = []
    rows: list[tuple[Any, ...]] = []
    for s in sayings:
        number = next_number[s.stream, s.key]
        next_number[s.stream, s.key] += 1
        lines.append(Line(s.stream, source, s.key, number, s.event_id))
        rows.append((s.stream, s.key, number, s.event_id, s.type, s.version, s.traceparent, numbered(s.body, number)))
    await tx.copy_records_to_table("outbox", records=rows, columns=_COLUMNS)
    return lines


_COLUMNS = ["stream", "key", "sequence", "event_id", "type", "version", "traceparent", "body"]


async def _take_numbers(tx: Connection, wanted: Counter[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The first number of each key's new run. Statement before the COPY: ids are drawn under these locks."""
    names = sorted(wanted)
    rows = await tx.fetch(
        """
        INSERT INTO stream_heads AS head (stream, key, sequence)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ORDER BY 1, 2
        ON CONFLICT (stream, key) DO UPDATE SET sequence = head.sequence + excluded.sequence
        RETURNING stream, key, sequence
        """,
        [stream for stream, _ in names],
        [key for _, key in names],
        [wanted[name] for name in names],
    )
    return {(r["stream"], r["key"]): r["sequence"] - wanted[r["stream"], r["key"]] + 1 for r in rows}
