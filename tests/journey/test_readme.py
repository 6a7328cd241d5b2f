"""The README's journey, pasted block by block into a shell, goes from need to trace."""

import asyncio
import os
import re
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from deploy.installed import SERVICES
from events.kafka import Cluster, delete_topics
from schemas.fact import STREAMS
from tests.support.databases import fresh_database

ROOT = Path(__file__).parent.parent.parent
SANSHE = ROOT / ".venv/bin/sanshe"


def blocks() -> str:
    journey = (ROOT / "README.md").read_text("utf-8").split("## One project's life")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"```bash\n(.*?)```", journey, re.S))


@asynccontextmanager
async def an_installation(environment: dict[str, str]) -> AsyncIterator[None]:
    """`sanshe up`, as `make run` starts it."""
    up = await asyncio.create_subprocess_exec(SANSHE, "up", env=environment, stdout=asyncio.subprocess.PIPE)
    assert up.stdout is not None
    try:
        async with asyncio.timeout(60):
            while "Ctrl-C" not in (await up.stdout.readline()).decode():
                assert up.returncode is None
        yield
    finally:
        up.send_signal(signal.SIGINT)
        await up.communicate()


@pytest.mark.timeout(300)
async def test_the_journey_of_the_readme_ends_with_a_public_trace(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    prefix = f"t{secrets.token_hex(4)}."
    async with fresh_database(postgres_dsn, SERVICES) as dsn:
        environment = os.environ | {
            "SANSHE_DATABASE": dsn,
            "SANSHE_KAFKA": kafka_bootstrap,
            "SANSHE_PREFIX": prefix,
            "SANSHE_PARTITIONS": "2",
            "SANSHE_PORT": "0",
            "SANSHE_DATA": str(tmp_path),
        }
        async with an_installation(environment):
            ending = 'get "/v1/audit/projects/$PROJECT/trace" > trace.json\n'
            shell = await asyncio.create_subprocess_exec(
                "bash",
                *("-euo", "pipefail", "-c", f"cd {ROOT}\n{blocks()}\ncd {tmp_path}\n{ending}"),
                env=environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await shell.communicate()
        await delete_topics(Cluster(bootstrap=kafka_bootstrap, prefix=prefix), STREAMS)

    assert shell.returncode == 0, said.decode()[-3000:]
    assert "bid_after_deadline" in said.decode()
    trace = orjson.loads((tmp_path / "trace.json").read_bytes())
    assert trace["published"]
    assert trace["money"] == {"reserved": {"fen": 5_000_000}, "paid": {"fen": 4_200_000}, "returned": {"fen": 800_000}}
    assert "everything adds up" in said.decode()
