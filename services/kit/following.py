"""Reading after writing: wait until this service has seen a line of somebody's story (DESIGN section 7)."""

import asyncio
import re
import time

from aiohttp import web

from events import inbox
from events.database import Database
from schemas.refused import Refused
from services.kit.service import Service

LONGEST_WAIT_S = 30.0
_WAIT = re.compile(r"(?:^|[,;\s])wait=(\d{1,3})")


async def follow(request: web.Request, service: Service, database: Database) -> None:
    """`Sanshe-After: stream/source/key/sequence` with `Prefer: wait=2`: seconds, 2 unless said otherwise.

    What this service itself said it has seen; a stream it does not hear is not waited for. When the time is up the
    answer comes as things stand.
    """
    header = request.headers.get("Sanshe-After")
    if header is None:
        return
    match = re.fullmatch(r"([a-z.]{1,40})/([a-z]{1,20})/([^/\s]{1,100})/(\d{1,18})", header)
    if match is None:
        raise Refused("bad_line", status=422, field="Sanshe-After")
    stream, source, key, sequence = match[1], match[2], match[3], int(match[4])
    if source == service.name or stream not in service.streams:
        return
    asked = _WAIT.search(request.headers.get("Prefer", ""))
    until = time.monotonic() + min(float(asked[1]) if asked else 2.0, LONGEST_WAIT_S)
    pause_s = 0.005
    while time.monotonic() < until:
        async with database.connection() as connection:
            seen = await inbox.last_seen(connection, service.name, [(stream, source, key)])
        if seen.get((stream, source, key), 0) >= sequence:
            return
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.1)
