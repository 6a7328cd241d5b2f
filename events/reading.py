"""Reading the log beside the consumers: where it begins and ends, and which lines it holds."""

import asyncio
from collections.abc import Collection, Mapping
from uuid import UUID

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord

from events import inbox
from events.inbox import NotOurs, Place
from events.kafka import Cluster

OwnLine = tuple[str, int, UUID]  # key, sequence, event id


async def log_ends(kafka: AIOKafkaConsumer, cluster: Cluster, streams: Collection[str]) -> dict[Place, int]:
    """(stream, partition) → the offset the next record will get; `kafka` is any started consumer."""
    places = [cluster.where(stream, number) for stream in streams for number in range(cluster.partitions)]
    ends = await kafka.end_offsets(places) if places else {}
    return {cluster.place(where): end for where, end in ends.items()}


async def log_starts(kafka: AIOKafkaConsumer, cluster: Cluster, places: Collection[Place]) -> dict[Place, int]:
    """(stream, partition) → the first offset there is."""
    wanted = [cluster.where(stream, number) for stream, number in places]
    starts = await kafka.beginning_offsets(wanted) if wanted else {}
    return {cluster.place(where): start for where, start in starts.items()}


async def lines_at(kafka: AIOKafkaConsumer, cluster: Cluster, wanted: Mapping[Place, int]) -> dict[Place, str]:
    """The line at one offset of each place."""
    found: dict[Place, str] = {}
    if not wanted:
        return found
    places = {cluster.where(stream, number): (stream, number) for stream, number in wanted}
    kafka.assign(list(places))
    for where, place in places.items():
        kafka.seek(where, wanted[place])
    async with asyncio.timeout(60):
        while len(found) < len(wanted):
            for where, raws in (await kafka.getmany(timeout_ms=1000)).items():
                place = places[where]
                found[place] = _line_of(place[0], raws[0]) if raws[0].offset == wanted[place] else ""
                kafka.pause(where)
    return found


def _line_of(stream: str, raw: "ConsumerRecord[bytes, bytes]") -> str:
    try:
        return inbox.read(stream, raw).line
    except NotOurs:
        return inbox.stranger(stream, raw).line


async def own_lines(
    kafka: AIOKafkaConsumer, cluster: Cluster, source: str, place: Place, since: int, end: int
) -> dict[OwnLine, int]:
    """This source's lines in [since, end), each with its (last) offset."""
    found: dict[OwnLine, int] = {}
    if since >= end:
        return found
    where = cluster.where(*place)
    kafka.assign([where])
    kafka.seek(where, since)
    position = since
    async with asyncio.timeout(600):
        while position < end:
            polled = await kafka.getmany(where, timeout_ms=1000, max_records=5000)
            for raw in polled.get(where, []):
                position = raw.offset + 1
                try:
                    record = inbox.read(place[0], raw)
                except NotOurs:
                    continue
                if record.source == source and raw.offset < end:
                    event_id = UUID(orjson.loads(record.body)["id"])
                    found[record.key, record.sequence, event_id] = raw.offset
    return found
