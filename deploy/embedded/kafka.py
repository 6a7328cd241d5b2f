"""Apache Kafka as a child process: one node that is broker and controller (KRaft)."""

import asyncio
import base64
import shutil
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from deploy.embedded.folder import cache_folder, held_folder, make_folder, owned_folder, sentences
from deploy.embedded.jars import checked_jars, pinned_jars
from deploy.embedded.log import Log
from deploy.embedded.owner import Owner, owner_of_servers
from deploy.embedded.port import LOOPBACK, free_port, is_open
from deploy.embedded.runtime import java_program
from deploy.embedded.server import Server

SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # half the processor time until it answers
LOG_SETTINGS = Path(__file__).with_name("log4j2.xml")
SETTINGS_FILE = "kafka.properties"
ASK_LIMIT_MS = 5_000

SETTINGS = """\
# Written anew at every start.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={data}

# Topics are made on purpose, and keep everything.
auto.create.topics.enable=false
log.retention.ms=-1

# One node is all there is.
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000

# A broker that was killed may register again only after its last session ended.
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000

# A small machine.
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=4194304
"""


@dataclass(frozen=True, kw_only=True)
class Java:
    """The java command and Kafka's class path."""

    program: Path
    jars: list[Path]


class Kafka(Server):
    """Listens on the loopback address only; anyone with an account on this machine can connect."""

    title = "Kafka"
    farewell = signal.SIGTERM

    def __init__(self, folder: Path, owner: Owner, port: int | None, java: Java, *, short_lived: bool) -> None:
        self._own_log = folder / "log" / "kafka.log"
        super().__init__(folder, owner, port, Log(folder / "java.log", self._own_log))
        self._java = java
        self._short_lived = short_lived
        self._data = folder / "data"
        self._temporary = folder / "temporary"

    @property
    def bootstrap(self) -> str:
        """Where clients begin, as host:port."""
        return f"{LOOPBACK}:{self.port}"

    async def prepare(self) -> None:
        """Format the data folder once, whole or not at all."""
        shutil.rmtree(self._temporary, ignore_errors=True)
        for folder in (self._own_log.parent, self._temporary):
            owned_folder(folder, self.owner)
        if not self._data.exists():
            await self._make_data()

    def command(self, port: int) -> list[str | Path]:
        """The broker; its settings name the port."""
        self._write_settings(self._data, port)
        return self._run_java("kafka.Kafka", SETTINGS_FILE, short_lived=self._short_lived)

    def tool(self, main_class: str, *arguments: str | Path) -> list[str | Path]:
        """A command that runs one of Kafka's programs; ProducerPerformance is in org.apache.kafka.tools.

        Run it in `folder`. It logs to a file of its own there, below log/.
        """
        return self._run_java(main_class, *arguments, short_lived=False)

    def _run_java(self, main_class: str, *arguments: str | Path, short_lived: bool) -> list[str | Path]:
        log_folder = self._own_log.parent
        return [
            *(self._java.program, "-Xms64m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData"),
            *(SHORT_LIVED if short_lived else ()),
            *("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED"),
            *(f"-Djava.io.tmpdir={self._temporary}", f"-XX:ErrorFile={log_folder / 'java-error-%p.log'}"),
            f"-Dsanshe.log={log_folder / main_class.rpartition('.')[2].lower()}.log",
            f"-Dlog4j2.configurationFile={LOG_SETTINGS.name}",
            *("-cp", ":".join(str(jar) for jar in self._java.jars), main_class, *arguments),
        ]

    async def answers(self, port: int) -> bool:
        """Whether a client is told of the one broker there is."""
        if not is_open(port):
            return False
        client = AIOKafkaClient(bootstrap_servers=f"{LOOPBACK}:{port}", request_timeout_ms=ASK_LIMIT_MS)
        try:
            await client.bootstrap()
            return bool(client.cluster.brokers())
        except KafkaError:
            return False
        finally:
            await client.close()

    async def _make_data(self) -> None:
        half = self.folder / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        owned_folder(half, self.owner)
        self._write_settings(half, free_port())
        format_data = ("kafka.tools.StorageTool", "format", "-t", cluster_id(uuid.uuid4()), "-c", SETTINGS_FILE)
        await self.run(self._run_java(*format_data, short_lived=True))
        half.rename(self._data)

    def _write_settings(self, data: Path, port: int) -> None:
        """With names relative to `folder`: Java reads such files as Latin-1, and a comma would part them."""
        controller_port = free_port(other_than=port)
        text = SETTINGS.format(port=port, controller_port=controller_port, data=data.name)
        for name, content in ((SETTINGS_FILE, text), (LOG_SETTINGS.name, LOG_SETTINGS.read_text())):
            (self.folder / name).write_text(content)
            (self.folder / name).chmod(0o644)


def cluster_id(random: uuid.UUID) -> str:
    """22 characters of Kafka's own kind, of which the first is never `-`: the tool would take it for an option."""
    return base64.urlsafe_b64encode((random.int >> 1).to_bytes(16)).decode().rstrip("=")


@asynccontextmanager
async def embedded_kafka(folder: Path, port: int | None = None, *, short_lived: bool = False) -> AsyncIterator[Kafka]:
    """Kafka with its data in `folder`/kafka, stopped when the context ends.

    Without a port a free one is chosen. The first start on a machine fetches Kafka's jars.
    `short_lived=True` is for tests: Java starts sooner and is slower in the long run.
    """
    owner = owner_of_servers()
    with held_folder(folder / "kafka", owner) as held:
        cache = cache_folder()
        with sentences(cache):
            program = await asyncio.to_thread(java_program, cache, owner)
            jar_folder = make_folder(cache / "jars", 0o755)
            jars = await checked_jars(pinned_jars(), jar_folder)
        server = Kafka(held, owner, port, Java(program=program, jars=jars), short_lived=short_lived)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()
