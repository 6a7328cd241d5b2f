"""`sanshe up` as an operator starts it, for what is measured through the doors."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy import keys, note
from deploy.installed import SERVICES
from services.kit.service import REGISTRY


@asynccontextmanager
async def an_installation(data: Path, only: str | None = None) -> AsyncIterator[tuple[note.Note, keys.KeyRing]]:
    """`sanshe up` with its example street; verified before it stops. `only`: this service, and who registers."""
    environment = {**os.environ, "SANSHE_DATA": str(data), "SANSHE_PORT": "0", "SANSHE_REQUESTS_PER_SECOND": "100000"}
    for name in ("SANSHE_DATABASE", "SANSHE_KAFKA"):
        environment.pop(name, None)
    sanshe = Path(sys.executable).with_name("sanshe")
    absent = [each.name for each in SERVICES if only is not None and each.name not in (only, REGISTRY)]
    options = [word for name in absent for word in ("--without", name)]
    up = await asyncio.create_subprocess_exec(sanshe, "up", *options, env=environment, stdout=asyncio.subprocess.PIPE)
    assert up.stdout is not None
    try:
        async with asyncio.timeout(120):
            while "Ctrl-C" not in (await up.stdout.readline()).decode():
                assert up.returncode is None
        found, ring = note.read(data), keys.read(data)
        assert found is not None
        assert ring is not None
        yield found, ring
        proof = await asyncio.create_subprocess_exec(sanshe, "verify", env=environment)
        if await proof.wait():
            raise AssertionError("sanshe verify found something; the figures do not count")
    finally:
        up.send_signal(signal.SIGINT)
        await up.communicate()
