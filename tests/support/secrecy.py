"""Is a marker readable anywhere: in a row of the database, in a record of a topic, in a text?"""

import base64
import secrets
from collections.abc import Iterator

from aiokafka import TopicPartition

from schemas.fact import STREAMS
from tests.support.system import System

MARKER = f"MARKER{secrets.token_hex(8)}"
PRICE = 98_765_431


def spellings(marker: str) -> Iterator[str]:
    """As it is, in hexadecimal, and in base64 at each of the three alignments."""
    raw = marker.encode()
    yield marker
    yield raw.hex()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        yield encoded[4 if shift else 0 : -2]


def shows(text: str) -> bool:
    lowered = text.lower()
    return any(spelling.lower() in lowered for spelling in spellings(MARKER)) or f"{PRICE}" in text


async def everything_stored(system: System) -> str:
    """Every column of every row of every table of the database, bytes as hexadecimal."""
    tables = await system.fetch(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    rows = []
    for table in tables:
        name = f'"{table["schemaname"]}"."{table["tablename"]}"'
        rows += [f"{name} {row[0]}" for row in await system.fetch(f"SELECT t::text FROM {name} AS t")]
    rows += [
        row[0] for row in await system.fetch("SELECT query FROM pg_stat_activity WHERE datname = current_database()")
    ]
    return "\n".join(row for row in rows if row)


async def everything_told(system: System) -> str:
    """Every record of every topic."""
    consumer = system.cluster.consumer(None)
    await consumer.start()
    try:
        topics = [system.cluster.topic(stream) for stream in STREAMS]
        partitions = [TopicPartition(topic, number) for topic in topics for number in range(system.cluster.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        records = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                records += [f"{record.key!r} {record.value.decode()} {record.headers}" for record in batch]
        return "\n".join(records)
    finally:
        await consumer.stop()
