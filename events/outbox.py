"""The outbox: what a service says is written in the transaction of its effects, numbered without a gap (law 6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from events.catalogue import Catalogue, UnknownVersion
from events.database import Connection
from events.envelope import encode
from schemas.fact import Fact

LARGEST_EVENT_BYTES = 512 * 1024
"""Half of the broker's default limit, so that no event is ever too large for a batch of its own."""


class EventTooLarge(Exception):
    """The event would not fit through the broker; nothing of its transaction is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A fact about to be told, with where it came from."""

    fact: Fact
    event_id: UUID
    cause: UUID
    correlation: UUID
    traceparent: str
    at: datetime
    rulebook: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """The place of a fact in the story: what a caller can wait for."""

    stream: str
    source: str
    key: str
    sequence: int
    event_id: UUID

    def __str__(self) -> str:
        return f"{self.stream}/{self.source}/{self.key}/{self.sequence}"


async def say(tx: Connection, source: str, catalogue: Catalogue, sayings: Sequence[Saying]) -> list[Line]:
    """Number, encode and store. The caller holds all its other locks: head rows come last, in key order."""
    if not sayings:
        return []
    names = [(saying.fact.stream, saying.fact.key) for saying in sayings]
    next_number = await _take_numbers(tx, Counter(names))
    lines: list[Line] = []
    for saying, (stream, key) in zip(sayings, names, strict=True):
        lines.append(Line(stream, source, key, next_number[stream, key], saying.event_id))
        next_number[stream, key] += 1
    # encoded row by row while PostgreSQL takes what is ahead
    rows = (_row(saying, line, catalogue) for saying, line in zip(sayings, lines, strict=True))
    await tx.copy_records_to_table("outbox", records=rows, columns=_COLUMNS)
    return lines


def _row(saying: Saying, line: Line, catalogue: Catalogue) -> tuple[Any, ...]:
    fact = saying.fact
    body = _encode(saying, line.source, line.sequence, catalogue)
    numbered = line.stream, line.key, line.sequence, line.event_id
    return *numbered, fact.type, fact.version, saying.traceparent, body


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


def _encode(saying: Saying, source: str, sequence: int, catalogue: Catalogue) -> bytes:
    fact = saying.fact
    if (fact.type, fact.version) not in catalogue.facts:
        raise UnknownVersion(f"{fact.type} version {fact.version}")
    body = encode(
        fact,
        id=saying.event_id,
        source=source,
        time=saying.at,
        sequence=sequence,
        cause=saying.cause,
        correlation=saying.correlation,
        traceparent=saying.traceparent,
        rulebook=saying.rulebook,
    )
    if len(body) > LARGEST_EVENT_BYTES:
        raise EventTooLarge(f"{fact.type} for {fact.key} has {len(body)} bytes, the limit is {LARGEST_EVENT_BYTES}")
    return body
