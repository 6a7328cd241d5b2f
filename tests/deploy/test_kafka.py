"""Embedded Kafka: what survives, what is said when it cannot run."""

import asyncio
import os
import signal
import socket
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded import CannotStart, Kafka, embedded_kafka
from deploy.embedded.kafka import cluster_id
from tests.deploy.conftest import fill

TOPIC = "kept"


@pytest.mark.parametrize("first_byte", range(256))
def test_an_id_of_a_cluster_is_never_taken_for_an_option(first_byte: int) -> None:
    made = cluster_id(UUID(bytes=bytes([first_byte]) + bytes(15)))

    assert len(made) == 22
    assert not made.startswith("-")


async def make_topic(broker: Kafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def say(broker: Kafka, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        await producer.send_and_wait(TOPIC, value)
    finally:
        await producer.stop()


async def heard(broker: Kafka) -> bytes:
    consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(TOPIC, 0)])
        record = await asyncio.wait_for(consumer.getone(), 20)
        return bytes(record.value)
    finally:
        await consumer.stop()


async def test_what_was_acknowledged_survives_a_kill_a_stale_lock_and_a_second_run(folder: Path) -> None:
    async with embedded_kafka(folder, short_lived=True) as broker:
        before = broker.bootstrap
        await make_topic(broker)
        await say(broker, b"first")

        await broker.kill()
        assert (folder / "kafka" / "data" / ".lock").exists()
        await broker.start()

        assert broker.bootstrap == before
        assert await heard(broker) == b"first"

    identity = (folder / "kafka" / "data" / "meta.properties").read_text()
    async with embedded_kafka(folder, short_lived=True) as broker:
        assert await heard(broker) == b"first"
    assert (folder / "kafka" / "data" / "meta.properties").read_text() == identity


async def test_a_jvm_has_a_bounded_heap_and_its_death_is_noticed_with_a_sentence(folder: Path) -> None:
    async with embedded_kafka(folder, short_lived=True) as broker:
        command = await asyncio.to_thread(Path(f"/proc/{broker.pid}/cmdline").read_bytes)
        assert b"-Xmx512m" in command.split(b"\0")

        os.kill(broker.pid, signal.SIGKILL)

        _, sentence = await asyncio.wait_for(broker.died(), 10)

        assert "Kafka (process" in sentence
        assert "was killed by SIGKILL" in sentence
        assert f"The last lines of {folder}/kafka/log/kafka.log" in sentence


async def test_a_broker_that_ends_on_a_full_disk_names_the_cause(small_disk: Path) -> None:
    async with embedded_kafka(small_disk, short_lived=True) as broker:
        await make_topic(broker)
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", request_timeout_ms=5_000)
        await producer.start()
        fill(small_disk)
        sending = [asyncio.create_task(producer.send_and_wait(TOPIC, os.urandom(500_000))) for _ in range(10)]

        zh, sentence = await asyncio.wait_for(broker.died(), 30)

        assert f"{small_disk}/kafka 所在的磁盘已满" in zh
        assert f"The disk with {small_disk}/kafka is full: free some space, then start again." in sentence
        await asyncio.gather(*sending, return_exceptions=True)
        await producer.stop()


async def test_a_taken_port_is_refused_by_its_number(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} .*Kafka, is taken by another program"):
            async with embedded_kafka(folder, port, short_lived=True):
                pass


async def test_a_broker_that_cannot_read_its_settings_says_so_with_its_last_lines(folder: Path) -> None:
    async with embedded_kafka(folder, short_lived=True) as broker:
        await broker.stop()
        (folder / "kafka" / "data" / "meta.properties").write_text("cluster.id=another\nversion=1\n")

        with pytest.raises(CannotStart, match=r"Kafka ended with exit status 1\.(.|\n)*meta\.properties"):
            await broker.start()
