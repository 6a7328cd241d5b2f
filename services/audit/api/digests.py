"""What a file is, by its SHA-256: every event that names it, and where in the event it stands."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from events.database import Connection
from schemas.ids import EventId
from schemas.model import Model
from schemas.refused import Refused
from schemas.role import Role
from services.audit import store
from services.kit.asked import Answer, Asked
from services.kit.service import Get


class NamedBy(Model):
    event_id: EventId
    stream: str
    key: str
    """of a project's events the project"""
    type: str
    at: datetime
    fields: tuple[str, ...]
    """where it stands, as `evidence.0.digest`"""


class DigestAnswer(Answer):
    digest: str
    named_by: tuple[NamedBy, ...]
    next: UUID | None


async def digests(connection: Connection, asked: Asked) -> DigestAnswer:
    digest = asked.digest_in_path("digest")
    events = await store.naming(connection, asked.prefix, digest, asked.cursor, asked.limit)
    if not events:
        raise Refused("not_found", status=404, what="Digest", id=digest)
    return DigestAnswer(
        digest=digest,
        named_by=tuple(
            NamedBy(
                event_id=EventId(event.event_id),
                stream=event.stream,
                key=event.key,
                type=event.type,
                at=event.time,
                fields=tuple(_places(orjson.loads(event.data), digest, "")),
            )
            for event in events
        ),
        next=events[-1].event_id if len(events) == asked.limit else None,
    )


def _places(value: Any, digest: str, at: str) -> Iterator[str]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _places(inner, digest, f"{at}.{name}" if at else name)
        case list():
            for place, inner in enumerate(value):
                yield from _places(inner, digest, f"{at}.{place}")
        case str() if value == digest:
            yield at


DIGESTS = Get(
    path="/v1/audit/digests/{digest}",
    roles=frozenset({Role.AUDITOR}),
    handler=digests,
    answer=DigestAnswer,
    summary="某个文件(按其 SHA-256)在哪些事件中被提到 · Which events name a file, by its SHA-256",
)
