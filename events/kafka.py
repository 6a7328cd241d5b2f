"""Kafka as we use it: topics that keep everything, one partitioner, and the client settings that matter (law 6)."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

from schemas.bilingual import Bilingual

REQUEST_MS = 20_000
LARGEST_BATCH_BYTES = 900_000  # below the broker's message.max.bytes of 1,048,588


class WrongPartitionCount(Bilingual):
    """Keys would move to other partitions and lose their order: growing means a new topic and a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The address of a Kafka cluster and how our streams are laid out on it."""

    bootstrap: str
    prefix: str = ""
    """before every topic's name, so that several installations can share one cluster"""
    partitions: int = 6
    replication: int = 1

    def topic(self, stream: str) -> str:
        return self.prefix + stream

    def stream(self, topic: str) -> str:
        return topic.removeprefix(self.prefix)

    def where(self, stream: str, partition: int) -> TopicPartition:
        return TopicPartition(self.topic(stream), partition)

    def place(self, where: TopicPartition) -> tuple[str, int]:
        """(stream, partition)"""
        return self.stream(where.topic), where.partition

    def partition(self, key: str) -> int:
        """The Java client's default, so that any producer would choose alike."""
        return (int(murmur2(key.encode())) & 0x7FFFFFFF) % self.partitions

    def producer(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            bootstrap_servers=self.bootstrap,
            acks="all",
            enable_idempotence=True,
            max_batch_size=LARGEST_BATCH_BYTES,
            max_request_size=1_048_576,
            request_timeout_ms=REQUEST_MS,
            retry_backoff_ms=50,
            metadata_max_age_ms=60_000,
        )

    def consumer(self, group: str | None, *, session_ms: int = 15_000) -> AIOKafkaConsumer:
        """No commits: offsets live in PostgreSQL. 'earliest' only fills the time until the loop has sought."""
        return AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_uncommitted",  # we write no transactions
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=max(100, session_ms // 5),
            rebalance_timeout_ms=session_ms,
            max_poll_interval_ms=600_000,  # the loop polls even while the database is away
            request_timeout_ms=REQUEST_MS,
            retry_backoff_ms=50,
            metadata_max_age_ms=60_000,
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )


async def make_topics(cluster: Cluster, streams: Collection[str]) -> None:
    """Create what is missing; refuse what exists with another number of partitions."""
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap, request_timeout_ms=REQUEST_MS)
    await admin.start()
    try:
        names = {cluster.topic(stream) for stream in streams}
        missing = names - set(await admin.list_topics())
        keep = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
        new = [NewTopic(name, cluster.partitions, cluster.replication, topic_configs=keep) for name in sorted(missing)]
        if new:
            answer = await admin.create_topics(new)
            for name, code, *message in answer.topic_errors:
                if code and for_code(code) is not TopicAlreadyExistsError:
                    raise for_code(code)(f"{name}: {message}")
        await _all_have(admin, names, cluster.partitions)
    finally:
        await admin.close()


async def _all_have(admin: AIOKafkaAdminClient, names: Collection[str], partitions: int) -> None:
    async with asyncio.timeout(30):
        while True:
            described = await admin.describe_topics(sorted(names))
            if all(not topic["error_code"] and topic["partitions"] for topic in described):
                break
            await asyncio.sleep(0.05)  # a new topic takes a moment to reach the metadata
    for topic in described:
        if len(topic["partitions"]) != partitions:
            raise WrongPartitionCount(
                f"主题 {topic['topic']} 有 {len(topic['partitions'])} 个分区,而设置是 {partitions} 个。"
                f"请设 SANSHE_PARTITIONS={len(topic['partitions'])},或把主题复制到新主题。",
                f"topic {topic['topic']} has {len(topic['partitions'])} partitions, the settings say {partitions}; "
                f"set SANSHE_PARTITIONS={len(topic['partitions'])} or copy the topic into a new one",
            )


async def delete_topics(cluster: Cluster, streams: Collection[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap, request_timeout_ms=REQUEST_MS)
    await admin.start()
    try:
        await admin.delete_topics([cluster.topic(stream) for stream in streams])
    finally:
        await admin.close()


__all__ = ["Cluster", "KafkaError", "TopicPartition", "WrongPartitionCount", "delete_topics", "make_topics"]
