"""A wire to PostgreSQL that can be cut at the worst moment: when COMMIT was done and before its answer arrives."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

COMMIT = b"COMMIT;"
READY = b"Z"


class Proxy:
    """Passes everything on. `lose_commits` more answers to COMMIT are swallowed, each with its connection."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self.lose_commits = 0
        self.lost = 0
        self._wires: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = asyncio.current_task()
        assert wire is not None
        self._wires[wire] = writer
        there_reader, there_writer = await asyncio.open_connection(*self._address)
        cut = asyncio.Event()
        ways = [
            asyncio.create_task(self._ask(reader, there_writer, cut)),
            asyncio.create_task(self._answer(there_reader, writer, cut)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        writer.close()
        there_writer.close()
        del self._wires[wire]

    async def _ask(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter, cut: asyncio.Event) -> None:
        while asked := await reader.read(65536):
            if COMMIT in asked and self.lose_commits > 0:
                self.lose_commits -= 1
                cut.set()
            there.write(asked)
            await there.drain()

    async def _answer(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event) -> None:
        """Message by message, so that we know when the server is done."""
        while True:
            head = await there.readexactly(5)
            body = await there.readexactly(struct.unpack("!i", head[1:])[0] - 4)
            if cut.is_set():
                if head[:1] == READY:
                    self.lost += 1
                    return
                continue
            writer.write(head + body)
            await writer.drain()

    async def close(self) -> None:
        for writer in self._wires.values():
            writer.close()
        await asyncio.gather(*self._wires)


@asynccontextmanager
async def proxied(dsn: str) -> AsyncIterator[tuple[str, Proxy]]:
    """The same database at another address."""
    parts = urlsplit(dsn)
    assert parts.hostname is not None
    assert parts.port is not None
    proxy = Proxy(parts.hostname, parts.port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    who = parts.netloc.rpartition("@")[0]
    try:
        yield urlunsplit(parts._replace(netloc=f"{who}@127.0.0.1:{port}")), proxy
    finally:
        server.close()
        await proxy.close()
        await server.wait_closed()
