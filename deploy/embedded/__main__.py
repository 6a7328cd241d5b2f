"""Both servers for people who develop: start, print their addresses, stop on Ctrl-C."""

import argparse
import asyncio
import logging
import shlex
import signal
import sys
from contextlib import suppress
from pathlib import Path

from deploy.embedded import CannotStart, data_folder, embedded_kafka, embedded_postgres


async def serve(folder: Path, *, volatile: bool) -> None:
    """Run both until this task is cancelled (Ctrl-C and SIGTERM do that) or one of them dies."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with (
        embedded_postgres(folder, durable=not volatile) as postgres,
        embedded_kafka(folder, short_lived=volatile) as kafka,
    ):
        print(f"export SANSHE_DATABASE={shlex.quote(postgres.dsn)}")
        print(f"export SANSHE_KAFKA={kafka.bootstrap}", flush=True)
        deaths = [asyncio.ensure_future(server.died()) for server in (postgres, kafka)]
        try:
            done, _ = await asyncio.wait(deaths, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for death in deaths:
                death.cancel()
        raise CannotStart(*done.pop().result())


def main() -> None:
    """Exit status 1 and a sentence when a server cannot start or dies."""
    options = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    options.add_argument("--folder", type=Path, default=data_folder(), help="where the data is kept (%(default)s)")
    options.add_argument("--volatile", action="store_true", help="for tests: start sooner, do not wait for the disk")
    chosen = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        with suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(serve(chosen.folder, volatile=chosen.volatile))
    except CannotStart as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
