"""The inbox and the fence: which records are new, and whether we still may take them (laws 4 and 5)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiokafka import ConsumerRecord

from events.database import Connection
from events.envelope import line_name

LAST_SEQUENCE = 2**63 - 1
LAST_VERSION = 2**15 - 1
_NAME = re.compile(r"[^\x00]{1,200}", re.DOTALL)

Place = tuple[str, int]  # stream, partition
Key = tuple[str, str]  # stream, key
Teller = tuple[str, str, str]  # stream, source, key


@dataclass(slots=True)
class Record:
    """A Kafka record, read no further than its headers until somebody asks for more."""

    stream: str
    partition: int
    offset: int
    key: str
    source: str
    sequence: int
    type: str
    version: int
    traceparent: str
    body: bytes = field(repr=False)
    heard: Any = field(default=None, repr=False, compare=False)
    """what it means to its consumer, once decoded"""

    @property
    def place(self) -> Place:
        return self.stream, self.partition

    @property
    def name(self) -> Key:
        return self.stream, self.key

    @property
    def teller(self) -> Teller:
        return self.stream, self.source, self.key

    @property
    def line(self) -> str:
        return line_name(self.source, self.key, self.sequence)


class NotOurs(ValueError):
    """A record without our headers: somebody else wrote to our topic. It has no key to park and is skipped loudly."""


def read(stream: str, raw: "ConsumerRecord[bytes, bytes]") -> Record:
    """NotOurs as well when a header holds what our tables cannot."""
    headers = dict(raw.headers)
    try:
        record = Record(
            stream=stream,
            partition=raw.partition,
            offset=raw.offset,
            key=(raw.key or b"").decode(),
            source=headers["source"].decode(),
            sequence=int(headers["sequence"]),
            type=headers["type"].decode(),
            version=int(headers["version"]),
            traceparent=headers["traceparent"].decode(),
            body=raw.value or b"",
        )
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise NotOurs(f"{stream}[{raw.partition}]@{raw.offset}: {error!r}") from error
    fits = 0 < record.sequence <= LAST_SEQUENCE and 0 < record.version <= LAST_VERSION
    names = (record.source, record.type, record.key, record.traceparent)
    if not fits or not all(_NAME.fullmatch(name) for name in names):
        raise NotOurs(f"{stream}[{raw.partition}]@{raw.offset}: {record!r}")
    return record


def stranger(stream: str, raw: "ConsumerRecord[bytes, bytes]") -> Record:
    """What is NotOurs has no source, and only moves the offset."""
    return Record(stream, raw.partition, raw.offset, "", "", 0, "", 0, "", b"")


class FenceLost(Exception):
    """Our offset or epoch is not what the table says: an earlier commit succeeded, or somebody took over."""

    def __init__(self, places: Collection[Place]) -> None:
        super().__init__(sorted(places))
        self.places = frozenset(places)


async def claim(tx: Connection, consumer: str, starts: Mapping[Place, int]) -> dict[Place, tuple[int, int]]:
    """Become the owner: bump every epoch. Returns place → (epoch, next offset); `starts` serve places never seen."""
    places = sorted(starts)
    rows = await tx.fetch(
        """
        INSERT INTO consumer_offsets AS held (consumer, stream, partition, next_offset, epoch)
        SELECT $1, * FROM unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[]) ORDER BY 2, 3
        ON CONFLICT (consumer, stream, partition) DO UPDATE SET epoch = held.epoch + 1, paused = NULL
        RETURNING stream, partition, epoch, next_offset
        """,
        consumer,
        [stream for stream, _ in places],
        [partition for _, partition in places],
        [starts[place] for place in places],
        [1 for _ in places],
    )
    return {(r["stream"], r["partition"]): (r["epoch"], r["next_offset"]) for r in rows}


async def standing(tx: Connection, consumer: str, places: Collection[Place]) -> dict[Place, tuple[int, int]]:
    """place → (epoch, next offset) as the table has it."""
    rows = await tx.fetch(
        """
        SELECT stream, partition, epoch, next_offset FROM consumer_offsets
        WHERE consumer = $1 AND (stream, partition) IN (SELECT * FROM unnest($2::text[], $3::integer[]))
        """,
        consumer,
        [stream for stream, _ in places],
        [partition for _, partition in places],
    )
    return {(r["stream"], r["partition"]): (r["epoch"], r["next_offset"]) for r in rows}


@dataclass(frozen=True, slots=True)
class Step:
    """How far one partition moves in a batch: only from `expected`, only under `epoch`."""

    expected: int
    next: int
    epoch: int
    last: str | None = None
    """the line before `next`; None when it does not move"""


async def advance(tx: Connection, consumer: str, steps: Mapping[Place, Step]) -> None:
    """The first statement of a batch: fence rows in order, all or FenceLost. The row locks hold until commit."""
    places = sorted(steps)
    rows = await tx.fetch(
        """
        WITH step AS (
            SELECT * FROM unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[])
                AS step (stream, partition, expected, next, epoch, last)
        ), held AS (
            SELECT o.stream, o.partition FROM consumer_offsets o JOIN step USING (stream, partition)
            WHERE o.consumer = $1 ORDER BY o.stream, o.partition FOR UPDATE OF o
        )
        UPDATE consumer_offsets o SET next_offset = step.next, last_taken = coalesce(step.last, o.last_taken),
            progress_at = clock_timestamp()
        FROM step JOIN held USING (stream, partition)
        WHERE o.consumer = $1 AND o.stream = step.stream AND o.partition = step.partition
            AND o.next_offset = step.expected AND o.epoch = step.epoch
        RETURNING o.stream, o.partition
        """,
        consumer,
        [stream for stream, _ in places],
        [partition for _, partition in places],
        [steps[p].expected for p in places],
        [steps[p].next for p in places],
        [steps[p].epoch for p in places],
        [steps[p].last for p in places],
    )
    lost = set(places) - {(r["stream"], r["partition"]) for r in rows}
    if lost:
        raise FenceLost(lost)


async def last_seen(tx: Connection, consumer: str, tellers: Collection[Teller]) -> dict[Teller, int]:
    """The last number applied or skipped; a teller never heard is absent."""
    rows = await tx.fetch(
        """
        SELECT stream, source, key, sequence FROM inbox
        WHERE consumer = $1 AND (stream, source, key) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))
        """,
        consumer,
        *_columns(tellers),
    )
    return {(r["stream"], r["source"], r["key"]): r["sequence"] for r in rows}


async def remember(tx: Connection, consumer: str, seen: Mapping[Teller, int]) -> None:
    if not seen:
        return
    tellers = sorted(seen)
    await tx.execute(
        """
        INSERT INTO inbox (consumer, stream, source, key, sequence)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])
        ON CONFLICT (consumer, stream, source, key)
            DO UPDATE SET sequence = greatest(inbox.sequence, excluded.sequence)
        """,
        consumer,
        *_columns(tellers),
        [seen[teller] for teller in tellers],
    )


def _columns(tellers: Collection[Teller]) -> tuple[list[str], list[str], list[str]]:
    return [t[0] for t in tellers], [t[1] for t in tellers], [t[2] for t in tellers]


async def pause(tx: Connection, consumer: str, place: Place, why: str) -> None:
    """Say in the table why a partition stands; the next claim clears it."""
    await tx.execute(
        "UPDATE consumer_offsets SET paused = $4 WHERE consumer = $1 AND stream = $2 AND partition = $3",
        consumer,
        *place,
        why,
    )
