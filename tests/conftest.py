"""The two servers every test may use: real ones, started once a run when the first test asks.

With SANSHE_DATABASE or SANSHE_KAFKA set, those servers are used and none is started, so that several people
can share one pair while they develop.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.embedded import embedded_kafka, embedded_postgres

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # started in the background of a shell; the programs that tests start would inherit it and never hear Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("shared machine", deadline=None)  # the tests' limit is pytest's timeout
settings.load_profile("shared machine")


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A new folder that the servers' user may walk through, as pytest's own temporary folders forbid."""
    folder = Path(tempfile.mkdtemp(prefix="sanshe-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def postgres_dsn(server_folder: Path) -> AsyncIterator[str]:
    """Address of a PostgreSQL, as one who may create databases and roles."""
    if running := os.environ.get("SANSHE_DATABASE"):
        yield running
        return
    async with embedded_postgres(server_folder, durable=False) as server:
        yield server.dsn


@pytest.fixture(scope="session")
async def kafka_bootstrap(server_folder: Path) -> AsyncIterator[str]:
    """host:port of a Kafka broker."""
    if running := os.environ.get("SANSHE_KAFKA"):
        yield running
        return
    async with embedded_kafka(server_folder, short_lived=True) as broker:
        yield broker.bootstrap
