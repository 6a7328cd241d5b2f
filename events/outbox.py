"""The outbox: what a service says is written in the transaction of its effects, numbered without a gap (law 6)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.catalogue import Catalogue
from events.database import Connection
from events.envelope import schema_name
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
    next_number = await _take_numbers(tx, Counter((s.fact.stream, s.fact.key) for s in sayings))
    lines: list[Line] = []
    rows = []
    for saying in sayings:
        fact = saying.fact
        name = (fact.stream, fact.key)
        sequence = next_number[name]
        next_number[name] = sequence + 1
        body = _encode(saying, source, sequence, catalogue)
        lines.append(Line(fact.stream, source, fact.key, sequence, saying.event_id))
        row = (fact.stream, fact.key, sequence, saying.event_id, fact.type, fact.version, saying.traceparent, body)
        rows.append(row)
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


def _encode(saying: Saying, source: str, sequence: int, catalogue: Catalogue) -> bytes:
    fact = saying.fact
    body = (
        catalogue.envelope_model(type(fact))
        .model_construct(
            id=saying.event_id,
            source=source,
            type=fact.type,
            subject=fact.key,
            time=saying.at,
            dataschema=schema_name(fact.type, fact.version),
            key=fact.key,
            sequence=sequence,
            causationid=saying.cause,
            correlationid=saying.correlation,
            traceparent=saying.traceparent,
            rulebook=saying.rulebook,
            data=fact,
        )
        .encode()
    )
    if len(body) > LARGEST_EVENT_BYTES:
        raise EventTooLarge(f"{fact.type} for {fact.key} has {len(body)} bytes, the limit is {LARGEST_EVENT_BYTES}")
    return body
